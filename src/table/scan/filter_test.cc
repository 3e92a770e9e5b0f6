// SPDX-License-Identifier: Apache-2.0
#include "table/scan/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "table/iceberg/small_table.h"
#include "table/scan/filter_value.h"

namespace weir::table::scan {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

const iceberg::Schema& Schema() {
  static const iceberg::TableState table = iceberg::SmallTable();
  return *table.metadata.CurrentSchema();
}

Result<Filter> Read(const std::string& json, bool is_case_sensitive = true) {
  return ReadFilter(Json::parse(json), Schema(), is_case_sensitive);
}

/// Of SmallFile(7): service_name cart to web with nulls, duration_ns 7 to 12, cost -1.5 to 2.5 with
/// a NaN, resource.schema_url all null, ok false to true.
bool May(const std::string& json) {
  return MayMatch(Read(json).ValueOrDie(), iceberg::SmallFile(7));
}

std::string Of(const std::string& type, const std::string& column, const std::string& value) {
  return R"({"type": ")" + type + R"(", "term": ")" + column + R"(", "value": )" + value + "}";
}

TEST(Filter, LeavesOutWhatBoundsRuleOut) {
  EXPECT_TRUE(May(Of("eq", "duration_ns", "12")));
  EXPECT_FALSE(May(Of("eq", "duration_ns", "13")));
  EXPECT_FALSE(May(Of("lt", "duration_ns", "7")));
  EXPECT_TRUE(May(Of("lt-eq", "duration_ns", "7")));
  EXPECT_FALSE(May(Of("gt", "duration_ns", "12")));
  EXPECT_TRUE(May(Of("gt-eq", "duration_ns", "12")));
  EXPECT_FALSE(May(Of("eq", "service_name", "\"z\"")));
  EXPECT_TRUE(May(Of("starts-with", "service_name", "\"ca\"")));
  EXPECT_FALSE(May(Of("starts-with", "service_name", "\"xy\"")));
  EXPECT_FALSE(May(R"({"type": "in", "term": "duration_ns", "values": [1, 2, 100]})"));
  EXPECT_TRUE(May(R"({"type": "in", "term": "duration_ns", "values": [1, 8]})"));
  EXPECT_FALSE(May(R"({"type": "in", "term": "duration_ns", "values": []})"));
}

TEST(Filter, KnowsDatesAndTimesAsTextAndAsNumbers) {
  EXPECT_TRUE(May(Of("eq", "date", "\"2026-11-20\"")));
  EXPECT_TRUE(May(Of("eq", "date", "20777")));
  EXPECT_FALSE(May(Of("eq", "date", "\"2026-11-21\"")));
  EXPECT_FALSE(May(Of("lt", "time", "\"2026-11-20T00:00:07.000001+00:00\"")));
  EXPECT_TRUE(May(Of("lt", "time", "\"2026-11-20T02:00:07.000002+02:00\"")));
  EXPECT_FALSE(May(Of("gt", "time", "\"2026-11-20T00:00:08Z\"")));
  EXPECT_TRUE(May(Of("lt", "time", "\"some day\"")));  // Whoever reads the rows may know.
}

TEST(Filter, CountsNullsAndNans) {
  EXPECT_TRUE(May(R"({"type": "is-null", "term": "service_name"})"));
  EXPECT_FALSE(May(R"({"type": "is-null", "term": "date"})"));
  EXPECT_FALSE(May(R"({"type": "not-null", "term": "resource.schema_url"})"));
  EXPECT_FALSE(May(Of("eq", "resource.schema_url", "\"a\"")));
  EXPECT_TRUE(May(R"({"type": "is-nan", "term": "cost"})"));
  EXPECT_TRUE(May(Of("gt", "cost", "100")));  // A NaN is the largest number to some engines.
  EXPECT_FALSE(May(Of("lt", "cost", "-2")));
  EXPECT_FALSE(May(Of("not-eq", "date", "\"2026-11-20\"")));
  EXPECT_TRUE(May(Of("not-eq", "duration_ns", "7")));
}

TEST(Filter, TakesNegationsApart) {
  const std::string less = Of("lt", "duration_ns", "100");
  EXPECT_FALSE(May(R"({"type": "not", "child": )" + less + "}"));
  EXPECT_FALSE(
      May(R"({"type": "not", "child": {"type": "or", "left": )" + less + R"(, "right": false}})"));
  EXPECT_TRUE(
      May(R"({"type": "not", "child": {"type": "and", "left": )" + less + R"(, "right": false}})"));
  EXPECT_FALSE(May("false"));
  EXPECT_TRUE(May(R"({"type": "true"})"));
}

TEST(Filter, TakesTheNewerFormAndTransforms) {
  EXPECT_FALSE(
      May(R"({"type": "gt", "left": {"type": "reference", "name": "duration_ns"}, "right": 12})"));
  const std::string bucket =
      R"({"type": "eq", "term": {"type": "transform", "transform": "bucket[4]", "term": "ok"}, "value": 9})";
  EXPECT_TRUE(May(bucket));
  EXPECT_TRUE(May(R"({"type": "not", "child": )" + bucket + "}"));
}

TEST(Filter, RefusesWhatIsNone) {
  const auto why = [](const std::string& json) { return Read(json).status().message(); };
  EXPECT_THAT(why(Of("eq", "no_such", "1")), HasSubstr("the table has no column `no_such`"));
  EXPECT_THAT(why(Of("eq", "DATE", "1")), HasSubstr("no column"));
  EXPECT_TRUE(Read(Of("eq", "DATE", "1"), /*is_case_sensitive=*/false).ok());
  EXPECT_THAT(why(Of("near", "date", "1")), HasSubstr("there is no predicate `near`"));
  EXPECT_THAT(why("5"), HasSubstr("without type"));
  EXPECT_THAT(why(R"({"type": "not"})"), HasSubstr("without child"));
  EXPECT_THAT(why(R"({"type": "eq", "term": "date"})"), HasSubstr("no value"));
  std::string deep = "true";
  for (int i = 0; i < 200; ++i) deep = R"({"type": "not", "child": )" + deep + "}";
  EXPECT_THAT(why(deep), HasSubstr("nested more than 100 deep"));
}

/// A row of the columns duration_ns, service_name and cost; nothing is null.
struct Row {
  std::optional<int64_t> duration;
  std::optional<std::string> service;
  std::optional<double> cost;
};

class RandomFilters {
 public:
  explicit RandomFilters(uint64_t seed) : random_(seed) {}
  int Below(int end) { return static_cast<int>(random_() % static_cast<uint64_t>(end)); }

