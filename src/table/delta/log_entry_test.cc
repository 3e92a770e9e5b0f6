// SPDX-License-Identifier: Apache-2.0
#include "table/delta/log_entry.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace weir::table::delta {
namespace {

using nlohmann::json;

TableDefinition OneColumn() {
  const auto id = [](const char* text) {
    return arrow::key_value_metadata({"PARQUET:field_id"}, {text});
  };
  return {.schema = arrow::schema({arrow::field("n", arrow::int64(), true, id("1")),
                                   arrow::field("date", arrow::date32(), false, id("2"))}),
          .partition_column = "date",
          .sort_columns = {}};
}

datafile::DataFile OneFile() {
  return {.path = "data/date=2026-11-20/a.parquet",
          .date = 20'777,
          .record_count = 3,
          .file_bytes = 50,
          .column_bytes = {},
          .statistics = {{1, {.value_count = 3, .lower = int64_t{4}, .upper = int64_t{9}}}},
          .split_offsets = {}};
}

std::vector<json> Lines(const std::string& entry) {
  std::vector<json> lines;
  std::istringstream stream(entry);
  for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
  return lines;
}

Commit SeventhCommit() {
  return {.table_uuid = "u-1",
          .identity = {.snapshot_id = 5, .timestamp_ms = 1234, .unique = "x"},
          .version = 7,
          .engine_version = "0.1.0"};
}

TEST(LogEntry, LiesUnderTheDataFolderByTwentyDigits) {
  EXPECT_EQ(EntryPath("t/spans", 7), "t/spans/data/_delta_log/00000000000000000007.json");
}

TEST(LogEntry, TellsTheSchemaWhereColumnsCame) {
  const TableChange change{.altered = Alteration{.columns = {{.name = "n", .type = "long"}}}};

  const std::vector<json> lines =
      Lines(EntryBytes(OneColumn(), change, SeventhCommit()).ValueOrDie());

  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0]["commitInfo"]["operation"], "ADD COLUMNS");
  EXPECT_EQ(lines[2]["metaData"]["id"], "u-1");
  EXPECT_EQ(lines[2]["metaData"]["partitionColumns"], json::array({"date"}));
  EXPECT_NE(lines[2]["metaData"]["schemaString"].get<std::string>().find("\"n\""),
            std::string::npos);
}

TEST(LogEntry, SaysNothingOfTheSchemaWhereOnlyTheLayoutChanged) {
  const TableChange change{.altered = Alteration{.set_properties = {{"a", "b"}}}};

  const std::vector<json> lines =
      Lines(EntryBytes(OneColumn(), change, SeventhCommit()).ValueOrDie());

  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["commitInfo"]["operation"], "SET TBLPROPERTIES");
}

TEST(LogEntry, OpensTheLogWithProtocolAndSchema) {
  const auto entry = FirstEntryBytes(
      OneColumn(), {.table_uuid = "u-1", .timestamp_ms = 99, .engine_version = "0.1.0"});

  const std::vector<json> lines = Lines(entry.ValueOrDie());
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0]["commitInfo"]["operation"], "CREATE TABLE");
  EXPECT_EQ(lines[1], json::parse(R"({"protocol":{"minReaderVersion":1,"minWriterVersion":7,
      "writerFeatures":["appendOnly","invariants","weirManaged"]}})"));
  const json& metadata = lines[2]["metaData"];
  EXPECT_EQ(metadata["id"], "u-1");
  EXPECT_EQ(metadata["partitionColumns"], json::parse(R"(["date"])"));
  EXPECT_EQ(metadata["createdTime"], 99);
  const json schema = json::parse(metadata["schemaString"].get<std::string>());
  EXPECT_EQ(schema["fields"][0],
            json::parse(R"({"name":"n","type":"long","nullable":true,"metadata":{}})"));
}

TEST(LogEntry, AddsFilesRelativeToTheDataFolder) {
  const auto entry = EntryBytes(OneColumn(), {.added = {OneFile()}}, SeventhCommit());

  const std::vector<json> lines = Lines(entry.ValueOrDie());
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0]["commitInfo"]["operation"], "WRITE");
  EXPECT_EQ(lines[0]["commitInfo"]["engineInfo"], "Weir/0.1.0");
  EXPECT_EQ(lines[1], json::parse(R"({"txn":{"appId":"u-1","version":7,"lastUpdated":1234}})"));
  json add = lines[2]["add"];
  EXPECT_EQ(json::parse(add["stats"].get<std::string>()),
            json::parse(R"({"numRecords":3,"minValues":{"n":4},"maxValues":{"n":9},
                            "nullCount":{"n":0}})"));
  add.erase("stats");
  EXPECT_EQ(add, json::parse(R"({"path":"date=2026-11-20/a.parquet","size":50,
      "partitionValues":{"date":"2026-11-20"},"modificationTime":1234,"dataChange":true})"));
}

TEST(LogEntry, GivesTheSameBytesForTheSameCommit) {
  const TableChange change{.added = {OneFile()}};

  EXPECT_EQ(EntryBytes(OneColumn(), change, SeventhCommit()).ValueOrDie(),
            EntryBytes(OneColumn(), change, SeventhCommit()).ValueOrDie());
}

TEST(LogEntry, RearrangesWithoutChangingData) {
  const auto entry = EntryBytes(
      OneColumn(), {.added = {OneFile()}, .removed = {OneFile()}, .is_rearrangement = true},
      SeventhCommit());

  const std::vector<json> lines = Lines(entry.ValueOrDie());
  EXPECT_EQ(lines[0]["commitInfo"]["operation"], "OPTIMIZE");
  EXPECT_EQ(lines[2], json::parse(R"({"remove":{"path":"date=2026-11-20/a.parquet","size":50,
      "partitionValues":{"date":"2026-11-20"},"deletionTimestamp":1234,"dataChange":false,
      "extendedFileMetadata":true}})"));
  EXPECT_EQ(lines[3]["add"]["dataChange"], false);
}

TEST(LogEntry, EncodesPathsAsUris) {
  datafile::DataFile file = OneFile();
  file.path = "data/date=2026-11-20/a b%é.parquet";

  const auto entry = EntryBytes(OneColumn(), {.added = {file}}, SeventhCommit());

  EXPECT_EQ(Lines(entry.ValueOrDie())[2]["add"]["path"], "date=2026-11-20/a%20b%25%C3%A9.parquet");
}

TEST(LogEntry, RefusesFilesOutsideTheDataFolder) {
  datafile::DataFile file = OneFile();
  file.path = "elsewhere/a.parquet";

  const auto entry = EntryBytes(OneColumn(), {.added = {file}}, SeventhCommit());

  EXPECT_EQ(KindOf(entry.status()), ErrorKind::kBadRequest);
}

}  // namespace
}  // namespace weir::table::delta
