// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of trace_index, from the rows of otel_spans that are sealed with them.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "columnar/column/id_numbers.h"
#include "signal/row_columns.h"

namespace weir::columnar {

inline constexpr size_t kTraceIdBytes = 16;

/// The spans of one trace and day. They begin and end within [min_time_us, max_time_us].
struct IndexedTrace {
  int64_t min_time_us = std::numeric_limits<int64_t>::max();
  int64_t max_time_us = std::numeric_limits<int64_t>::min();
  int64_t span_count = 0;
  int64_t root_time_us = 0;
  int32_t date = 0;
  int32_t root_row = -1;   // Of the earliest span without a parent; -1 where none is among them.
  int32_t other_day = -1;  // The same trace on another day; of TraceGrouper alone.
  uint8_t has_error = 0;
  char id[kTraceIdBytes];

  void Add(int64_t start_us, int64_t end_us) {
    ++span_count;
    min_time_us = std::min(min_time_us, start_us);
    max_time_us = std::max({max_time_us, start_us, end_us});
  }
  void AddRoot(int64_t row, int64_t start_us) {
    if (root_row >= 0 && root_time_us <= start_us) return;
    root_row = static_cast<int32_t>(row);
    root_time_us = start_us;
  }
};

/// Finds each span's trace. One thread.
class TraceGrouper {
 public:
  /// `spans`: how many there are at most.
  explicit TraceGrouper(size_t spans) : numbers_(kTraceIdBytes, spans, ids_) {}
  /// The trace `id` (kTraceIdBytes bytes) on that day; valid until the next call.
  IndexedTrace& Of(const char* id, int32_t date) {
    const int32_t number = numbers_.Number(id);
    if (number == std::ssize(first_days_)) return AddTrace(id, date);
    IndexedTrace& trace = traces_[first_days_[number]];
    return trace.date == date ? trace : OfOtherDay(first_days_[number], date);
  }
  std::vector<IndexedTrace> Take() { return std::move(traces_); }

 private:
  IndexedTrace& AddTrace(const char* id, int32_t date);
  IndexedTrace& OfOtherDay(int32_t first, int32_t date);
  IndexedTrace& Append(const char* id, int32_t date);

  std::string ids_;
  IdNumbers numbers_;
  std::vector<int32_t> first_days_;  // In `traces_`, by the number of the id.
  std::vector<IndexedTrace> traces_;
};

/// Views, valid until the next is asked for.
struct TraceRoot {
  std::string_view name, service_name;
};

/// `root_of`: that of a trace's root_row. The rows keep nothing of where they come from.
std::unique_ptr<signal::RowColumns> NewTraceIndexRows(
    std::vector<IndexedTrace> traces, const std::function<TraceRoot(int32_t root_row)>& root_of);

}  // namespace weir::columnar
