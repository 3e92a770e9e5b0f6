// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: a data folder with one table in both formats, as a server leaves it, and hands to
// damage it with.

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/compression.h"
#include "datafile/parquet_file.h"
#include "maintain/lake.h"
#include "store/local_store.h"
#include "table/delta/log_entry.h"
#include "table/iceberg/manifest_avro.h"
#include "table/iceberg/metadata_json.h"
#include "table/iceberg/read_table.h"
#include "table/iceberg/small_table.h"

namespace weir::maintain {

inline const catalog::TableName kTable{"telemetry", "otel_spans"};
inline const std::string kRoot = "tables/telemetry/otel_spans";

/// time 1, date 2, service_name 3, duration_ns 4, cost 5, attributes 6 (7, 8), resource 9
/// {schema_url 10}.
inline table::TableDefinition FakeDefinition() {
  using table::iceberg::TestField;
  const auto micros = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  return {
      .schema = arrow::schema(
          {TestField("time", micros, 1, false), TestField("date", arrow::date32(), 2, false),
           TestField("service_name", arrow::utf8(), 3), TestField("duration_ns", arrow::int64(), 4),
           TestField("cost", arrow::float64(), 5),
           TestField("attributes", table::iceberg::TestMap(7, 8), 6),
           TestField("resource", arrow::struct_({TestField("schema_url", arrow::utf8(), 10)}), 9)}),
      .partition_column = "date",
      .sort_columns = {"service_name", "time"},
      .compacted_sort_columns = {"service_name", "duration_ns", "time"},
      .bloom_columns = {"service_name"}};
}

/// A Parquet file of `rows` rows that follow from `number`; the first has no cost.
inline datafile::ParquetFile EncodeFile(int number, int rows = 3,
                                        const arrow::Schema& schema = *FakeDefinition().schema) {
  std::string json = "[";
  for (int row = 0; row < rows; ++row) {
    const int64_t micros =
        table::iceberg::kTestStartMs * 1000 + number * 1'000'000LL + 1'001 * (row + 1);
    json += fmt::format(
        R"({}{{"time":{},"date":{},"service_name":"svc-{}-{:0{}}","duration_ns":{},"cost":{},)"
        R"("attributes":[["k","v{}"]],"resource":{{"schema_url":"http://x/{}"}}}})",
        row == 0 ? "" : ",", micros, table::iceberg::kTestDate, number, row, number + 1,
        number * 10 + row, row == 0 ? "null" : "0.5", row, number);
  }
  const auto type = arrow::struct_(schema.fields());
  const auto array = arrow::json::ArrayFromJSONString(type, json + "]").ValueOrDie();
  const auto& columns = static_cast<const arrow::StructArray&>(*array).fields();
  const auto whole = std::make_shared<arrow::Schema>(schema);
  auto writer = datafile::ParquetWriter::Open(whole).ValueOrDie();
  EXPECT_TRUE(writer->Append(arrow::RecordBatch::Make(whole, rows, columns)).ok());
  datafile::ParquetFile encoded = writer->Finish().ValueOrDie();
  encoded.file.date = table::iceberg::kTestDate;
  encoded.file.path = fmt::format("data/date=2026-11-20/{}.parquet", number);
  return encoded;
}

/// One thread. Commit n (from 1) adds the file `n.parquet`.
class TwoFormatsFake {
 public:
  using Change = std::function<void(datafile::ParquetFile&)>;

  TwoFormatsFake() {
    // Memory-backed where there is such a folder: stores and catalogs sync.
    folder_ = std::filesystem::exists("/dev/shm") ? "/dev/shm/" : testing::TempDir();
    folder_ += "two_formats_XXXXXX";
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    store_ = store::LocalStore::Open(folder_).ValueOrDie();
    catalog_ = catalog::Catalog::Open(folder_ + "/catalog.db").ValueOrDie();
    Create();
  }
  ~TwoFormatsFake() {
    catalog_.reset();
    std::filesystem::remove_all(folder_);
  }
  TwoFormatsFake(const TwoFormatsFake&) = delete;

