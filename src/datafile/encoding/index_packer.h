// SPDX-License-Identifier: Apache-2.0
#pragma once
// Dictionary indices as a data page has them.

#include <cstdint>
#include <span>

#include "datafile/encoding/page_bytes.h"

namespace weir::datafile {

/// Bits of an index. Large dictionaries, and in maps all of them, get whole bytes: raw they are
/// longer, but zstd finds what repeats only where it starts on a byte (32 B a row become 9, and 24
/// become 11).
int IndexWidth(size_t dictionary_size, bool is_in_map);

/// Appends the page's width and the indices, each below 2^width. `used`: where not null, used[i]
/// becomes 1 for each index i.
void AppendIndices(std::span<const int32_t> indices, int width, uint8_t* used, PageBytes& out);
/// The same for `count` times the one index.
void AppendSameIndices(int32_t index, size_t count, int width, PageBytes& out);

/// All bits that any of the indices has: below 2^width exactly where all indices are.
uint32_t BitsOf(std::span<const int32_t> indices);

}  // namespace weir::datafile
