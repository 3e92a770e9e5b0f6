// SPDX-License-Identifier: Apache-2.0
#pragma once
// An object of the store as the library reads files: by ranges, so that one column is not all of
// it.

#include <arrow/io/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace weir::datafile {

/// Reads `count` bytes from `offset`, which are all in the file.
using ReadPart = std::function<Result<std::string>(int64_t offset, int64_t count)>;

/// A file of `bytes` bytes. One thread.
std::shared_ptr<arrow::io::RandomAccessFile> FileOfParts(ReadPart read, int64_t bytes);

/// `store` outlives it. One thread. Errors: kNotFound; the store's.
Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenStoredFile(const store::Store& store,
                                                                    std::string_view path);

}  // namespace weir::datafile
