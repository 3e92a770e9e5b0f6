// SPDX-License-Identifier: Apache-2.0
#pragma once
// Small tables of metadata as Parquet files: no field ids, no statistics of ours.

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::datafile {

/// One row group, zstd. Errors: kInternal, from the library.
Result<std::string> EncodePlainTable(const arrow::Table& table);

/// The whole file, each column in one piece. The bytes need not be trusted.
/// Errors: kBadRequest when they are no Parquet file.
Result<std::shared_ptr<arrow::Table>> DecodePlainTable(std::string_view bytes);

}  // namespace weir::datafile
