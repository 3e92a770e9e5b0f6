// SPDX-License-Identifier: Apache-2.0
#include "commit/appender.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "commit/lake_fake.h"
#include "datafile/parquet_file.h"
#include "table/iceberg/manifest_avro.h"

namespace weir::commit {
namespace {

namespace iceberg = table::iceberg;
using buffer::Ingest;
using datafile::DataFile;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;
using Rows = std::vector<int64_t>;

constexpr int64_t kSnapshot = 77;
const char* const kTrace = "0123456789abcdef0123456789abcdef";

/// Keeps what it was told; its rows are as many traces as spans.
class IndexFake final : public signal::TraceIndexBuilder {
 public:
  explicit IndexFake(std::vector<int64_t>& starts) : starts_(starts) {}
  void Add(const signal::IndexedSpan& span) override {
    starts_.push_back(span.start_us);
    spans_.push_back(std::ssize(starts_) * buffer::kFakeTraceRows);
  }
  std::unique_ptr<signal::RowColumns> Take() override {
    if (spans_.empty()) return nullptr;
    return std::make_unique<buffer::TraceIndexFake>(std::exchange(spans_, {}));
  }

 private:
  std::vector<int64_t>& starts_;
  std::vector<int64_t> spans_;
};

/// What an engine writes. The members are what a test makes wrong.
struct EngineWrites {
  std::vector<std::string> columns = {"record_id", "time",    "date",
                                      "trace_id",  "span_id", "start_time_unix_nano"};
  std::string rows = R"([["9", 5, 20777, "0123456789abcdef0123456789abcdef", "s", 5001]])";
  std::function<void(arrow::FieldVector&)> change_fields = [](auto&) {};
  std::function<void(iceberg::ManifestEntry&)> change_entry = [](auto&) {};
  std::function<void(std::vector<iceberg::ManifestFile>&)> change_list = [](auto&) {};
  std::string path = "data/date=2026-11-20/00000-0-engine.parquet";
};

class AppenderTest : public testing::Test {
 protected:
  /// A running committer, and a table of one file with the rows 1 and 3.
  AppenderTest() {
    EXPECT_TRUE(committer_.Prepare().ok());
    const uint32_t writer = lake_.catalog().WriterId("one").ValueOrDie();
    ingest_ = Ingest::Open(
                  {.journal = {.directory = buffer::JournalDirectory(lake_.journal_root(), writer),
                               .writer = writer},
                   .new_columns = buffer::kFakeColumns})
                  .ValueOrDie();
    committer_.Start({ingest_.get()}, {});
    Send("1 3");
  }
  ~AppenderTest() override {
    ingest_->Stop();
    committer_.Stop();
  }
  /// The rows of `body`, committed.
  void Send(const std::string& body) {
    const size_t files = IcebergFiles(lake_, kSpans)->size();
    std::promise<bool> answer;
    ingest_->Accept({.body = body}, [&](const auto& outcome) { answer.set_value(outcome.ok()); });
    EXPECT_TRUE(answer.get_future().get());
    committer_.Wake();
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (IcebergFiles(lake_, kSpans)->size() == files &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
  }
  iceberg::TableState State() {
    const auto entry = lake_.catalog().Load(kSpans).ValueOrDie();
    return iceberg::ReadTable(lake_.store,
                              entry.metadata_location.substr(lake_.store.Uri("").size()))
        .ValueOrDie();
  }

  DataFile PutFile(const EngineWrites& writes) {
    arrow::FieldVector fields;
    for (const std::string& name : writes.columns) {
      fields.push_back(signal::Published(signal::Table::kSpans).schema->GetFieldByName(name));
    }
    writes.change_fields(fields);
    const auto rows =
        arrow::json::ArrayFromJSONString(arrow::struct_(fields), writes.rows).ValueOrDie();
    const auto& columns = static_cast<const arrow::StructArray&>(*rows).fields();
    auto writer = datafile::ParquetWriter::Open(arrow::schema(fields)).ValueOrDie();
    EXPECT_TRUE(
        writer->Append(arrow::RecordBatch::Make(arrow::schema(fields), rows->length(), columns))
            .ok());
    datafile::ParquetFile written = writer->Finish().ValueOrDie();
    written.file.path = writes.path;
    written.file.date = buffer::kFakeDate;
    EXPECT_TRUE(lake_.store
                    .Put(RootOf(kSpans) + "/" + writes.path,
                         {reinterpret_cast<const char*>(written.bytes->data()),
                          static_cast<size_t>(written.bytes->size())})
                    .ok());
    return written.file;
  }

  /// What an engine writes and then asks for, on the table as `state` is.
  iceberg::ProposedSnapshot Propose(const EngineWrites& writes, const iceberg::TableState& state,
                                    int64_t id = kSnapshot) {
    iceberg::ManifestEntry entry{.snapshot_id = id, .sequence_number = 99, .file = PutFile(writes)};
    writes.change_entry(entry);
    const auto entries =
        std::make_shared<const std::vector<iceberg::ManifestEntry>>(1, std::move(entry));
    const auto setting = iceberg::SettingOf(state, 0).ValueOrDie();
    const std::string name = "metadata/engine-" + std::to_string(id);
    const std::string bytes = iceberg::ManifestAvro(*entries, setting, name);
    std::vector<iceberg::ManifestFile> manifests = state.manifests;
    manifests.push_back(iceberg::Describe(entries, 99, id));
    manifests.back().path = state.location.Uri(name + "-m0.avro");
    manifests.back().length = std::ssize(bytes);
    writes.change_list(manifests);
    Put(name + "-m0.avro", bytes);
    const int64_t parent = state.snapshot_id();
    Put(name + ".avro", iceberg::ManifestListAvro(
                            manifests, {.snapshot_id = id, .parent_snapshot_id = parent}, name));
    return {.snapshot_id = id,
            .parent_snapshot_id = parent,
            .manifest_list = state.location.Uri(name + ".avro"),
            .summary = {{"engine-name", "fake"}}};
  }
  void Put(const std::string& path, const std::string& bytes) {
    EXPECT_TRUE(lake_.store.Put(RootOf(kSpans) + "/" + path, bytes).ok());
  }
  Status Append(const EngineWrites& writes) {
    return appender_.Append(kSpans, Propose(writes, State()));
  }
  std::string Refusal(const EngineWrites& writes) {
    const Status status = Append(writes);
    EXPECT_EQ(KindOf(status), ErrorKind::kBadRequest) << status.ToString();
    EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 3}));
    return status.message();
  }

