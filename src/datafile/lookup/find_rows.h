// SPDX-License-Identifier: Apache-2.0
#pragma once
// The rows of a file that have one text in one column: by bounds, bloom filter and page index
// first, by the column's pages at the end.

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/result.h"
#include "datafile/lookup/file_head.h"

namespace weir::datafile {

struct RowQuery {
  std::string column, text;
  /// A column of 64-bit numbers, times in µs, that every row has; its value is to be within
  /// [time_min, time_max]. Empty: any time will do.
  std::string time_column;
  int64_t time_min = std::numeric_limits<int64_t>::min();
  int64_t time_max = std::numeric_limits<int64_t>::max();
};

/// Those of one row group, ascending.
struct FoundRows {
  int group = 0;
  std::vector<int64_t> rows;
  std::vector<int64_t> times;  // Of each row; empty without a time column.
};

/// Row groups without a row are left out. Errors: kBadRequest when the file contradicts itself or
/// lacks a column; the store's.
Result<std::vector<FoundRows>> FindRows(const PartReader& parts, const FileHead& head,
                                        const RowQuery& query);

}  // namespace weir::datafile
