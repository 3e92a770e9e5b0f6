// SPDX-License-Identifier: Apache-2.0
// Pages and chunks as page_file.h writes them, column by column.
#include "datafile/leaf_writer.h"

#include <arrow/io/memory.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/page_index.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "datafile/page_file.h"
#include "datafile/parquet_rows_fake.h"

namespace weir::datafile {
namespace {

using parquet::Encoding;
using signal::Leaf;
using signal::LeafKind;
using signal::LeafPage;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;

/// Writes one column; its failure instead of the file.
Result<ParquetFile> Write(const std::shared_ptr<arrow::Field>& field, const Leaf& leaf,
                          int64_t rows, const ParquetOptions& options = {}) {
  auto writer = TRY(PageFileWriter::Open(arrow::schema({field}), options));
  signal::LeafSink* sink = TRY(writer->BeginRowGroup(rows));
  TRY(sink->Add(leaf));
  return writer->Finish();
}

std::shared_ptr<arrow::Field> Required(const std::shared_ptr<arrow::DataType>& type) {
  return FieldWithId(1, "c", type, false);
}

std::unique_ptr<parquet::ParquetFileReader> Open(const ParquetFile& file) {
  return parquet::ParquetFileReader::Open(std::make_shared<arrow::io::BufferReader>(file.bytes));
}

std::vector<int64_t> PageStarts(const ParquetFile& file) {
  const auto reader = Open(file);
  const auto index = reader->GetPageIndexReader()->RowGroup(0)->GetOffsetIndex(0);
  std::vector<int64_t> starts;
  for (const auto& page : index->page_locations()) {
    starts.push_back(page.first_row_index);
  }
  return starts;
}

std::shared_ptr<arrow::ChunkedArray> ReadColumn(const ParquetFile& file) {
  auto reader = parquet::arrow::OpenFile(std::make_shared<arrow::io::BufferReader>(file.bytes),
                                         arrow::default_memory_pool())
                    .ValueOrDie();
  return reader->ReadTable().ValueOrDie()->column(0);
}

Leaf Longs(const std::vector<int64_t>& values) {
  return {.kind = LeafKind::kLong, .fill = [&](int64_t begin, int64_t end, LeafPage& page) {
            page.longs.assign(values.begin() + begin, values.begin() + end);
          }};
}

/// As many texts as rows.
struct Texts {
  explicit Texts(size_t count, size_t size) {
    for (size_t i = 0; i < count; ++i) {
      std::string text = std::to_string(1000000 + i);
      text.resize(size, 'x');
      bytes += text;
      ends.push_back(static_cast<int32_t>(bytes.size()));
      numbers.push_back(static_cast<int32_t>(i));
    }
  }
  Leaf leaf(LeafKind kind) const {
    return {.kind = kind,
            .fill =
                [this](int64_t begin, int64_t end, LeafPage& page) {
                  page.ints.assign(numbers.begin() + begin, numbers.begin() + end);
                },
            .texts = {bytes.data(), ends},
            .dictionary = numbers};
  }
  std::string bytes;
  std::vector<int32_t> ends = {0}, numbers;
};

TEST(LeafWriter, BoundsEachPageInThePageIndex) {
  std::vector<int64_t> values;
  for (int64_t i = 0; i < 40000; ++i) values.push_back(i < 20000 ? i * i : -i);

  const ParquetFile file = Write(Required(arrow::int64()), Longs(values), 40000).ValueOrDie();

  EXPECT_THAT(PageStarts(file), ElementsAre(0, 16384, 32768));
  const auto reader = Open(file);
  const auto index = reader->GetPageIndexReader()->RowGroup(0)->GetColumnIndex(0);
  const auto& typed = static_cast<const parquet::Int64ColumnIndex&>(*index);
  EXPECT_THAT(typed.min_values(), ElementsAre(0, -32767, -39999));
  EXPECT_THAT(typed.max_values(), ElementsAre(16383 * 16383, 19999 * 19999, -32768));
  EXPECT_THAT(typed.null_counts(), ElementsAre(0, 0, 0));
}

TEST(LeafWriter, WritesNumbersPlainlyWhereZstdMakesLessOfThem) {
  std::mt19937_64 random(5);
  std::vector<int64_t> jumping, drifting;
  int64_t base = 0, drift = 0;
  for (int i = 0; i < 20'000; ++i) {
    // As times are where one trace stands behind the other.
    if (i % 4 == 0) base = static_cast<int64_t>(random() % 3'600'000'000'000) & ~int64_t{0xffff};
    jumping.push_back(base + static_cast<int64_t>(random() % 65'536));
    drifting.push_back(drift += static_cast<int64_t>(random() % 1'000'000));
  }
  const auto encoding_of = [&](const std::vector<int64_t>& values, bool tries) {
    const ParquetFile file = Write(Required(arrow::int64()), Longs(values), std::ssize(values),
                                   {.zstd_level = 3, .is_for_long = tries})
                                 .ValueOrDie();
    const auto column = ReadColumn(file);
    for (int64_t row = 0; row < column->length(); row += 777) {
      const auto scalar = column->GetScalar(row).ValueOrDie();
      EXPECT_EQ(static_cast<const arrow::Int64Scalar&>(*scalar).value, values[row]);
    }
    return Open(file)->metadata()->RowGroup(0)->ColumnChunk(0)->encodings();
  };

  EXPECT_THAT(encoding_of(jumping, true), Contains(Encoding::PLAIN));
  EXPECT_THAT(encoding_of(drifting, true), Contains(Encoding::DELTA_BINARY_PACKED));
  EXPECT_THAT(encoding_of(jumping, false), Contains(Encoding::DELTA_BINARY_PACKED));
}

TEST(LeafWriter, NamesPagesOfNullsInThePageIndex) {
  const Leaf leaf{.kind = LeafKind::kLong, .fill = [](int64_t begin, int64_t end, LeafPage& page) {
                    for (int64_t row = begin; row < end; ++row) {
                      page.definition.push_back(row >= 16384 && row % 2 == 0);
                      if (page.definition.back() == 1) page.longs.push_back(row);
                    }
                  }};

  const ParquetFile file = Write(FieldWithId(1, "c", arrow::int64()), leaf, 20000).ValueOrDie();

  const auto reader = Open(file);
  const auto index = reader->GetPageIndexReader()->RowGroup(0)->GetColumnIndex(0);
  EXPECT_THAT(index->null_pages(), ElementsAre(true, false));
  EXPECT_THAT(index->null_counts(), ElementsAre(16384, 1808));
  EXPECT_EQ(ReadColumn(file)->null_count(), 16384 + 1808);
}

TEST(LeafWriter, CutsPagesOfLongTextsToFewerRows) {
  const Texts texts(10000, 300);

  const ParquetFile file =
      Write(Required(arrow::utf8()), texts.leaf(LeafKind::kText), 10000).ValueOrDie();

  EXPECT_THAT(PageStarts(file), ElementsAre(0, 2500, 5000, 7500));
  const auto column = ReadColumn(file);
  ASSERT_EQ(column->length(), 10000);
  EXPECT_EQ(column->GetScalar(9999).ValueOrDie()->ToString(), texts.bytes.substr(9999 * 300));
}

TEST(LeafWriter, CutsPagesOfLongListsToFewerRowsInFilesThatStay) {
  const Leaf fives{.kind = LeafKind::kLong, .fill = [](int64_t begin, int64_t end, LeafPage& page) {
                     for (int64_t entry = begin * 5; entry < end * 5; ++entry) {
                       page.definition.push_back(2);
                       page.repetition.push_back(entry % 5 > 0);
                       page.longs.push_back(entry);
                     }
                   }};
  const auto list = FieldWithId(
      1, "c", arrow::list(FieldWithId(2, "element", arrow::int64(), /*nullable=*/false)));

  const ParquetFile fresh = Write(list, fives, 16'384).ValueOrDie();
  const ParquetFile kept = Write(list, fives, 16'384, {.is_for_long = true}).ValueOrDie();

  EXPECT_THAT(PageStarts(fresh), ElementsAre(0));
  EXPECT_THAT(PageStarts(kept), ElementsAre(0, 8192));
  EXPECT_TRUE(ReadColumn(fresh)->Equals(ReadColumn(kept)));
}

TEST(LeafWriter, KeepsARowOfAnySizeInAPage) {
  const Texts texts(3, 2 << 20);

  const ParquetFile file =
      Write(Required(arrow::utf8()), texts.leaf(LeafKind::kText), 3).ValueOrDie();

  EXPECT_THAT(PageStarts(file), ElementsAre(0, 1, 2));
  EXPECT_EQ(ReadColumn(file)->length(), 3);
}

TEST(LeafWriter, GivesBackDictionariesThatNeedThreeBytes) {
  const Texts texts(70000, 9);

  const ParquetFile file =
      Write(Required(arrow::utf8()), texts.leaf(LeafKind::kDictionary), 70000).ValueOrDie();

  const auto column = ReadColumn(file);
  for (const int64_t row : {0, 65535, 65536, 69999}) {
    EXPECT_EQ(column->GetScalar(row).ValueOrDie()->ToString(),
              texts.bytes.substr(static_cast<size_t>(row) * 9, 9));
  }
}

TEST(LeafWriter, LeavesTheDictionaryOfNumbersWhereTheyNoLongerFit) {
  std::vector<int64_t> values;
  for (int64_t i = 0; i < 50000; ++i) values.push_back(i < 20000 ? i % 7 : i * 1000);

  const ParquetFile file = Write(Required(arrow::int64()), Longs(values), 50000).ValueOrDie();

  const auto chunk = Open(file)->metadata()->RowGroup(0)->ColumnChunk(0);
  EXPECT_TRUE(chunk->has_dictionary_page());
  EXPECT_THAT(chunk->encodings(), IsSupersetOf({Encoding::PLAIN, Encoding::RLE_DICTIONARY,
                                                Encoding::DELTA_BINARY_PACKED}));
  const auto column = ReadColumn(file);
  EXPECT_EQ(column->GetScalar(13).ValueOrDie()->ToString(), "6");
  EXPECT_EQ(column->GetScalar(20001).ValueOrDie()->ToString(), "20001000");
}

TEST(LeafWriter, SpendsNextToNothingOnAConstantColumn) {
  const ParquetFile file =
      Write(Required(arrow::int64()), Longs(std::vector<int64_t>(100000, 7)), 100000).ValueOrDie();

  // Seven pages, mostly headers, and the dictionary.
  EXPECT_LT(file.file.column_bytes.at(1), 8 * 50);
}

TEST(LeafWriter, RefusesALeafThatDoesNotFitItsColumn) {
  const auto longs = Required(arrow::int64()), texts = Required(arrow::utf8());
  const std::vector<int64_t> values(10);
  const auto refusal = [](const auto& field, const Leaf& leaf) {
    return Write(field, leaf, 10).status().message();
  };

  EXPECT_THAT(refusal(texts, Longs(values)), HasSubstr("column c: leaf of another type"));
  EXPECT_THAT(refusal(longs, {.kind = LeafKind::kNone}), HasSubstr("leaf of another type"));
  EXPECT_THAT(refusal(texts, {.kind = LeafKind::kHexId}), HasSubstr("leaf of another type"));
  const Leaf short_one{.kind = LeafKind::kLong,
                       .fill = [](int64_t, int64_t, LeafPage& page) { page.longs.resize(9); }};
  EXPECT_THAT(refusal(longs, short_one), HasSubstr("values missing"));
  const Leaf uneven{.kind = LeafKind::kLong, .fill = [](int64_t, int64_t, LeafPage& page) {
                      page.definition.assign(10, 1);
                      page.longs.resize(9);
                    }};
  EXPECT_THAT(refusal(FieldWithId(1, "c", arrow::int64()), uneven), HasSubstr("definition levels"));
  const Leaf unrepeated{.kind = LeafKind::kLong, .fill = [](int64_t, int64_t, LeafPage& page) {
                          page.repetition.assign(9, 0);
                          page.longs.resize(9);
                        }};
  const auto list = FieldWithId(1, "c", arrow::list(FieldWithId(2, "element", arrow::int64())));
  EXPECT_THAT(refusal(list, unrepeated), HasSubstr("repetition levels"));
}

TEST(LeafWriter, RefusesAnIndexBeyondTheDictionary) {
  Texts texts(10, 8);
  for (const int32_t index : {10, 15, 16, -1}) {
    texts.numbers.assign(10, 0);
    Leaf leaf = texts.leaf(LeafKind::kDictionary);
    leaf.fill = [index](int64_t, int64_t, LeafPage& page) { page.ints.assign(20, index); };
    EXPECT_FALSE(Write(Required(arrow::utf8()), leaf, 20).ok()) << index;
  }
}

TEST(LeafWriter, RefusesRowGroupsOfTooManyOrTooFewLeaves) {
  const std::vector<int64_t> values(10);
  auto writer =
      PageFileWriter::Open(arrow::schema({Required(arrow::int64()), Required(arrow::int64())}))
          .ValueOrDie();

  EXPECT_FALSE(writer->BeginRowGroup(0).ok());
  signal::LeafSink* sink = writer->BeginRowGroup(10).ValueOrDie();
  ASSERT_TRUE(sink->Add(Longs(values)).ok());
  EXPECT_FALSE(writer->BeginRowGroup(10).ok());
  EXPECT_FALSE(writer->Finish().ok());
  ASSERT_TRUE(sink->Add(Longs(values)).ok());
  EXPECT_FALSE(sink->Add(Longs(values)).ok());
  EXPECT_TRUE(writer->Finish().ok());
}

}  // namespace
}  // namespace weir::datafile