  LakeFake lake_;
  std::vector<int64_t> indexed_starts_;
  Committer committer_{{.store = lake_.store,
                        .catalog = lake_.catalog(),
                        .clock = lake_.clock,
                        .new_columns = buffer::kFakeColumns,
                        .interval = 1h,
                        .quarantine_directory = lake_.quarantine(),
                        .retry_pause = 0ms}};
  std::unique_ptr<Ingest> ingest_;
  Appender appender_{
      {.store = lake_.store,
       .catalog = lake_.catalog(),
       .commit = [this](auto changes) { return committer_.Append(std::move(changes)); },
       .new_trace_index = [this](size_t) { return std::make_unique<IndexFake>(indexed_starts_); }}};
};

TEST_F(AppenderTest, MakesAnEnginesFileAPartOfBothFormats) {
  const Status done = Append({});

  ASSERT_TRUE(done.ok()) << done.ToString();
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 3, 9}));
  const iceberg::TableState state = State();
  EXPECT_EQ(state.snapshot_id(), kSnapshot);
  EXPECT_EQ(state.metadata.CurrentSnapshot()->summary.operation, "append");
  EXPECT_EQ(state.metadata.CurrentSnapshot()->summary.total_records, 3);
  EXPECT_EQ(state.metadata.CurrentSnapshot()->summary.other.at("engine-name"), "fake");
}

TEST_F(AppenderTest, IndexesSpansInTheSameCommit) {
  const size_t index_rows = RowsOf(lake_, kIndex).size();

  ASSERT_TRUE(Append({}).ok());

  EXPECT_EQ(indexed_starts_, (Rows{5}));
  EXPECT_THAT(RowsOf(lake_, kIndex), SizeIs(index_rows + 1));
}

TEST_F(AppenderTest, RetiresWhatTheEngineWroteForItsSnapshot) {
  ASSERT_TRUE(Append({}).ok());

  const auto retired = lake_.catalog().ListRetired(kSpans, INT64_MAX).ValueOrDie();
  std::vector<std::string> paths;
  for (const auto& one : retired) paths.push_back(one.path);
  EXPECT_THAT(paths, testing::UnorderedElementsAre("metadata/engine-77.avro",
                                                   "metadata/engine-77-m0.avro"));
}

