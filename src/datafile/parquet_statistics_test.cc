// SPDX-License-Identifier: Apache-2.0
#include "datafile/parquet_statistics.h"

#include <arrow/builder.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "datafile/parquet_file.h"
#include "datafile/parquet_rows_fake.h"

namespace weir::datafile {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <typename T>
using Column = std::vector<std::optional<T>>;

template <typename Builder, typename T>
std::shared_ptr<arrow::Array> ArrayOf(const Column<T>& values) {
  Builder builder;
  for (const std::optional<T>& value : values) {
    EXPECT_TRUE((value ? builder.Append(*value) : builder.AppendNull()).ok());
  }
  return builder.Finish().ValueOrDie();
}

/// Statistics of a file with one column of id 1, written in batches of `batch_rows`, row groups
/// of 7.
template <typename Builder, typename T>
ColumnStatistics StatisticsOf(const Column<T>& values, size_t batch_rows = 1000) {
  std::shared_ptr<arrow::Array> array = ArrayOf<Builder>(values);
  const auto schema = arrow::schema({FieldWithId(1, "x", array->type())});
  auto writer = ParquetWriter::Open(schema, {.row_group_rows = 7}).ValueOrDie();
  for (size_t from = 0; from < values.size(); from += batch_rows) {
    const auto part = array->Slice(static_cast<int64_t>(from), static_cast<int64_t>(batch_rows));
    EXPECT_TRUE(writer->Append(arrow::RecordBatch::Make(schema, part->length(), {part})).ok());
  }
  return writer->Finish().ValueOrDie().file.statistics.at(1);
}

ColumnStatistics OfDoubles(const Column<double>& values) {
  return StatisticsOf<arrow::DoubleBuilder>(values);
}
ColumnStatistics OfTexts(const Column<std::string>& values) {
  return StatisticsOf<arrow::StringBuilder>(values);
}

TEST(ParquetStatistics, BoundEveryTypeByItsSmallestAndLargestValue) {
  auto writer = ParquetWriter::Open(NestedSchema()).ValueOrDie();
  ASSERT_TRUE(writer->Append(NestedRows()).ok());
  const auto statistics = writer->Finish().ValueOrDie().file.statistics;

  EXPECT_EQ(statistics.at(1).lower, Bound("r1"));
  EXPECT_EQ(statistics.at(1).upper, Bound("r3"));
  EXPECT_EQ(statistics.at(2).lower, Bound(""));
  EXPECT_EQ(statistics.at(2).upper, Bound("cart"));
  EXPECT_EQ(statistics.at(3).lower, Bound(int64_t{1795132799000000}));
  EXPECT_EQ(statistics.at(3).upper, Bound(int64_t{1795132800000002}));
  EXPECT_EQ(statistics.at(4).lower, Bound(int32_t{20777}));
  EXPECT_EQ(statistics.at(5).lower, Bound(int64_t{-7}));
  EXPECT_EQ(statistics.at(5).upper, Bound(int64_t{5}));
  EXPECT_EQ(statistics.at(6).lower, Bound(-2.5));
  EXPECT_EQ(statistics.at(6).upper, Bound(0.5));
  EXPECT_EQ(statistics.at(7).lower, Bound(false));
  EXPECT_EQ(statistics.at(7).upper, Bound(true));
  EXPECT_EQ(statistics.at(8).upper, Bound(int32_t{2}));
  EXPECT_EQ(statistics.at(17).lower, Bound("http://s"));
}

TEST(ParquetStatistics, CountNullsThoseOfNullParentsTooAndSkipMapsAndLists) {
  auto writer = ParquetWriter::Open(NestedSchema()).ValueOrDie();
  ASSERT_TRUE(writer->Append(NestedRows()).ok());
  const auto statistics = writer->Finish().ValueOrDie().file.statistics;

  EXPECT_EQ(statistics.at(1).null_count, 0);
  EXPECT_EQ(statistics.at(2).null_count, 1);
  EXPECT_EQ(statistics.at(17).null_count, 2);
  EXPECT_EQ(statistics.at(17).value_count, 3);
  for (const int id : {10, 11, 14, 19, 20, 21, 22}) EXPECT_FALSE(statistics.contains(id)) << id;
}

TEST(ParquetStatistics, BoundTextsThatAreTooLongForParquetsOwn) {
  const std::string long_body(5000, 'm');

  const ColumnStatistics one = OfTexts({long_body, std::nullopt});
  const ColumnStatistics mixed =
      StatisticsOf<arrow::StringBuilder>(Column<std::string>{"b", long_body, "z", "a"}, 2);

  EXPECT_EQ(one.lower, Bound(std::string(16, 'm')));
  EXPECT_EQ(one.upper, Bound(std::string(15, 'm') + "n"));
  EXPECT_EQ(one.null_count, 1);
  EXPECT_EQ(mixed.lower, Bound(std::string("a")));
  EXPECT_EQ(mixed.upper, Bound(std::string("z")));
}

TEST(ParquetStatistics, GiveNoBoundWhereAllIsNull) {
  const ColumnStatistics texts = OfTexts({std::nullopt, std::nullopt});
  const ColumnStatistics doubles = OfDoubles({std::nullopt});

  EXPECT_EQ(texts.null_count, 2);
  EXPECT_EQ(texts.lower, std::nullopt);
  EXPECT_EQ(texts.upper, std::nullopt);
  EXPECT_EQ(doubles.lower, std::nullopt);
  EXPECT_EQ(doubles.nan_count, 0);
}

TEST(ParquetStatistics, CountNansAndBoundTheNumbersBesideThem) {
  const ColumnStatistics mixed = OfDoubles({1.0, kNan, std::nullopt, -3.0, kNan});

  EXPECT_EQ(mixed.nan_count, 2);
  EXPECT_EQ(mixed.null_count, 1);
  EXPECT_EQ(mixed.lower, Bound(-3.0));
  EXPECT_EQ(mixed.upper, Bound(1.0));
}

TEST(ParquetStatistics, GiveNoBoundWhereAllIsNan) {
  const ColumnStatistics nans = OfDoubles({kNan, kNan});

  EXPECT_EQ(nans.nan_count, 2);
  EXPECT_EQ(nans.lower, std::nullopt);
  EXPECT_EQ(nans.upper, std::nullopt);
}

TEST(ParquetStatistics, SpreadZeroOverBothItsSigns) {
  const ColumnStatistics positive = OfDoubles({0.0});
  const ColumnStatistics negative = OfDoubles({-0.0});

  EXPECT_TRUE(std::signbit(std::get<double>(*positive.lower)));
  EXPECT_FALSE(std::signbit(std::get<double>(*positive.upper)));
  EXPECT_TRUE(std::signbit(std::get<double>(*negative.lower)));
  EXPECT_FALSE(std::signbit(std::get<double>(*negative.upper)));
}

TEST(ParquetStatistics, TakeInfinitiesForNumbers) {
  const ColumnStatistics statistics = OfDoubles({kInfinity, -kInfinity, 1.0});

  EXPECT_EQ(statistics.lower, Bound(-kInfinity));
  EXPECT_EQ(statistics.upper, Bound(kInfinity));
  EXPECT_EQ(statistics.nan_count, 0);
}

TEST(ParquetStatistics, CutLongTextsSoThatTheyStillBound) {
  const ColumnStatistics statistics = OfTexts({"abcdefghijklmnopqrst", "zyxwvutsrqponmlkjihg"});

  EXPECT_EQ(statistics.lower, Bound("abcdefghijklmnop"));
  EXPECT_EQ(statistics.upper, Bound("zyxwvutsrqponmll"));
}

TEST(ParquetStatistics, GiveNoUpperBoundWhereALongTextCanNotBeRaised) {
  std::string highest;
  for (int i = 0; i < 2000; ++i) highest += "\xf4\x8f\xbf\xbf";  // U+10FFFF, the last code point.

  const ColumnStatistics statistics = OfTexts({highest, "b"});

  EXPECT_EQ(statistics.lower, Bound(std::string("b")));
  EXPECT_EQ(statistics.upper, std::nullopt);
}

TEST(ParquetStatistics, AddUpRowGroupsAlsoThoseWithoutAValue) {
  Column<int64_t> values(7);
  for (int64_t i = 0; i < 7; ++i) values.push_back(100 - i);
  values.insert(values.end(), 3, std::nullopt);

  const ColumnStatistics statistics = StatisticsOf<arrow::Int64Builder>(values);

  EXPECT_EQ(statistics.value_count, 17);
  EXPECT_EQ(statistics.null_count, 10);
  EXPECT_EQ(statistics.lower, Bound(int64_t{94}));
  EXPECT_EQ(statistics.upper, Bound(int64_t{100}));
}

/// What must hold of any column: nulls counted, every value inside the bounds that are given.
template <typename T>
void ExpectBounds(const Column<T>& values, const ColumnStatistics& statistics) {
  EXPECT_EQ(statistics.value_count, static_cast<int64_t>(values.size()));
  EXPECT_EQ(statistics.null_count, std::ranges::count(values, std::optional<T>()));
  for (const std::optional<T>& value : values) {
    if (!value) continue;
    if constexpr (std::is_same_v<T, double>) {
      if (std::isnan(*value)) continue;
    }
    EXPECT_TRUE(!statistics.lower || std::get<T>(*statistics.lower) <= *value);
    EXPECT_TRUE(!statistics.upper || std::get<T>(*statistics.upper) >= *value);
  }
}

std::string RandomText(std::mt19937& random) {
  static const std::string pieces[] = {
      "a", "z", "\x7f", "é", "\xed\x9f\xbf", "€", "😀", "\xf4\x8f\xbf\xbf"};
  std::string text;
  const size_t length = random() % 4 == 0 ? 14 + random() % 6 : random() % 4;
  const bool is_uniform = random() % 2 == 0;
  const std::string& one = pieces[random() % std::size(pieces)];
  for (size_t i = 0; i < length; ++i)
    text += is_uniform ? one : pieces[random() % std::size(pieces)];
  return text;
}

template <typename T, typename Make>
Column<T> RandomColumn(std::mt19937& random, Make make) {
  Column<T> values(1 + random() % 40);
  const unsigned nulls = random() % 3 == 0 ? 10 : random() % 10;  // Of ten; sometimes all.
  for (auto& value : values) {
    if (random() % 10 >= nulls) value = make();
  }
  return values;
}

TEST(ParquetStatistics, HoldForRandomTextsPlainAndDictionary) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const auto values = RandomColumn<std::string>(random, [&] { return RandomText(random); });
    const size_t batch_rows = 1 + random() % 40;

