// SPDX-License-Identifier: Apache-2.0
#pragma once
// The order of rows by some of their columns.

#include <cstdint>
#include <vector>

#include "datafile/rewrite/stored_leaf.h"

namespace weir::datafile {

/// Row numbers, ascending by the first key, then by the next; nulls first, texts by their bytes,
/// equal rows as they were. `keys`: leaves outside lists and maps, of int, long or text, with the
/// same rows.
std::vector<uint32_t> OrderRows(const std::vector<StoredLeaf>& keys);

}  // namespace weir::datafile
