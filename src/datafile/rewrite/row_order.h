// SPDX-License-Identifier: Apache-2.0
#pragma once
// The order of rows by some of their columns.

#include <cstdint>
#include <vector>

#include "datafile/rewrite/stored_leaf.h"

namespace weir::datafile {

/// Row numbers, ascending by the first key, then by the next; nulls first, texts by their bytes,
/// equal rows as they were. `keys`: leaves outside lists and maps, of int, long or text, with the
/// same rows. `descends`: by key, those that go the other way, nulls last; empty for none.
std::vector<uint32_t> OrderRows(const std::vector<StoredLeaf>& keys,
                                const std::vector<bool>& descends = {});

}  // namespace weir::datafile
