// SPDX-License-Identifier: Apache-2.0
#pragma once
// Texts into a bloom filter, as readers ask for them.

#include <parquet/bloom_filter.h>

#include <cstdint>
#include <span>

#include "datafile/encoding/delta_text.h"
#include "signal/leaf_column.h"

namespace weir::datafile {

/// `bloom`: null where the column has none.
void AddToBloom(const signal::TextTable& texts, std::span<const int32_t> numbers,
                parquet::BloomFilter* bloom);
/// As hex.
void AddToBloom(const IdList& ids, parquet::BloomFilter* bloom);

}  // namespace weir::datafile
