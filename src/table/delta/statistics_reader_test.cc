// SPDX-License-Identifier: Apache-2.0
#include "table/delta/statistics_reader.h"

#include <arrow/type.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "table/delta/schema_json.h"
#include "table/delta/statistics_json.h"

namespace weir::table::delta {
namespace {

using datafile::Bound;

const SchemaTypes kTypes = {{"b", "boolean"}, {"i", "integer"},   {"l", "long"},
                            {"d", "date"},    {"t", "timestamp"}, {"f", "double"},
                            {"s", "string"},  {"r", "struct"},    {"r.x", "string"}};

TEST(DeltaStatistics, ReadsEachTypeAsItsBound) {
  const auto read = ReadStatistics(
      R"({"numRecords":3,"minValues":{"b":false,"i":-1,"l":9007199254740993,"d":"2026-11-20",
          "t":"2026-11-20T12:00:00.123Z","f":5,"s":"a","r":{"x":"y"}},
          "maxValues":{"i":7},"nullCount":{"i":1,"r":{"x":2}}})",
      kTypes);

  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(read->record_count, 3);
  EXPECT_EQ(read->columns.at("b").lower, Bound(false));
  EXPECT_EQ(read->columns.at("i").lower, Bound(-1));
  EXPECT_EQ(read->columns.at("i").upper, Bound(7));
  EXPECT_EQ(read->columns.at("i").null_count, 1);
  EXPECT_EQ(read->columns.at("l").lower, Bound(int64_t{9007199254740993}));
  EXPECT_EQ(read->columns.at("d").lower, Bound(20'777));
  EXPECT_EQ(read->columns.at("t").lower, Bound(int64_t{1'795'176'000'123'000}));
  EXPECT_EQ(read->columns.at("f").lower, Bound(5.0));
  EXPECT_EQ(read->columns.at("s").lower, Bound(std::string("a")));
  EXPECT_EQ(read->columns.at("r.x").lower, Bound(std::string("y")));
  EXPECT_EQ(read->columns.at("r.x").null_count, 2);
}

TEST(DeltaStatistics, ReadsTimesAsTheyAreWritten) {
  for (const int64_t micros : {int64_t{0}, int64_t{-1'000}, int64_t{1'795'176'000'123'000},
                               int64_t{-62'135'596'800'000'000}}) {
    const std::string text = *TimestampText(micros, Rounding::kFloor);
    const auto read = ReadStatistics(R"({"minValues":{"t":")" + text + R"("}})", kTypes);
    EXPECT_EQ(read->columns.at("t").lower, Bound(micros)) << text;
  }
}

TEST(DeltaStatistics, RefusesValuesThatAreNotOfTheirType) {
  for (const char* value :
       {R"("i":3000000000)", R"("i":"1")", R"("l":1.5)", R"("d":"2026-13-01")", R"("d":20777)",
        R"("t":"2026-11-20")", R"("t":"2026-11-20 12:00:00.123Z")", R"("s":1)", R"("b":0)"}) {
    const auto read = ReadStatistics(fmt::format(R"({{"maxValues":{{{}}}}})", value), kTypes);
    EXPECT_EQ(KindOf(read.status()), ErrorKind::kBadRequest) << value;
  }
  EXPECT_FALSE(ReadStatistics("[]", kTypes).ok());
  EXPECT_FALSE(ReadStatistics(R"({"nullCount":{"i":"1"}})", kTypes).ok());
}

TEST(DeltaStatistics, PassesOverColumnsThatTheSchemaLacks) {
  const auto read =
      ReadStatistics(R"({"minValues":{"other":1,"":{"":{"":1}}},"nullCount":{"other":1}})", kTypes);

  EXPECT_TRUE(read->columns.empty());
  EXPECT_FALSE(read->record_count);
}

TEST(DeltaStatistics, ReadsNoneWhereThereAreNone) {
  EXPECT_TRUE(ReadStatistics("", kTypes)->columns.empty());
}

TEST(DeltaSchemaTypes, NamesTypesByPath) {
  const auto text = arrow::field("x", arrow::utf8());
  const auto json =
      SchemaJson(arrow::Schema({arrow::field("m", arrow::map(arrow::utf8(), arrow::int64())),
                                arrow::field("l", arrow::list(arrow::date32())),
                                arrow::field("r", arrow::struct_({text}))}))
          .ValueOrDie();

  const SchemaTypes types = SchemaTypesOf(json).ValueOrDie();

  EXPECT_EQ(types, (SchemaTypes{{"m", "map"},
                                {"m.key", "string"},
                                {"m.value", "long"},
                                {"l", "array"},
                                {"l.element", "date"},
                                {"r", "struct"},
                                {"r.x", "string"}}));
}

TEST(DeltaSchemaTypes, RefusesWhatIsNoSchema) {
  for (const char* json : {"", "1", "{}", R"({"type":"struct"})", R"({"type":"array"})",
                           R"({"type":"struct","fields":[{"name":"a"}]})",
                           R"({"type":"struct","fields":[{"name":"a","type":{"type":"x"}}]})"}) {
    EXPECT_EQ(KindOf(SchemaTypesOf(json).status()), ErrorKind::kBadRequest) << json;
  }
}

}  // namespace
}  // namespace weir::table::delta