  /// `change` may make the file and what is recorded of it differ.
  void Commit(const Change& change = {}, bool publish = true) {
    datafile::ParquetFile encoded = EncodeFile(++commits_);
    if (change) change(encoded);
    Write(kRoot + "/" + encoded.file.path, encoded.bytes->ToString());
    CommitFiles({.added = {encoded.file}}, publish);
  }
  void Rearrange(const table::TableChange& change) { ++commits_, CommitFiles(change); }
  /// As expiry does in the end. `but_also`: the number of another commit whose snapshot stays.
  void DropAllButTheCurrentSnapshot(int but_also = 0) {
    table::iceberg::TableState state = State();
    auto& metadata = state.metadata;
    std::erase_if(metadata.snapshots, [&](const table::iceberg::Snapshot& snapshot) {
      return snapshot.snapshot_id != state.snapshot_id() && snapshot.sequence_number != but_also;
    });
    metadata.snapshot_log.clear();
    Write(MetadataPath(), GzipCompress(table::iceberg::MetadataJson(metadata), 1));
  }
  void Remove(const datafile::DataFile& file) { ++commits_, CommitFiles({.removed = {file}}); }

  store::Store& store() { return *store_; }
  const store::Store& store() const { return *store_; }
  Lake lake() const { return {*store_, *catalog_, clock}; }
  const std::string& folder() const { return folder_; }
  catalog::Catalog& catalog() { return *catalog_; }
  catalog::TableEntry Entry() const { return catalog_->Load(kTable).ValueOrDie(); }
  std::string MetadataPath() const { return *StorePath(*store_, Entry().metadata_location); }
  table::iceberg::TableState State() const {
    return table::iceberg::ReadTable(*store_, MetadataPath()).ValueOrDie();
  }
  static std::string DataPath(int number) {
    return fmt::format("{}/data/date=2026-11-20/{}.parquet", kRoot, number);
  }
  static std::string LogPath(int64_t version) { return table::delta::EntryPath(kRoot, version); }

  std::string Read(const std::string& path) const { return store_->Read(path).ValueOrDie(); }
  void Write(const std::string& path, const std::string& bytes) {
    EXPECT_TRUE(store_->Put(path, bytes).ok()) << path;
  }
  void Delete(const std::string& path) {
    ASSERT_TRUE(store_->Head(path).ValueOrDie().has_value()) << path;
    EXPECT_TRUE(store_->Delete(path).ok());
  }
  /// Replaces the first `from`, which is there.
  void Edit(const std::string& path, const std::string& from, const std::string& to) {
    std::string bytes = Read(path);
    const size_t at = bytes.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in " << bytes;
    Write(path, bytes.replace(at, from.size(), to));
  }
  /// The same in the current metadata file, which is compressed before and plain after.
  void EditMetadata(const std::string& from, const std::string& to) {
    const std::string path = MetadataPath();
    Write(path, Decompress(Compression::kGzip, Read(path), 1 << 20).ValueOrDie());
    Edit(path, from, to);
  }
  /// Moves the catalog's entry, and nothing else.
  void EditEntry(const std::function<void(catalog::TableEntry&)>& edit) {
    catalog::TableMove move{.next = Entry()};
    move.expected_metadata_location = move.next.metadata_location;
    edit(move.next);
    EXPECT_TRUE(catalog_->Commit({move}, {}).ok());
  }
  /// Writes the current snapshot's manifest list anew.
  void EditManifests(const std::function<void(std::vector<table::iceberg::ManifestFile>&)>& edit) {
    table::iceberg::TableState state = State();
    edit(state.manifests);
    const auto& snapshot = *state.metadata.CurrentSnapshot();
    Write(
        state.location.StorePath(snapshot.manifest_list),
        table::iceberg::ManifestListAvro(
            state.manifests,
            {snapshot.snapshot_id, snapshot.parent_snapshot_id, snapshot.sequence_number}, "seed"));
  }
  /// Writes the last commit's manifest anew, and its line in the manifest list with it.
  void EditEntries(const std::function<void(std::vector<table::iceberg::ManifestEntry>&)>& edit) {
    const table::iceberg::TableState state = State();
    const table::iceberg::ManifestFile& manifest = state.manifests.front();
    auto entries = *table::iceberg::LoadEntries(*store_, state, manifest).ValueOrDie();
    edit(entries);
    const auto setting = table::iceberg::SettingOf(state, manifest.partition_spec_id).ValueOrDie();
    const std::string bytes = table::iceberg::ManifestAvro(entries, setting, "seed");
    Write(state.location.StorePath(manifest.path), bytes);
    EditManifests([&](auto& manifests) {
      const auto described = table::iceberg::Describe(
          std::make_shared<const std::vector<table::iceberg::ManifestEntry>>(entries),
          manifest.sequence_number, manifest.added_snapshot_id);
      manifests.front() = described;
      manifests.front().path = manifest.path;
      manifests.front().length = std::ssize(bytes);
    });
  }

