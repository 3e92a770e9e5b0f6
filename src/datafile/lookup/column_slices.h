// SPDX-License-Identifier: Apache-2.0
#pragma once
// Some columns of a file, all rows of it, some thousand at a time.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datafile/lookup/file_head.h"
#include "datafile/lookup/leaf_rows.h"

namespace weir::datafile {

/// A column outside lists and maps in some neighbouring rows. A column that the file lacks is null
/// in all of them.
class ColumnSlice {
 public:
  /// Errors: kBadRequest where the leaf has another number of rows.
  static Result<ColumnSlice> Of(LeafRows leaf, int64_t rows);
  static ColumnSlice Null(int64_t rows) { return {{}, std::vector<int64_t>(rows, -1)}; }

  bool is_set(int64_t row) const { return values_[row] >= 0; }
  /// The value of a row that has one, of a column of whole numbers.
  int64_t number(int64_t row) const { return leaf_.longs[values_[row]]; }
  /// The same of a column of texts; empty where the row has none.
  std::string_view text(int64_t row) const {
    return is_set(row) ? leaf_.text(static_cast<size_t>(values_[row])) : std::string_view();
  }

 private:
  ColumnSlice(LeafRows leaf, std::vector<int64_t> values)
      : leaf_(std::move(leaf)), values_(std::move(values)) {}

  LeafRows leaf_;
  std::vector<int64_t> values_;  // By row, which of the leaf's values it has; -1: none.
};

using OnSlice = std::function<Status(int64_t rows, std::span<const ColumnSlice> columns)>;

/// Calls `on_slice` with the top-level columns `names`, slice after slice. Errors: kBadRequest
/// where the file is unsound; those of `on_slice`; the store's.
Status ForEachSlice(const PartReader& parts, const FileHead& head,
                    const std::vector<std::string>& names, const OnSlice& on_slice);

}  // namespace weir::datafile
