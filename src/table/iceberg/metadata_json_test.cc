// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/metadata_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "table/iceberg/small_table.h"

namespace weir::table::iceberg {
namespace {

using nlohmann::json;

Metadata FullMetadata() {
  Metadata metadata = SmallTable().metadata;
  metadata.last_sequence_number = 2;
  metadata.snapshots = {{.snapshot_id = 5,
                         .sequence_number = 1,
                         .timestamp_ms = 100,
                         .manifest_list = "file:///w/a.avro",
                         .summary = {.operation = "append", .added_files = 1, .total_files = 1}},
                        {.snapshot_id = 6,
                         .parent_snapshot_id = 5,
                         .sequence_number = 2,
                         .timestamp_ms = 200,
                         .manifest_list = "file:///w/\"b\".avro",
                         .summary = {.operation = "delete", .other = {{"engine-name", "other"}}}}};
  metadata.current_snapshot_id = 6;
  metadata.refs["main"] = {.snapshot_id = 6, .type = "branch"};
  metadata.refs["t"] = {.snapshot_id = 5, .type = "tag", .max_ref_age_ms = 9};
  metadata.snapshot_log = {{.snapshot_id = 5, .timestamp_ms = 100},
                           {.snapshot_id = 6, .timestamp_ms = 200}};
  metadata.metadata_log = {{.metadata_file = "file:///w/0.json", .timestamp_ms = 50}};
  metadata.statistics_json = R"([{"snapshot-id":5}])";
  return metadata;
}

TEST(MetadataJson, ReadsBackEqual) {
  const Metadata metadata = FullMetadata();

  const Metadata read = MetadataFromJson(MetadataJson(metadata)).ValueOrDie();

  EXPECT_EQ(read, metadata);
}

TEST(MetadataJson, HasAllThatTheSpecRequires) {
  const json node = json::parse(MetadataJson(FullMetadata()));

  for (const char* name :
       {"format-version", "table-uuid", "location", "last-sequence-number", "last-updated-ms",
        "last-column-id", "schemas", "current-schema-id", "partition-specs", "default-spec-id",
        "last-partition-id", "sort-orders", "default-sort-order-id"}) {
    EXPECT_TRUE(node.contains(name)) << name;
  }
  EXPECT_EQ(node["format-version"], 2);
  EXPECT_EQ(node["snapshots"][1]["summary"]["engine-name"], "other");
  EXPECT_EQ(node["snapshots"][0]["summary"]["added-data-files"], "1");
  EXPECT_FALSE(node["snapshots"][0].contains("parent-snapshot-id"));
}

TEST(MetadataJson, ListsTheFilesOrderWithoutMakingItTheDefault) {
  const json node = json::parse(MetadataJson(SmallTable().metadata));

  EXPECT_EQ(node["default-sort-order-id"], 0);
  EXPECT_EQ(node["sort-orders"][0], json::parse(R"({"order-id":0,"fields":[]})"));
  EXPECT_EQ(node["sort-orders"][1]["order-id"], 1);
  EXPECT_EQ(node["sort-orders"][1]["fields"][0]["source-id"], 3);
  EXPECT_EQ(node["sort-orders"][1]["fields"][1]["source-id"], 1);
}

TEST(MetadataJson, NamesNoCurrentSnapshotWhereThereIsNone) {
  const json node = json::parse(MetadataJson(SmallTable().metadata));

  EXPECT_FALSE(node.contains("current-snapshot-id"));
  EXPECT_TRUE(node["refs"].empty());
}

TEST(MetadataFromJson, TakesJavasMinusOneForNoSnapshot) {
  json node = json::parse(MetadataJson(SmallTable().metadata));
  node["current-snapshot-id"] = -1;

  const Metadata metadata = MetadataFromJson(node.dump()).ValueOrDie();

  EXPECT_EQ(metadata.current_snapshot_id, std::nullopt);
}

TEST(MetadataFromJson, SaysWhichFieldIsMissingOrWrong) {
  const json whole = json::parse(MetadataJson(FullMetadata()));
  for (const char* name : {"table-uuid", "location", "last-column-id", "last-sequence-number"}) {
    json without = whole;
    without.erase(name);
    json wrong = whole;
    wrong[name] = json::array();

    EXPECT_NE(MetadataFromJson(without.dump()).status().message().find(name), std::string::npos);
    EXPECT_NE(MetadataFromJson(wrong.dump()).status().message().find(name), std::string::npos);
  }
}

TEST(MetadataFromJson, RefusesWhatIsNoMetadataOfVersionTwo) {
  for (const char* text : {"", "[]", "{", "{\"format-version\":3}", "{\"format-version\":\"2\"}"}) {
    EXPECT_EQ(KindOf(MetadataFromJson(text).status()), ErrorKind::kBadRequest) << text;
  }
}

TEST(MetadataFromJson, RefusesACurrentSnapshotThatIsNotThere) {
  json node = json::parse(MetadataJson(FullMetadata()));
  node["current-snapshot-id"] = 77;

  EXPECT_EQ(KindOf(MetadataFromJson(node.dump()).status()), ErrorKind::kBadRequest);
}

}  // namespace
}  // namespace weir::table::iceberg
