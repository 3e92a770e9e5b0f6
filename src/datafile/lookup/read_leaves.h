// SPDX-License-Identifier: Apache-2.0
#pragma once
// Many leaf columns of a row group in chosen rows, read side by side.

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "datafile/lookup/file_head.h"
#include "datafile/lookup/leaf_rows.h"

namespace weir::datafile {

/// As many threads at most work for one call, the caller's among them.
inline constexpr size_t kLeafThreadsMax = 4;

/// The rows of each of `columns`, numbers among the leaves, in their order. `rows`: ascending, each
/// once. What is read is counted in `parts` when it returns. Errors: as ReadLeaf's; kBadRequest for
/// what Parquet throws.
Result<std::vector<LeafRows>> ReadLeaves(const PartReader& parts, const FileHead& head, int group,
                                         std::span<const int> columns,
                                         std::span<const int64_t> rows);

}  // namespace weir::datafile