TEST_F(AppenderTest, CommitsOnTopOfWhatCameMeanwhile) {
  const iceberg::ProposedSnapshot proposed = Propose({}, State());
  Send("5");

  const Status done = appender_.Append(kSpans, proposed);

  ASSERT_TRUE(done.ok()) << done.ToString();
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 3, 5, 9}));
}

TEST_F(AppenderTest, TakesWhatWasMadeForAnEmptyTable) {
  iceberg::ProposedSnapshot proposed = Propose(
      {.change_list = [](auto& manifests) { manifests.erase(manifests.begin()); }}, State());
  proposed.parent_snapshot_id.reset();

  ASSERT_TRUE(appender_.Append(kSpans, proposed).ok());

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 3, 9}));
}

TEST_F(AppenderTest, IsDoneOnceWhenItIsAskedTwice) {
  const iceberg::ProposedSnapshot proposed = Propose({}, State());
  ASSERT_TRUE(appender_.Append(kSpans, proposed).ok());
  Send("5");

  EXPECT_TRUE(appender_.Append(kSpans, proposed).ok());

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 3, 5, 9}));
}

TEST_F(AppenderTest, LeavesAFileAloneThatTheTableHasByAnotherSnapshot) {
  ASSERT_TRUE(Append({}).ok());
  const size_t index_files = IcebergFiles(lake_, kIndex)->size();

  const Status again = appender_.Append(kSpans, Propose({}, State(), 78));

  // Not a refusal: engines would delete the file.
  EXPECT_EQ(KindOf(again), ErrorKind::kUnknownOutcome) << again.ToString();
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 3, 9}));
  EXPECT_THAT(*IcebergFiles(lake_, kIndex), SizeIs(index_files));
}

TEST_F(AppenderTest, IsAConflictWhereItsParentIsNotKept) {
  iceberg::ProposedSnapshot proposed = Propose({}, State());
  proposed.parent_snapshot_id = 12345;

  EXPECT_EQ(KindOf(appender_.Append(kSpans, proposed)), ErrorKind::kConflict);
}

TEST_F(AppenderTest, FindsOutWhatBecameOfACommitWithoutAnAnswer) {
  const iceberg::ProposedSnapshot proposed = Propose({}, State());
  lake_.catalog().Inject(
      {.call = Call::kCommit, .is_done = true, .kind = ErrorKind::kUnknownOutcome});

  EXPECT_TRUE(appender_.Append(kSpans, proposed).ok());

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 3, 9}));
}

TEST_F(AppenderTest, TakesOptionalColumnsThatAreNeverNull) {
  const Status done = Append({.change_fields = [](auto& fields) {
    for (auto& field : fields) field = field->WithNullable(true);
  }});

  EXPECT_TRUE(done.ok()) << done.ToString();
}

TEST_F(AppenderTest, RefusesFilesThatAreNotWhatTheirManifestSays) {
  EXPECT_THAT(Refusal({.change_entry = [](auto& entry) { entry.file.record_count = 2; }}),
              HasSubstr("has 1 rows, its manifest says 2"));
  EXPECT_THAT(Refusal({.change_entry = [](auto& entry) { ++entry.file.file_bytes; }}),
              HasSubstr("its manifest says"));
  EXPECT_THAT(Refusal({.change_entry = [](auto& entry) { ++entry.file.date; }}),
              HasSubstr("is listed in partition date=2026-11-21, and has rows of 2026-11-20"));
  EXPECT_THAT(Refusal({.change_entry = [](auto& entry) { entry.file.path = "data/no.parquet"; }}),
              HasSubstr("is not there"));
  Put("data/text.parquet", "no Parquet at all");
  EXPECT_THAT(Refusal({.change_entry =
                           [](auto& entry) {
                             entry.file.path = "data/text.parquet";
                             entry.file.file_bytes = 17;
                           }}),
              HasSubstr("does not end with PAR1"));
}

TEST_F(AppenderTest, RefusesFilesElsewhere) {
  for (const char* path : {"file:///etc/passwd", "data/../../x.parquet", "metadata/x.parquet",
                           "data//x.parquet", "data/_delta_log/x.parquet"}) {
    const std::string why = Refusal({.change_entry = [&](auto& entry) { entry.file.path = path; }});
    EXPECT_THAT(why, testing::AnyOf(HasSubstr("lies outside"), HasSubstr("lies in the Delta log")))
        << path;
  }
}

