// SPDX-License-Identifier: Apache-2.0
#include "table/changes/new_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::table::changes {
namespace {

using ::testing::HasSubstr;

const Birth kBirth{.uuid = "u-1", .location = "file:///w/external/u-1", .now_ms = 1'000};

Json Request(std::string_view text) { return *ParseObject(text); }

TEST(NewTable, NumbersFieldsFromOneAndTakesSpecAndOrderAlong) {
  const auto table = NewTable(Request(R"({"name": "t", "schema": {"type": "struct", "fields": [
      {"id": 7, "name": "id", "type": "long", "required": true},
      {"id": 9, "name": "tags", "required": false, "type":
        {"type": "list", "element-id": 20, "element": "string", "element-required": false}},
      {"id": 8, "name": "day", "type": "date", "required": false}],
      "identifier-field-ids": [7]},
      "partition-spec": {"fields": [{"name": "d", "transform": "identity", "source-id": 8}]},
      "write-order": {"order-id": 5, "fields": [{"transform": "bucket[4]", "source-id": 7,
        "direction": "desc", "null-order": "nulls-last"}]},
      "properties": {"owner": "me", "format-version": "3"}})"),
                              kBirth);

  ASSERT_TRUE(table.ok()) << table.status().message();
  const Json& schema = (*table)["schemas"][0];
  EXPECT_EQ(schema["fields"][0]["id"], 1);
  EXPECT_EQ(schema["fields"][2]["id"], 3);
  EXPECT_EQ(schema["fields"][1]["type"]["element-id"], 4);
  EXPECT_EQ(schema["identifier-field-ids"], Json::array({1}));
  EXPECT_EQ((*table)["last-column-id"], 4);
  EXPECT_EQ((*table)["partition-specs"][0]["fields"][0]["source-id"], 3);
  EXPECT_EQ((*table)["partition-specs"][0]["fields"][0]["field-id"], 1000);
  EXPECT_EQ((*table)["last-partition-id"], 1000);
  EXPECT_EQ((*table)["sort-orders"][0]["order-id"], 1);
  EXPECT_EQ((*table)["default-sort-order-id"], 1);
  EXPECT_EQ((*table)["format-version"], 3);
  EXPECT_EQ((*table)["next-row-id"], 0);
  EXPECT_EQ((*table)["properties"], Json({{"owner", "me"}}));
  EXPECT_EQ((*table)["table-uuid"], "u-1");
  EXPECT_EQ((*table)["location"], "file:///w/external/u-1");
}

TEST(NewTable, IsUnpartitionedAndUnsortedAndOfVersion2WhereNothingElseIsAsked) {
  const auto table = NewTable(
      Request(
          R"({"schema": {"fields": [{"id": 0, "name": "a", "type": "int", "required": false}]}})"),
      kBirth);

  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ((*table)["format-version"], 2);
  EXPECT_EQ((*table)["default-spec-id"], 0);
  EXPECT_EQ((*table)["partition-specs"][0]["fields"], Json::array());
  EXPECT_EQ((*table)["last-partition-id"], 999);
  EXPECT_EQ((*table)["default-sort-order-id"], 0);
  EXPECT_EQ((*table)["last-updated-ms"], 1'000);
  EXPECT_FALSE(table->contains("current-snapshot-id"));
}

TEST(NewTable, KeepsWhatVersion1ReadersLookFor) {
  const auto table = NewTable(
      Request(
          R"({"schema": {"fields": [{"id": 0, "name": "a", "type": "int", "required": false}]},
              "properties": {"format-version": "1"}})"),
      kBirth);

  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ((*table)["schema"], (*table)["schemas"][0]);
  EXPECT_EQ((*table)["partition-spec"], Json::array());
}

