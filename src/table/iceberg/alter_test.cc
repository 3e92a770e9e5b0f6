// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/alter.h"

#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "table/iceberg/file_layout.h"
#include "table/iceberg/partition_parts.h"
#include "table/iceberg/read_table.h"
#include "table/iceberg/small_table.h"

namespace weir::table::iceberg {
namespace {

using datafile::Transform;
using testing::HasSubstr;

NewColumn Color(const std::string& name = "color") {
  return {.name = name, .type = "string", .doc = {}, .source = {{"attributes", "color"}}};
}

std::string WhyNot(const Alteration& alteration) {
  Metadata metadata = SmallTable().metadata;
  const Metadata before = metadata;
  const Status refused = Alter(alteration, metadata);
  EXPECT_EQ(KindOf(refused), ErrorKind::kBadRequest);
  EXPECT_EQ(metadata, before);
  return refused.message();
}

TEST(Alter, AddsColumnsWithNewIdsInASnapshotOfTheNewSchema) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 1);

  CommitSmall(store, state, 2, {.altered = Alteration{.columns = {Color(), {"n", "long"}}}});
  AppendSmall(store, state, 3, 3);

  const TableState read = ReadTable(store, state.metadata_path).ValueOrDie();
  const auto shape = ShapeOf(read.metadata).ValueOrDie();
  ASSERT_EQ(shape.columns.size(), 2u);
  EXPECT_EQ(shape.columns[0].field->metadata()->Get("PARQUET:field_id").ValueOrDie(), "14");
  EXPECT_EQ(shape.columns[0].source, (datafile::AttributeSource{"attributes", "color"}));
  EXPECT_EQ(shape.columns[1].field->type()->id(), arrow::Type::INT64);
  EXPECT_EQ(read.metadata.last_column_id, 15);
  EXPECT_EQ(read.metadata.snapshots[0].schema_id, 0);
  EXPECT_EQ(read.metadata.snapshots[1].schema_id, 1);
  EXPECT_EQ(read.metadata.snapshots[1].summary.total_files, 1);
  EXPECT_EQ(ListFiles(store, read).ValueOrDie().size(), 2u);
}

TEST(Alter, RefusesWhatOneOfTheFormatsCannotHold) {
  EXPECT_THAT(WhyNot({.columns = {Color("a b")}}), HasSubstr("can't be named"));
  EXPECT_THAT(WhyNot({.columns = {Color("SERVICE_name")}}), HasSubstr("`service_name` already"));
  EXPECT_THAT(WhyNot({.columns = {Color(), Color("Color")}}), HasSubstr("`color` already"));
  EXPECT_THAT(WhyNot({.columns = {{"n", "uuid"}}}), HasSubstr("has to be one of string, long"));
  EXPECT_THAT(WhyNot({.columns = {{"n", "date", "", {{"attributes", "a"}}}}}),
              HasSubstr("becomes a string, long, double or boolean"));
  EXPECT_THAT(WhyNot({.columns = {{"n", "long", "", {{"resource", "a"}}}}}),
              HasSubstr("no attributes `resource`"));
  EXPECT_THAT(WhyNot({.columns = {{"n", "long", "", {{"attributes", ""}}}}}), HasSubstr("key"));
  EXPECT_THAT(WhyNot({.order = {{{"cost"}}}}), HasSubstr("sort by `cost`"));
  EXPECT_THAT(WhyNot({.order = {{{"time"}, {"time", true}}}}), HasSubstr("twice"));
  EXPECT_THAT(WhyNot({.partition = {{{"service_name", Transform::kHour}}}}),
              HasSubstr("is of type string"));
  EXPECT_THAT(WhyNot({.set_properties = {{"gc.enabled", "true"}}}), HasSubstr("the server's own"));
  EXPECT_THAT(WhyNot({.removed_properties = {"weir.attribute.color"}}), HasSubstr("own"));
}

TEST(Alter, IsAConflictOnATableThatWasAlteredMeanwhile) {
  Metadata metadata = SmallTable().metadata;
  const AlterationBasis basis{0, metadata.last_column_id, 0, metadata.last_partition_id};
  ASSERT_TRUE(Alter({.columns = {Color()}, .basis = basis}, metadata).ok());

  const Status late = Alter({.columns = {Color("late")}, .basis = basis}, metadata);

  EXPECT_EQ(KindOf(late), ErrorKind::kConflict);
}

