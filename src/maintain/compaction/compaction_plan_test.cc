// SPDX-License-Identifier: Apache-2.0
#include "maintain/compaction/compaction_plan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace weir::maintain {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

constexpr CompactionLimits kLimits{
    .merge_bytes = 1600, .merge_rows = 160'000, .fan_in = 4, .file_bytes = 1600};
constexpr CompactionLimits kJoinLimits{
    .merge_bytes = 1600, .merge_rows = 160'000, .fan_in = 4, .file_bytes = 16'000};

std::vector<LiveFile> Files(int count, int64_t bytes, int32_t date = 1, int64_t version = 1) {
  std::vector<LiveFile> files;
  for (int i = 0; i < count; ++i, ++version) {
    files.push_back({.path = fmt::format("{}-{}", date, version),
                     .partition = {date},
                     .bytes = bytes,
                     .rows = bytes,
                     .version = version,
                     .since = version});
  }
  return files;
}

TEST(CompactionPlan, WaitsUntilAClassIsFull) {
  EXPECT_THAT(PlanCompaction(Files(3, 10), {}, kLimits), IsEmpty());

  const auto runs = PlanCompaction(Files(4, 10), {}, kLimits);

  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(runs[0].files, Files(4, 10));
}

TEST(CompactionPlan, KeepsPartitionsOfOneDateApart) {
  std::vector<LiveFile> files = Files(8, 10);
  for (size_t i = 0; i < files.size(); ++i) {
    files[i].partition.spec_id = 1;
    files[i].partition.values = {i % 2 == 0 ? std::nullopt : std::optional<datafile::Bound>("a")};
  }

  const auto runs = PlanCompaction(files, {}, kLimits);

  ASSERT_THAT(runs, SizeIs(2));
  for (const CompactionRun& run : runs) {
    EXPECT_THAT(run.files, SizeIs(4));
    for (const LiveFile& file : run.files) EXPECT_EQ(file.partition, run.partition);
  }
}

TEST(CompactionPlan, JoinsFilesOfTheSameColumnsOnly) {
  std::vector<LiveFile> files = Files(4, 2000);
  files[2].columns = files[3].columns = "1";

  const auto runs = PlanCompaction(files, {{{1}, 24h}}, kJoinLimits);

  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].files[1], files[1]);
  EXPECT_EQ(runs[1].files[0], files[2]);
}

TEST(CompactionPlan, LeavesLargeFilesAlone) {
  EXPECT_THAT(PlanCompaction(Files(20, 800), {{{1}, 24h}}, kLimits), IsEmpty());
}

TEST(CompactionPlan, MakesALargeFileAsSoonAsThereIsEnough) {
  EXPECT_THAT(PlanCompaction(Files(3, 700), {}, kLimits), SizeIs(1));
}

TEST(CompactionPlan, ReadsNoMoreThanAFileMayHave) {
  const auto runs = PlanCompaction(Files(16, 300), {}, kLimits);

  ASSERT_THAT(runs, SizeIs(3));  // The sixteenth is left alone.
  for (const CompactionRun& run : runs) EXPECT_THAT(run.files, SizeIs(5));
}

TEST(CompactionPlan, CountsRowsThatTakeLittleRoom) {
  auto files = Files(8, 10);
  for (LiveFile& file : files) file.rows = 50'000;

  const auto runs = PlanCompaction(files, {}, kLimits);

  ASSERT_THAT(runs, SizeIs(3));
  EXPECT_THAT(runs[0].files, SizeIs(3));
  for (LiveFile& file : files) file.rows = 80'000;
  EXPECT_THAT(PlanCompaction(files, {}, kLimits), IsEmpty());
}

TEST(CompactionPlan, NeverMixesPartitions) {
  auto files = Files(3, 10, 1);
  std::ranges::move(Files(3, 10, 2, 9), std::back_inserter(files));

  EXPECT_THAT(PlanCompaction(files, {}, kLimits), IsEmpty());
}

