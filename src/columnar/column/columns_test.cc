// SPDX-License-Identifier: Apache-2.0
#include "columnar/column/columns.h"

#include <arrow/array.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "columnar/column/number_list_column.h"
#include "columnar/test_rows.h"

namespace weir::columnar {
namespace {

using Texts = std::vector<std::string>;

/// Cells of an array that must be sound.
Texts SoundCells(const std::shared_ptr<arrow::Array>& array) {
  EXPECT_TRUE(array->ValidateFull().ok()) << array->ValidateFull().ToString();
  return Cells(*array);
}

const std::vector<int32_t> kFourRows = {0, 1, 2, 3};

TEST(NumberColumn, IsNullWhereItWasPassedOverOrNotReached) {
  NumberColumn<int64_t> column;
  column.Set(1, 10);
  column.Set(2, -20);

  EXPECT_EQ(SoundCells(column.Gather(kFourRows, arrow::int64())),
            (Texts{"null", "10", "-20", "null"}));
  EXPECT_FALSE(column.IsSet(0));
  EXPECT_TRUE(column.IsSet(1));
  EXPECT_FALSE(column.IsSet(3));
}

TEST(NumberColumn, GathersInTheOrderAskedFor) {
  NumberColumn<double> column;
  for (int row = 0; row < 3; ++row) column.Set(row, row + 0.5);

  EXPECT_EQ(SoundCells(column.Gather(std::vector<int32_t>{2, 0, 9, 2}, arrow::float64())),
            (Texts{"2.5", "0.5", "null", "2.5"}));
  EXPECT_EQ(SoundCells(column.Gather({}, arrow::float64())), Texts());
}

TEST(NumberColumn, ForgetsRowsAndTakesNewOnesInTheirPlace) {
  NumberColumn<int32_t> column;
  for (int row = 0; row < 4; ++row) column.Set(row, row);
  column.Truncate(1);
  column.Truncate(3);
  column.Set(2, 7);

  EXPECT_EQ(SoundCells(column.Gather(kFourRows, arrow::int32())),
            (Texts{"0", "null", "7", "null"}));
}

TEST(NumberColumn, CostsNothingUntilItIsSet) {
  NumberColumn<int32_t> column;

  EXPECT_EQ(column.byte_size(), 0);
  EXPECT_EQ(SoundCells(column.Gather(kFourRows, arrow::int32())),
            (Texts{"null", "null", "null", "null"}));
}

// More than a byte of bits, so that both bitmaps are crossed.
TEST(NumberColumn, PacksBooleansIntoBits) {
  NumberColumn<uint8_t> column;
  Texts expected;
  std::vector<int32_t> order;
  for (int row = 0; row < 20; ++row) {
    order.push_back(row);
    expected.push_back(row % 3 == 0 ? "null" : row % 2 == 0 ? "true" : "false");
    if (row % 3 != 0) column.Set(row, row % 2 == 0);
  }

  EXPECT_EQ(SoundCells(column.Gather(order, arrow::boolean())), expected);
}

TEST(TextColumn, TellsEmptyFromNullUnlessAskedNotTo) {
  TextColumn column;
  EXPECT_TRUE(column.Set(0, ""));
  EXPECT_TRUE(column.SetUnlessEmpty(1, ""));
  EXPECT_TRUE(column.SetUnlessEmpty(2, "a"));

  EXPECT_EQ(column.at(1), "");
  EXPECT_EQ(column.at(2), "a");
  EXPECT_EQ(column.at(7), "");
  EXPECT_EQ(SoundCells(column.Gather(kFourRows)), (Texts{"", "null", "a", "null"}));
}

TEST(TextColumn, SetsNothingWhereTheTextIsNotUtf8) {
  TextColumn column;
  EXPECT_FALSE(column.Set(0, "\xff"));
  EXPECT_FALSE(column.SetUnlessEmpty(0, "\xff"));
  EXPECT_TRUE(column.Set(0, "a"));

  EXPECT_EQ(SoundCells(column.Gather(kFourRows)), (Texts{"a", "null", "null", "null"}));
}

TEST(TextColumn, ForgetsRows) {
  TextColumn column;
  for (const auto* text : {"a", "b", "c"}) ASSERT_TRUE(column.Set(text[0] - 'a', text));
  column.Truncate(1);
  ASSERT_TRUE(column.Set(3, "d"));

  EXPECT_EQ(SoundCells(column.Gather(kFourRows)), (Texts{"a", "null", "null", "d"}));
}

TEST(TextColumn, IsADictionaryEvenWhereItIsAllNull) {
  TextColumn empty, set;
  ASSERT_TRUE(set.Set(0, "a"));

  const auto nulls = empty.Gather(kFourRows);

  EXPECT_EQ(SoundCells(nulls), (Texts{"null", "null", "null", "null"}));
  EXPECT_TRUE(nulls->type()->Equals(set.Gather(kFourRows)->type()));
}

/// A column of one text more than a dictionary holds, each at its own row.
TextColumn ManyTexts(TextUse use) {
  TextColumn column(use);
  for (int row = 0; row <= TextDictionary::kDistinctMax; ++row) {
    EXPECT_TRUE(column.Set(row, "t" + std::to_string(row)));
  }
  return column;
}

TEST(TextColumn, LeavesPlainWhereItsTextsAreTooMany) {
  TextColumn column = ManyTexts(TextUse::kOwn);

  const auto array = column.Gather(std::vector<int32_t>{TextDictionary::kDistinctMax, 400'000, 5});

  EXPECT_EQ(array->type_id(), arrow::Type::STRING);
  EXPECT_EQ(SoundCells(array), (Texts{"t131072", "null", "t5"}));
}

// A plain array would hold a text of a resource once for each of its rows, without a bound.
TEST(TextColumn, StaysADictionaryWhereRowsShareItsTexts) {
  TextColumn column = ManyTexts(TextUse::kShared);

  const auto array = column.Gather(std::vector<int32_t>{131'072, 5, 5});

  EXPECT_EQ(array->type_id(), arrow::Type::DICTIONARY);
  EXPECT_EQ(SoundCells(array), (Texts{"t131072", "t5", "t5"}));
}

TEST(IdColumn, LeavesAsHexText) {
  IdColumn column(8);
  column.Set(1, std::string_view("\x0a\xff\0\0\0\0\0\1", 8));
  column.Set(2, "zzzzzzzz");

  EXPECT_EQ(SoundCells(column.Gather(kFourRows)),
            (Texts{"null", "0aff000000000001", "7a7a7a7a7a7a7a7a", "null"}));
  EXPECT_EQ(SoundCells(column.Gather(std::vector<int32_t>{2, 1})),
            (Texts{"7a7a7a7a7a7a7a7a", "0aff000000000001"}));
}

TEST(IdColumn, ForgetsRows) {
  IdColumn column(16);
  column.Set(0, "aaaaaaaaaaaaaaaa");
  column.Set(1, "bbbbbbbbbbbbbbbb");
  column.Truncate(1);
  column.Set(3, "0123456789abcdef");

  EXPECT_EQ(SoundCells(column.Gather(kFourRows)),
            (Texts{"61616161616161616161616161616161", "null", "null",
                   "30313233343536373839616263646566"}));
  EXPECT_EQ(SoundCells(IdColumn(8).Gather(kFourRows)), (Texts{"null", "null", "null", "null"}));
}

TEST(IdColumnDeathTest, TakesOnlyIdsOfItsSize) {
  IdColumn column(8);

  EXPECT_DEATH(column.Set(0, "short"), "check failed");
}

TEST(ListOffsets, GiveEachRowItsChildren) {
  ListOffsets offsets;
  offsets.Set(0, 2);
  offsets.Set(2, 5);  // Row 1 has none.

  const auto gathered = offsets.Gather(std::vector<int32_t>{2, 1, 0, 9});

  EXPECT_EQ(gathered.children, (std::vector<int32_t>{2, 3, 4, 0, 1}));
  const auto* ends = reinterpret_cast<const int32_t*>(gathered.offsets->data());
  EXPECT_EQ(std::vector<int32_t>(ends, ends + 5), (std::vector<int32_t>{0, 3, 3, 5, 5}));
}

TEST(ListOffsets, SayHowManyChildrenAreLeft) {
  ListOffsets offsets;
  offsets.Set(0, 2);
  offsets.Set(1, 5);

  EXPECT_EQ(offsets.child_count(), 5);
  EXPECT_EQ(offsets.Truncate(1), 2);
  EXPECT_EQ(offsets.Truncate(0), 0);
  EXPECT_EQ(offsets.child_count(), 0);
}

TEST(NumberListColumn, TellsNullFromEmpty) {
  const auto field = arrow::field("list", arrow::list(arrow::field("element", arrow::int64())));
  NumberListColumn<int64_t> column;
  column.Append(1);
  column.Append(2);
  column.CloseRow(0);
  column.CloseRow(2);

  EXPECT_EQ(SoundCells(column.Gather(kFourRows, *field)), (Texts{"[1, 2]", "null", "[]", "null"}));
}

TEST(NumberListColumn, ForgetsNumbersThatWereNeverClosed) {
  const auto field = arrow::field("list", arrow::list(arrow::field("element", arrow::float64())));
  NumberListColumn<double> column;
  column.Append(1);
  column.CloseRow(0);
  column.Append(8);
  EXPECT_EQ(column.open().size(), 1u);
  column.Truncate(1);
  EXPECT_TRUE(column.open().empty());
  EXPECT_TRUE(column.AppendFixed64(std::string_view("\0\0\0\0\0\0\0\x40", 8)));
  EXPECT_FALSE(column.AppendFixed64("1234567"));
  column.CloseRow(1);

  EXPECT_EQ(SoundCells(column.Gather(kFourRows, *field)), (Texts{"[1]", "[2]", "null", "null"}));
}

}  // namespace
}  // namespace weir::columnar
