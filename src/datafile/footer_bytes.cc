// SPDX-License-Identifier: Apache-2.0
#include "datafile/footer_bytes.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::datafile {
namespace {

// Enough for the footer of a fresh file of ours, so that one read does.
constexpr int64_t kTailBytes = 64 << 10;
constexpr int64_t kFooterBytesMax = 64 << 20;

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, fmt::format("read parquet footer: {}", what));
}

}  // namespace

Result<std::string> ReadFooterBytes(const store::Store& store, std::string_view path,
                                    int64_t file_bytes) {
  const int64_t tail_bytes = std::min(file_bytes, kTailBytes);
  std::string tail = TRY(store.ReadRange(path, file_bytes - tail_bytes, tail_bytes));
  if (std::ssize(tail) != tail_bytes || tail_bytes < kFileEndBytes || !tail.ends_with("PAR1")) {
    return Malformed("the file does not end with PAR1");
  }
  int64_t length = 0;
  for (size_t i = 0; i < 4; ++i) {
    length |= int64_t{static_cast<uint8_t>(tail[tail.size() - kFileEndBytes + i])} << (8 * i);
  }
  if (length > std::min(file_bytes - kFileEndBytes, kFooterBytesMax)) {
    return Malformed(fmt::format("its length is {} in a file of {}", length, file_bytes));
  }
  if (length + kFileEndBytes <= tail_bytes) {
    return tail.substr(static_cast<size_t>(tail_bytes - kFileEndBytes - length),
                       static_cast<size_t>(length));
  }
  return store.ReadRange(path, file_bytes - kFileEndBytes - length, length);
}

Result<ChunkPlace> PlaceOf(const parquet::ColumnChunkMetaData& chunk, int64_t pages_end) {
  if (chunk.num_values() == 0) return ChunkPlace();
  int64_t start = chunk.data_page_offset();
  if (chunk.has_dictionary_page() && chunk.dictionary_page_offset() > 0) {
    start = std::min(start, chunk.dictionary_page_offset());
  }
  const int64_t bytes = chunk.total_compressed_size();
  if (start >= kMagicBytes && bytes >= 0 && start <= pages_end && bytes <= pages_end - start) {
    return ChunkPlace{start, start + bytes};
  }
  return Malformed(fmt::format("a column chunk of {} bytes at {} in {}", bytes, start, pages_end));
}

}  // namespace weir::datafile
