// SPDX-License-Identifier: Apache-2.0
#include "table/delta/schema_json.h"

#include <arrow/type.h>
#include <gtest/gtest.h>

namespace weir::table::delta {
namespace {

std::string TypeOf(std::shared_ptr<arrow::DataType> type) {
  const std::string json =
      SchemaJson(arrow::Schema({arrow::field("c", std::move(type), false)})).ValueOrDie();
  constexpr std::string_view kBefore = R"({"type":"struct","fields":[{"name":"c","type":)";
  constexpr std::string_view kAfter = R"(,"nullable":false,"metadata":{}}]})";
  EXPECT_TRUE(json.starts_with(kBefore) && json.ends_with(kAfter)) << json;
  return json.substr(kBefore.size(), json.size() - kBefore.size() - kAfter.size());
}

TEST(DeltaSchema, NamesPrimitiveTypesAsDeltaDoes) {
  EXPECT_EQ(TypeOf(arrow::boolean()), R"("boolean")");
  EXPECT_EQ(TypeOf(arrow::int32()), R"("integer")");
  EXPECT_EQ(TypeOf(arrow::int64()), R"("long")");
  EXPECT_EQ(TypeOf(arrow::float32()), R"("float")");
  EXPECT_EQ(TypeOf(arrow::float64()), R"("double")");
  EXPECT_EQ(TypeOf(arrow::utf8()), R"("string")");
  EXPECT_EQ(TypeOf(arrow::binary()), R"("binary")");
  EXPECT_EQ(TypeOf(arrow::date32()), R"("date")");
  EXPECT_EQ(TypeOf(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")), R"("timestamp")");
  EXPECT_EQ(TypeOf(arrow::dictionary(arrow::int32(), arrow::utf8())), R"("string")");
}

TEST(DeltaSchema, NestsArraysMapsAndStructs) {
  EXPECT_EQ(TypeOf(arrow::list(arrow::field("element", arrow::int64()))),
            R"({"type":"array","elementType":"long","containsNull":true})");
  EXPECT_EQ(TypeOf(arrow::map(arrow::utf8(), arrow::utf8())),
            R"({"type":"map","keyType":"string","valueType":"string","valueContainsNull":true})");
  EXPECT_EQ(
      TypeOf(arrow::struct_({arrow::field("a", arrow::int32())})),
      R"({"type":"struct","fields":[{"name":"a","type":"integer","nullable":true,"metadata":{}}]})");
}

TEST(DeltaSchema, RefusesTypesThatDeltaLacks) {
  const auto schema = SchemaJson(arrow::Schema({arrow::field("odd", arrow::uint64())}));

  EXPECT_EQ(KindOf(schema.status()), ErrorKind::kBadRequest);
  EXPECT_NE(schema.status().message().find("odd"), std::string::npos);
}

}  // namespace
}  // namespace weir::table::delta
