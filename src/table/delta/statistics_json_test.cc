// SPDX-License-Identifier: Apache-2.0
#include "table/delta/statistics_json.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace weir::table::delta {
namespace {

using datafile::Bound;
using nlohmann::json;

std::shared_ptr<arrow::Field> Column(std::string name, std::shared_ptr<arrow::DataType> type,
                                     int id) {
  return arrow::field(std::move(name), std::move(type), true,
                      arrow::key_value_metadata({"PARQUET:field_id"}, {std::to_string(id)}));
}

/// The statistics of a file whose one column `c` (id 1) has these bounds and one null.
json StatisticsOf(std::shared_ptr<arrow::DataType> type, Bound lower, Bound upper) {
  datafile::DataFile file;
  file.record_count = 8;
  file.statistics[1] = {
      .value_count = 8, .null_count = 1, .lower = std::move(lower), .upper = std::move(upper)};
  const TableDefinition definition{.schema = arrow::schema({Column("c", std::move(type), 1)}),
                                   .partition_column = "date",
                                   .sort_columns = {}};
  return json::parse(StatisticsJson(definition, file));
}

TEST(StatisticsJson, CutsTimestampsToMillisecondsOutwards) {
  const json statistics =
      StatisticsOf(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), int64_t{1'795'176'000'123'456},
                   int64_t{1'795'176'000'123'001});

  EXPECT_EQ(statistics["minValues"]["c"], "2026-11-20T12:00:00.123Z");
  EXPECT_EQ(statistics["maxValues"]["c"], "2026-11-20T12:00:00.124Z");
}

TEST(TimestampText, RoundsOutwardsBeforeTheEpochToo) {
  EXPECT_EQ(TimestampText(-1, Rounding::kFloor), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(TimestampText(-1, Rounding::kCeil), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(TimestampText(1'000, Rounding::kCeil), "1970-01-01T00:00:00.001Z");
}

TEST(TimestampText, GivesNothingOutsideTheFormatsYears) {
  EXPECT_EQ(TimestampText(std::numeric_limits<int64_t>::max(), Rounding::kCeil), std::nullopt);
  EXPECT_EQ(TimestampText(std::numeric_limits<int64_t>::min(), Rounding::kFloor), std::nullopt);
}

TEST(DateText, KnowsFirstAndLastDay) {
  EXPECT_EQ(DateText(20'777), "2026-11-20");
  EXPECT_EQ(DateText(-719'162), "0001-01-01");
  EXPECT_EQ(DateText(2'932'896), "9999-12-31");
  EXPECT_EQ(DateText(2'932'897), std::nullopt);
}

TEST(StatisticsJson, WritesNumbersTextsAndDates) {
  EXPECT_EQ(StatisticsOf(arrow::int32(), int32_t{-1}, int32_t{2})["minValues"]["c"], -1);
  EXPECT_EQ(StatisticsOf(arrow::float64(), 0.1, 1e300)["maxValues"]["c"], 1e300);
  EXPECT_EQ(
      StatisticsOf(arrow::dictionary(arrow::int32(), arrow::utf8()), "a\"", "b")["minValues"]["c"],
      "a\"");
  EXPECT_EQ(StatisticsOf(arrow::date32(), int32_t{0}, int32_t{1})["maxValues"]["c"], "1970-01-02");
}

TEST(StatisticsJson, LeavesOutWhatJsonCannotHold) {
  const json infinite =
      StatisticsOf(arrow::float64(), -std::numeric_limits<double>::infinity(), 2.0);
  EXPECT_EQ(infinite["minValues"], json::object());
  EXPECT_EQ(infinite["maxValues"]["c"], 2.0);

  const json broken = StatisticsOf(arrow::utf8(), "a\xFF", "b");
  EXPECT_EQ(broken["minValues"], json::object());
}

TEST(StatisticsJson, BoundsBooleans) {
  const json statistics = StatisticsOf(arrow::boolean(), false, true);

  EXPECT_EQ(statistics["minValues"]["c"], false);
  EXPECT_EQ(statistics["maxValues"]["c"], true);
  EXPECT_EQ(statistics["nullCount"]["c"], 1);
  EXPECT_EQ(statistics["numRecords"], 8);
}

TEST(StatisticsJson, NestsStructsAndSkipsThePartitionColumn) {
  const auto scope =
      arrow::struct_({Column("name", arrow::utf8(), 3), Column("n", arrow::int32(), 4)});
  const TableDefinition definition{
      .schema = arrow::schema({Column("date", arrow::date32(), 1), Column("scope", scope, 2)}),
      .partition_column = "date",
      .sort_columns = {}};
  datafile::DataFile file;
  file.statistics[1] = {.value_count = 1, .lower = int32_t{0}, .upper = int32_t{0}};
  file.statistics[3] = {.value_count = 1, .lower = "x", .upper = "y"};

  const json statistics = json::parse(StatisticsJson(definition, file));

  EXPECT_EQ(statistics["minValues"], json::parse(R"({"scope":{"name":"x"}})"));
  EXPECT_EQ(statistics["nullCount"], json::parse(R"({"scope":{"name":0}})"));
}

}  // namespace
}  // namespace weir::table::delta
