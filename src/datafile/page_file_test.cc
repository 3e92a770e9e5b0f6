// SPDX-License-Identifier: Apache-2.0
#include "datafile/page_file.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/statistics.h>

#include <cmath>

#include "datafile/parquet_rows_fake.h"
#include "datafile/random_rows_fake.h"
#include "datafile/shredded_rows_fake.h"

namespace weir::datafile {
namespace {

using signal::LeafKind;

using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

/// Every kind of leaf, outside and inside of lists and maps.
std::shared_ptr<arrow::Schema> WideSchema() {
  auto fields = NestedSchema()->fields();
  int id = 100;
  for (const char* name : {"trace_id", "span_id", "long", "rare", "name"})
    fields.push_back(FieldWithId(id++, name, arrow::utf8()));
  for (const char* name : {"near", "same", "drifting", "wild", "sum"}) {
    fields.push_back(FieldWithId(id++, name, arrow::int64()));
    fields.push_back(FieldWithId(id++, name + std::string("_int"), arrow::int32(), false));
  }
  const auto member = arrow::struct_(
      {FieldWithId(200, "linked_id", arrow::utf8()), FieldWithId(201, "near", arrow::int64()),
       FieldWithId(202, "cost", arrow::float64()), FieldWithId(203, "flag", arrow::boolean())});
  fields.push_back(FieldWithId(204, "links", arrow::list(FieldWithId(205, "element", member))));
  fields.push_back(
      FieldWithId(206, "counts", arrow::list(FieldWithId(207, "element", arrow::int64()))));
  fields.push_back(
      FieldWithId(208, "limits", arrow::list(FieldWithId(209, "element", arrow::float64()))));
  return arrow::schema(fields, arrow::key_value_metadata({"made"}, {"here"}));
}

const TextKinds& WideKinds() {
  static const TextKinds kinds = {
      {"record_id", LeafKind::kHexId},
      {"service_name", LeafKind::kDictionary},
      {"trace_id", LeafKind::kHexId},
      {"span_id", LeafKind::kHexDictionary},
      {"name", LeafKind::kDictionary},
      {"attributes.key_value.key", LeafKind::kDictionary},
      {"attributes.key_value.value", LeafKind::kDictionary},
      {"events.list.element.attributes.key_value.key", LeafKind::kDictionary},
      {"links.list.element.linked_id", LeafKind::kHexDictionary}};
  return kinds;
}

ParquetFile WritePages(const Batches& batches, const TextKinds& kinds) {
  auto writer = PageFileWriter::Open(batches.front()->schema()).ValueOrDie();
  for (const auto& batch : batches) {
    const ShreddedRows rows(batch, kinds);
    signal::LeafSink* sink = writer->BeginRowGroup(rows.rows()).ValueOrDie();
    for (size_t i = 0; i < rows.columns().size(); ++i) {
      signal::Leaf leaf = rows.columns()[i]->leaf();
      leaf.shares_prefixes = i == 0;  // record_id
      const Status added = sink->Add(leaf);
      EXPECT_TRUE(added.ok()) << added.ToString();
    }
  }
  return writer->Finish().ValueOrDie();
}

ParquetFile WritePlain(const Batches& batches) {
  auto writer = ParquetWriter::Open(batches.front()->schema(), {.row_group_rows = int64_t{1} << 30})
                    .ValueOrDie();
  for (const auto& batch : batches) Must(writer->Append(batch));
  return writer->Finish().ValueOrDie();
}

std::shared_ptr<arrow::Table> ReadBack(const ParquetFile& encoded) {
  auto reader = parquet::arrow::OpenFile(std::make_shared<arrow::io::BufferReader>(encoded.bytes),
                                         arrow::default_memory_pool())
                    .ValueOrDie();
  return reader->ReadTable().ValueOrDie();
}

std::unique_ptr<parquet::ParquetFileReader> OpenMetadata(const ParquetFile& encoded) {
  return parquet::ParquetFileReader::Open(std::make_shared<arrow::io::BufferReader>(encoded.bytes));
}

bool SameBits(const std::optional<Bound>& a, const std::optional<Bound>& b) {
  if (a != b) return false;
  return !a || !std::holds_alternative<double>(*a) ||
         std::signbit(std::get<double>(*a)) == std::signbit(std::get<double>(*b));
}

/// All but byte counts and places.
void ExpectSameFacts(const DataFile& pages, const DataFile& plain) {
  EXPECT_EQ(pages.record_count, plain.record_count);
  EXPECT_EQ(pages.split_offsets.size(), plain.split_offsets.size());
  EXPECT_EQ(pages.split_offsets.front(), plain.split_offsets.front());
  EXPECT_EQ(pages.column_bytes.size(), plain.column_bytes.size());
  ASSERT_EQ(pages.statistics.size(), plain.statistics.size());
  for (const auto& [id, expected] : plain.statistics) {
    const ColumnStatistics& found = pages.statistics.at(id);
    EXPECT_EQ(found.value_count, expected.value_count) << id;
    EXPECT_EQ(found.null_count, expected.null_count) << id;
    EXPECT_EQ(found.nan_count, expected.nan_count) << id;
    EXPECT_TRUE(SameBits(found.lower, expected.lower)) << id;
    EXPECT_TRUE(SameBits(found.upper, expected.upper)) << id;
  }
}

/// What Parquet's own metadata says of the values.
void ExpectSameChunks(const ParquetFile& pages, const ParquetFile& plain) {
  const auto found = OpenMetadata(pages)->metadata(), expected = OpenMetadata(plain)->metadata();
  ASSERT_EQ(found->num_row_groups(), expected->num_row_groups());
  EXPECT_TRUE(found->schema()->Equals(*expected->schema()));
  EXPECT_EQ(found->created_by(), expected->created_by());
  EXPECT_EQ(found->version(), expected->version());
  for (int i = 0; i < found->num_row_groups() * found->num_columns(); ++i) {
    const auto group = i / found->num_columns(), column = i % found->num_columns();
    const auto a = found->RowGroup(group)->ColumnChunk(column),
               b = expected->RowGroup(group)->ColumnChunk(column);
    SCOPED_TRACE(a->path_in_schema()->ToDotString());
    EXPECT_EQ(a->num_values(), b->num_values());
    EXPECT_EQ(a->compression(), b->compression());
    ASSERT_EQ(a->statistics() == nullptr, b->statistics() == nullptr);
    if (a->statistics() == nullptr) continue;
    EXPECT_EQ(a->statistics()->null_count(), b->statistics()->null_count());
    ASSERT_EQ(a->statistics()->HasMinMax(), b->statistics()->HasMinMax());
    if (!a->statistics()->HasMinMax()) continue;
    EXPECT_EQ(a->statistics()->EncodeMin(), b->statistics()->EncodeMin());
    EXPECT_EQ(a->statistics()->EncodeMax(), b->statistics()->EncodeMax());
    EXPECT_EQ(a->statistics()->is_min_value_exact(), b->statistics()->is_min_value_exact());
  }
}

void ExpectSameFile(const ParquetFile& pages, const ParquetFile& plain) {
  const auto table = ReadBack(pages), expected = ReadBack(plain);
  ASSERT_TRUE(table->ValidateFull().ok());
  ASSERT_TRUE(table->schema()->Equals(*expected->schema(), /*check_metadata=*/true))
      << table->schema()->ToString(true);
  for (int i = 0; i < table->num_columns(); ++i) {
    EXPECT_TRUE(table->column(i)->Equals(
        *expected->column(i), arrow::EqualOptions().nans_equal(true).signed_zeros_equal(false)))
        << table->schema()->field(i)->name();
  }
  ExpectSameFacts(pages.file, plain.file);
  ExpectSameChunks(pages, plain);
  EXPECT_EQ(pages.file.file_bytes, pages.bytes->size());
}

TEST(PageFile, GivesBackTheRowsThatThePlainWriterWrites) {
  const Batches batches = {NestedRows(), NestedRows()};

  ExpectSameFile(WritePages(batches, {}), WritePlain(batches));
}

TEST(PageFile, GivesBackRandomRowsOfEveryKind) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    RandomRows random(seed);
    const Batches batches = {random.Make(WideSchema(), static_cast<int64_t>(1 + seed * seed * 30)),
                             random.Make(WideSchema(), 7)};
    ExpectSameFile(WritePages(batches, WideKinds()), WritePlain(batches));
  }
}

TEST(PageFile, GivesBackRowsOfManyPages) {
  const auto wide = WideSchema();
  arrow::FieldVector fields;
  for (const char* name : {"record_id", "service_name", "is_root", "attributes", "long", "rare",
                           "near", "drifting_int"}) {
    fields.push_back(wide->GetFieldByName(name));
  }
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const Batches batches = {RandomRows(seed).Make(arrow::schema(fields), 35000)};
    ExpectSameFile(WritePages(batches, WideKinds()), WritePlain(batches));
  }
}

}  // namespace
}  // namespace weir::datafile
