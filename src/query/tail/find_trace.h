// SPDX-License-Identifier: Apache-2.0
#pragma once
// The spans of one trace among rows of the tail, as a file of their own.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "datafile/added/file_shape.h"
#include "signal/tail.h"

namespace weir::query {

struct TraceInTail {
  std::string trace_id;  // 32 lower-case hex digits.
  int64_t since_unix_nano = 0, until_unix_nano = 0;
};

/// Empty where there is none.
struct TailSpans {
  std::vector<int64_t> start_unix_nano;  // Of each row of the file.
  std::shared_ptr<arrow::Buffer> bytes;  // A Parquet file of one row group, with all columns.
};

/// Looks at the columns of ids and starts alone; only what it finds is encoded. `rows`: of spans.
/// `shape`: what the table was given. Errors: kInternal.
Result<TailSpans> FindTrace(signal::TailRows& rows, const datafile::FileShape& shape,
                            const TraceInTail& query);

}  // namespace weir::query