  // Far ahead, so that what is written now is old.
  FakeClock clock{4'000'000'000'000'000'000};

 private:
  void Create() {
    table::iceberg::TableState state =
        table::iceberg::NewTable(definition_,
                                 {.location = {.uri = store_->Uri(kRoot), .root = kRoot},
                                  .uuid = "7d3b4c1e-0000-4000-8000-000000000000",
                                  .timestamp_ms = table::iceberg::kTestStartMs})
            .ValueOrDie();
    auto plan = table::iceberg::PlanCreate(state, "00000000-0000-4000-8000-000000000000");
    for (const table::NewObject& object : plan.objects) Write(object.path, object.bytes);
    catalog::TableMove move{.next = {.name = kTable,
                                     .uuid = plan.next.metadata.table_uuid,
                                     .location = store_->Uri(kRoot),
                                     .metadata_location = store_->Uri(plan.metadata_path)}};
    move.delta_entry =
        table::delta::FirstEntryBytes(definition_, {.table_uuid = move.next.uuid,
                                                    .timestamp_ms = table::iceberg::kTestStartMs,
                                                    .engine_version = "0.1.0"})
            .ValueOrDie();
    Move(move, true);
  }

  void CommitFiles(const table::TableChange& change, bool publish = true) {
    const table::CommitIdentity identity = table::iceberg::SmallIdentity(commits_);
    auto plan = table::iceberg::PlanCommit(*store_, State(), change, identity).ValueOrDie();
    for (const table::NewObject& object : plan.objects) Write(object.path, object.bytes);
    catalog::TableMove move{.next = Entry()};
    move.expected_metadata_location = move.next.metadata_location;
    move.next.metadata_location = store_->Uri(plan.metadata_path);
    move.next.snapshot_id = identity.snapshot_id;
    ++move.next.delta_version;
    for (const table::RetiredFile& file : plan.retired) {
      move.retired.push_back(
          {file.path, file.added_version, file.removed_version, identity.timestamp_ms});
    }
    move.delta_entry = table::delta::EntryBytes(definition_, change,
                                                {.table_uuid = move.next.uuid,
                                                 .identity = identity,
                                                 .version = move.next.delta_version,
                                                 .engine_version = "0.1.0"})
                           .ValueOrDie();
    Move(move, publish);
  }

  void Move(const catalog::TableMove& move, bool publish) {
    ASSERT_TRUE(catalog_->Commit({move}, {}).ok());
    if (!publish) return;
    Write(LogPath(move.next.delta_version), move.delta_entry);
    ASSERT_TRUE(catalog_->MarkDeltaPublished(kTable, move.next.delta_version).ok());
  }

  const table::TableDefinition definition_ = FakeDefinition();
  std::string folder_;
  std::unique_ptr<store::LocalStore> store_;
  std::unique_ptr<catalog::Catalog> catalog_;
  int commits_ = 0;
};

}  // namespace weir::maintain
