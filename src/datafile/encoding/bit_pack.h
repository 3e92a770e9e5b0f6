// SPDX-License-Identifier: Apache-2.0
#pragma once
// Numbers side by side in as many bits as the largest needs, least bits first, as all of Parquet's
// packings have them.

#include <cstddef>
#include <cstdint>

#include "datafile/encoding/page_bytes.h"

namespace weir::datafile {

/// Eight numbers at a time: appends 8 * `groups` of `values`, each below 2^width, as width * groups
/// bytes. `width` is 0 to 32.
void AppendPacked(const uint32_t* values, size_t groups, int width, PageBytes& out);
/// The same for wide numbers; `width` is 0 to 64. Slower.
void AppendPacked(const uint64_t* values, size_t groups, int width, PageBytes& out);
/// The same for bytes; `width` is 1 to 8.
void AppendPacked(const uint8_t* values, size_t groups, int width, PageBytes& out);

}  // namespace weir::datafile
