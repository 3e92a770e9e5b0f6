// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of an answer as JSON, CSV or an Arrow stream.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "query/sql/engine.h"

namespace weir::query::sql {

/// A sink whose text is the answer's body. One thread.
class AnswerWriter : public RowSink {
 public:
  /// After the last row. `facts`: a JSON object about the answer, for forms that have a place for
  /// it. Errors: kInternal.
  virtual Result<std::string> Finish(std::string_view facts) = 0;
};

enum class AnswerForm { kJson, kCsv, kArrow };

/// JSON: `{"columns": [{"name", "type"}], "rows": [[…]], …facts}`. Whole numbers beyond 2^53 and
/// decimals are text, times are ISO 8601 in UTC, NaN and the infinities are text, maps and structs
/// are objects. CSV: RFC 4180 with a line of names; null is empty and the empty text is `""`;
/// nested values are JSON. Arrow: an IPC stream.
/// Takes no rows after the text has `bytes_max` bytes.
std::unique_ptr<AnswerWriter> NewAnswerWriter(AnswerForm form, size_t bytes_max);

}  // namespace weir::query::sql
