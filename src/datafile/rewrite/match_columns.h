// SPDX-License-Identifier: Apache-2.0
#pragma once
// Leaf columns of files of one table by different writers: who leaves columns out, who declares
// more of them optional.

#include <parquet/schema.h>

#include <vector>

#include "base/result.h"

namespace weir::datafile {

/// Of some schemas the one that the others most likely fit into: that of the most columns, and of
/// these the one that promises most. There is at least one.
const parquet::SchemaDescriptor& WidestOf(
    const std::vector<const parquet::SchemaDescriptor*>& schemas);

/// For each column of `to` the one of `from` that holds the same, -1 where it has none. A column
/// that `to` requires may be optional in `from`, where it must not have nulls then.
/// Errors: kBadRequest naming a column that does not fit.
Result<std::vector<int>> MatchColumns(const parquet::SchemaDescriptor& from,
                                      const parquet::SchemaDescriptor& to);

}  // namespace weir::datafile
