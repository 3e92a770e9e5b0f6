// SPDX-License-Identifier: Apache-2.0
#pragma once
// NaNs in columns of doubles, which Parquet's own statistics pass over in silence.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <map>

#include "base/result.h"

namespace weir::datafile {

/// Adds the NaNs of every double column of `batch` outside maps and lists to `counts`, by field id;
/// a column without one gets its entry too. Errors: kInternal, from the library.
Status CountNans(const arrow::RecordBatch& batch, std::map<int32_t, int64_t>& counts);

}  // namespace weir::datafile
