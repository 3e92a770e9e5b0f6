// SPDX-License-Identifier: Apache-2.0
#include "table/changes/view_updates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::table::changes {
namespace {

using ::testing::HasSubstr;

const Birth kBirth{.uuid = "u-1", .location = "file:///w/v", .now_ms = 1'000};

std::string Version(const std::string& sql, const std::string& dialect = "spark") {
  return fmt::format(R"({{"version-id": 1, "timestamp-ms": 5000, "schema-id": 0, "summary": {{}},
      "default-namespace": ["ns"], "representations":
      [{{"type": "sql", "sql": "{}", "dialect": "{}"}}]}})",
                     sql, dialect);
}

Json View(const std::string& properties = "{}") {
  const auto view = NewView(*ParseObject(R"({"name": "v", "schema": {"type": "struct",
      "schema-id": 5, "fields": [{"id": 3, "name": "a", "type": "int", "required": false}]},
      "view-version": )" + Version("select 1") +
                                         R"(, "properties": )" + properties + "}"),
                            kBirth);
  return view.ValueOrDie();
}

Result<Json> Replaced(const Json& base, const std::string& version) {
  const Json request = *ParseObject(
      R"({"updates": [{"action": "add-view-version", "view-version": )" + version + R"(},
      {"action": "set-current-view-version", "view-version-id": -1}]})");
  return UpdatedView(base, request["updates"], 9'000);
}

TEST(NewView, StartsWithOneVersionOfOneSchema) {
  const Json view = View();

  EXPECT_EQ(view["current-version-id"], 1);
  EXPECT_EQ(view["versions"][0]["schema-id"], 0);
  EXPECT_EQ(view["schemas"][0]["schema-id"], 0);
  EXPECT_EQ(view["schemas"][0]["fields"][0]["id"], 3);
  EXPECT_EQ(view["version-log"], Json::array({{{"timestamp-ms", 5'000}, {"version-id", 1}}}));
  EXPECT_FALSE(view.contains("last-column-id"));
}

TEST(UpdatedView, AddsAVersionAndKnowsAnOldOneAgain) {
  const Json second = Replaced(View(), Version("select 2")).ValueOrDie();
  const Json first_again = Replaced(second, Version("select 1")).ValueOrDie();

  EXPECT_EQ(second["current-version-id"], 2);
  EXPECT_EQ(second["version-log"].size(), 2u);
  EXPECT_EQ(first_again["current-version-id"], 1);
  EXPECT_EQ(first_again["versions"].size(), 2u);
  EXPECT_EQ(first_again["version-log"].size(), 3u);
}

TEST(UpdatedView, KeepsTheVersionsThatItsPropertySays) {
  Json view = View(R"({"version.history.num-entries": "2"})");
  for (int i = 2; i < 6; ++i) {
    view = Replaced(view, Version(fmt::format("select {}", i))).ValueOrDie();
  }

  EXPECT_EQ(view["versions"].size(), 2u);
  EXPECT_EQ(view["current-version-id"], 5);
  EXPECT_EQ(view["version-log"].size(), 2u);
}

TEST(UpdatedView, RefusesToLoseADialectUnlessThatIsAllowed) {
  EXPECT_THAT(Replaced(View(), Version("select 1", "trino")).status().message(),
              HasSubstr("loss of view dialects"));
  EXPECT_TRUE(
      Replaced(View(R"({"replace.drop-dialect.allowed": "true"})"), Version("select 1", "trino"))
          .ok());
}

TEST(UpdatedView, RefusesOneDialectTwice) {
  const std::string twice = R"({"version-id": 1, "timestamp-ms": 5, "schema-id": 0, "summary": {},
      "default-namespace": [], "representations": [
      {"type": "sql", "sql": "a", "dialect": "spark"}, {"type": "sql", "sql": "b", "dialect": "Spark"}]})";
  EXPECT_THAT(Replaced(View(), twice).status().message(), HasSubstr("multiple queries"));
}

TEST(CheckViewRequirements, WantsTheUuid) {
  const Json same = *ParseObject(R"({"r": [{"type": "assert-view-uuid", "uuid": "u-1"}]})");
  const Json other = *ParseObject(R"({"r": [{"type": "assert-view-uuid", "uuid": "u-2"}]})");
  const Json unknown = *ParseObject(R"({"r": [{"type": "assert-create"}]})");
  EXPECT_TRUE(CheckViewRequirements(View(), same["r"]).ok());
  EXPECT_EQ(KindOf(CheckViewRequirements(View(), other["r"])), ErrorKind::kConflict);
  EXPECT_EQ(KindOf(CheckViewRequirements(View(), unknown["r"])), ErrorKind::kBadRequest);
}

}  // namespace
}  // namespace weir::table::changes
