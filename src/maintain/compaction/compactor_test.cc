// SPDX-License-Identifier: Apache-2.0
#include "maintain/compaction/compactor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "datafile/read_parquet_fake.h"
#include "maintain/compaction/retired_files.h"
#include "maintain/two_formats_fake.h"
#include "maintain/verify_table.h"

namespace weir::maintain {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

class CompactorTest : public testing::Test {
 protected:
  Compactor Make() {
    return Compactor({.store = table_.store(),
                      .clock = table_.clock,
                      .rearrange =
                          [this](const catalog::TableName&, table::TableChange change) {
                            removed_.push_back(change.removed.size());
                            if (!answer_.ok()) return answer_;
                            table_.Rearrange(change);
                            return Status::OK();
                          },
                      .limits = limits_,
                      .is_cancelled = [this] { return is_cancelled_; }});
  }
  /// Until nothing is due.
  void CompactAll() {
    Compactor compactor = Make();
    int runs = 0;
    while (*compactor.CompactOnce(table_.Entry())) ASSERT_LE(++runs, 20);
  }
  void Commit(int count) {
    for (int i = 0; i < count; ++i) table_.Commit();
  }
  std::vector<datafile::DataFile> Files() {
    return table::iceberg::ListFiles(table_.store(), table_.State()).ValueOrDie();
  }
  std::vector<std::string> Services() {
    std::vector<std::string> services;
    for (const auto& file : Files()) {
      const auto texts =
          datafile::ReadTexts(table_.Read(kRoot + "/" + file.path), "service_name").ValueOrDie();
      services.insert(services.end(), texts.begin(), texts.end());
    }
    return services;
  }
  /// Ids of orders by how many row groups a file has.
  std::map<size_t, std::set<int32_t>> Orders() {
    std::map<size_t, std::set<int32_t>> orders;
    const auto state = table_.State();
    for (const auto& manifest : state.manifests) {
      const auto entries = LoadEntries(table_.store(), state, manifest).ValueOrDie();
      for (const auto& entry : *entries) {
        if (!entry.is_live()) continue;
        orders[entry.file.split_offsets.size()].insert(entry.sort_order_id.value_or(-1));
      }
    }
    return orders;
  }
  std::vector<std::string> FilesOnDisk() {
    auto paths = table_.store().List(kRoot + "/data").ValueOrDie();
    std::erase_if(paths, [](const std::string& path) { return !path.ends_with(".parquet"); });
    return paths;
  }
  int64_t Errors() {
    const auto report = VerifyTable(table_.lake(), kTable).ValueOrDie();
    const auto footers =
        VerifyFooters(table_.lake(), kTable, {.snapshot_id = report.snapshot_id}).ValueOrDie();
    return report.findings.errors() + footers.findings.errors();
  }