  std::string Text() {
    std::string text;
    for (int i = Below(4); i > 0; --i) text += static_cast<char>('a' + Below(3));
    return text;
  }
  Row NewRow() {
    Row row;
    if (Below(4) > 0) row.duration = Below(9) - 4;
    if (Below(4) > 0) row.service = Text();
    if (Below(4) > 0) {
      row.cost = Below(5) == 0 ? std::numeric_limits<double>::quiet_NaN() : Below(9) / 2.0 - 2;
    }
    return row;
  }
  Json NewFilter(int depth) {
    const int kind = Below(depth > 0 ? 7 : 4);
    if (kind == 4) return {{"type", "not"}, {"child", NewFilter(depth - 1)}};
    if (kind > 4) {
      return {{"type", kind == 5 ? "and" : "or"},
              {"left", NewFilter(depth - 1)},
              {"right", NewFilter(depth - 1)}};
    }
    const int column = Below(3);
    Json filter = {{"type", ""}, {"term", kColumns[column]}};
    static const std::vector<std::string> types = {
        "lt",      "lt-eq",    "gt",          "gt-eq",           "eq",     "not-eq", "in", "not-in",
        "is-null", "not-null", "starts-with", "not-starts-with", "is-nan", "not-nan"};
    const int count = column == 2 ? 14 : column == 1 ? 12 : 10;
    std::string type = types[static_cast<size_t>(Below(count))];
    if (column == 2 && type.ends_with("starts-with")) type = "eq";
    filter["type"] = type;
    if (type.ends_with("in")) {
      filter["values"] = Json::array();
      for (int i = Below(3); i >= 0; --i) filter["values"].push_back(Value(column));
    } else if (!type.ends_with("null") && !type.ends_with("nan")) {
      filter["value"] = Value(column);
    }
    return filter;
  }

 private:
  static constexpr const char* kColumns[] = {"duration_ns", "service_name", "cost"};
  Json Value(int column) {
    if (column == 0) return Below(9) - 4;
    if (column == 1) return Text();
    return Below(9) / 2.0 - 2;
  }