TEST(CompactionPlan, CollectsWhatIsLeftOfAQuietPartition) {
  auto files = Files(2, 10, 1);
  std::ranges::move(Files(1, 300, 1, 9), std::back_inserter(files));
  EXPECT_THAT(PlanCompaction(files, {{{1}, 9min}}, kLimits), IsEmpty());

  const auto runs = PlanCompaction(files, {{{1}, 10min}}, kLimits);

  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_THAT(runs[0].files, SizeIs(3));
  EXPECT_THAT(PlanCompaction(Files(1, 10), {{{1}, 24h}}, kLimits), IsEmpty());
}

TEST(CompactionPlan, TakesOldPartitionsFirst) {
  auto files = Files(4, 10, 7);
  std::ranges::move(Files(4, 10, 3, 9), std::back_inserter(files));

  const auto runs = PlanCompaction(files, {}, kLimits);

  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].partition.date, 3);
}

TEST(CompactionPlan, MergesFreshFilesHoweverLargeInOrderToSortThem) {
  auto files = Files(2, 1500);
  for (LiveFile& file : files) file.is_fresh = true;

  const auto runs = PlanCompaction(files, {}, kJoinLimits);

  ASSERT_THAT(runs, SizeIs(2));
  for (const CompactionRun& run : runs) {
    EXPECT_EQ(run.kind, RunKind::kMerge);
    EXPECT_THAT(run.files, SizeIs(1));
    EXPECT_TRUE(run.is_last);
  }
}

TEST(CompactionPlan, KnowsWhichRowsWillBeMergedAgain) {
  EXPECT_FALSE(PlanCompaction(Files(4, 10), {}, kLimits)[0].is_last);
  EXPECT_TRUE(PlanCompaction(Files(4, 10), {{{1}, 10min}}, kLimits)[0].is_last);
  EXPECT_TRUE(PlanCompaction(Files(4, 250), {}, kLimits)[0].is_last);
}

TEST(CompactionPlan, JoinsWhatFillsAFile) {
  EXPECT_THAT(PlanCompaction(Files(16, 1000), {}, kJoinLimits), IsEmpty());

  const auto runs = PlanCompaction(Files(17, 1000), {}, kJoinLimits);

  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(runs[0].kind, RunKind::kJoin);
  EXPECT_THAT(runs[0].files, SizeIs(16));
}

TEST(CompactionPlan, JoinsNeighboursInTime) {
  auto files = Files(17, 1000);
  files[3].since = 100;  // Written early of late rows.

  const auto runs = PlanCompaction(files, {}, kJoinLimits);

  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_THAT(runs[0].files, testing::Not(testing::Contains(files[3])));
}

TEST(CompactionPlan, JoinsAllThatIsLeftOfAQuietPartitionOnceItIsMerged) {
  auto files = Files(3, 1000);
  std::ranges::move(Files(2, 10, 1, 50), std::back_inserter(files));
  EXPECT_THAT(PlanCompaction(files, {{{1}, 9min}}, kJoinLimits), IsEmpty());

  const auto merges = PlanCompaction(files, {{{1}, 10min}}, kJoinLimits);
  files.pop_back();
  const auto joins = PlanCompaction(files, {{{1}, 10min}}, kJoinLimits);

  ASSERT_THAT(merges, SizeIs(1));
  EXPECT_EQ(merges[0].kind, RunKind::kMerge);
  ASSERT_THAT(joins, SizeIs(1));
  EXPECT_EQ(joins[0].kind, RunKind::kJoin);
  EXPECT_EQ(joins[0].files, files);
}

TEST(CompactionPlan, LeavesJoinedFilesAlone) {
  EXPECT_THAT(PlanCompaction(Files(3, 8000), {{{1}, 24h}}, kJoinLimits), IsEmpty());
}

}  // namespace
}  // namespace weir::maintain
