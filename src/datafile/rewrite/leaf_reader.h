// SPDX-License-Identifier: Apache-2.0
#pragma once
// A leaf column of Parquet files, decoded chunk by chunk into one StoredLeaf.

#include <parquet/file_reader.h>
#include <parquet/schema.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "datafile/rewrite/stored_leaf.h"

namespace weir::datafile {

/// One thread. What it reads may come from any writer.
class LeafReader {
 public:
  /// `column`: of all files to come. Errors: kBadRequest where it is of a type that no published
  /// table has.
  static Result<LeafReader> Open(const parquet::ColumnDescriptor& column);

  /// Appends the rows of a row group. Errors: kBadRequest where levels contradict each other,
  /// kInternal where there is too much for one leaf. Throws what Parquet throws.
  Status Append(parquet::RowGroupReader& group, int column);
  StoredLeaf Take() { return std::move(leaf_); }

 private:
  explicit LeafReader(StoredLeaf leaf) : leaf_(std::move(leaf)) {}

  template <typename Reader, typename Value>
  Status AppendNumbers(parquet::ColumnReader& reader, std::vector<Value>& values);
  Status AppendTexts(parquet::ColumnReader& reader);
  Status AppendIndices(parquet::ColumnReader& reader);
  Status AppendLevels(int64_t entries, int64_t values);
  Status MarkRows(size_t first_entry, size_t first_value, int64_t rows);
  int32_t NewText(std::string_view text);

  StoredLeaf leaf_;
  std::unordered_map<std::string, int32_t> numbers_;  // Of texts that came in dictionaries.
  // Of one batch.
  std::vector<int16_t> definition_, repetition_;
  std::vector<int32_t> indices_;
};

}  // namespace weir::datafile
