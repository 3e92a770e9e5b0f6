// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows told by the text in one of their columns, so that they can be found and left out.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datafile/rewrite/stored_leaf.h"
#include "store/store.h"

namespace weir::datafile {

/// True of rows that have a value in the top-level column `column`, of texts or bytes, for which
/// `holds`; of no row of a file without that column. `holds` is asked once for texts that repeat.
struct RowCondition {
  std::string column;
  std::function<bool(std::string_view)> holds;
};

/// Conditions of which one at least is met.
using AnyOf = std::vector<RowCondition>;

struct CountedRows {
  int64_t all = 0;                // Of the file.
  std::vector<int64_t> by_group;  // That meet each of what was asked for.
  int64_t any = 0;                // That meet one of them at least.
};

/// How many rows of the Parquet file at `path` meet each of `groups`. Other columns are not read,
/// and each column once. Errors: kNotFound; kBadRequest when a column is no top-level one of texts;
/// kInternal, from the library, when it is no sound file; the store's.
Result<CountedRows> CountRows(const store::Store& store, std::string_view path,
                              const std::vector<AnyOf>& groups);

/// Sets `marks`, one a row, where the leaf's text meets the condition. Errors: kBadRequest for
/// leaves in lists and maps, and those without texts.
Status MarkRows(const StoredLeaf& leaf, const RowCondition& condition, std::vector<bool>& marks);

}  // namespace weir::datafile
