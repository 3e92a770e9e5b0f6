// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether a row group may have a text, by the one block of its bloom filter that tells: filters
// have hundreds of KiB, and a lookup asks those of many row groups.
//
// Source: Parquet's specification of split block bloom filters.

#include <string_view>

#include "base/result.h"
#include "datafile/lookup/file_head.h"
#include "datafile/lookup/leaf_rows.h"

namespace weir::datafile {

/// False: no row of the column has `text`. True where there is no filter. `place`: a column of
/// texts. Errors: the store's. Throws what Parquet throws.
Result<bool> BloomMayHave(const PartReader& parts, const LeafPlace& place, std::string_view text);

}  // namespace weir::datafile
