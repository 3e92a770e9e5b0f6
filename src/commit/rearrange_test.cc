// SPDX-License-Identifier: Apache-2.0
#include <arrow/buffer.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "commit/committer.h"
#include "commit/lake_fake.h"
#include "datafile/rewrite/merge_files.h"

namespace weir::commit {
namespace {

using buffer::Ingest;
using testing::SizeIs;
using namespace std::chrono_literals;
using Rows = std::vector<int64_t>;

class RearrangeTest : public testing::Test {
 protected:
  /// A running committer and a table of two files.
  RearrangeTest() {
    EXPECT_TRUE(committer_.Prepare().ok());
    const uint32_t writer = lake_.catalog().WriterId("one").ValueOrDie();
    ingest_ = Ingest::Open(
                  {.journal = {.directory = buffer::JournalDirectory(lake_.journal_root(), writer),
                               .writer = writer},
                   .new_columns = buffer::kFakeColumns})
                  .ValueOrDie();
    committer_.Start({ingest_.get()}, {});
    for (const char* body : {"1 3", "2"}) {
      const size_t files = IcebergFiles(lake_, kSpans)->size();
      Send(body);
      committer_.Wake();
      const auto deadline = std::chrono::steady_clock::now() + 10s;
      while (IcebergFiles(lake_, kSpans)->size() == files &&
             std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
      }
    }
  }
  ~RearrangeTest() override { Stop(); }
  void Stop() {
    ingest_->Stop();
    committer_.Stop();
  }
  void Send(const std::string& body) {
    std::promise<bool> answer;
    ingest_->Accept({.body = body}, [&](const auto& outcome) { answer.set_value(outcome.ok()); });
    EXPECT_TRUE(answer.get_future().get());
  }
  /// The rows of all files in one, which lies in the store.
  table::TableChange Merged() {
    const auto entry = lake_.catalog().Load(kSpans).ValueOrDie();
    const auto state = table::iceberg::ReadTable(
                           lake_.store, entry.metadata_location.substr(lake_.store.Uri("").size()))
                           .ValueOrDie();
    table::TableChange change{.removed = table::iceberg::ListFiles(lake_.store, state).ValueOrDie(),
                              .is_rearrangement = true};
    std::vector<std::string> files;
    for (const auto& file : change.removed) {
      files.push_back(lake_.store.Read(RootOf(kSpans) + "/" + file.path).ValueOrDie());
    }
    auto merged =
        datafile::MergeFiles(files, {.file = {.sort_columns = {"record_id"}}}).ValueOrDie();
    merged.file.date = change.removed[0].date;
    merged.file.path = "data/merged.parquet";
    EXPECT_TRUE(
        lake_.store.Put(RootOf(kSpans) + "/" + merged.file.path, merged.bytes->ToString()).ok());
    change.added.push_back(merged.file);
    return change;
  }

  LakeFake lake_;
  Committer committer_{{.store = lake_.store,
                        .catalog = lake_.catalog(),
                        .clock = lake_.clock,
                        .new_columns = buffer::kFakeColumns,
                        .interval = 1h,
                        .quarantine_directory = lake_.quarantine()}};
  std::unique_ptr<Ingest> ingest_;
};

TEST_F(RearrangeTest, PutsOneFileInThePlaceOfOthers) {
  const Status done = committer_.Rearrange(kSpans, Merged());

  EXPECT_TRUE(done.ok()) << done.ToString();
  EXPECT_THAT(*IcebergFiles(lake_, kSpans), testing::ElementsAre("data/merged.parquet"));
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2, 3}));
  const auto retired = lake_.catalog().ListRetired(kSpans, INT64_MAX).ValueOrDie();
  ASSERT_THAT(retired, SizeIs(2));
  EXPECT_EQ(retired[0].removed_version, 3);
  EXPECT_EQ(retired[0].added_version + retired[1].added_version, 1 + 2);
}

TEST_F(RearrangeTest, GoesOnWithIngestAfterwards) {
  ASSERT_TRUE(committer_.Rearrange(kSpans, Merged()).ok());
  Send("9");

  Stop();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2, 3, 9}));
}

TEST_F(RearrangeTest, IsAConflictWhereAFileIsNotLive) {
  const table::TableChange change = Merged();
  ASSERT_TRUE(committer_.Rearrange(kSpans, change).ok());

  EXPECT_EQ(KindOf(committer_.Rearrange(kSpans, change)), ErrorKind::kConflict);

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2, 3}));
}

TEST_F(RearrangeTest, KnowsPublishedTablesOnly) {
  EXPECT_EQ(KindOf(committer_.Rearrange({"telemetry", "mine"}, {})), ErrorKind::kNotFound);
}

TEST_F(RearrangeTest, IsRefusedWhileStopping) {
  Stop();

  EXPECT_EQ(KindOf(committer_.Rearrange(kSpans, {})), ErrorKind::kConflict);
}

}  // namespace
}  // namespace weir::commit
