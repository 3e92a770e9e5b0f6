// SPDX-License-Identifier: Apache-2.0
#pragma once
// Pages decompressed with one context for all of them: Arrow makes one for each.

#include <parquet/column_reader.h>

#include <memory>

#include "base/zstd_decompressor.h"

namespace weir::datafile {

/// `packed` gives the pages as they are in the file, as if they were not compressed. Those that
/// come out are valid until the next. Throws what Parquet throws.
std::unique_ptr<parquet::PageReader> UnpackPages(std::unique_ptr<parquet::PageReader> packed,
                                                 ZstdDecompressor& zstd);

}  // namespace weir::datafile