  TwoFormatsFake table_;
  Status answer_;
  bool is_cancelled_ = false;
  CompactionLimits limits_{.fan_in = 4};
  std::vector<size_t> removed_;  // How many files each change takes away.
};

// A fresh file of three rows is as large as a row group.
constexpr CompactionLimits kRowGroupsOfThree{.merge_rows = 4, .fan_in = 4, .file_bytes = 9'000};

TEST_F(CompactorTest, MakesOneFileOfManyWithTheSameRows) {
  Compactor compactor = Make();
  Commit(3);
  EXPECT_FALSE(*compactor.CompactOnce(table_.Entry()));
  Commit(1);
  std::vector<std::string> before = Services();

  EXPECT_TRUE(*compactor.CompactOnce(table_.Entry()));
  EXPECT_FALSE(*compactor.CompactOnce(table_.Entry()));

  ASSERT_THAT(Files(), SizeIs(1));
  EXPECT_EQ(Files()[0].record_count, 12);
  std::ranges::sort(before);
  EXPECT_EQ(Services(), before);
  EXPECT_EQ(Errors(), 0);
}

TEST_F(CompactorTest, TakesWhatIsLeftOfAQuietPartition) {
  Compactor compactor = Make();
  Commit(2);
  EXPECT_FALSE(*compactor.CompactOnce(table_.Entry()));

  table_.clock.Advance(11min);
  EXPECT_TRUE(*compactor.CompactOnce(table_.Entry()));

  EXPECT_THAT(Files(), SizeIs(1));
  EXPECT_EQ(Errors(), 0);
}

TEST_F(CompactorTest, LeavesNothingWhereTheCommitIsAConflict) {
  Compactor compactor = Make();
  Commit(4);
  answer_ = Error(ErrorKind::kConflict, "no");

  EXPECT_TRUE(*compactor.CompactOnce(table_.Entry()));

  EXPECT_THAT(FilesOnDisk(), SizeIs(4));
}

TEST_F(CompactorTest, EndsWithoutATraceWhenItIsCancelled) {
  is_cancelled_ = true;
  Compactor compactor = Make();
  Commit(4);

  EXPECT_TRUE(*compactor.CompactOnce(table_.Entry()));

  EXPECT_THAT(Files(), SizeIs(4));
  EXPECT_THAT(FilesOnDisk(), SizeIs(4));
}

TEST_F(CompactorTest, DeletesNothingWhereTheOutcomeIsUnknown) {
  Compactor compactor = Make();
  Commit(4);
  answer_ = Error(ErrorKind::kUnknownOutcome, "perhaps");

  EXPECT_FALSE(compactor.CompactOnce(table_.Entry()).ok());

  EXPECT_THAT(FilesOnDisk(), SizeIs(5));
}

TEST_F(CompactorTest, SortsFreshFilesAndJoinsTheirRowGroups) {
  limits_ = kRowGroupsOfThree;
  Commit(6);
  std::vector<std::string> before = Services();

  CompactAll();

  std::vector<size_t> row_groups;
  for (const auto& file : Files()) row_groups.push_back(file.split_offsets.size());
  EXPECT_THAT(row_groups, testing::UnorderedElementsAre(4, 1, 1));
  std::vector<std::string> after = Services();
  std::ranges::sort(before);
  std::ranges::sort(after);
  EXPECT_EQ(after, before);
  EXPECT_EQ(Errors(), 0);
}

TEST_F(CompactorTest, SaysWhichOrderAFileIsIn) {
  limits_ = kRowGroupsOfThree;
  Commit(6);
  EXPECT_EQ(Orders(), (std::map<size_t, std::set<int32_t>>{{1, {1}}}));

  CompactAll();

  EXPECT_EQ(Orders(), (std::map<size_t, std::set<int32_t>>{{1, {2}}, {4, {0}}}));
}

TEST_F(CompactorTest, FollowsTheTablesOwnTargetSize) {
  limits_ = {.merge_rows = 4, .fan_in = 4};
  Commit(6);
  table_.EditMetadata(R"("gc.enabled":"false")",
                      R"("gc.enabled":"false","write.target-file-size-bytes":"9000")");

  CompactAll();

  EXPECT_THAT(Files(), SizeIs(3));
}

TEST_F(CompactorTest, LeavesAFileThatCannotBeReadAloneAndGoesOnWithTheOthers) {
  Commit(4);
  table_.Write(TwoFormatsFake::DataPath(4), "no parquet");

  CompactAll();

  std::set<std::string> paths;
  for (const auto& file : Files()) paths.insert(file.path);
  EXPECT_THAT(paths, testing::Contains("data/date=2026-11-20/4.parquet"));
  EXPECT_THAT(paths, testing::Not(testing::Contains("data/date=2026-11-20/1.parquet")));
  EXPECT_THAT(paths, testing::Not(testing::Contains("data/date=2026-11-20/3.parquet")));
}

TEST_F(CompactorTest, TakesFewerFilesAfterAConflict) {
  Compactor compactor = Make();
  Commit(4);
  answer_ = Error(ErrorKind::kConflict, "no");
  EXPECT_TRUE(*compactor.CompactOnce(table_.Entry()));

  answer_ = Status::OK();
  EXPECT_TRUE(*compactor.CompactOnce(table_.Entry()));

  EXPECT_THAT(removed_, testing::ElementsAre(4, 2));
}

TEST_F(CompactorTest, LeavesNothingOfAJoinThatIsCancelled) {
  limits_ = kRowGroupsOfThree;
  Commit(6);
  Compactor compactor = Make();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(*compactor.CompactOnce(table_.Entry()));
  const size_t on_disk = FilesOnDisk().size();

  is_cancelled_ = true;
  EXPECT_TRUE(*compactor.CompactOnce(table_.Entry()));

  EXPECT_THAT(Files(), SizeIs(6));
  EXPECT_THAT(FilesOnDisk(), SizeIs(on_disk));
}

class RetiredFilesTest : public CompactorTest {
 protected:
  int64_t Delete() {
    return DeleteRetiredFiles(
               {.store = table_.store(), .catalog = table_.catalog(), .clock = table_.clock},
               table_.Entry())
        .ValueOrDie();
  }
  void Compact() {
    Compactor compactor = Make();
    Commit(4);
    EXPECT_TRUE(*compactor.CompactOnce(table_.Entry()));
  }
};

TEST_F(RetiredFilesTest, AreKeptAsLongAsASnapshotHasThem) {
  Compact();
  EXPECT_THAT(table_.catalog().ListRetired(kTable, INT64_MAX).ValueOrDie(), SizeIs(4));

  EXPECT_EQ(Delete(), 0);  // Their snapshots are young by the table's own times.

  EXPECT_THAT(FilesOnDisk(), SizeIs(5));
}

TEST_F(RetiredFilesTest, AreDeletedWhenNoSnapshotHasThem) {
  Compact();
  table_.DropAllButTheCurrentSnapshot();

  EXPECT_EQ(Delete(), 4);
  EXPECT_EQ(Delete(), 0);

  EXPECT_THAT(FilesOnDisk(), SizeIs(1));
  EXPECT_THAT(table_.catalog().ListRetired(kTable, INT64_MAX).ValueOrDie(), IsEmpty());
  EXPECT_EQ(Errors(), 0);
}

TEST_F(RetiredFilesTest, AreKeptForTheHistory) {
  Compact();
  table_.DropAllButTheCurrentSnapshot();
  // They were retired when the table's own clock said so, far before the fake's.
  const auto long_history = DeleteRetiredFiles({.store = table_.store(),
                                                .catalog = table_.catalog(),
                                                .clock = table_.clock,
                                                .history = 100 * 366 * 24h},
                                               table_.Entry());

  EXPECT_EQ(*long_history, 0);
  EXPECT_THAT(FilesOnDisk(), SizeIs(5));
}

TEST_F(RetiredFilesTest, StayWhereATagHasThem) {
  Compact();
  table_.DropAllButTheCurrentSnapshot(/*but_also=*/1);  // Commit 1 has file 1 alone.

  EXPECT_EQ(Delete(), 3);

  EXPECT_TRUE(table_.store().Head(TwoFormatsFake::DataPath(1)).ValueOrDie().has_value());
}

}  // namespace
}  // namespace weir::maintain
