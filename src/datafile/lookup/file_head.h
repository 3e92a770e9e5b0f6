// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a lookup keeps of a Parquet file in the store: its footer and its page index.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/zstd_decompressor.h"
#include "store/store.h"

namespace parquet {
class ColumnIndex;
class FileMetaData;
class OffsetIndex;
}  // namespace parquet

namespace weir::datafile {

/// What was read for an answer.
struct ReadCounters {
  int64_t files = 0, row_groups = 0, pages = 0, bytes = 0;

  ReadCounters& operator+=(const ReadCounters& more) {
    files += more.files;
    row_groups += more.row_groups;
    pages += more.pages;
    bytes += more.bytes;
    return *this;
  }
};

/// One for dictionaries, which are needed longer, and one for other pages.
struct ZstdDecompressors {
  ZstdDecompressor dictionaries, pages;
};

/// Parts of objects, counted, and what unpacks pages of them, a column's at a time. One thread.
class PartReader {
 public:
  PartReader(const store::Store& store, ReadCounters& counters)
      : store_(store), counters_(counters) {}
  /// Exactly `length` bytes. Errors: kBadRequest where the object ends before; the store's.
  Result<std::string> Read(std::string_view path, int64_t offset, int64_t length) const;
  const store::Store& store() const { return store_; }
  ReadCounters& counters() const { return counters_; }
  ZstdDecompressors& zstd() const { return zstd_; }

 private:
  const store::Store& store_;
  ReadCounters& counters_;
  mutable ZstdDecompressors zstd_;
};

/// Immutable. Any thread. Where parts of it are asked for, Parquet's exceptions may come.
class FileHead {
 public:
  /// Reads the head of the file at `path` in the store. The bytes need not be trusted.
  /// Errors: kBadRequest when it is no whole Parquet file; the store's.
  static Result<std::shared_ptr<const FileHead>> Read(const PartReader& parts, std::string path,
                                                      int64_t file_bytes);

  const std::string& path() const { return path_; }
  int64_t file_bytes() const { return file_bytes_; }
  const parquet::FileMetaData& metadata() const { return *metadata_; }
  const std::shared_ptr<parquet::FileMetaData>& shared_metadata() const { return metadata_; }
  /// Null where the file has none, or it lies elsewhere than before the footer.
  std::unique_ptr<parquet::OffsetIndex> Offsets(int group, int column) const;
  std::unique_ptr<parquet::ColumnIndex> Bounds(int group, int column) const;
  /// In memory, about.
  int64_t byte_size() const { return byte_size_; }

 private:
  FileHead() = default;
  std::string_view IndexBytes(int64_t offset, int64_t length) const;

  std::string path_;
  int64_t file_bytes_ = 0;
  std::shared_ptr<parquet::FileMetaData> metadata_;
  std::string index_bytes_;  // From index_begin_ to the footer.
  int64_t index_begin_ = 0;
  int64_t byte_size_ = 0;
};

}  // namespace weir::datafile
