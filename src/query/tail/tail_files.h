// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of the tail as data files in memory, so that they are read as those of the store are.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "datafile/added/file_shape.h"
#include "datafile/data_file.h"
#include "signal/tail.h"

namespace weir::query {

/// What these files' paths begin with; those of the store's never do.
inline constexpr const char* kTailPrefix = "tail:";

/// Top-level columns by their field ids.
using FieldIds = std::set<int32_t>;

/// Rows that can be had as a file. Immutable.
struct TailFile {
  datafile::DataFile file;  // A path of its own, and a count of rows; no more is known.
  std::shared_ptr<signal::TailRows> rows;
  std::shared_ptr<const datafile::FileShape> shape;  // What the table was given.
};
using TailFileList = std::vector<std::shared_ptr<const TailFile>>;

/// Those rows, in that order, as a Parquet file of one row group with all columns of the table.
Result<std::shared_ptr<arrow::Buffer>> EncodeRows(signal::RowColumns& columns,
                                                  const datafile::FileShape& shape,
                                                  std::span<const int32_t> rows);

/// What is encoded is kept for as long as the rows are. Any thread.
class TailFiles {
 public:
  using Bytes = std::shared_ptr<arrow::Buffer>;

  /// A Parquet file of those columns, as a commit would write them; at least of one.
  Result<Bytes> Encode(const TailFile& file, const FieldIds& columns);
  size_t size() { return encoded_.Lock()->size(); }

 private:
  struct Entry {
    std::weak_ptr<signal::TailRows> rows;
    Bytes bytes;
  };
  /// The rows, what the table was given, the columns.
  using Key = std::tuple<uint64_t, std::string, FieldIds>;

  Bytes Find(const Key& key);

  Guarded<std::map<Key, Entry>> encoded_;
};

}  // namespace weir::query
