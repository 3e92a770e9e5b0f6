// SPDX-License-Identifier: Apache-2.0
#pragma once
// Several Parquet files of one table into one: the same rows in one order, or all but some, decoded
// no further than to numbers and levels.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "datafile/parquet_file.h"
#include "datafile/rewrite/row_condition.h"

namespace weir::datafile {

struct MergeOptions {
  /// Top-level columns, ascending, nulls first.
  std::vector<std::string> sort_columns;
  /// Rows that meet one of these are left out.
  std::vector<RowCondition> left_out = {};
  /// Each column is decoded once a row group: one row group a file is the cheapest.
  ParquetOptions file = {.zstd_level = 3};
  /// Asked between columns; true ends the merge with kConflict.
  std::function<bool()> is_cancelled = [] { return false; };
};

/// `files`: whole files with the same columns, field ids and types. The new file has the first
/// one's schema. Its rows, its facts and its bytes depend on nothing but these arguments.
/// Errors: kBadRequest when a file has other columns than the first, a type that no published table
/// has, or lacks a sort column, and when no row is left; kInternal, from the library, when one is
/// no sound file.
Result<ParquetFile> MergeFiles(const std::vector<std::string>& files, const MergeOptions& options);

}  // namespace weir::datafile
