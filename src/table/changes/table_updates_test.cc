// SPDX-License-Identifier: Apache-2.0
#include "table/changes/table_updates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "table/changes/new_table.h"

namespace weir::table::changes {
namespace {

using ::testing::HasSubstr;

Json Updates(std::string_view list) {
  return (*ParseObject(R"({"updates": )" + std::string(list) + "}"))["updates"];
}

TableState Table(const std::string& version = "2") {
  const auto document = NewTable(*ParseObject(R"({"schema": {"fields": [
      {"id": 1, "name": "a", "type": "int", "required": false},
      {"id": 2, "name": "b", "type": "string", "required": false}]},
      "properties": {"format-version": ")" + version +
                                              R"("}})"),
                                 {.uuid = "u-1", .location = "file:///w/t", .now_ms = 1'000});
  return {.document = document.ValueOrDie(), .metadata_location = "file:///w/t/0.json"};
}

std::string Snapshot(int64_t id, int64_t sequence, const std::string& more = "") {
  return fmt::format(
      R"({{"action": "add-snapshot", "snapshot": {{"snapshot-id": {}, "sequence-number": {},
      "timestamp-ms": 5000, "manifest-list": "m", "summary": {{"operation": "append"}}{}}}}},
      {{"action": "set-snapshot-ref", "ref-name": "main", "type": "branch", "snapshot-id": {}}})",
      id, sequence, more, id);
}

/// The table after one update; the test fails where it is refused.
TableState After(const TableState& base, const std::string& updates, int64_t now_ms = 9'000) {
  auto next = UpdatedTable(base, Updates("[" + updates + "]"), now_ms);
  EXPECT_TRUE(next.ok()) << next.status().message();
  return {.document = next.ok() ? *std::move(next) : base.document,
          .metadata_location = "file:///w/t/1.json"};
}

Status StatusOf(const TableState& base, const std::string& updates) {
  return UpdatedTable(base, Updates("[" + updates + "]"), 9'000).status();
}

TEST(UpdatedTable, AppendsASnapshotAndRemembersWhereItCameFrom) {
  const TableState next = After(Table(), Snapshot(7, 1));

  EXPECT_EQ(next.document["current-snapshot-id"], 7);
  EXPECT_EQ(next.document["refs"]["main"], Json({{"snapshot-id", 7}, {"type", "branch"}}));
  EXPECT_EQ(next.document["last-sequence-number"], 1);
  EXPECT_EQ(next.document["last-updated-ms"], 9'000);
  EXPECT_EQ(next.document["snapshot-log"],
            Json::array({{{"timestamp-ms", 5'000}, {"snapshot-id", 7}}}));
  EXPECT_EQ(next.document["metadata-log"],
            Json::array({{{"timestamp-ms", 1'000}, {"metadata-file", "file:///w/t/0.json"}}}));
}

TEST(UpdatedTable, CarriesAlongWhatItDoesNotKnow) {
  TableState base = Table();
  base.document["of-a-later-version"] = {{"x", 1}};
  base.document["schemas"][0]["fields"][0]["of-a-later-version"] = 2;

  const TableState next = After(base, Snapshot(7, 1, R"(, "of-a-later-version": 3)"));

  EXPECT_EQ(next.document["of-a-later-version"]["x"], 1);
  EXPECT_EQ(next.document["schemas"][0]["fields"][0]["of-a-later-version"], 2);
  EXPECT_EQ(next.document["snapshots"][0]["of-a-later-version"], 3);
}

TEST(UpdatedTable, RefusesASnapshotMadeForAnOlderState) {
  const TableState base = After(Table(), Snapshot(7, 1));

  EXPECT_EQ(KindOf(StatusOf(base, Snapshot(8, 1, R"(, "parent-snapshot-id": 7)"))),
            ErrorKind::kConflict);
  EXPECT_EQ(KindOf(StatusOf(base, Snapshot(7, 2))), ErrorKind::kBadRequest);
  EXPECT_TRUE(StatusOf(base, Snapshot(8, 2, R"(, "parent-snapshot-id": 7)")).ok());
}

TEST(UpdatedTable, GivesRowIdsInVersion3) {
  const TableState base =
      After(Table("3"), Snapshot(7, 1, R"(, "first-row-id": 0, "added-rows": 5)"));

  EXPECT_EQ(base.document["next-row-id"], 5);
  EXPECT_EQ(KindOf(StatusOf(base, Snapshot(8, 2, R"(, "first-row-id": 4, "added-rows": 1)"))),
            ErrorKind::kConflict);
  EXPECT_EQ(KindOf(StatusOf(base, Snapshot(8, 2))), ErrorKind::kBadRequest);
}

TEST(UpdatedTable, EvolvesSchemas) {
  const std::string add = R"({"action": "add-schema", "schema": {"type": "struct", "fields": [
      {"id": 1, "name": "a", "type": "long", "required": false},
      {"id": 3, "name": "c", "type": "string", "required": false}]}})";
  const TableState next =
      After(Table(), add + R"(, {"action": "set-current-schema", "schema-id": -1})");

  EXPECT_EQ(next.document["current-schema-id"], 1);
  EXPECT_EQ(next.document["last-column-id"], 3);
  EXPECT_EQ(next.document["schemas"].size(), 2u);
  // The same schema again is the one that there is.
  const TableState again = After(next, add + R"(, {"action": "set-current-schema", "schema-id": -1},
      {"action": "set-properties", "updates": {"x": "y"}})");
  EXPECT_EQ(again.document["schemas"].size(), 2u);
  EXPECT_THAT(StatusOf(next, R"({"action": "remove-schemas", "schema-ids": [1]})").message(),
              HasSubstr("Cannot remove the current schema"));
  EXPECT_EQ(
      After(next, R"({"action": "remove-schemas", "schema-ids": [0]})").document["schemas"].size(),
      1u);
}

TEST(UpdatedTable, NumbersPartitionFieldsOnceForEachSourceAndTransform) {
  const std::string by_a = R"({"action": "add-spec", "spec": {"fields": [
      {"name": "pa", "source-id": 1, "transform": "bucket[8]"}]}},
      {"action": "set-default-spec", "spec-id": -1})";
  const std::string by_both = R"({"action": "add-spec", "spec": {"fields": [
      {"name": "pb", "source-id": 2, "transform": "truncate[2]"},
      {"name": "pa", "source-id": 1, "transform": "bucket[8]"}]}},
      {"action": "set-default-spec", "spec-id": -1})";
  const TableState next = After(After(Table(), by_a), by_both);

  EXPECT_EQ(next.document["default-spec-id"], 2);
  EXPECT_EQ(next.document["last-partition-id"], 1001);
  const Json& fields = next.document["partition-specs"][2]["fields"];
  EXPECT_EQ(fields[0]["field-id"], 1001);
  EXPECT_EQ(fields[1]["field-id"], 1000);
}

