// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/manifest_merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "table/iceberg/read_table.h"
#include "table/iceberg/small_table.h"

namespace weir::table::iceberg {
namespace {

constexpr int32_t kMonday = kTestDate, kTuesday = kTestDate + 1;

/// One file for each of `dates`.
TableChange FilesOf(int64_t number, const std::vector<int32_t>& dates) {
  TableChange change;
  for (const int32_t date : dates) change.added.push_back(SmallFile(number, date));
  return change;
}

/// How many manifests have files of that date and no other; of all others together under 0.
std::map<int32_t, int> CountByDate(const TableState& state) {
  std::map<int32_t, int> counts;
  for (const ManifestFile& manifest : state.manifests) {
    ++counts[manifest.date_min == manifest.date_max ? manifest.date_min.value() : 0];
  }
  return counts;
}

TEST(ManifestMerge, KeepsDatesApart) {
  MapStore store;
  TableState state = SmallTable();

  for (int64_t number = 1; number <= 64; ++number) {
    CommitSmall(store, state, number, FilesOf(number, {number % 2 == 0 ? kMonday : kTuesday}));
  }

  const std::map<int32_t, int> expected = {{kMonday, 2}, {kTuesday, 2}};
  EXPECT_EQ(CountByDate(state), expected);
  EXPECT_EQ(ListFiles(store, state).ValueOrDie().size(), 64u);
}

TEST(ManifestMerge, TakesDatesApartThatCameTogether) {
  MapStore store;
  TableState state = SmallTable();

  for (int64_t number = 1; number <= 16; ++number) {
    CommitSmall(store, state, number, FilesOf(number, {kMonday, kTuesday}));
  }

  const std::map<int32_t, int> expected = {{kMonday, 1}, {kTuesday, 1}};
  EXPECT_EQ(CountByDate(state), expected);
  EXPECT_EQ(ListFiles(store, state).ValueOrDie().size(), 32u);
}

TEST(ManifestMerge, LeavesDatesOfFewFilesTogether) {
  MapStore store;
  TableState state = SmallTable();

  for (int64_t number = 1; number <= 16; ++number) {
    const auto late = static_cast<int32_t>(kMonday - number);
    CommitSmall(store, state, number, FilesOf(number, {kMonday, late}));
  }

  const std::map<int32_t, int> expected = {{kMonday, 1}, {0, 1}};
  EXPECT_EQ(CountByDate(state), expected);
}

TEST(ManifestMerge, MakesOneOfADateThatNothingComesToAnyMore) {
  MapStore store;
  TableState state = SmallTable();
  for (int64_t number = 1; number <= 20; ++number) {
    CommitSmall(store, state, number, FilesOf(number, {kMonday}));
  }
  for (int64_t number = 21; number <= 20 + kQuietCommits; ++number) {
    CommitSmall(store, state, number, FilesOf(number, {kTuesday}));
  }
  EXPECT_EQ(CountByDate(state)[kMonday], 5);

  const int64_t last = 21 + kQuietCommits;
  CommitSmall(store, state, last, FilesOf(last, {kTuesday}));

  EXPECT_EQ(CountByDate(state)[kMonday], 1);
  EXPECT_EQ(
      std::ranges::count(ListFiles(store, state).ValueOrDie(), kMonday, &datafile::DataFile::date),
      20);
}

TEST(ManifestMerge, StaysBoundedWhereSendersMakeUpDates) {
  MapStore store;
  TableState state = SmallTable();
  std::vector<int32_t> dates;
  for (int32_t i = 0; i < 400; ++i) dates.push_back(kMonday + i);

  for (int64_t number = 1; number <= 64; ++number) {
    CommitSmall(store, state, number, FilesOf(number, dates));
    EXPECT_LE(state.manifests.size(), 200u);
  }

  EXPECT_EQ(ListFiles(store, state).ValueOrDie().size(), 64u * 400);
}

}  // namespace
}  // namespace weir::table::iceberg
