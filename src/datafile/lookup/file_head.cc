// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/file_head.h"

#include <fmt/format.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/properties.h>

#include <algorithm>

#include "datafile/footer_bytes.h"
#include "datafile/lookup/read_guarded.h"

namespace weir::datafile {
namespace {

// The page index of 100 row groups of a wide table.
constexpr int64_t kIndexBytesMax = 16 << 20;
// What Parquet's structs take in memory for a byte of the footer, about.
constexpr int64_t kMemoryAFooterByte = 6;

/// Where the page index begins: it ends where the footer begins. Nothing to read: `footer_begin`.
int64_t IndexBegin(const parquet::FileMetaData& metadata, int64_t footer_begin) {
  int64_t begin = footer_begin;
  for (int group = 0; group < metadata.num_row_groups(); ++group) {
    const auto row_group = metadata.RowGroup(group);
    for (int column = 0; column < metadata.num_columns(); ++column) {
      const auto chunk = row_group->ColumnChunk(column);
      for (const auto& place : {chunk->GetColumnIndexLocation(), chunk->GetOffsetIndexLocation()}) {
        if (place && place->offset > 0) begin = std::min(begin, place->offset);
      }
    }
  }
  return footer_begin - begin <= kIndexBytesMax ? begin : footer_begin;
}

}  // namespace

Result<std::string> PartReader::Read(std::string_view path, int64_t offset, int64_t length) const {
  if (offset < 0 || length < 0) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("read {}: {} bytes at {}", path, length, offset));
  }
  std::string bytes = TRY(store_.ReadRange(path, offset, length));
  counters_.bytes += std::ssize(bytes);
  if (std::ssize(bytes) == length) return bytes;
  return Error(ErrorKind::kBadRequest, fmt::format("read {}: {} bytes at {}, there are {}", path,
                                                   length, offset, bytes.size()));
}

Result<std::shared_ptr<const FileHead>> FileHead::Read(const PartReader& parts, std::string path,
                                                       int64_t file_bytes) {
  return ReadGuarded(path, [&]() -> Result<std::shared_ptr<const FileHead>> {
    const std::string thrift = TRY(ReadFooterBytes(parts.store(), path, file_bytes));
    const auto footer_bytes = std::ssize(thrift);
    parts.counters().bytes += footer_bytes + kFileEndBytes;
    std::shared_ptr<FileHead> head(new FileHead);  // lint-ok: private constructor
    head->metadata_ = parquet::FileMetaData::Make(thrift.data(), footer_bytes);
    const int64_t footer_begin = file_bytes - kFileEndBytes - footer_bytes;
    head->index_begin_ = IndexBegin(*head->metadata_, footer_begin);
    head->index_bytes_ =
        TRY(parts.Read(path, head->index_begin_, footer_begin - head->index_begin_));
    head->path_ = std::move(path);
    head->file_bytes_ = file_bytes;
    head->byte_size_ = kMemoryAFooterByte * footer_bytes + std::ssize(head->index_bytes_);
    return std::shared_ptr<const FileHead>(std::move(head));
  });
}

std::string_view FileHead::IndexBytes(int64_t offset, int64_t length) const {
  const int64_t begin = offset - index_begin_;
  const bool is_inside = offset >= index_begin_ && length > 0 &&
                         length <= std::ssize(index_bytes_) &&
                         begin <= std::ssize(index_bytes_) - length;
  if (!is_inside) return {};
  return std::string_view(index_bytes_)
      .substr(static_cast<size_t>(begin), static_cast<size_t>(length));
}

std::unique_ptr<parquet::OffsetIndex> FileHead::Offsets(int group, int column) const {
  const auto place = metadata_->RowGroup(group)->ColumnChunk(column)->GetOffsetIndexLocation();
  const std::string_view bytes =
      place ? IndexBytes(place->offset, place->length) : std::string_view();
  if (bytes.empty()) return nullptr;
  return parquet::OffsetIndex::Make(bytes.data(), static_cast<uint32_t>(bytes.size()),
                                    parquet::default_reader_properties());
}

std::unique_ptr<parquet::ColumnIndex> FileHead::Bounds(int group, int column) const {
  const auto place = metadata_->RowGroup(group)->ColumnChunk(column)->GetColumnIndexLocation();
  const std::string_view bytes =
      place ? IndexBytes(place->offset, place->length) : std::string_view();
  if (bytes.empty()) return nullptr;
  return parquet::ColumnIndex::Make(*metadata_->schema()->Column(column), bytes.data(),
                                    static_cast<uint32_t>(bytes.size()),
                                    parquet::default_reader_properties());
}

}  // namespace weir::datafile
