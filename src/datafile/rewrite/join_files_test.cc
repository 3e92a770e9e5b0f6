// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/join_files.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/bloom_filter.h>
#include <parquet/bloom_filter_reader.h>
#include <parquet/file_reader.h>
#include <parquet/page_index.h>
#include <parquet/statistics.h>

#include "datafile/footer.h"
#include "datafile/page_file.h"
#include "datafile/parquet_rows_fake.h"
#include "datafile/random_rows_fake.h"
#include "datafile/rewrite/merge_files.h"
#include "store/memory_store.h"

namespace weir::datafile {
namespace {

using testing::HasSubstr;

std::shared_ptr<arrow::Schema> Schema() {
  auto fields = NestedSchema()->fields();
  for (const char* name : {"trace_id", "name"}) {
    fields.push_back(FieldWithId(100 + static_cast<int>(fields.size()), name, arrow::utf8()));
  }
  return arrow::schema(fields);
}

std::unique_ptr<parquet::ParquetFileReader> Open(const std::string& bytes) {
  return parquet::ParquetFileReader::Open(
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)));
}

std::shared_ptr<arrow::Table> ReadBack(const std::string& bytes) {
  auto reader = parquet::arrow::OpenFile(
                    std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)),
                    arrow::default_memory_pool())
                    .ValueOrDie();
  return reader->ReadTable().ValueOrDie();
}

class JoinFilesTest : public testing::Test {
 protected:
  /// As compaction writes them: sorted, with bloom filters.
  JoinInput Put(const std::string& path, int rows, int64_t row_group_rows = 100'000) {
    auto plain = ParquetWriter::Open(Schema()).ValueOrDie();
    Must(plain->Append(random_.Make(Schema(), rows)));
    Must(plain->Append(random_.Make(Schema(), rows)));
    const ParquetFile made = MergeFiles({plain->Finish()->bytes->ToString()},
                                        {.file = {.row_group_rows = row_group_rows,
                                                  .bloom_columns = {"trace_id"},
                                                  .sort_columns = {"service_name", "time"}}})
                                 .ValueOrDie();
    Must(store_.Put(path, made.bytes->ToString()));
    return {path, made.file};
  }

  /// Puts the joined file at `joined`, and returns its bytes.
  std::string Join(const std::vector<JoinInput>& inputs) {
    JoinedFile joined = JoinFiles(store_, inputs).ValueOrDie();
    facts_ = joined.file;
    Must(store_.PutPieces("joined", joined.next));
    return store_.Read("joined").ValueOrDie();
  }

  store::MemoryStore store_;
  RandomRows random_{7};
  DataFile facts_;
};

TEST_F(JoinFilesTest, HasTheRowsOfAllInTheirOrder) {
  const std::vector<JoinInput> inputs = {Put("a", 900), Put("b", 400, 500), Put("c", 20)};

  const std::string joined = Join(inputs);

  std::vector<std::shared_ptr<arrow::Table>> tables;
  for (const JoinInput& input : inputs) {
    tables.push_back(ReadBack(store_.Read(input.path).ValueOrDie()));
  }
  const auto expected = arrow::ConcatenateTables(tables).ValueOrDie();
  EXPECT_TRUE(
      ReadBack(joined)->Equals(*expected, arrow::EqualOptions::Defaults().nans_equal(true)));
  EXPECT_EQ(Open(joined)->metadata()->num_row_groups(), 4);
}

TEST_F(JoinFilesTest, CarriesOverWhatFootersSay) {
  const std::vector<JoinInput> inputs = {Put("a", 900), Put("b", 400)};

  const auto joined = Open(Join(inputs))->metadata();

  for (int i = 0; i < 2; ++i) {
    const auto metadata = Open(store_.Read(inputs[i].path).ValueOrDie())->metadata();
    const auto source = metadata->RowGroup(0);
    const auto found = joined->RowGroup(i);
    EXPECT_EQ(found->num_rows(), source->num_rows());
    EXPECT_EQ(found->total_byte_size(), source->total_byte_size());
    EXPECT_EQ(found->sorting_columns(), source->sorting_columns());
    EXPECT_EQ(found->sorting_columns().size(), 2u);
    for (int column = 0; column < source->num_columns(); ++column) {
      const auto a = source->ColumnChunk(column), b = found->ColumnChunk(column);
      EXPECT_EQ(b->num_values(), a->num_values());
      EXPECT_EQ(b->compression(), a->compression());
      EXPECT_EQ(b->total_compressed_size(), a->total_compressed_size());
      EXPECT_EQ(b->total_uncompressed_size(), a->total_uncompressed_size());
      EXPECT_EQ(b->has_dictionary_page(), a->has_dictionary_page());
      EXPECT_EQ(b->encodings(), a->encodings());
      EXPECT_EQ(b->is_stats_set(), a->is_stats_set());
      if (!a->is_stats_set()) continue;
      EXPECT_EQ(b->encoded_statistics()->min(), a->encoded_statistics()->min());
      EXPECT_EQ(b->encoded_statistics()->max(), a->encoded_statistics()->max());
      EXPECT_EQ(b->encoded_statistics()->null_count, a->encoded_statistics()->null_count);
    }
  }
}

