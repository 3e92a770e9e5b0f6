// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/manifest_avro.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "table/iceberg/avro.h"
#include "table/iceberg/small_table.h"

namespace weir::table::iceberg {
namespace {

ManifestEntry SmallEntry(EntryStatus status) {
  return {.status = status,
          .snapshot_id = 11,
          .sequence_number = 4,
          .file_sequence_number = 3,
          .sort_order_id = 1,
          .file = SmallFile(1)};
}

std::vector<ManifestEntry> WriteAndRead(const ManifestEntry& entry, const ManifestFile& listed) {
  const TableState state = SmallTable();
  const ManifestSetting setting = SettingOf(state, 0).ValueOrDie();
  return ReadManifest(ManifestAvro({entry}, setting, "seed"), listed, setting).ValueOrDie();
}

TEST(ManifestAvro, LetsAddedFilesInheritTheirNumbersFromTheList) {
  const auto entries = WriteAndRead(SmallEntry(EntryStatus::kAdded), {.sequence_number = 9});

  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].sequence_number, 9);
  EXPECT_EQ(entries[0].file_sequence_number, 9);
  EXPECT_EQ(entries[0].snapshot_id, 11);
}

TEST(ManifestAvro, WritesExistingFilesNumbersOut) {
  const auto entries = WriteAndRead(SmallEntry(EntryStatus::kExisting), {.sequence_number = 9});

  EXPECT_EQ(entries[0].status, EntryStatus::kExisting);
  EXPECT_EQ(entries[0].sequence_number, 4);
  EXPECT_EQ(entries[0].file_sequence_number, 3);
  EXPECT_EQ(entries[0].sort_order_id, 1);
}

TEST(ManifestAvro, NamesSchemaSpecAndContentInItsHeader) {
  const TableState state = SmallTable();
  const ManifestSetting setting = SettingOf(state, 0).ValueOrDie();

  const auto file = avro::ReadFile(ManifestAvro({}, setting, "seed")).ValueOrDie();

  EXPECT_EQ(file.metadata.at("schema"), setting.schema.json);
  EXPECT_EQ(file.metadata.at("schema-id"), "0");
  EXPECT_EQ(file.metadata.at("partition-spec"),
            R"([{"source-id":2,"field-id":1000,"name":"date","transform":"identity"}])");
  EXPECT_EQ(file.metadata.at("partition-spec-id"), "0");
  EXPECT_EQ(file.metadata.at("format-version"), "2");
  EXPECT_EQ(file.metadata.at("content"), "data");
}

TEST(ManifestAvro, WritesPathsAsUris) {
  const TableState state = SmallTable();
  const ManifestSetting setting = SettingOf(state, 0).ValueOrDie();

  const auto file =
      avro::ReadFile(ManifestAvro({SmallEntry(EntryStatus::kAdded)}, setting, "s")).ValueOrDie();

  const auto& entry = std::get<std::vector<avro::Datum>>(file.records[0].value);
  const auto& data_file = std::get<std::vector<avro::Datum>>(entry[4].value);
  EXPECT_EQ(std::get<std::string>(data_file[1].value),
            "file:///w/t/spans/data/date=20777/1.parquet");
}

TEST(ForEachEntry, GivesWhatReadManifestGivesUntilItIsEnough) {
  const TableState state = SmallTable();
  const ManifestSetting setting = SettingOf(state, 0).ValueOrDie();
  const std::string bytes = ManifestAvro(
      {SmallEntry(EntryStatus::kAdded), SmallEntry(EntryStatus::kExisting)}, setting, "s");
  const ManifestFile listed{.sequence_number = 9};
  std::vector<ManifestEntry> all, first;

  const Status whole = ForEachEntry(bytes, listed, setting, [&](const ManifestEntry& entry) {
    all.push_back(entry);
    return true;
  });
  const Status part = ForEachEntry(bytes, listed, setting, [&](const ManifestEntry& entry) {
    first.push_back(entry);
    return false;
  });

  ASSERT_TRUE(whole.ok() && part.ok());
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(first.size(), 1u);
  EXPECT_EQ(all[0].sequence_number, 9);
  EXPECT_EQ(all[1].sequence_number, 4);
  EXPECT_EQ(all[1].file.path, SmallFile(1).path);
  EXPECT_FALSE(
      ForEachEntry(bytes.substr(0, 300), listed, setting, [](const auto&) { return true; }).ok());
}

TEST(ManifestListAvro, ReadsBackEqual) {
  const ManifestFile manifest{.path = "file:///w/m.avro",
                              .length = 77,
                              .sequence_number = 5,
                              .min_sequence_number = 2,
                              .added_snapshot_id = 11,
                              .added_files = 1,
                              .existing_files = 2,
                              .deleted_files = 3,
                              .added_rows = 10,
                              .existing_rows = 20,
                              .deleted_rows = 30,
                              .date_min = -1,
                              .date_max = kTestDate};
  const ManifestFile undated{.path = "file:///w/d.avro", .content = ManifestContent::kDeletes};

  const std::string bytes = ManifestListAvro({manifest, undated}, {.snapshot_id = 11}, "s");

  const auto read = ReadManifestList(bytes).ValueOrDie();
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0], manifest);
  EXPECT_EQ(read[1], undated);
}

TEST(ReadManifest, SurvivesEveryFlippedByte) {
  const TableState state = SmallTable();
  const ManifestSetting setting = SettingOf(state, 0).ValueOrDie();
  const std::string whole = ManifestAvro({SmallEntry(EntryStatus::kExisting)}, setting, "s");
  int refused = 0;

  for (size_t at = 0; at < whole.size(); ++at) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x15);
    refused += ReadManifest(broken, {}, setting).ok() ? 0 : 1;
  }

  EXPECT_GT(refused, 100);
}

TEST(ReadManifestToCopy, SurvivesEveryFlippedByte) {
  const TableState state = SmallTable();
  const ManifestSetting setting = SettingOf(state, 0).ValueOrDie();
  const std::string whole = ManifestAvro({SmallEntry(EntryStatus::kExisting)}, setting, "s");
  int refused = 0;

  for (size_t at = 0; at < whole.size(); ++at) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0x15);
    refused += ReadManifestToCopy(broken, {}, setting).ok() ? 0 : 1;
  }

  EXPECT_GT(refused, 100);
}

TEST(ReadManifest, RefusesAFileOfAnotherSchema) {
  const TableState state = SmallTable();
  const ManifestSetting setting = SettingOf(state, 0).ValueOrDie();
  const std::string list = ManifestListAvro({{.path = "p"}}, {.snapshot_id = 1}, "s");

  EXPECT_EQ(KindOf(ReadManifest(list, {}, setting).status()), ErrorKind::kBadRequest);
}

}  // namespace
}  // namespace weir::table::iceberg
