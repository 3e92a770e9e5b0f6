// SPDX-License-Identifier: Apache-2.0
#include "datafile/parquet_file.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/page_index.h>

#include <map>

#include "datafile/parquet_rows_fake.h"

namespace weir::datafile {
namespace {

using testing::ElementsAre;
using testing::Pair;

ParquetFile Encode(const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
                   const ParquetOptions& options = {}) {
  auto writer = ParquetWriter::Open(batches.front()->schema(), options).ValueOrDie();
  for (const auto& batch : batches) EXPECT_TRUE(writer->Append(batch).ok());
  return writer->Finish().ValueOrDie();
}

std::unique_ptr<parquet::ParquetFileReader> OpenMetadata(const ParquetFile& encoded) {
  return parquet::ParquetFileReader::Open(std::make_shared<arrow::io::BufferReader>(encoded.bytes));
}

std::shared_ptr<arrow::Table> ReadBack(const ParquetFile& encoded) {
  auto reader = parquet::arrow::OpenFile(std::make_shared<arrow::io::BufferReader>(encoded.bytes),
                                         arrow::default_memory_pool())
                    .ValueOrDie();
  return reader->ReadTable().ValueOrDie();
}

/// Ids of all groups and leaves by path, without the repeated groups that stand for no field.
void CollectIds(const parquet::schema::Node& node, std::map<std::string, int>& ids) {
  if (node.field_id() != -1 || !node.is_repeated())
    ids[node.path()->ToDotString()] = node.field_id();
  if (!node.is_group()) return;
  const auto& group = static_cast<const parquet::schema::GroupNode&>(node);
  for (int i = 0; i < group.field_count(); ++i) CollectIds(*group.field(i), ids);
}

TEST(ParquetFile, GivesBackTheRowsThatWentIn) {
  const auto batch = NestedRows();

  const auto table = ReadBack(Encode({batch, batch}));

  ASSERT_EQ(table->num_rows(), 6);
  const auto expected = arrow::Table::FromRecordBatches({batch, batch}).ValueOrDie();
  EXPECT_TRUE(table->Equals(*expected)) << table->ToString();
}

TEST(ParquetFile, ReadsTheSameWhetherTextsCameAsDictionariesOrPlain) {
  const auto plain = NestedRows();
  const auto encoded = DictionaryEncoded(DictionaryEncoded(plain, "service_name"), "record_id");

  const auto table = ReadBack(Encode({encoded}));

  EXPECT_TRUE(table->Equals(*arrow::Table::FromRecordBatches({plain}).ValueOrDie()))
      << table->ToString();
}

TEST(ParquetFile, NamesEveryGroupAndLeafByItsFieldId) {
  const ParquetFile encoded = Encode({NestedRows()});

  std::map<std::string, int> ids;
  const auto metadata = OpenMetadata(encoded)->metadata();
  const auto& root = *metadata->schema()->group_node();
  for (int i = 0; i < root.field_count(); ++i) CollectIds(*root.field(i), ids);

  EXPECT_THAT(
      ids, ElementsAre(Pair("attributes", 9), Pair("attributes.key_value.key", 10),
                       Pair("attributes.key_value.value", 11), Pair("cost", 6), Pair("date", 4),
                       Pair("duration_ns", 5), Pair("events", 12), Pair("events.list.element", 13),
                       Pair("events.list.element.attributes", 15),
                       Pair("events.list.element.attributes.key_value.key", 21),
                       Pair("events.list.element.attributes.key_value.value", 22),
                       Pair("events.list.element.name", 14), Pair("is_root", 7), Pair("kind", 8),
                       Pair("record_id", 1), Pair("resource", 16), Pair("resource.attributes", 18),
                       Pair("resource.attributes.key_value.key", 19),
                       Pair("resource.attributes.key_value.value", 20),
                       Pair("resource.schema_url", 17), Pair("service_name", 2), Pair("time", 3)));
}

TEST(ParquetFile, CompressesEveryColumnWithZstdAndIndexesItsPages) {
  const ParquetFile encoded = Encode({NestedRows()});

  const auto reader = OpenMetadata(encoded);
  const auto group = reader->metadata()->RowGroup(0);
  const auto index = reader->GetPageIndexReader()->RowGroup(0);
  for (int column = 0; column < group->num_columns(); ++column) {
    const std::string path = group->schema()->Column(column)->path()->ToDotString();
    EXPECT_EQ(group->ColumnChunk(column)->compression(), parquet::Compression::ZSTD) << path;
    EXPECT_NE(index->GetOffsetIndex(column), nullptr) << path;
    const bool is_repeated = group->schema()->Column(column)->max_repetition_level() > 0;
    // Bounds of pages, which columns without statistics do not have.
    EXPECT_EQ(index->GetColumnIndex(column) == nullptr, is_repeated) << path;
  }
}

TEST(ParquetFile, KeepsDictionariesFromColumnsThatNeverRepeat) {
  const ParquetFile encoded = Encode({NestedRows()});

  const auto metadata = OpenMetadata(encoded)->metadata();
  const auto group = metadata->RowGroup(0);
  EXPECT_FALSE(group->ColumnChunk(0)->has_dictionary_page());  // record_id
  EXPECT_TRUE(group->ColumnChunk(1)->has_dictionary_page());   // service_name
  EXPECT_FALSE(group->ColumnChunk(2)->has_dictionary_page());  // time
}

TEST(ParquetFile, StartsARowGroupForEachBatchAndAtEachFullOne) {
  const auto batch = NestedRows();

  const ParquetFile encoded = Encode({batch, batch}, {.row_group_rows = 2});

  const auto metadata = OpenMetadata(encoded)->metadata();
  ASSERT_EQ(metadata->num_row_groups(), 4);
  EXPECT_EQ(metadata->RowGroup(0)->num_rows(), 2);
  EXPECT_EQ(metadata->RowGroup(1)->num_rows(), 1);
  ASSERT_EQ(encoded.file.split_offsets.size(), 4u);
  EXPECT_EQ(encoded.file.split_offsets[0], 4);  // Behind the magic `PAR1`.
  for (int group = 0; group < 4; ++group) {
    EXPECT_EQ(encoded.file.split_offsets[group], metadata->RowGroup(group)->file_offset());
  }
}

TEST(ParquetFile, CountsItsRowsBytesAndColumnBytes) {
  const ParquetFile encoded = Encode({NestedRows(), NestedRows()});

  EXPECT_EQ(encoded.file.record_count, 6);
  EXPECT_EQ(encoded.file.file_bytes, encoded.bytes->size());
  int64_t column_bytes = 0;
  for (const auto& [id, bytes] : encoded.file.column_bytes) {
    EXPECT_GT(bytes, 0) << id;
    column_bytes += bytes;
  }
  EXPECT_EQ(encoded.file.column_bytes.size(), 16u);  // Leaves of maps and lists included.
  EXPECT_LT(column_bytes, encoded.file.file_bytes);
}

TEST(ParquetFile, RefusesABatchOfAnotherSchema) {
  auto writer = ParquetWriter::Open(NestedSchema()).ValueOrDie();
  const auto other = NestedRows()->RemoveColumn(0).ValueOrDie();

  EXPECT_FALSE(writer->Append(other).ok());
}

}  // namespace
}  // namespace weir::datafile
