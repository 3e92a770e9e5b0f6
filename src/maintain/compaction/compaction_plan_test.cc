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

constexpr CompactionLimits kLimits{.file_bytes = 1600, .file_rows = 160'000, .fan_in = 4};

std::vector<LiveFile> Files(int count, int64_t bytes, int32_t date = 1, int64_t version = 1) {
  std::vector<LiveFile> files;
  for (int i = 0; i < count; ++i, ++version) {
    files.push_back({.path = fmt::format("{}-{}", date, version),
                     .date = date,
                     .bytes = bytes,
                     .rows = bytes,
                     .version = version});
  }
  return files;
}

TEST(CompactionPlan, WaitsUntilAClassIsFull) {
  EXPECT_THAT(PlanCompaction(Files(3, 10), {}, kLimits), IsEmpty());

  const auto runs = PlanCompaction(Files(4, 10), {}, kLimits);

  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(runs[0].files, Files(4, 10));
}

TEST(CompactionPlan, LeavesLargeFilesAlone) {
  EXPECT_THAT(PlanCompaction(Files(20, 800), {{1, 24h}}, kLimits), IsEmpty());
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
  EXPECT_THAT(PlanCompaction(files, {{1, 24h}}, kLimits), IsEmpty());
}

TEST(CompactionPlan, NeverMixesPartitions) {
  auto files = Files(3, 10, 1);
  std::ranges::move(Files(3, 10, 2, 9), std::back_inserter(files));

  EXPECT_THAT(PlanCompaction(files, {}, kLimits), IsEmpty());
}

TEST(CompactionPlan, CollectsWhatIsLeftOfAQuietPartition) {
  auto files = Files(2, 10, 1);
  std::ranges::move(Files(1, 300, 1, 9), std::back_inserter(files));
  EXPECT_THAT(PlanCompaction(files, {{1, 9min}}, kLimits), IsEmpty());

  const auto runs = PlanCompaction(files, {{1, 10min}}, kLimits);

  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_THAT(runs[0].files, SizeIs(3));
  EXPECT_THAT(PlanCompaction(Files(1, 10), {{1, 24h}}, kLimits), IsEmpty());
}

TEST(CompactionPlan, TakesOldPartitionsFirst) {
  auto files = Files(4, 10, 7);
  std::ranges::move(Files(4, 10, 3, 9), std::back_inserter(files));

  const auto runs = PlanCompaction(files, {}, kLimits);

  ASSERT_THAT(runs, SizeIs(2));
  EXPECT_EQ(runs[0].date, 3);
}

/// A month of commits, one a step, with all runs done at once.
TEST(CompactionPlan, KeepsFilesFewAndWritesEachByteFewTimes) {
  std::mt19937_64 random(7);
  std::vector<LiveFile> files;
  int64_t written = 0, added = 0;
  size_t most = 0;
  for (int64_t version = 1; version <= 50'000; ++version) {
    const int64_t bytes = 1 + static_cast<int64_t>(random() % 20);
    files.push_back({.path = std::to_string(version),
                     .date = static_cast<int32_t>(version / 10'000),
                     .bytes = bytes,
                     .rows = bytes,
                     .version = version});
    added += bytes;
    QuietTimes quiet;
    for (int32_t date = 0; date < version / 10'000; ++date) quiet[date] = 1h;
    for (const CompactionRun& run : PlanCompaction(files, quiet, kLimits)) {
      LiveFile merged{.path = "m" + run.files.front().path, .date = run.date};
      std::set<std::string> gone;
      for (const LiveFile& file : run.files) {
        merged.bytes += file.bytes;
        merged.rows += file.rows;
        merged.version = version;
        gone.insert(file.path);
      }
      std::erase_if(files, [&](const LiveFile& file) { return gone.contains(file.path); });
      written += merged.bytes;
      files.push_back(merged);
    }
    most = std::max(most, files.size());
  }

  int64_t rows = 0;
  for (const LiveFile& file : files) rows += file.rows;
  EXPECT_EQ(rows, added);
  // A large file for each 800 to 1,600 bytes, and four classes that are not full.
  EXPECT_LE(most, static_cast<size_t>(added / 800 + 5 * 4));
  EXPECT_LE(written, 5 * added);
}

}  // namespace
}  // namespace weir::maintain
