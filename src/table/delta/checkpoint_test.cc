// SPDX-License-Identifier: Apache-2.0
#include "table/delta/checkpoint.h"

#include <arrow/array.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datafile/plain_table.h"
#include "table/delta/checkpoint_schema.h"

namespace weir::table::delta {
namespace {

/// A table with one of everything.
Snapshot WholeTable() {
  return {.version = 7,
          .protocol = Protocol{.reader_version = 1,
                               .writer_version = 7,
                               .writer_features = {"appendOnly", "weirManaged"}},
          .metadata = TableMetadata{.id = "u",
                                    .schema_json = "{}",
                                    .partition_columns = {"date"},
                                    .configuration = {{"k", "v"}},
                                    .created_ms = 5},
          .transactions = {{"app", {.version = 7, .last_updated_ms = 9}}},
          .files = {{"date=1/a b%.parquet",
                     {.path = "date=1/a b%.parquet",
                      .partition_values = {{"date", "1"}},
                      .file_bytes = 10,
                      .modification_ms = 6,
                      .statistics = "{\"numRecords\":3}",
                      .tags = {{"t", "1"}}}},
                    {"c.parquet", {.path = "c.parquet"}}},
          .tombstones = {{"old.parquet",
                          {.path = "old.parquet",
                           .partition_values = {{"date", "0"}},
                           .file_bytes = 11,
                           .deletion_ms = 8}}}};
}

TEST(Checkpoint, ReadsBackAsTheTableItWasMadeOf) {
  const Snapshot before = WholeTable();
  const Checkpoint checkpoint = EncodeCheckpoint(before).ValueOrDie();

  const Snapshot after = DecodeCheckpoint(checkpoint.bytes, 7).ValueOrDie();

  EXPECT_EQ(checkpoint.actions, 6);
  EXPECT_EQ(after.version, 7);
  EXPECT_EQ(after.protocol, before.protocol);
  EXPECT_EQ(after.metadata, before.metadata);
  EXPECT_EQ(after.transactions, before.transactions);
  EXPECT_EQ(after.files, before.files);
  EXPECT_EQ(after.tombstones, before.tombstones);
}

TEST(Checkpoint, ThoseWithoutTagsAreReadToo) {
  Snapshot before = WholeTable();
  for (auto& [path, add] : before.files) add.tags.clear();
  const auto table =
      datafile::DecodePlainTable(EncodeCheckpoint(before).ValueOrDie().bytes).ValueOrDie();
  const auto adds = std::static_pointer_cast<arrow::StructArray>(table->column(1)->chunk(0));
  arrow::ArrayVector members = adds->fields();
  members.pop_back();
  const auto old_adds =
      std::make_shared<arrow::StructArray>(CheckpointSchema(/*has_tags=*/false)->field(1)->type(),
                                           adds->length(), members, adds->null_bitmap());
  std::vector<std::shared_ptr<arrow::ChunkedArray>> columns = table->columns();
  columns[1] = std::make_shared<arrow::ChunkedArray>(old_adds);
  const auto old = arrow::Table::Make(CheckpointSchema(/*has_tags=*/false), columns);

  const Snapshot after =
      DecodeCheckpoint(datafile::EncodePlainTable(*old).ValueOrDie(), 7).ValueOrDie();

  EXPECT_EQ(after.files, before.files);
}

TEST(Checkpoint, IsTheSameBytesForTheSameTable) {
  EXPECT_EQ(EncodeCheckpoint(WholeTable())->bytes, EncodeCheckpoint(WholeTable())->bytes);
}

TEST(Checkpoint, NeedsProtocolAndMetadata) {
  Snapshot snapshot = WholeTable();
  snapshot.protocol.reset();
  EXPECT_EQ(KindOf(EncodeCheckpoint(snapshot).status()), ErrorKind::kBadRequest);
  snapshot = WholeTable();
  snapshot.metadata.reset();
  EXPECT_EQ(KindOf(EncodeCheckpoint(snapshot).status()), ErrorKind::kBadRequest);
}

TEST(Checkpoint, RefusesWhatIsNone) {
  const auto other =
      arrow::Table::MakeEmpty(arrow::schema({arrow::field("add", arrow::int64())})).ValueOrDie();
  const std::string sound = EncodeCheckpoint(WholeTable())->bytes;
  for (const std::string& bytes : {std::string("x"), std::string(), sound.substr(0, 900),
                                   datafile::EncodePlainTable(*other).ValueOrDie()}) {
    EXPECT_EQ(KindOf(DecodeCheckpoint(bytes, 1).status()), ErrorKind::kBadRequest);
  }
}

}  // namespace
}  // namespace weir::table::delta
