// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/chosen_pages.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "datafile/lookup/zstd_pages.h"

namespace weir::datafile {
namespace {

/// A page, or all of a chunk that has no page index.
struct Page {
  int64_t offset = 0, bytes = 0;
  int64_t first_row = 0, end_row = 0;
  bool is_null = false;
};

struct Chunk {
  std::vector<Page> pages;
  int64_t dictionary_offset = 0, dictionary_bytes = 0;
};

Chunk ChunkOf(const LeafPlace& place) {
  const auto group = place.head.metadata().RowGroup(place.group);
  const auto metadata = group->ColumnChunk(place.column);
  int64_t begin = metadata->data_page_offset();
  if (metadata->has_dictionary_page() && metadata->dictionary_page_offset() > 0) {
    begin = std::min(begin, metadata->dictionary_page_offset());
  }
  const auto index = place.head.Offsets(place.group, place.column);
  Chunk chunk;
  if (index == nullptr || index->page_locations().empty()) {
    chunk.pages.push_back({begin, metadata->total_compressed_size(), 0, group->num_rows()});
    return chunk;
  }
  for (const parquet::PageLocation& page : index->page_locations()) {
    if (!chunk.pages.empty()) chunk.pages.back().end_row = page.first_row_index;
    chunk.pages.push_back({page.offset, page.compressed_page_size, page.first_row_index});
  }
  chunk.pages.back().end_row = group->num_rows();
  chunk.dictionary_offset = begin;
  chunk.dictionary_bytes = chunk.pages.front().offset - begin;
  return chunk;
}

/// Marks pages without a value, as far as that tells all of their rows: below a struct that may be
/// null, levels say more.
void MarkNullPages(const LeafPlace& place, Chunk& chunk) {
  const parquet::ColumnDescriptor& column = *place.head.metadata().schema()->Column(place.column);
  if (column.max_definition_level() != 1 || column.max_repetition_level() != 0) return;
  const auto bounds = place.head.Bounds(place.group, place.column);
  if (bounds == nullptr || bounds->null_pages().size() != chunk.pages.size()) return;
  for (size_t i = 0; i < chunk.pages.size(); ++i) {
    chunk.pages[i].is_null = bounds->null_pages()[i];
  }
}

std::vector<Page> PagesIn(std::span<const RowRange> ranges, const std::vector<Page>& pages) {
  std::vector<Page> chosen;
  size_t at = 0;
  for (const Page& page : pages) {
    while (at < ranges.size() && ranges[at].end <= page.first_row) ++at;
    if (at < ranges.size() && ranges[at].begin < page.end_row) chosen.push_back(page);
  }
  return chosen;
}

/// Dictionary and pages, neighbours by one read.
Result<std::string> ReadBytes(const PartReader& parts, const LeafPlace& place, const Chunk& chunk,
                              const std::vector<Page>& chosen) {
  std::vector<RowRange> stretches;  // Of bytes.
  const auto add = [&](int64_t offset, int64_t bytes) {
    if (bytes == 0) return;
    if (!stretches.empty() && stretches.back().end == offset) {
      stretches.back().end += bytes;
    } else {
      stretches.push_back({offset, offset + bytes});
    }
  };
  add(chunk.dictionary_offset, chunk.dictionary_bytes);
  for (const Page& page : chosen) add(page.offset, page.bytes);
  std::string all;
  for (const RowRange& stretch : stretches) {
    const std::string bytes =
        TRY(parts.Read(place.head.path(), stretch.begin, stretch.end - stretch.begin));
    if (stretches.size() == 1) return bytes;
    all += bytes;
  }
  return all;
}

/// Whether all pages of a chunk of texts have their numbers in a dictionary.
bool IsAllDictionary(const parquet::ColumnChunkMetaData& chunk) {
  if (chunk.type() != parquet::Type::BYTE_ARRAY || !chunk.has_dictionary_page()) return false;
  bool has_pages = false;
  for (const parquet::PageEncodingStats& pages : chunk.encoding_stats()) {
    if (pages.page_type == parquet::PageType::DICTIONARY_PAGE) continue;
    if (pages.encoding != parquet::Encoding::RLE_DICTIONARY &&
        pages.encoding != parquet::Encoding::PLAIN_DICTIONARY) {
      return false;
    }
    has_pages = true;
  }
  return has_pages;
}

/// The column as one of numbers.
const parquet::ColumnDescriptor* AsNumbers(const parquet::ColumnDescriptor& column,
                                           ChosenPages& pages) {
  const auto node = parquet::schema::PrimitiveNode::Make(
      column.name(), column.schema_node()->repetition(), parquet::Type::INT32);
  pages.numbers = std::make_unique<parquet::ColumnDescriptor>(node, column.max_definition_level(),
                                                              column.max_repetition_level());
  return pages.numbers.get();
}

void OpenReader(const std::shared_ptr<arrow::io::InputStream>& stream, const LeafPlace& place,
                ZstdDecompressors& zstd, ChosenPages& pages) {
  const parquet::FileMetaData& metadata = place.head.metadata();
  const parquet::ColumnDescriptor* column = metadata.schema()->Column(place.column);
  const auto chunk = metadata.RowGroup(place.group)->ColumnChunk(place.column);
  const bool is_zstd = chunk->compression() == parquet::Compression::ZSTD;
  // How many values there are only the pages know: they end where the bytes do.
  auto pager =
      parquet::PageReader::Open(stream, std::numeric_limits<int64_t>::max(),
                                is_zstd ? parquet::Compression::UNCOMPRESSED : chunk->compression(),
                                parquet::default_reader_properties(), *column);
  if (is_zstd) {
    if (IsAllDictionary(*chunk)) {
      pages.texts = std::make_unique<StoredTexts>();
      column = AsNumbers(*column, pages);
    }
    pager = UnpackPages(std::move(pager), zstd, pages.texts.get());
  }
  pages.reader = parquet::ColumnReader::Make(column, std::move(pager));
}

}  // namespace

Result<ChosenPages> ChoosePages(const PartReader& parts, const LeafPlace& place,
                                std::span<const RowRange> ranges) {
  Chunk chunk = ChunkOf(place);
  MarkNullPages(place, chunk);
  const std::vector<Page> chosen = PagesIn(ranges, chunk.pages);
  ChosenPages pages;
  pages.are_all_null = std::ranges::all_of(chosen, &Page::is_null);
  if (pages.are_all_null) return pages;
  for (const Page& page : chosen) {
    pages.stretches.push_back({page.first_row, page.end_row - page.first_row});
  }
  parts.counters().pages += std::ssize(chosen);
  std::string bytes = TRY(ReadBytes(parts, place, chunk, chosen));
  const auto stream =
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::move(bytes)));
  OpenReader(stream, place, parts.zstd(), pages);
  return pages;
}

}  // namespace weir::datafile
