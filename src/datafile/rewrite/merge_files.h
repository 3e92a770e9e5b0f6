// SPDX-License-Identifier: Apache-2.0
#pragma once
// Several Parquet files of one table into one: the same rows in one order, or all but some, decoded
// no further than to numbers and levels.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "datafile/added/added_column.h"
#include "datafile/parquet_file.h"
#include "datafile/rewrite/row_condition.h"

namespace weir::datafile {

// Of one leaf of one row group in memory: row groups that would be more together stay apart. With
// the files of a run of 32 MiB, and the new file twice while it grows, a merge takes less than
// 300 MiB.
inline constexpr int64_t kMergeLeafBytesMax = 160 << 20;

struct MergeOptions {
  /// What the new file has beyond the columns that all files have. Where a file lacks one, its rows
  /// get the values that their attributes have for it, or null.
  AddedColumns added = {};
  /// Rows that meet one of these are left out.
  std::vector<RowCondition> left_out = {};
  /// `sort_columns`: the order of the rows of each row group; `row_group_rows`: no more rows are
  /// put together; `bloom_columns`: those that the files do not have as texts get no filter.
  ParquetOptions file = {.zstd_level = 3};
  /// Asked between columns; true ends the merge with kConflict.
  std::function<bool()> is_cancelled = [] { return false; };
};

/// `files`: whole files of one table. The new file has the columns of the one with most, into which
/// those of the others must fit (match_columns.h), and those of `added`; what a file lacks is null
/// in its rows, or what `added` makes of them. Neighbouring row groups, as many whole ones as
/// row_group_rows allows, become one: each leaf is decoded once, and one leaf of one row group is
/// in memory at a time. The file, its facts and its bytes depend on nothing but these arguments;
/// its rows are in one order where it has one row group. Errors: kBadRequest when columns do not
/// fit, a column has a type that no published table has, or lacks a sort column, and when no row is
/// left; kInternal, from the library, when one is no sound file.
Result<ParquetFile> MergeFiles(const std::vector<std::string>& files, const MergeOptions& options);

}  // namespace weir::datafile