TEST_F(JoinFilesTest, CarriesOverPageIndexes) {
  const std::vector<JoinInput> inputs = {Put("a", 30'000), Put("b", 400)};

  const auto joined = Open(Join(inputs));

  for (int i = 0; i < 2; ++i) {
    const auto file = Open(store_.Read(inputs[i].path).ValueOrDie());
    const auto source = file->GetPageIndexReader()->RowGroup(0);
    const auto found = joined->GetPageIndexReader()->RowGroup(i);
    for (int column = 0; column < file->metadata()->num_columns(); ++column) {
      const auto pages = found->GetOffsetIndex(column)->page_locations();
      const auto old = source->GetOffsetIndex(column)->page_locations();
      const auto chunk = joined->metadata()->RowGroup(i)->ColumnChunk(column);
      ASSERT_EQ(pages.size(), old.size());
      EXPECT_EQ(pages[0].offset, chunk->data_page_offset());
      for (size_t page = 0; page < pages.size(); ++page) {
        EXPECT_EQ(pages[page].first_row_index, old[page].first_row_index);
        EXPECT_EQ(pages[page].offset - pages[0].offset, old[page].offset - old[0].offset);
      }
      if (file->metadata()->schema()->Column(column)->max_repetition_level() > 0) continue;
      EXPECT_EQ(found->GetColumnIndex(column)->encoded_min_values(),
                source->GetColumnIndex(column)->encoded_min_values());
    }
  }
}

TEST_F(JoinFilesTest, CarriesOverBloomFilters) {
  const std::vector<JoinInput> inputs = {Put("a", 900), Put("b", 400)};

  const auto joined = Open(Join(inputs));

  const int column = joined->metadata()->schema()->ColumnIndex("trace_id");
  for (int i = 0; i < 2; ++i) {
    const auto filter = joined->GetBloomFilterReader().RowGroup(i)->GetColumnBloomFilter(column);
    ASSERT_NE(filter, nullptr);
    const auto table = ReadBack(store_.Read(inputs[i].path).ValueOrDie());
    const auto texts = table->CombineChunks().ValueOrDie()->GetColumnByName("trace_id")->chunk(0);
    for (int64_t row = 0; row < texts->length(); ++row) {
      if (texts->IsNull(row)) continue;
      const auto text = static_cast<const arrow::StringArray&>(*texts).GetView(row);
      EXPECT_TRUE(filter->FindHash(filter->Hash(text)));
    }
    EXPECT_LT(filter->FindHash(filter->Hash(std::string_view("absent"))) +
                  filter->FindHash(filter->Hash(std::string_view("absent, too"))),
              2);
  }
}

TEST_F(JoinFilesTest, HasFactsThatAreTrueOfAllRows) {
  const std::vector<JoinInput> inputs = {Put("a", 900), Put("b", 400)};

  const std::string bytes = Join(inputs);

  const Footer footer = ReadFooter(store_, "joined", std::ssize(bytes)).ValueOrDie();
  EXPECT_EQ(facts_.file_bytes, std::ssize(bytes));
  EXPECT_EQ(facts_.record_count, 2600);
  EXPECT_EQ(facts_.record_count, footer.file.record_count);
  EXPECT_EQ(facts_.split_offsets, footer.file.split_offsets);
  EXPECT_EQ(facts_.column_bytes, footer.file.column_bytes);
  for (const auto& [id, statistics] : facts_.statistics) {
    EXPECT_EQ(statistics.null_count, footer.file.statistics.at(id).null_count) << id;
    EXPECT_EQ(statistics.value_count, 2600) << id;
    EXPECT_EQ(statistics.lower, footer.file.statistics.at(id).lower) << id;
    EXPECT_EQ(statistics.upper, footer.file.statistics.at(id).upper) << id;
  }
}

TEST_F(JoinFilesTest, RefusesWhatDoesNotFitTogether) {
  const JoinInput file = Put("a", 10);
  auto other = ParquetWriter::Open(NestedSchema()).ValueOrDie();
  Must(other->Append(random_.Make(NestedSchema(), 3)));
  const ParquetFile narrow = other->Finish().ValueOrDie();
  Must(store_.Put("narrow", narrow.bytes->ToString()));
  JoinInput wrong = file;
  wrong.facts.record_count = 21;
  JoinInput cut = file;
  --cut.facts.file_bytes;

  const auto refused = [&](const JoinInput& input) {
    const Status status = JoinFiles(store_, {file, input}).status();
    EXPECT_EQ(KindOf(status), ErrorKind::kBadRequest);
    return status.message();
  };

  EXPECT_THAT(refused({"narrow", narrow.file}), HasSubstr("other columns than a"));
  EXPECT_THAT(refused(wrong), HasSubstr("expected 21 rows, found 20"));
  EXPECT_THAT(refused(cut), HasSubstr("does not end with PAR1"));
  EXPECT_EQ(KindOf(JoinFiles(store_, {}).status()), ErrorKind::kBadRequest);
  EXPECT_EQ(KindOf(JoinFiles(store_, {{"none", file.facts}}).status()), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace weir::datafile
