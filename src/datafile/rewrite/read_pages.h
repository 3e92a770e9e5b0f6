// SPDX-License-Identifier: Apache-2.0
#pragma once
// Every page of a Parquet file read and decoded, to know that it can be.

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace weir::datafile {

/// Decodes all columns of the file at `path` and returns its rows. Checksums of pages are held
/// against them where the file has some. Errors: kInternal, from the library, or kBadRequest where
/// a page is not sound; kNotFound; the store's.
Result<int64_t> ReadPages(const store::Store& store, std::string_view path);

}  // namespace weir::datafile
