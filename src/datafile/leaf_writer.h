// SPDX-License-Identifier: Apache-2.0
#pragma once
// One leaf column of a row group as the pages of a column chunk.

#include <parquet/bloom_filter.h>
#include <parquet/column_page.h>
#include <parquet/column_writer.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/zstd_compressor.h"
#include "datafile/encoding/int_dictionary.h"
#include "datafile/encoding/page_bytes.h"
#include "datafile/extra_statistics.h"
#include "datafile/leaf_statistics.h"
#include "datafile/text_statistics.h"
#include "signal/leaf_column.h"

namespace weir::datafile {

/// Where a chunk goes.
struct ChunkTarget {
  const parquet::ColumnDescriptor* column = nullptr;
  parquet::ColumnChunkMetaDataBuilder* metadata = nullptr;
  parquet::PageWriter* pages = nullptr;
  parquet::BloomFilter* bloom = nullptr;  // Of texts; null where the column has none.
  int64_t rows = 0;
};

/// Writes chunk after chunk, keeping its buffers. One thread.
class LeafWriter {
 public:
  // A reader skips by page: few enough rows to be worth it, enough for zstd to find what repeats.
  static constexpr int64_t kPageRows = 16384;
  // Larger pages are cut to fewer rows: a reader holds whole pages.
  static constexpr size_t kPageBytesMax = size_t{1} << 20;
  // So are pages with more entries than this for each row that a page may have, in files that stay.
  static constexpr size_t kPageEntriesARow = 4;

  LeafWriter(int zstd_level, bool is_for_long, int64_t page_rows = kPageRows)
      : page_rows_(page_rows), zstd_(zstd_level), is_for_long_(is_for_long) {}

  /// Writes the pages and closes the chunk; `extra` gets what Parquet's statistics pass over.
  /// Returns the bytes of the chunk before compression. Errors: kInternal. Throws what Parquet
  /// throws.
  Result<int64_t> Write(const signal::Leaf& leaf, const ChunkTarget& target,
                        ExtraStatistics& extra);

 private:
  /// A page that waits for the dictionary, which grows until the last page is there.
  struct HeldPage {
    std::string bytes;
    size_t plain_bytes = 0;
    int32_t entries = 0;
    parquet::Encoding::type encoding = parquet::Encoding::PLAIN;
    parquet::EncodedStatistics statistics;
    int64_t first_row = 0;
  };
  /// What the values of the page at hand are.
  struct Values {
    int64_t count = 0;
    parquet::Encoding::type encoding = parquet::Encoding::PLAIN;
    std::optional<Bounds> bounds;
    int64_t nans = 0;
  };

  void Start(const signal::Leaf& leaf, const ChunkTarget& target);
  Status WriteNone();
  Status WriteDictionary();
  Status WritePages();
  /// Builds and writes the page of `rows` rows from `begin` on. Returns false where it became too
  /// large.
  Result<bool> WritePage(int64_t begin, int64_t rows);
  Status AppendLevels(int64_t rows, size_t values);
  bool IsTooLarge() const;
  size_t CountValues() const;
  /// Compresses what is in body_, and writes it or holds it back.
  Status Emit(Values values, int64_t entries, int64_t first_row);
  Status WriteHeldPages();
  Result<int64_t> Close(ExtraStatistics& extra);

  Result<Values> AppendValues();
  Result<Values> AppendIndices();
  template <typename Number>
  Result<Values> AppendNumbers(const std::vector<Number>& numbers);
  template <typename Number>
  Result<parquet::Encoding::type> AppendPlainOrDeltas(std::span<const Number> numbers);
  Result<size_t> CompressBody();
  Values AppendTexts();
  Values AppendIds();
  Values AppendDoubles();
  Values AppendBools();

  const int64_t page_rows_;
  ZstdCompressor zstd_;
  const bool is_for_long_;
  signal::LeafPage page_;
  PageBytes body_, compressed_;
  std::vector<int32_t> lengths_;
  UsedTexts used_;  // Of dictionary kinds outside lists and maps.
  IntDictionary int_dictionary_;
  std::vector<HeldPage> held_;

  // Of the chunk at hand.
  const signal::Leaf* leaf_ = nullptr;
  ChunkTarget target_;
  bool has_statistics_ = false, has_dictionary_ = false, has_fallen_back_ = false;
  bool is_text_ = false;
  bool tries_int_dictionary_ = false;
  std::optional<parquet::Encoding::type> number_encoding_;  // Once it was tried.
  int64_t plain_bytes_ = 0, nans_ = 0;
  size_t dictionary_size_ = 0;
  int index_width_ = 0;
  ChunkStatistics statistics_;
};

}  // namespace weir::datafile
