// SPDX-License-Identifier: Apache-2.0
#include "maintain/compaction/compactor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
                            if (!answer_.ok()) return answer_;
                            table_.Rearrange(change);
                            return Status::OK();
                          },
                      .limits = {.fan_in = 4},
                      .is_cancelled = [this] { return is_cancelled_; }});
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
};

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
