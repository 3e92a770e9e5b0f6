// SPDX-License-Identifier: Apache-2.0
#include "table/delta/checkpoint.h"

#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datafile/plain_table.h"

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
                      .statistics = "{\"numRecords\":3}"}},
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