/// The reason why a table of one field of that type, in that version, is refused; empty where not.
std::string RefusalOf(const std::string& type, const std::string& version) {
  const auto table = NewTable(
      Request(R"({"schema": {"fields": [{"id": 1, "name": "a", "required": true, "type": )" + type +
              R"(}]}, "properties": {"format-version": ")" + version + R"("}})"),
      kBirth);
  return table.ok() ? "" : table.status().message();
}

TEST(NewTable, KnowsTheTypesOfEachVersion) {
  const auto quoted = [](const std::string& type) { return '"' + type + '"'; };
  for (const char* type :
       {"decimal(38,10)", "decimal(9, 0)", "fixed[16]", "uuid", "timestamptz", "boolean"}) {
    EXPECT_EQ(RefusalOf(quoted(type), "2"), "") << type;
  }
  for (const char* type : {"variant", "timestamptz_ns", "geometry(OGC:CRS84)", "unknown"}) {
    EXPECT_EQ(RefusalOf(quoted(type), "3"), "") << type;
    EXPECT_THAT(RefusalOf(quoted(type), "2"), HasSubstr("needs format version 3"));
  }
  for (const char* type : {"decimal(39,1)", "decimal(3,4)", "decimal(3)", "fixed[0]", "text", ""}) {
    EXPECT_THAT(RefusalOf(quoted(type), "3"), HasSubstr("there is no type")) << type;
  }
  EXPECT_NE(RefusalOf("7", "3"), "");
  EXPECT_NE(RefusalOf(R"({"type": "set"})", "3"), "");
  EXPECT_THAT(RefusalOf(quoted("int"), "4"), HasSubstr("format version 4"));
}

TEST(NewTable, RefusesSchemasThatNoEngineCouldRead) {
  const auto refusal = [](const std::string& fields, const std::string& more = "") {
    return NewTable(Request(R"({"schema": {"fields": [)" + fields + "]" + more + "}}"), kBirth)
        .status()
        .message();
  };
  const std::string a = R"({"id": 1, "name": "a", "type": "double", "required": true})";
  const std::string b = R"({"id": 1, "name": "b", "type": "int", "required": false})";
  const std::string again = R"({"id": 2, "name": "a", "type": "int", "required": false})";
  EXPECT_THAT(refusal(a + "," + b), HasSubstr("two fields have the id 1"));
  EXPECT_THAT(refusal(a + "," + again), HasSubstr("two fields are named `a`"));
  EXPECT_THAT(refusal(a, R"(, "identifier-field-ids": [1])"), HasSubstr("can't identify rows"));
  EXPECT_THAT(refusal(a, R"(, "identifier-field-ids": [5])"), HasSubstr("there is no field 5"));
}

TEST(NewTable, RefusesAPartitionOfAColumnThatIsNotThere) {
  const auto table = NewTable(Request(R"({
      "schema": {"fields": [{"id": 1, "name": "a", "type": "int", "required": false}]},
      "partition-spec": {"fields": [{"name": "p", "transform": "identity", "source-id": 2}]}})"),
                              kBirth);

  EXPECT_THAT(table.status().message(), HasSubstr("Cannot find source column"));
}

TEST(ParseObject, RefusesWhatWouldCostTooMuch) {
  const std::string deep = R"({"a": )" + std::string(300, '[') + std::string(300, ']') + "}";
  std::string wide = R"({"a": 1)";
  for (int i = 0; i < 5'000; ++i) wide += ",\"k" + std::to_string(i) + "\":1";
  wide += "}";

  EXPECT_THAT(ParseObject(deep).status().message(), HasSubstr("deeper than 256"));
  EXPECT_THAT(ParseObject(wide).status().message(), HasSubstr("more than 4096 members"));
  EXPECT_FALSE(ParseObject("[1]").ok());
  EXPECT_FALSE(ParseObject(R"({"a": )").ok());
  EXPECT_TRUE(ParseObject(R"({"a": "::::[[[\"{{{"})").ok());
}

}  // namespace
}  // namespace weir::table::changes
