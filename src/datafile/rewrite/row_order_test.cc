// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/row_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>

namespace weir::datafile {
namespace {

using testing::ElementsAre;

StoredLeaf Longs(const std::vector<std::optional<int64_t>>& values) {
  StoredLeaf leaf{.kind = signal::LeafKind::kLong, .is_optional = true, .definition_max = 1};
  leaf.rows = std::ssize(values);
  for (const auto& value : values) {
    leaf.row_values.push_back(static_cast<uint32_t>(leaf.longs.size()));
    leaf.definition.push_back(value.has_value());
    if (value) leaf.longs.push_back(*value);
  }
  return leaf;
}

/// Every value has a number of its own.
StoredLeaf Texts(const std::vector<std::string>& values) {
  StoredLeaf leaf{.kind = signal::LeafKind::kDictionary};
  leaf.rows = std::ssize(values);
  for (const std::string& value : values) {
    leaf.ints.push_back(static_cast<int32_t>(leaf.num_texts()));
    leaf.text_bytes += value;
    leaf.text_ends.push_back(static_cast<int32_t>(leaf.text_bytes.size()));
  }
  return leaf;
}

TEST(RowOrder, IsByTheFirstKeyThenTheNextThenAsItWas) {
  EXPECT_THAT(OrderRows({Texts({"b", "a", "b", "a", "b"}), Longs({2, 5, 1, -3, 1})}),
              ElementsAre(3, 1, 2, 4, 0));
}

TEST(RowOrder, HasNullsFirst) {
  EXPECT_THAT(OrderRows({Longs({7, {}, -7, {}})}), ElementsAre(1, 3, 2, 0));
  EXPECT_THAT(OrderRows({Longs({{}, {}})}), ElementsAre(0, 1));
}

TEST(RowOrder, DescendsWithNullsLastByTheKeysThatDo) {
  EXPECT_THAT(OrderRows({Longs({7, {}, -7, 9})}, {true}), ElementsAre(3, 0, 2, 1));
  EXPECT_THAT(OrderRows({Texts({"b", "a", "b"}), Longs({1, 2, 3})}, {false, true}),
              ElementsAre(1, 2, 0));
  const int64_t least = std::numeric_limits<int64_t>::min() + 1;
  EXPECT_THAT(OrderRows({Longs({least, {}, INT64_MAX, 0})}, {true}), ElementsAre(2, 3, 0, 1));
}

TEST(RowOrder, IsByBytesOfTextsHoweverLong) {
  const std::string start = "the same eight and more";
  EXPECT_THAT(OrderRows({Texts({start + "z", start, "\xff", start + "a", "", "the"})}),
              ElementsAre(4, 5, 1, 3, 0, 2));
}

TEST(RowOrder, IsTheSameWhereKeysAreTooWideToBePacked) {
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();
  const StoredLeaf wide = Longs({kLargest, kLeast + 1, 0, kLargest, {}});

  EXPECT_THAT(OrderRows({wide, Longs({5, 1, 1, 4, 9})}), ElementsAre(4, 1, 2, 3, 0));
  EXPECT_THAT(OrderRows({Longs({1, 1, 0, 0, 0}), wide, wide}), ElementsAre(4, 2, 3, 1, 0));
}

TEST(RowOrder, OfNoKeysIsNone) { EXPECT_TRUE(OrderRows({}).empty()); }

}  // namespace
}  // namespace weir::datafile
