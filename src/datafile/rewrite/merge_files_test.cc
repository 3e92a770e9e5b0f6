// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/merge_files.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/bloom_filter.h>
#include <parquet/bloom_filter_reader.h>
#include <parquet/file_reader.h>

#include <algorithm>

#include "datafile/page_file.h"
#include "datafile/parquet_rows_fake.h"
#include "datafile/random_rows_fake.h"
#include "datafile/read_parquet_fake.h"
#include "datafile/shredded_rows_fake.h"

namespace weir::datafile {
namespace {

using signal::LeafKind;
using testing::HasSubstr;

using Batch = std::shared_ptr<arrow::RecordBatch>;

std::shared_ptr<arrow::Schema> Schema() {
  auto fields = NestedSchema()->fields();
  for (const char* name : {"trace_id", "long", "rare", "name"})
    fields.push_back(FieldWithId(100 + static_cast<int>(fields.size()), name, arrow::utf8()));
  for (const char* name : {"near", "same", "drifting", "wild"})
    fields.push_back(FieldWithId(100 + static_cast<int>(fields.size()), name, arrow::int64()));
  fields.push_back(
      FieldWithId(206, "counts", arrow::list(FieldWithId(207, "element", arrow::int64()))));
  return arrow::schema(fields);
}

/// As Arrow's own writer encodes it.
std::string PlainFile(const std::vector<Batch>& batches) {
  auto writer = ParquetWriter::Open(batches.front()->schema()).ValueOrDie();
  for (const Batch& batch : batches) Must(writer->Append(batch));
  return writer->Finish()->bytes->ToString();
}

/// As the write path encodes it.
std::string PageFile(const std::vector<Batch>& batches) {
  const TextKinds kinds = {{"service_name", LeafKind::kDictionary},
                           {"trace_id", LeafKind::kHexDictionary},
                           {"record_id", LeafKind::kHexId},
                           {"attributes.key_value.key", LeafKind::kDictionary},
                           {"attributes.key_value.value", LeafKind::kDictionary}};
  auto writer = PageFileWriter::Open(batches.front()->schema()).ValueOrDie();
  for (const Batch& batch : batches) {
    const ShreddedRows rows(batch, kinds);
    signal::LeafSink* sink = writer->BeginRowGroup(rows.rows()).ValueOrDie();
    for (const auto& column : rows.columns()) Must(sink->Add(column->leaf()));
  }
  return writer->Finish()->bytes->ToString();
}

std::unique_ptr<parquet::ParquetFileReader> Open(const std::string& bytes) {
  return parquet::ParquetFileReader::Open(
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)));
}

std::shared_ptr<parquet::FileMetaData> FooterOf(const std::string& bytes) {
  return Open(bytes)->metadata();
}

std::shared_ptr<arrow::Table> ReadBack(const std::string& bytes) {
  auto reader = parquet::arrow::OpenFile(
                    std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)),
                    arrow::default_memory_pool())
                    .ValueOrDie();
  return reader->ReadTable().ValueOrDie();
}

/// Each row as one text, in the file's order.
std::vector<std::string> RowsOf(const std::string& bytes) {
  const auto table = ReadBack(bytes)->CombineChunks().ValueOrDie();
  std::vector<std::string> rows(static_cast<size_t>(table->num_rows()));
  for (const auto& column : table->columns()) {
    for (int64_t row = 0; row < table->num_rows(); ++row) {
      rows[row] += column->GetScalar(row).ValueOrDie()->ToString() + "|";
    }
  }
  return rows;
}

/// service_name and time of each row as texts that sort as they should.
std::vector<std::pair<std::string, int64_t>> KeysOf(const std::string& bytes) {
  const auto table = ReadBack(bytes)->CombineChunks().ValueOrDie();
  std::vector<std::pair<std::string, int64_t>> keys;
  for (int64_t row = 0; row < table->num_rows(); ++row) {
    const auto name = table->GetColumnByName("service_name")->GetScalar(row).ValueOrDie();
    const auto time = table->GetColumnByName("time")->GetScalar(row).ValueOrDie();
    keys.emplace_back(name->is_valid ? "x" + name->ToString() : "",
                      static_cast<const arrow::TimestampScalar&>(*time).value);
  }
  return keys;
}

