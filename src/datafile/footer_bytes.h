// SPDX-License-Identifier: Apache-2.0
#pragma once
// The end of a Parquet file in the store, and where it says that pages are. The bytes need not be
// trusted.

#include <parquet/metadata.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace weir::datafile {

inline constexpr int64_t kMagicBytes = 4;
inline constexpr int64_t kFileEndBytes = 8;  // The footer's length and the magic.

/// The footer as Thrift has it, of the file at `path`, which has `file_bytes` bytes. Errors:
/// kBadRequest when that is no whole Parquet file; the store's.
Result<std::string> ReadFooterBytes(const store::Store& store, std::string_view path,
                                    int64_t file_bytes);

/// Of all pages of a column chunk: [begin, end). Both 0 where it has none.
struct ChunkPlace {
  int64_t begin = 0, end = 0;
};

/// `pages_end`: where the footer begins. Errors: kBadRequest where pages lie outside the file or
/// over its footer.
Result<ChunkPlace> PlaceOf(const parquet::ColumnChunkMetaData& chunk, int64_t pages_end);

}  // namespace weir::datafile
