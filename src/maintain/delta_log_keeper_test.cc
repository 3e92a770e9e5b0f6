// SPDX-License-Identifier: Apache-2.0
#include "maintain/delta_log_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "maintain/format_watch.h"
#include "maintain/metrics.h"
#include "maintain/two_formats_fake.h"
#include "maintain/verify_table.h"
#include "table/delta/log_files.h"

namespace weir::maintain {
namespace {

using table::delta::ListLog;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

class DeltaLogKeeperTest : public testing::Test {
 protected:
  void Commit(int count) {
    for (int i = 0; i < count; ++i) table_.Commit();
  }
  void Keep() {
    const Status kept = keeper_.Keep(table_.Entry());
    EXPECT_TRUE(kept.ok()) << kept.ToString();
  }
  std::vector<int64_t> Entries() { return ListLog(table_.store(), kRoot)->entries; }
  std::vector<int64_t> Checkpoints() { return ListLog(table_.store(), kRoot)->checkpoints; }
  int64_t Errors() { return VerifyTable(table_.lake(), kTable)->findings.errors(); }

  TwoFormatsFake table_;
  // The table's clock is far ahead of the disk's: what an earlier keeper left is history at once.
  DeltaLogKeeper keeper_{
      {.store = table_.store(),
       .clock = table_.clock,
       .limits = {.entries_per_checkpoint = 3, .tombstones_kept = 100 * 366 * 24h}}};
};

TEST_F(DeltaLogKeeperTest, WritesACheckpointWhenSoManyEntriesCame) {
  Commit(2);
  Keep();
  EXPECT_THAT(Checkpoints(), IsEmpty());

  Commit(2);
  Keep();
  Keep();

  EXPECT_THAT(Checkpoints(), ElementsAre(4));
  EXPECT_EQ(Entries().size(), 5u);
  EXPECT_EQ(Errors(), 0);
}

TEST_F(DeltaLogKeeperTest, GoesOnFromTheLastCheckpoint) {
  Commit(3);
  Keep();
  Commit(2);
  table_.Remove(EncodeFile(1).file);
  Keep();

  const auto snapshot = table::delta::ReadCheckpoint(table_.store(), kRoot, 6).ValueOrDie();
  EXPECT_THAT(snapshot.files, testing::SizeIs(4));
  EXPECT_THAT(snapshot.tombstones, testing::SizeIs(1));
  EXPECT_EQ(Errors(), 0);
}

TEST_F(DeltaLogKeeperTest, RemovesWhatIsOlderThanTheHistory) {
  Commit(3);
  Keep();
  table_.clock.Advance(30min);
  Commit(3);
  Keep();
  EXPECT_EQ(Entries().size(), 7u);

  table_.clock.Advance(45min);
  Commit(3);
  Keep();

  EXPECT_THAT(Checkpoints(), ElementsAre(3, 6, 9));
  EXPECT_THAT(Entries(), ElementsAre(3, 4, 5, 6, 7, 8, 9));
  EXPECT_EQ(Errors(), 0);
}

TEST_F(DeltaLogKeeperTest, KnowsWhatAnEarlierRunLeft) {
  Commit(3);
  Keep();

  Commit(3);
  DeltaLogKeeper next(
      {.store = table_.store(), .clock = table_.clock, .limits = {.entries_per_checkpoint = 3}});
  EXPECT_TRUE(next.Keep(table_.Entry()).ok());

  EXPECT_THAT(Checkpoints(), ElementsAre(3, 6));
  EXPECT_THAT(Entries(), ElementsAre(3, 4, 5, 6));
  EXPECT_EQ(Errors(), 0);
}

TEST_F(DeltaLogKeeperTest, WaitsForEntriesThatAreNotPublished) {
  Commit(2);
  table_.Commit({}, /*publish=*/false);
  Keep();

  EXPECT_THAT(Checkpoints(), ElementsAre(2));
}

TEST_F(DeltaLogKeeperTest, LeavesTheFormatsComparable) {
  FormatWatch early({.lake = table_.lake()});
  Commit(1);
  EXPECT_TRUE(early.Check());
  for (int i = 0; i < 3; ++i) {
    Commit(3);
    Keep();
    table_.clock.Advance(2h);
  }
  FormatWatch late({.lake = table_.lake()});

  EXPECT_FALSE(early.Check());  // What it was to read next is gone: it begins anew.
  EXPECT_TRUE(early.Check());
  EXPECT_TRUE(late.Check());
  EXPECT_EQ(kFormatMismatchTables.With().value(), 0);
}

}  // namespace
}  // namespace weir::maintain
