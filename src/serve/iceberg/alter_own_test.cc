// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/alter_own.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace weir::serve::iceberg {
namespace {

using table::Alteration;
using table::changes::Json;
using testing::HasSubstr;

Json Field(int id, const std::string& name, const std::string& type) {
  return {{"id", id}, {"name", name}, {"required", false}, {"type", type}};
}

/// date 1, name 2, time 3; divided by date.
Json Document() {
  const Json fields =
      Json::array({Field(1, "date", "date"), Field(2, "name", "string"), Field(3, "time", "long")});
  const Json date = {
      {"source-id", 1}, {"field-id", 1000}, {"name", "date"}, {"transform", "identity"}};
  const Json schema = {{"type", "struct"}, {"schema-id", 0}, {"fields", fields}};
  return {{"location", "file:///t"},
          {"last-column-id", 3},
          {"schemas", Json::array({schema})},
          {"current-schema-id", 0},
          {"partition-specs", Json::array({{{"spec-id", 0}, {"fields", Json::array({date})}}})},
          {"default-spec-id", 0},
          {"last-partition-id", 1000},
          {"sort-orders", Json::array({{{"order-id", 0}, {"fields", Json::array()}}})},
          {"default-sort-order-id", 0},
          {"properties", {{"kept", "1"}, {"gone", "2"}}}};
}

Json& Fields(Json& document) { return document["schemas"][0]["fields"]; }

std::string WhyNot(const Json& wanted) {
  return AlterationOf(Document(), wanted).status().message();
}

TEST(AlterOwn, ReadsWhatAnEngineAdded) {
  Json wanted = Document();
  Fields(wanted).push_back(Field(4, "color", "string"));
  wanted["properties"] = {{"kept", "1"}, {"new", "3"}, {"weir.attribute.color", "attributes:a:b"}};
  wanted["partition-specs"][0]["fields"].push_back(
      {{"source-id", 4}, {"field-id", 1001}, {"name", "b"}, {"transform", "bucket[8]"}});
  wanted["sort-orders"].push_back({{"order-id", 1},
                                   {"fields", Json::array({{{"source-id", 3},
                                                            {"transform", "identity"},
                                                            {"direction", "desc"},
                                                            {"null-order", "nulls-last"}}})}});
  wanted["default-sort-order-id"] = 1;

  const Alteration read = AlterationOf(Document(), wanted).ValueOrDie();

  ASSERT_EQ(read.columns.size(), 1u);
  EXPECT_EQ(read.columns[0].name, "color");
  EXPECT_EQ(read.columns[0].source, (datafile::AttributeSource{"attributes", "a:b"}));
  EXPECT_EQ(read.set_properties, (std::map<std::string, std::string>{{"new", "3"}}));
  EXPECT_EQ(read.removed_properties, std::vector<std::string>{"gone"});
  ASSERT_TRUE(read.partition && read.order && read.basis);
  EXPECT_EQ(read.partition->at(0).argument, 8);
  EXPECT_EQ(read.order->at(0), (table::OrderedColumn{"time", true}));
  EXPECT_EQ(read.basis->last_column_id, 3);
}

TEST(AlterOwn, RefusesWhatDeltaCouldNotFollow) {
  Json dropped = Document(), renamed = Document(), retyped = Document(), moved = Document();
  Fields(dropped).erase(1);
  Fields(renamed)[1]["name"] = "title";
  Fields(retyped)[2]["type"] = "double";
  Fields(moved).insert(Fields(moved).begin(), Field(4, "first", "long"));

  EXPECT_THAT(WhyNot(dropped), HasSubstr("`name` can't be dropped"));
  EXPECT_THAT(WhyNot(renamed), HasSubstr("can't be renamed to `title`"));
  EXPECT_THAT(WhyNot(retyped), HasSubstr("type of column `time` can't be changed to double"));
  EXPECT_THAT(WhyNot(moved), HasSubstr("columns keep their order"));
}

TEST(AlterOwn, RefusesColumnsThatOlderRowsCannotHave) {
  Json required = Document(), reused = Document(), defaulted = Document();
  Fields(required).push_back(Field(4, "a", "long"));
  Fields(required)[3]["required"] = true;
  Fields(reused).push_back(Field(9, "a", "long"));
  Fields(defaulted).push_back(Field(4, "a", "long"));
  Fields(defaulted)[3]["write-default"] = 1;

  EXPECT_THAT(WhyNot(required), HasSubstr("has to be optional"));
  EXPECT_THAT(WhyNot(reused), HasSubstr("expected 4"));
  EXPECT_THAT(WhyNot(defaulted), HasSubstr("default"));
}

TEST(AlterOwn, KeepsTheDateAndWhatIsNotTheirs) {
  Json undated = Document(), elsewhere = Document();
  undated["partition-specs"][0]["fields"] = Json::array();
  elsewhere["location"] = "file:///other";

  EXPECT_THAT(WhyNot(undated), HasSubstr("`date` stays the first"));
  EXPECT_THAT(WhyNot(elsewhere), HasSubstr("`location` of Weir's tables is not for engines"));
}

}  // namespace
}  // namespace weir::serve::iceberg