TEST(TableFrom, TakesASpecBeforeItsSchemaIsTheCurrentOne) {
  const auto table = TableFrom(Updates(R"([{"action": "assign-uuid", "uuid": "u"},
      {"action": "set-location", "location": "file:///w/t"},
      {"action": "add-schema", "schema": {"fields": [
        {"id": 1, "name": "a", "type": "int", "required": false}]}},
      {"action": "add-spec", "spec": {"spec-id": 0, "fields": [
        {"name": "p", "source-id": 1, "transform": "identity"}]}},
      {"action": "set-default-spec", "spec-id": 0},
      {"action": "set-current-schema", "schema-id": 0}])"),
                               1'000);

  ASSERT_TRUE(table.ok()) << table.status().message();
  EXPECT_EQ((*table)["partition-specs"][0]["fields"][0]["field-id"], 1000);
}

TEST(UpdatedTable, RefusesToDropAColumnThatPartitions) {
  const TableState base = After(Table(), R"({"action": "add-spec", "spec": {"fields": [
      {"name": "pa", "source-id": 1, "transform": "bucket[8]"}]}},
      {"action": "set-default-spec", "spec-id": -1})");

  const Status dropped = StatusOf(base, R"({"action": "add-schema", "schema": {"fields": [
      {"id": 2, "name": "b", "type": "string", "required": false}]}},
      {"action": "set-current-schema", "schema-id": -1})");

  EXPECT_THAT(dropped.message(), HasSubstr("Cannot find source column for a partition field"));
}

TEST(UpdatedTable, ForgetsSnapshotsAndWhatHangsOnThem) {
  const TableState base =
      After(After(Table(), Snapshot(7, 1)), Snapshot(8, 2, R"(, "parent-snapshot-id": 7)") + R"(,
      {"action": "set-snapshot-ref", "ref-name": "old", "type": "tag", "snapshot-id": 7},
      {"action": "set-statistics", "statistics": {"snapshot-id": 7, "statistics-path": "s",
        "file-size-in-bytes": 1, "file-footer-size-in-bytes": 1, "blob-metadata": []}})");
  ASSERT_EQ(base.document["snapshot-log"].size(), 2u);
  ASSERT_EQ(base.document["statistics"].size(), 1u);

  const TableState next = After(base, R"({"action": "remove-snapshots", "snapshot-ids": [7]})");

  EXPECT_EQ(next.document["snapshots"].size(), 1u);
  EXPECT_EQ(next.document["snapshot-log"].size(), 1u);
  EXPECT_FALSE(next.document["refs"].contains("old"));
  EXPECT_EQ(next.document["statistics"], Json::array());
  EXPECT_EQ(next.document["current-snapshot-id"], 8);
}

