// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/file_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "table/iceberg/small_table.h"

namespace weir::table::iceberg {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TableDefinition Clustered() {
  TableDefinition definition = SmallDefinition();
  definition.compacted_sort_columns = {"duration_ns", "time"};
  definition.bloom_columns = {"service_name"};
  return definition;
}

Metadata MetadataOf(const TableDefinition& definition) {
  return NewTable(definition, {.location = {"file:///w/t", "t"}, .uuid = "u", .timestamp_ms = 1})
      ->metadata;
}

TEST(FileLayout, IsWhatTheDefinitionOfANewTableSays) {
  const FileLayout layout = *LayoutOf(MetadataOf(Clustered()));

  EXPECT_EQ(layout.sort_order_id, kCompactedOrderId);
  EXPECT_THAT(layout.sort_columns, ElementsAre("duration_ns", "time"));
  EXPECT_THAT(layout.sort_field_ids, ElementsAre(4, 1));
  EXPECT_THAT(layout.bloom_columns, ElementsAre("service_name"));
  EXPECT_EQ(layout.target_bytes, std::nullopt);
}

TEST(FileLayout, KeepsTheDefaultUnsorted) {
  const Metadata metadata = MetadataOf(Clustered());

  EXPECT_EQ(metadata.default_sort_order_id, 0);
  ASSERT_EQ(metadata.sort_orders.size(), 3u);
  EXPECT_THAT(metadata.sort_orders[0].fields, IsEmpty());
  EXPECT_EQ(metadata.sort_orders[1].order_id, kFreshOrderId);
}

TEST(FileLayout, IsTheOrderOfFreshFilesUntilTheOtherIsDeclared) {
  Metadata metadata = MetadataOf(SmallDefinition());
  EXPECT_EQ(LayoutOf(metadata)->sort_order_id, kFreshOrderId);

  ASSERT_TRUE(DeclareLayout(Clustered(), metadata).ok());

  EXPECT_EQ(LayoutOf(metadata)->sort_order_id, kCompactedOrderId);
  EXPECT_THAT(LayoutOf(metadata)->bloom_columns, ElementsAre("service_name"));
}

TEST(FileLayout, LeavesWhatTheTableSaysItself) {
  Metadata metadata = MetadataOf(Clustered());
  metadata.properties["write.parquet.bloom-filter-enabled.column.service_name"] = "false";
  metadata.properties["write.target-file-size-bytes"] = "1000000";
  metadata.sort_orders[2].fields.pop_back();
  const Metadata before = metadata;

  ASSERT_TRUE(DeclareLayout(Clustered(), metadata).ok());

  EXPECT_EQ(metadata, before);
  EXPECT_THAT(LayoutOf(metadata)->bloom_columns, IsEmpty());
  EXPECT_EQ(LayoutOf(metadata)->target_bytes, 1'000'000);
}

TEST(FileLayout, RefusesOrdersAndSizesThatItDoesNotKnow) {
  Metadata metadata = MetadataOf(Clustered());
  metadata.sort_orders[2].fields[0].transform = "bucket[16]";
  EXPECT_THAT(LayoutOf(metadata).status().message(),
              HasSubstr("order 2 is not by plain duration_ns"));

  metadata.sort_orders[2].fields[0].source_id = 99;
  EXPECT_THAT(LayoutOf(metadata).status().message(), HasSubstr("field 99, which is no column"));

  metadata.sort_orders.resize(2);
  metadata.properties["write.target-file-size-bytes"] = "128 MB";
  EXPECT_THAT(LayoutOf(metadata).status().message(), HasSubstr("128 MB, which is no size"));
}

}  // namespace
}  // namespace weir::table::iceberg
