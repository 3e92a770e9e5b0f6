// SPDX-License-Identifier: Apache-2.0
#pragma once
// Definition and repetition levels as a data page of version 1 has them.

#include <cstdint>
#include <span>

#include "datafile/encoding/page_bytes.h"

namespace weir::datafile {

/// Appends nothing where `level_max` is 0: the format leaves such levels out.
void AppendLevels(std::span<const uint8_t> levels, int level_max, PageBytes& out);
/// The same for `count` times the one level.
void AppendSameLevels(uint8_t level, size_t count, int level_max, PageBytes& out);

/// How many of `levels` are `level`.
size_t CountLevel(std::span<const uint8_t> levels, uint8_t level);

}  // namespace weir::datafile