MergeOptions Sorted(const std::vector<std::string>& columns, int64_t row_group_rows = 100'000) {
  return {.file = {.row_group_rows = row_group_rows, .sort_columns = columns}};
}

class MergeFilesTest : public testing::TestWithParam<uint64_t> {};

TEST_P(MergeFilesTest, KeepsEveryRowAndOrdersThem) {
  RandomRows random(GetParam());
  std::vector<std::string> files;
  std::vector<std::string> expected;
  for (int i = 0; i < 4; ++i) {
    const std::vector<Batch> batches = {random.Make(Schema(), 700 + 100 * i),
                                        random.Make(Schema(), 1 + i)};
    files.push_back(i % 2 == 0 ? PlainFile(batches) : PageFile(batches));
    std::ranges::move(RowsOf(files.back()), std::back_inserter(expected));
  }

  const ParquetFile merged = MergeFiles(files, Sorted({"service_name", "time"})).ValueOrDie();

  const std::string bytes = merged.bytes->ToString();
  EXPECT_TRUE(std::ranges::is_sorted(KeysOf(bytes)));
  std::vector<std::string> found = RowsOf(bytes);
  std::ranges::sort(found);
  std::ranges::sort(expected);
  EXPECT_EQ(found, expected);
  EXPECT_EQ(merged.file.record_count, std::ssize(expected));
  EXPECT_EQ(merged.file.split_offsets.size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, MergeFilesTest, testing::Range(uint64_t{1}, uint64_t{9}));

TEST(MergeFiles, PutsWholeRowGroupsTogetherAsManyAsFit) {
  RandomRows random(4);
  std::vector<std::string> files;
  for (const int rows : {400, 500, 300, 1200})
    files.push_back(PlainFile({random.Make(Schema(), rows)}));

  const ParquetFile merged = MergeFiles(files, Sorted({"service_name", "time"}, 1000)).ValueOrDie();

  const auto footer = FooterOf(merged.bytes->ToString());
  ASSERT_EQ(footer->num_row_groups(), 3);
  const auto keys = KeysOf(merged.bytes->ToString());
  auto begin = keys.begin();
  for (const int64_t rows : {900, 300, 1200}) {
    EXPECT_TRUE(std::is_sorted(begin, begin + rows));
    begin += rows;
  }
  EXPECT_EQ(footer->RowGroup(1)->num_rows(), 300);
  EXPECT_EQ(footer->RowGroup(1)->sorting_columns().size(), 2u);
}

TEST(MergeFiles, WritesBloomFiltersThatExcludeNoTextThatIsThere) {
  RandomRows random(9);
  const std::vector<Batch> batches = {random.Make(Schema(), 3000), random.Make(Schema(), 2000)};
  MergeOptions options = Sorted({"time"});
  options.file.bloom_columns = {"trace_id", "long", "name", "time", "nowhere"};

  const std::string merged =
      MergeFiles({PlainFile(batches), PageFile(batches)}, options)->bytes->ToString();

  const auto reader = Open(merged);
  for (const std::string name : {"trace_id", "long", "name"}) {
    const int column = reader->metadata()->schema()->ColumnIndex(name);
    const auto filter = reader->GetBloomFilterReader().RowGroup(0)->GetColumnBloomFilter(column);
    ASSERT_NE(filter, nullptr) << name;
    for (const std::string& text : ReadTexts(merged, name).ValueOrDie()) {
      if (text.empty()) continue;  // Null, too.
      EXPECT_TRUE(filter->FindHash(filter->Hash(std::string_view(text)))) << name << " " << text;
    }
    int found = 0;
    for (int i = 0; i < 10'000; ++i) {
      found += filter->FindHash(filter->Hash(std::string_view("absent " + std::to_string(i))));
    }
    EXPECT_LE(found, 200) << name;
  }
  // Behind the last page: readers fetch footer, indexes and filters at once.
  const auto group = reader->metadata()->RowGroup(0);
  const auto last = group->ColumnChunk(group->num_columns() - 1);
  const auto trace = group->ColumnChunk(reader->metadata()->schema()->ColumnIndex("trace_id"));
  EXPECT_GE(trace->bloom_filter_offset(), last->data_page_offset());
  EXPECT_GT(trace->bloom_filter_length(), 0);
  EXPECT_EQ(group->ColumnChunk(0)->bloom_filter_offset(), std::nullopt);
}

TEST(MergeFiles, TakesColumnsThatHaveNoValueInSomeFilesOrInAll) {
  const auto schema =
      arrow::schema({FieldWithId(1, "time", arrow::int64(), false),
                     FieldWithId(2, "some", arrow::utf8()), FieldWithId(3, "none", arrow::utf8())});
  const auto file = [&](const std::string& json) {
    const auto rows = arrow::json::ArrayFromJSONString(arrow::struct_(schema->fields()), json);
    const auto& columns = static_cast<const arrow::StructArray&>(**rows).fields();
    return PlainFile({arrow::RecordBatch::Make(schema, (*rows)->length(), columns)});
  };

  const std::string merged =
      MergeFiles(
          {file(R"([{"time":4,"some":null,"none":null},{"time":1,"some":null,"none":null}])"),
           file(R"([{"time":3,"some":"x","none":null},{"time":2,"some":null,"none":null}])")},
          Sorted({"time"}))
          ->bytes->ToString();

  EXPECT_THAT(RowsOf(merged),
              testing::ElementsAre("1|null|null|", "2|null|null|", "3|x|null|", "4|null|null|"));
}

TEST(MergeFiles, PutsTextsThatRepeatAcrossFilesInOneDictionary) {
  // The plain writer gives this name no dictionary.
  const auto schema = arrow::schema({FieldWithId(1, "parent_span_id", arrow::utf8(), false)});
  std::string json;
  for (int i = 0; i < 500; ++i) {
    json += fmt::format(R"({}{{"parent_span_id":"{:016x}"}})", i == 0 ? "[" : ",", i * 7919);
  }
  const auto rows = arrow::json::ArrayFromJSONString(arrow::struct_(schema->fields()), json + "]");
  const auto& columns = static_cast<const arrow::StructArray&>(**rows).fields();
  const std::string file = PlainFile({arrow::RecordBatch::Make(schema, 500, columns)});
  ASSERT_FALSE(FooterOf(file)->RowGroup(0)->ColumnChunk(0)->has_dictionary_page());

  const std::string merged =
      MergeFiles({file, file, file}, Sorted({"parent_span_id"}))->bytes->ToString();
  const std::string alone = MergeFiles({file}, Sorted({"parent_span_id"}))->bytes->ToString();

  EXPECT_TRUE(FooterOf(merged)->RowGroup(0)->ColumnChunk(0)->has_dictionary_page());
  EXPECT_FALSE(FooterOf(alone)->RowGroup(0)->ColumnChunk(0)->has_dictionary_page());
  EXPECT_EQ(ReadTexts(merged, "parent_span_id")->at(3), fmt::format("{:016x}", 7919));
}

TEST(MergeFiles, HasTheFactsThatThePlainWriterFindsForTheSameRows) {
  RandomRows random(3);
  const std::string one = PlainFile({random.Make(Schema(), 500)});
  const std::string other = PageFile({random.Make(Schema(), 800)});
  const ParquetFile merged = MergeFiles({one, other}, Sorted({"service_name"})).ValueOrDie();

  const auto rows = ReadBack(merged.bytes->ToString())->CombineChunksToBatch().ValueOrDie();
  auto writer = ParquetWriter::Open(rows->schema()).ValueOrDie();
  Must(writer->Append(rows));
  const DataFile plain = writer->Finish()->file;

  ASSERT_EQ(merged.file.statistics.size(), plain.statistics.size());
  for (const auto& [id, expected] : plain.statistics) {
    const ColumnStatistics& found = merged.file.statistics.at(id);
    EXPECT_EQ(found.value_count, expected.value_count) << id;
    EXPECT_EQ(found.null_count, expected.null_count) << id;
    EXPECT_EQ(found.nan_count, expected.nan_count) << id;
    EXPECT_EQ(found.lower, expected.lower) << id;
    EXPECT_EQ(found.upper, expected.upper) << id;
  }
}

TEST(MergeFiles, KeepsFieldIds) {
  const std::string file = PlainFile({NestedRows()});

  const std::string merged = MergeFiles({file, file}, Sorted({"time"}))->bytes->ToString();

  const auto schema_of = [](const std::string& bytes) {
    return FooterOf(bytes)->schema()->ToString();
  };
  EXPECT_EQ(schema_of(merged), schema_of(file));
}

TEST(MergeFiles, GivesTheSameBytesForTheSameFiles) {
  RandomRows random(5);
  const std::vector<std::string> files = {PlainFile({random.Make(Schema(), 300)}),
                                          PageFile({random.Make(Schema(), 300)})};
  const MergeOptions options = Sorted({"service_name", "time"});

  EXPECT_EQ(MergeFiles(files, options)->bytes->ToString(),
            MergeFiles(files, options)->bytes->ToString());
}

/// Without the columns `names`, and all others optional, as some engines write.
Batch Loosely(const Batch& batch, const std::vector<std::string>& names) {
  Batch loose = batch;
  for (const std::string& name : names) {
    loose = loose->RemoveColumn(loose->schema()->GetFieldIndex(name)).ValueOrDie();
  }
  arrow::FieldVector fields;
  for (const auto& field : loose->schema()->fields()) fields.push_back(field->WithNullable(true));
  return arrow::RecordBatch::Make(arrow::schema(fields), loose->num_rows(), loose->columns());
}

TEST(MergeFiles, TakesFilesOfFewerColumnsAndFewerPromises) {
  const Batch rows = NestedRows();
  const std::string whole = PlainFile({rows});
  const std::string loose = PlainFile({Loosely(rows, {"events", "cost", "resource"})});

  for (const auto& files : {std::vector{whole, loose}, std::vector{loose, whole}}) {
    const std::string merged =
        MergeFiles(files, Sorted({"record_id"})).ValueOrDie().bytes->ToString();

    EXPECT_TRUE(FooterOf(merged)->schema()->Equals(*FooterOf(whole)->schema()));
    const auto table = ReadBack(merged)->CombineChunks().ValueOrDie();
    EXPECT_EQ(table->num_rows(), 2 * rows->num_rows());
    EXPECT_EQ(table->GetColumnByName("time")->null_count(), 0);
    for (const std::string name : {"events", "cost", "resource", "duration_ns"}) {
      const int64_t before = rows->GetColumnByName(name)->null_count();
      const int64_t lacking = name == "duration_ns" ? before : rows->num_rows();
      EXPECT_EQ(table->GetColumnByName(name)->null_count(), before + lacking) << name;
    }
    const auto events = table->GetColumnByName("events");
    EXPECT_EQ(
        events->GetScalar(0).ValueOrDie()->is_valid != events->GetScalar(1).ValueOrDie()->is_valid,
        true);
  }
}

TEST(MergeFiles, RefusesNullsWhereOtherFilesRequireValues) {
  const Batch rows = NestedRows();
  Batch loose = Loosely(rows, {});
  const int service = loose->schema()->GetFieldIndex("service_name");
  const int id = loose->schema()->GetFieldIndex("record_id");
  loose = loose->SetColumn(id, loose->schema()->field(id), loose->column(service)).ValueOrDie();

  const Status merged =
      MergeFiles({PlainFile({rows}), PlainFile({loose})}, Sorted({"time"})).status();

  EXPECT_EQ(KindOf(merged), ErrorKind::kBadRequest) << merged.ToString();
}

TEST(MergeFiles, RefusesWhatDoesNotFitTogether) {
  const std::string file = PlainFile({NestedRows()});
  RandomRows random(1);
  const int kind = NestedSchema()->GetFieldIndex("kind");
  const auto schema =
      NestedSchema()->SetField(kind, FieldWithId(8, "kind", arrow::int64())).ValueOrDie();
  const std::string other = PlainFile({random.Make(schema, 1)});
  const auto refused = [](const std::vector<std::string>& files, const std::string& column) {
    return MergeFiles(files, Sorted({column})).status();
  };

  EXPECT_THAT(refused({file, other}, "time").message(), HasSubstr("file 1 has other columns"));
  EXPECT_THAT(refused({file}, "none").message(), HasSubstr("no column none"));
  EXPECT_EQ(KindOf(refused({}, "time")), ErrorKind::kBadRequest);
  EXPECT_FALSE(refused({file, "PAR1 is not all"}, "time").ok());
  EXPECT_FALSE(refused({file.substr(0, 2000)}, "time").ok());
}

}  // namespace
}  // namespace weir::datafile