  std::mt19937_64 random_;
};

/// How rows are matched, independent of statistics; NaN is the largest number, as in Spark.
template <typename Value, typename Less>
bool Meets(const Json& filter, const std::optional<Value>& value, const Less& less) {
  const std::string type = filter["type"];
  if (type == "is-null") return !value;
  if (type == "not-null") return value.has_value();
  if (!value) return false;
  const auto is_equal = [&](const Value& other) {
    return !less(*value, other) && !less(other, *value);
  };
  if (type == "in" || type == "not-in") {
    bool is_in = false;
    for (const Json& one : filter["values"]) is_in = is_in || is_equal(one.get<Value>());
    return is_in == (type == "in");
  }
  if constexpr (std::is_same_v<Value, double>) {
    if (type.ends_with("nan")) return std::isnan(*value) == (type == "is-nan");
  }
  const auto other = filter["value"].get<Value>();
  if constexpr (std::is_same_v<Value, std::string>) {
    if (type.ends_with("starts-with")) return value->starts_with(other) == (type == "starts-with");
  }
  if (type == "lt") return less(*value, other);
  if (type == "lt-eq") return !less(other, *value);
  if (type == "gt") return less(other, *value);
  if (type == "gt-eq") return !less(*value, other);
  return is_equal(other) == (type == "eq");
}

/// Nulls meet no comparison, and its negation neither; but whether they are other values than one
/// engines see differently.
bool MeetsNull(const std::string& type, bool is_negated) {
  if (type.starts_with("is-null")) return !is_negated;
  if (type.starts_with("not-null")) return is_negated;
  if (type.starts_with("not-")) return !is_negated;
  const bool is_choice = type == "eq" || type == "in" || type == "starts-with" || type == "is-nan";
  return is_choice && is_negated;
}

bool Meets(const Json& filter, const Row& row, bool is_negated = false) {
  const std::string type = filter["type"];
  if (type == "not") return Meets(filter["child"], row, !is_negated);
  if (type == "and" || type == "or") {
    const bool left = Meets(filter["left"], row, is_negated);
    const bool right = Meets(filter["right"], row, is_negated);
    return (type == "and") != is_negated ? left && right : left || right;
  }
  const auto meets = [&](const auto& value, const auto& less) {
    return value ? Meets(filter, value, less) != is_negated : MeetsNull(type, is_negated);
  };
  const std::string column = filter["term"];
  if (column == "duration_ns") return meets(row.duration, std::less<>());
  if (column == "service_name") return meets(row.service, std::less<>());
  return meets(row.cost,
               [](double a, double b) { return !std::isnan(a) && (std::isnan(b) || a < b); });
}

/// What a footer says of the rows.
datafile::DataFile FileOf(const std::vector<Row>& rows) {
  datafile::DataFile file;
  const auto add = [&](int32_t id, const auto& value) {
    datafile::ColumnStatistics& column = file.statistics[id];
    ++column.value_count;
    column.null_count += !value;
    if (!value) return;
    if constexpr (std::is_same_v<std::decay_t<decltype(*value)>, double>) {
      column.nan_count = column.nan_count.value_or(0) + std::isnan(*value);
      if (std::isnan(*value)) return;
    }
    const datafile::Bound bound(*value);
    column.lower = column.lower ? std::min(*column.lower, bound) : bound;
    column.upper = column.upper ? std::max(*column.upper, bound) : bound;
  };
  for (const Row& row : rows) {
    add(3, row.service);
    add(4, row.duration);
    add(5, row.cost);
  }
  if (!file.statistics[5].nan_count) file.statistics[5].nan_count = 0;
  return file;
}

TEST(Filter, NeverLeavesOutAFileWithARowThatMeetsIt) {
  RandomFilters random(7);
  int left_out = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<Row> rows;
    for (int i = random.Below(4); i >= 0; --i) rows.push_back(random.NewRow());
    const Json json = random.NewFilter(3);
    const Filter filter = ReadFilter(json, Schema(), true).ValueOrDie();

    const bool may = MayMatch(filter, FileOf(rows));

    left_out += !may;
    const bool has_row =
        std::ranges::any_of(rows, [&](const Row& row) { return Meets(json, row); });
    ASSERT_TRUE(may || !has_row) << json;
  }
  EXPECT_GT(left_out, 2'000);
}

}  // namespace
}  // namespace weir::table::scan