TEST_F(AppenderTest, RefusesColumnsThatDoNotFit) {
  const auto with = [&](int column, auto change) {
    return Refusal(
        {.change_fields = [&](auto& fields) { fields[column] = change(fields[column]); }});
  };
  EXPECT_THAT(with(4, [](auto field) { return field->WithName("spanid"); }),
              HasSubstr("has field id 6 for spanid, which is span_id in the table"));
  EXPECT_THAT(with(5, [](auto field) { return field->WithType(arrow::int32()); }),
              HasSubstr("has column start_time_unix_nano as int, the table has it as long"));
  EXPECT_THAT(with(5, [](auto field) { return field->WithMetadata(nullptr); }),
              HasSubstr("does not fit the table's schema"));
  EXPECT_THAT(
      with(5,
           [](auto field) {
             return field->WithMetadata(arrow::key_value_metadata({"PARQUET:field_id"}, {"4711"}));
           }),
      HasSubstr("of field id 4711, which the table has not"));
  EXPECT_THAT(Refusal({.columns = {"record_id", "time", "date", "trace_id"},
                       .rows = R"([["9", 5, 20777, "0123456789abcdef0123456789abcdef"]])"}),
              HasSubstr("has no column span_id, which is required"));
}

TEST_F(AppenderTest, RefusesSpansThatNobodyWouldFind) {
  const auto with = [&](const std::string& row) { return Refusal({.rows = "[[" + row + "]]"}); };
  EXPECT_THAT(with(R"("9", 5, 20777, "0123456789ABCDEF0123456789ABCDEF", "s", 5001)"),
              HasSubstr("expected 32 lower-case hex digits"));
  EXPECT_THAT(with(R"("9", 5, 20777, "0123456789abcdef0123456789abcdef", "s", null)"),
              HasSubstr("has no start_time_unix_nano"));
  EXPECT_THAT(with(R"("9", 6, 20777, "0123456789abcdef0123456789abcdef", "s", 5001)"),
              HasSubstr("has another time (6 µs) than start_time_unix_nano (5 µs)"));
}

TEST_F(AppenderTest, RefusesSnapshotsThatDoMoreThanAppend) {
  using Manifests = std::vector<iceberg::ManifestFile>;
  EXPECT_THAT(Refusal({.change_list = [](Manifests& all) { all.erase(all.begin()); }}),
              HasSubstr("the snapshot removes 1 of its parent's files"));
  EXPECT_THAT(Refusal({.change_list =
                           [](Manifests& all) {
                             all.back().content = iceberg::ManifestContent::kDeletes;
                           }}),
              HasSubstr("row-level deletes"));
  EXPECT_THAT(Refusal({.change_list = [](Manifests& all) { all.push_back(all.back()); }}),
              HasSubstr("twice"));
  EXPECT_THAT(Refusal({.change_list = [](Manifests& all) { all.back().partition_spec_id = 4; }}),
              HasSubstr("no partition spec 4"));
  EXPECT_THAT(Refusal({.change_list = [](Manifests& all) { all.pop_back(); }}),
              HasSubstr("adds no file"));
  EXPECT_THAT(
      Refusal({.change_entry = [](auto& entry) { entry.status = iceberg::EntryStatus::kDeleted; }}),
      HasSubstr("the snapshot removes file"));
  EXPECT_THAT(Refusal({.change_entry = [](auto& entry) { entry.snapshot_id = 5; }}),
              HasSubstr("was added by snapshot 5, not by 77"));
}

TEST_F(AppenderTest, RefusesToRetireWhatTheTableNeeds) {
  iceberg::ProposedSnapshot proposed = Propose({}, State());
  proposed.manifest_list = State().metadata.CurrentSnapshot()->manifest_list;

  EXPECT_THAT(appender_.Append(kSpans, proposed).message(), HasSubstr("is the manifest list of"));
}

TEST_F(AppenderTest, RefusesRowsOfTheIndex) {
  EXPECT_THAT(appender_.Append(kIndex, Propose({}, State())).message(),
              HasSubstr("append to otel_spans"));
}

}  // namespace
}  // namespace weir::commit
