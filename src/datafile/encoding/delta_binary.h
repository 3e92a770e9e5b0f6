// SPDX-License-Identifier: Apache-2.0
#pragma once
// Parquet's DELTA_BINARY_PACKED: numbers as their differences, in blocks of as few bits as each
// needs.

#include <cstdint>
#include <span>

#include "datafile/encoding/page_bytes.h"

namespace weir::datafile {

void AppendDeltas(std::span<const int32_t> values, PageBytes& out);
void AppendDeltas(std::span<const int64_t> values, PageBytes& out);
/// The same as `count` times `value`, without having them.
void AppendSameDeltas(int32_t value, size_t count, PageBytes& out);

}  // namespace weir::datafile