TEST(UpdatedTable, ChecksBranchesAndTags) {
  const TableState base = After(Table(), Snapshot(7, 1));
  const auto set = [&](const std::string& rest) {
    return StatusOf(base, R"({"action": "set-snapshot-ref", "ref-name": "r", )" + rest + "}");
  };
  EXPECT_TRUE(set(R"("type": "branch", "snapshot-id": 7, "min-snapshots-to-keep": 3)").ok());
  EXPECT_FALSE(set(R"("type": "tag", "snapshot-id": 7, "min-snapshots-to-keep": 3)").ok());
  EXPECT_FALSE(set(R"("type": "leaf", "snapshot-id": 7)").ok());
  EXPECT_FALSE(set(R"("type": "tag", "snapshot-id": 99)").ok());
  EXPECT_FALSE(set(R"("type": "tag", "snapshot-id": 7, "max-ref-age-ms": 0)").ok());
}

TEST(UpdatedTable, UpgradesAndNeverDowngrades) {
  const std::string to_3 = R"({"action": "upgrade-format-version", "format-version": 3})";
  const TableState next = After(Table("1"), to_3);

  EXPECT_EQ(next.document["next-row-id"], 0);
  EXPECT_FALSE(next.document.contains("schema"));
  EXPECT_FALSE(StatusOf(next, R"({"action": "upgrade-format-version", "format-version": 2})").ok());
  EXPECT_FALSE(StatusOf(next, R"({"action": "upgrade-format-version", "format-version": 4})").ok());
}

TEST(UpdatedTable, IsTheBaseWhereNothingChanges) {
  TableState base = Table();

  const TableState same =
      After(base, R"({"action": "assign-uuid", "uuid": "u-1"}, {"action": "remove-properties",
      "removals": ["nothing"]}, {"action": "set-current-schema", "schema-id": 0})");

  EXPECT_EQ(same.document, base.document);
}

TEST(UpdatedTable, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(StatusOf(Table(), R"({"action": "explode"})").message(),
              HasSubstr("there is no update `explode`"));
  EXPECT_FALSE(StatusOf(Table(), R"({"no": "action"})").ok());
  EXPECT_FALSE(StatusOf(Table(), R"({"action": "assign-uuid", "uuid": "other"})").ok());
  EXPECT_FALSE(
      StatusOf(Table(), R"({"action": "set-properties", "updates": {"format-version": "3"}})")
          .ok());
}

TEST(UpdatedTable, KeepsAsManyOlderFilesInItsLogAsTheTableSays) {
  TableState table = After(
      Table(),
      R"({"action": "set-properties", "updates": {"write.metadata.previous-versions-max": "2"}})");
  for (int i = 0; i < 4; ++i) {
    table =
        After(table, fmt::format(R"({{"action": "set-properties", "updates": {{"n": "{}"}}}})", i));
  }

  EXPECT_EQ(table.document["metadata-log"].size(), 2u);
}

TEST(CheckTableRequirements, HoldsEachAgainstTheDocument) {
  const Json table = After(Table(), Snapshot(7, 1)).document;
  const auto kind = [&](const std::string& requirement, const Json* document) {
    const Status status = CheckTableRequirements(document, Updates("[" + requirement + "]"));
    return status.ok() ? std::optional<ErrorKind>() : KindOf(status);
  };
  const auto expect = [&](const std::string& requirement, bool holds) {
    EXPECT_EQ(kind(requirement, &table), holds ? std::nullopt : std::optional(ErrorKind::kConflict))
        << requirement;
  };
  expect(R"({"type": "assert-create"})", false);
  expect(R"({"type": "assert-table-uuid", "uuid": "u-1"})", true);
  expect(R"({"type": "assert-table-uuid", "uuid": "u-2"})", false);
  expect(R"({"type": "assert-ref-snapshot-id", "ref": "main", "snapshot-id": 7})", true);
  expect(R"({"type": "assert-ref-snapshot-id", "ref": "main", "snapshot-id": 6})", false);
  expect(R"({"type": "assert-ref-snapshot-id", "ref": "main", "snapshot-id": null})", false);
  expect(R"({"type": "assert-ref-snapshot-id", "ref": "x", "snapshot-id": null})", true);
  expect(R"({"type": "assert-ref-snapshot-id", "ref": "x", "snapshot-id": 7})", false);
  expect(R"({"type": "assert-last-assigned-field-id", "last-assigned-field-id": 2})", true);
  expect(R"({"type": "assert-last-assigned-field-id", "last-assigned-field-id": 1})", false);
  expect(R"({"type": "assert-current-schema-id", "current-schema-id": 0})", true);
  expect(R"({"type": "assert-current-schema-id", "current-schema-id": 1})", false);
  expect(R"({"type": "assert-last-assigned-partition-id", "last-assigned-partition-id": 999})",
         true);
  expect(R"({"type": "assert-default-spec-id", "default-spec-id": 1})", false);
  expect(R"({"type": "assert-default-sort-order-id", "default-sort-order-id": 0})", true);
  EXPECT_EQ(kind(R"({"type": "assert-luck"})", &table), ErrorKind::kBadRequest);
  EXPECT_EQ(kind(R"({"type": "assert-create"})", nullptr), std::nullopt);
  EXPECT_EQ(kind(R"({"type": "assert-table-uuid", "uuid": "u-1"})", nullptr), ErrorKind::kConflict);
}

}  // namespace
}  // namespace weir::table::changes