TEST(Alter, OrdersCompactedFilesWithoutADefaultOrder) {
  Metadata metadata = SmallTable().metadata;

  ASSERT_TRUE(Alter({.columns = {Color()}, .order = {{{"color"}, {"time", true}}}}, metadata).ok());

  const FileLayout layout = LayoutOf(metadata).ValueOrDie();
  EXPECT_EQ(layout.sort_columns, (std::vector<std::string>{"color", "time"}));
  EXPECT_EQ(layout.descending_columns, std::vector<std::string>{"time"});
  EXPECT_GT(layout.sort_order_id, kCompactedOrderId);
  EXPECT_EQ(metadata.default_sort_order_id, 0);
  ASSERT_TRUE(Alter({.order = {{{"time"}}}}, metadata).ok());
  ASSERT_TRUE(Alter({.order = {{{"color"}, {"time", true}}}}, metadata).ok());
  EXPECT_EQ(LayoutOf(metadata)->sort_order_id, layout.sort_order_id);
}

TEST(Alter, DividesFurtherBehindTheDateAndReusesFieldsAndSpecs) {
  Metadata metadata = SmallTable().metadata;
  const datafile::PartitionPart hour{"time", Transform::kHour};
  const datafile::PartitionPart bucket{"service_name", Transform::kBucket, 8};

  ASSERT_TRUE(Alter({.partition = {{hour, bucket}}}, metadata).ok());
  ASSERT_TRUE(Alter({.partition = {{bucket}}}, metadata).ok());

  EXPECT_EQ(ShapeOf(metadata)->partition, std::vector{bucket});
  EXPECT_EQ(metadata.default_spec_id, 2);
  EXPECT_EQ(metadata.partition_specs[1].fields[2], metadata.partition_specs[2].fields[1]);
  EXPECT_EQ(metadata.partition_specs[2].fields[0].name, "date");
  EXPECT_EQ(metadata.last_partition_id, 1002);
  ASSERT_TRUE(Alter({.partition = std::vector<datafile::PartitionPart>{}}, metadata).ok());
  EXPECT_EQ(metadata.default_spec_id, 0);
  EXPECT_EQ(metadata.partition_specs.size(), 3u);
}

TEST(Alter, KeepsTheNameThatAPartitionFieldWasGiven) {
  Metadata metadata = SmallTable().metadata;
  datafile::PartitionPart shard{"service_name", Transform::kBucket, 8, "shard"};

  ASSERT_TRUE(Alter({.partition = {{shard}}}, metadata).ok());

  EXPECT_EQ(metadata.partition_specs[1].fields[1].name, "shard");
  EXPECT_EQ(ShapeOf(metadata)->partition, std::vector{shard});
  for (const char* name : {"time", "date", "../up", "a b", "é"}) {
    shard.name = name;
    EXPECT_EQ(KindOf(Alter({.partition = {{shard}}}, metadata)), ErrorKind::kBadRequest) << name;
  }
}

datafile::DataFile PartFile(int64_t number, std::optional<std::string> service, int32_t hour) {
  datafile::DataFile file = SmallFile(number);
  file.spec_id = 1;
  file.partition.resize(2);
  if (service) file.partition[0] = *service;
  file.partition[1] = hour;
  return file;
}

TEST(Alter, KeepsPartitionValuesThroughManifestsAndTheirMerges) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 20);
  CommitSmall(store, state, 21,
              {.altered = Alteration{.partition = {{{"service_name", Transform::kIdentity},
                                                    {"time", Transform::kHour}}}}});
  for (int64_t number = 22; number < 60; ++number) {
    const auto service = number % 3 == 0 ? std::nullopt : std::optional(std::to_string(number));
    state = ReadTable(store, state.metadata_path).ValueOrDie();  // Nothing is cached.
    CommitSmall(store, state, number,
                {.added = {PartFile(number, service, 7), SmallFile(number + 100)}});
  }

  const TableState read = ReadTable(store, state.metadata_path).ValueOrDie();
  int64_t parts = 0;
  for (const datafile::DataFile& file : ListFiles(store, read).ValueOrDie()) {
    if (file.spec_id == 0) continue;
    ++parts;
    EXPECT_EQ(file.partition[1], datafile::Bound(int32_t{7}));
    EXPECT_EQ(file.partition[0].has_value(), std::stoi(file.path.substr(16)) % 3 != 0) << file.path;
  }
  EXPECT_EQ(parts, 38);
  EXPECT_LT(read.manifests.size(), 50u);
  for (const ManifestFile& manifest : read.manifests) {
    if (manifest.partition_spec_id == 0) continue;
    ASSERT_EQ(manifest.fields.size(), 2u);
    EXPECT_EQ(manifest.fields[1].lower, std::string("\7\0\0\0", 4));
  }
}

}  // namespace
}  // namespace weir::table::iceberg
