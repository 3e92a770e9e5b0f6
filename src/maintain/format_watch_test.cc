// SPDX-License-Identifier: Apache-2.0
#include "maintain/format_watch.h"

#include <gtest/gtest.h>

#include "maintain/metrics.h"
#include "maintain/two_formats_fake.h"

namespace weir::maintain {
namespace {

double Mismatches() { return kFormatMismatchTables.With().value(); }

TEST(FormatWatch, FindsNoMismatchFromCommitToCommit) {
  TwoFormatsFake table;
  FormatWatch watch({.lake = table.lake()});

  for (int commit = 0; commit < 20; ++commit) {
    table.Commit();
    EXPECT_TRUE(watch.Check());
    EXPECT_EQ(Mismatches(), 0);
  }
  table.Remove(EncodeFile(3).file);

  EXPECT_TRUE(watch.Check());
  EXPECT_EQ(Mismatches(), 0);
  EXPECT_EQ(kFormatCheckTimestamp.With().value(), 4e9);
}

TEST(FormatWatch, CountsATableWhoseFormatsDifferUntilTheyDoNot) {
  TwoFormatsFake table;
  table.Commit();
  FormatWatch watch({.lake = table.lake()});
  watch.Check();
  table.Commit();
  const std::string entry = table.Read(TwoFormatsFake::LogPath(2));
  table.Edit(TwoFormatsFake::LogPath(2), R"(numRecords\":3)", R"(numRecords\":4)");

  watch.Check();
  const double while_wrong = Mismatches();
  table.Write(TwoFormatsFake::LogPath(2), entry);
  watch.Check();

  EXPECT_EQ(while_wrong, 1);
  EXPECT_EQ(Mismatches(), 0);
}

TEST(FormatWatch, CountsATableThatOneFormatCannotRead) {
  TwoFormatsFake table;
  table.Commit();
  FormatWatch watch({.lake = table.lake()});
  watch.Check();
  table.Commit();
  table.Delete(TwoFormatsFake::LogPath(2));

  watch.Check();

  EXPECT_EQ(Mismatches(), 1);
}

TEST(FormatWatch, WaitsForAnEntryThatIsNotPublishedYet) {
  TwoFormatsFake table;
  table.Commit();
  FormatWatch watch({.lake = table.lake()});
  watch.Check();
  table.Commit({}, /*publish=*/false);

  EXPECT_FALSE(watch.Check());
  EXPECT_EQ(Mismatches(), 0);

  table.Write(TwoFormatsFake::LogPath(2), table.catalog().ListPendingDelta()->front().entry);
  EXPECT_TRUE(watch.Check());
  EXPECT_EQ(Mismatches(), 0);
}

TEST(FormatWatch, ReadsALongLogInRounds) {
  TwoFormatsFake table;
  for (int commit = 0; commit < 6; ++commit) table.Commit();
  FormatWatch watch({.lake = table.lake(), .objects_max = 4});

  int rounds = 1;
  while (!watch.Check() && rounds < 20) ++rounds;

  EXPECT_EQ(rounds, 4);  // 6 manifests, then 7 entries, 4 a round.
  EXPECT_EQ(Mismatches(), 0);
}

TEST(FormatWatch, ComparesOnceStartedAndStopsAtOnce) {
  TwoFormatsFake table;
  table.Commit();
  kFormatCheckTimestamp.With().Set(0);
  FormatWatch watch({.lake = table.lake(), .interval = std::chrono::hours(1)});

  watch.Start();
  while (kFormatCheckTimestamp.With().value() == 0) std::this_thread::yield();
  watch.Stop();

  EXPECT_EQ(Mismatches(), 0);
}

}  // namespace
}  // namespace weir::maintain
