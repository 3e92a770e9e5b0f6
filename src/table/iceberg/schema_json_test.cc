// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/schema_json.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

#include "table/iceberg/small_table.h"

namespace weir::table::iceberg {
namespace {

std::string Fields(const std::shared_ptr<arrow::Field>& field) {
  const std::string json = SchemaFromArrow(arrow::Schema({field}), 3).ValueOrDie().json;
  constexpr std::string_view kBefore = R"({"type":"struct","schema-id":3,"fields":[)";
  EXPECT_TRUE(json.starts_with(kBefore)) << json;
  return json.substr(kBefore.size(), json.size() - kBefore.size() - 2);
}

TEST(SchemaJson, NamesPrimitiveTypesAsIcebergDoes) {
  const auto type_of = [](const std::shared_ptr<arrow::DataType>& type) {
    const std::string json = Fields(TestField("c", type, 1));
    const size_t at = json.find("\"type\":\"") + 8;
    return json.substr(at, json.find('"', at) - at);
  };

  EXPECT_EQ(type_of(arrow::boolean()), "boolean");
  EXPECT_EQ(type_of(arrow::int32()), "int");
  EXPECT_EQ(type_of(arrow::int64()), "long");
  EXPECT_EQ(type_of(arrow::float32()), "float");
  EXPECT_EQ(type_of(arrow::float64()), "double");
  EXPECT_EQ(type_of(arrow::utf8()), "string");
  EXPECT_EQ(type_of(arrow::binary()), "binary");
  EXPECT_EQ(type_of(arrow::date32()), "date");
  EXPECT_EQ(type_of(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")), "timestamptz");
  EXPECT_EQ(type_of(arrow::dictionary(arrow::int32(), arrow::utf8())), "string");
}

TEST(SchemaJson, TellsIdNameAndWhetherItIsRequired) {
  EXPECT_EQ(Fields(TestField("a\"b", arrow::int32(), 9, false)),
            R"({"id":9,"name":"a\"b","required":true,"type":"int"})");
}

TEST(SchemaJson, NestsStructsListsAndMaps) {
  const auto list = arrow::list(TestField("element", arrow::int64(), 3));
  const auto type = arrow::struct_({TestField("l", list, 2), TestField("m", TestMap(5, 6), 4)});

  EXPECT_EQ(Fields(TestField("s", type, 1)),
            R"({"id":1,"name":"s","required":false,"type":{"type":"struct","fields":[)"
            R"({"id":2,"name":"l","required":false,"type":{"type":"list","element-id":3,)"
            R"("element-required":false,"element":"long"}},)"
            R"({"id":4,"name":"m","required":false,"type":{"type":"map","key-id":5,"key":"string",)"
            R"("value-id":6,"value-required":false,"value":"string"}}]}})");
}

TEST(SchemaJson, RefusesTypesThatIcebergLacks) {
  for (const auto& type : {arrow::uint64(), arrow::timestamp(arrow::TimeUnit::NANO, "UTC"),
                           arrow::timestamp(arrow::TimeUnit::MICRO)}) {
    const auto schema = SchemaFromArrow(arrow::Schema({TestField("odd", type, 1)}), 0);

    EXPECT_EQ(KindOf(schema.status()), ErrorKind::kBadRequest);
    EXPECT_NE(schema.status().message().find("odd"), std::string::npos);
  }
}

TEST(SchemaJson, RefusesFieldsWithoutId) {
  const auto schema = SchemaFromArrow(arrow::Schema({arrow::field("bare", arrow::int32())}), 0);

  EXPECT_EQ(KindOf(schema.status()), ErrorKind::kBadRequest);
}

TEST(LastColumnId, CountsKeysValuesAndElements) {
  const Schema schema = SchemaFromArrow(*SmallDefinition().schema, 0).ValueOrDie();

  EXPECT_EQ(LastColumnId(schema).ValueOrDie(), 13);
  EXPECT_EQ(
      LastColumnId({.json = R"({"fields":[{"id":1,"type":{"element-id":40}}]})"}).ValueOrDie(), 40);
}

TEST(LeafTypes, AreThoseOutsideMapsAndLists) {
  const Schema schema = SchemaFromArrow(*SmallDefinition().schema, 0).ValueOrDie();

  const LeafTypes types = LeafTypesOf(schema).ValueOrDie();

  const LeafTypes expected = {
      {1, LeafType::kLong},   {2, LeafType::kInt},   {3, LeafType::kText},    {4, LeafType::kLong},
      {5, LeafType::kDouble}, {10, LeafType::kText}, {13, LeafType::kBoolean}};
  EXPECT_EQ(types, expected);
}

}  // namespace
}  // namespace weir::table::iceberg
