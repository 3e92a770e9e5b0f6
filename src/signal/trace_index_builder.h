// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of trace_index from spans that are in files already, as the stages that read and that make
// rows see each other.

#include <cstdint>
#include <memory>
#include <string_view>

#include "signal/row_columns.h"

namespace weir::signal {

/// A span as the trace index sees it. Views, borrowed for the call.
struct IndexedSpan {
  std::string_view trace_id;  // The 16 bytes of it.
  int32_t date = 0;           // Of its file.
  int64_t start_us = 0, end_us = 0;
  bool is_root = false, has_error = false;
  std::string_view name, service_name;
};

/// One thread.
class TraceIndexBuilder {
 public:
  virtual ~TraceIndexBuilder() = default;
  virtual void Add(const IndexedSpan& span) = 0;
  /// One row a trace and day, of the spans added since the last Take; null where there are none.
  virtual std::unique_ptr<RowColumns> Take() = 0;
};

}  // namespace weir::signal
