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

namespace weir::datafile {

/// True of rows that have a value in the top-level column `column`, of texts or bytes, for which
/// `holds`; of no row of a file without that column. `holds` is asked once for texts that repeat.
struct RowCondition {
  std::string column;
  std::function<bool(std::string_view)> holds;
};

/// How many rows of a whole Parquet file meet one of `conditions` at least. Other columns are not
/// decoded. Errors: kBadRequest when a column is no top-level one of texts; kInternal, from the
/// library, when `file` is no sound file.
Result<int64_t> CountRows(const std::string& file, const std::vector<RowCondition>& conditions);

/// Sets `marks`, one a row, where the leaf's text meets the condition. Errors: kBadRequest for
/// leaves in lists and maps, and those without texts.
Status MarkRows(const StoredLeaf& leaf, const RowCondition& condition, std::vector<bool>& marks);

}  // namespace weir::datafile
