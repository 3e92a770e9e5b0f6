// SPDX-License-Identifier: Apache-2.0
#pragma once
// An object of the store as the library reads files: by ranges, so that one column is not all of
// it.

#include <arrow/io/type_fwd.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace weir::datafile {

/// `store` outlives it. One thread. Errors: kNotFound; the store's.
Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenStoredFile(const store::Store& store,
                                                                    std::string_view path);

}  // namespace weir::datafile