    const auto plain = StatisticsOf<arrow::StringBuilder>(values, batch_rows);
    const auto encoded = StatisticsOf<arrow::StringDictionary32Builder>(values, batch_rows);

    ExpectBounds(values, plain);
    ExpectBounds(values, encoded);
    EXPECT_EQ(plain.lower, encoded.lower);
    EXPECT_EQ(plain.upper, encoded.upper);
  }
}

TEST(ParquetStatistics, HoldForRandomNumbers) {
  const double specials[] = {kNan, -kNan, kInfinity, -kInfinity, 0.0, -0.0, 5e-324, -1.5};
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 wide(seed);
    std::mt19937 random(seed);
    const auto doubles = RandomColumn<double>(random, [&] {
      return random() % 4 == 0 ? specials[random() % 8] : static_cast<double>(random()) - 2e9;
    });
    const auto longs = RandomColumn<int64_t>(random, [&] { return static_cast<int64_t>(wide()); });

    const auto of_doubles = OfDoubles(doubles);

    ExpectBounds(doubles, of_doubles);
    EXPECT_EQ(of_doubles.nan_count, std::ranges::count_if(doubles, [](const auto& value) {
                return value && std::isnan(*value);
              }));
    ExpectBounds(longs, StatisticsOf<arrow::Int64Builder>(longs, 1 + random() % 9));
  }
}

}  // namespace
}  // namespace weir::datafile
