// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/join_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::datafile {
namespace {

ColumnStatistics Join(const ColumnStatistics& a, const ColumnStatistics& b) {
  DataFile first, second;
  first.statistics[1] = a;
  second.statistics[1] = b;
  const DataFile* const files[] = {&first, &second};
  return JoinFacts(files).statistics.at(1);
}

TEST(JoinFacts, BoundsAllRows) {
  const ColumnStatistics both = Join({5, 1, Bound(int64_t{3}), Bound(int64_t{9})},
                                     {7, 2, Bound(int64_t{-4}), Bound(int64_t{8})});

  EXPECT_EQ(both.value_count, 12);
  EXPECT_EQ(both.null_count, 3);
  EXPECT_EQ(both.lower, Bound(int64_t{-4}));
  EXPECT_EQ(both.upper, Bound(int64_t{9}));
}

TEST(JoinFacts, TakesTheOtherBoundWhereOneFileHasNoValue) {
  const ColumnStatistics both =
      Join({5, 5, std::nullopt, std::nullopt}, {2, 0, Bound("a"), Bound("b")});

  EXPECT_EQ(both.lower, Bound("a"));
  EXPECT_EQ(both.upper, Bound("b"));
}

TEST(JoinFacts, HasNoBoundWhereAFileThatHasValuesHasNone) {
  const ColumnStatistics both =
      Join({5, 1, Bound("a"), std::nullopt}, {2, 0, Bound("a"), Bound("b")});

  EXPECT_EQ(both.lower, Bound("a"));
  EXPECT_EQ(both.upper, std::nullopt);
}

TEST(JoinFacts, CountsNansWhichBoundNothing) {
  const ColumnStatistics both =
      Join({3, 1, std::nullopt, std::nullopt, 2}, {4, 0, Bound(1.5), Bound(2.5), 1});

  EXPECT_EQ(both.nan_count, 3);
  EXPECT_EQ(both.lower, Bound(1.5));
  EXPECT_EQ(Join({3, 1, Bound(1.0), Bound(1.0)}, {4, 0, Bound(1.5), Bound(2.5), 1}).nan_count,
            std::nullopt);
}

TEST(JoinFacts, LeavesOutWhatOneFileDoesNotSay) {
  DataFile one, other;
  one.record_count = 4;
  one.column_bytes = {{1, 10}, {2, 5}};
  one.statistics = {{1, {4, 0}}, {2, {4, 4}}};
  other.record_count = 3;
  other.column_bytes = {{1, 7}};
  other.statistics = {{1, {3, 1}}};
  const DataFile* const files[] = {&one, &other};

  const DataFile joined = JoinFacts(files);

  EXPECT_EQ(joined.record_count, 7);
  EXPECT_EQ(joined.column_bytes, (std::map<int32_t, int64_t>{{1, 17}, {2, 5}}));
  ASSERT_EQ(joined.statistics.size(), 1u);
  EXPECT_EQ(joined.statistics.at(1).null_count, 1);
}

}  // namespace
}  // namespace weir::datafile
