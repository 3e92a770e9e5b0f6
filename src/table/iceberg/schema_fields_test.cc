// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/schema_fields.h"

#include <gtest/gtest.h>

#include "table/iceberg/small_table.h"

namespace weir::table::iceberg {
namespace {

TEST(SchemaFields, NamesEveryFieldByItsPath) {
  const Schema schema = SchemaFromArrow(*SmallDefinition().schema, 0).ValueOrDie();

  const SchemaFields fields = SchemaFieldsOf(schema).ValueOrDie();

  ASSERT_EQ(fields.size(), 13u);
  EXPECT_EQ(fields.at(1).path, "time");
  EXPECT_EQ(fields.at(1).type, "timestamptz");
  EXPECT_TRUE(fields.at(1).is_required);
  EXPECT_EQ(fields.at(6).type, "map");
  EXPECT_EQ(fields.at(7).path, "attributes.key");
  EXPECT_EQ(fields.at(8).path, "attributes.value");
  EXPECT_EQ(fields.at(10).path, "resource.schema_url");
  EXPECT_EQ(fields.at(12).path, "counts.element");
  EXPECT_FALSE(fields.at(13).is_required);
}

TEST(SchemaFields, RefusesWhatIsNoSchema) {
  for (const char* json : {"", "[]", R"({"type":"struct"})", R"({"type":"list"})",
                           R"({"type":"struct","fields":[{"id":1,"name":"a"}]})",
                           R"({"type":"struct","fields":[{"id":1,"name":"a","type":{}}]})"}) {
    EXPECT_EQ(KindOf(SchemaFieldsOf({.json = json}).status()), ErrorKind::kBadRequest) << json;
  }
}

TEST(SchemaFields, RefusesASchemaNestedTooDeeply) {
  std::string json = R"("long")";
  for (int depth = 0; depth < 50; ++depth) {
    json = R"({"type":"list","element-id":1,"element":)" + json + "}";
  }
  json = R"({"type":"struct","fields":[{"id":1,"name":"a","type":)" + json + "}]}";

  EXPECT_EQ(KindOf(SchemaFieldsOf({.json = json}).status()), ErrorKind::kBadRequest);
}

}  // namespace
}  // namespace weir::table::iceberg
