// SPDX-License-Identifier: Apache-2.0
#include "datafile/encoding/int_dictionary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace weir::datafile {
namespace {

using testing::ElementsAre;
using Longs = std::vector<int64_t>;

bool Add(IntDictionary& dictionary, const Longs& values) {
  return dictionary.Add(values, *std::ranges::min_element(values),
                        *std::ranges::max_element(values));
}

TEST(IntDictionary, ListsNumbersAsTheyComeAndGrowsWithLaterPages) {
  IntDictionary dictionary;

  ASSERT_TRUE(Add(dictionary, {200, 404, 200, 500}));
  EXPECT_THAT(dictionary.positions(), ElementsAre(0, 1, 0, 2));
  ASSERT_TRUE(Add(dictionary, {404, -7, 200}));
  EXPECT_THAT(dictionary.positions(), ElementsAre(1, 3, 0));
  EXPECT_THAT(dictionary.numbers(), ElementsAre(200, 404, 500, -7));
}

TEST(IntDictionary, LooksUpOneOfManyThatAreTheSame) {
  IntDictionary dictionary;
  const std::vector<int32_t> values(1000, 20777);

  ASSERT_TRUE(dictionary.Add(values, 20777, 20777));
  EXPECT_THAT(dictionary.positions(), ElementsAre(0));
}

TEST(IntDictionary, RefusesNumbersThatLieTooFarApart) {
  IntDictionary dictionary;

  EXPECT_FALSE(Add(dictionary, {0, 4096}));
  ASSERT_TRUE(Add(dictionary, {0, 4095}));
  EXPECT_FALSE(Add(dictionary, {4096}));
  EXPECT_FALSE(Add(dictionary, {-1}));
}

TEST(IntDictionary, RefusesMoreNumbersThanAByteCounts) {
  IntDictionary dictionary;
  Longs values;
  for (int64_t i = 0; i < 256; ++i) values.push_back(i);

  EXPECT_TRUE(Add(dictionary, values));
  EXPECT_FALSE(Add(dictionary, {256}));
}

TEST(IntDictionary, TakesNumbersAtTheEndsOfTheType) {
  using Limits = std::numeric_limits<int64_t>;
  IntDictionary dictionary;

  EXPECT_FALSE(Add(dictionary, {Limits::min(), Limits::max()}));
  EXPECT_TRUE(Add(dictionary, {Limits::min(), Limits::min() + 1}));
  dictionary.Clear();
  EXPECT_TRUE(Add(dictionary, {Limits::max(), Limits::max() - 1}));
  EXPECT_THAT(dictionary.numbers(), ElementsAre(Limits::max(), Limits::max() - 1));
}

}  // namespace
}  // namespace weir::datafile
