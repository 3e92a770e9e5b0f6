// SPDX-License-Identifier: Apache-2.0
#pragma once
// Spans of files that came from outside, on their way into the trace index.

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "datafile/data_file.h"
#include "signal/trace_index_builder.h"
#include "store/store.h"

namespace weir::commit {

struct SpanIndexing {
  signal::TraceIndexBuilder& builder;
  int64_t spans_max = 0;
  std::function<Status()> on_full;  // Called whenever `spans_max` more are in the builder.
  int64_t spans = 0;                // Added so far, of all files.
};

/// Reads the spans of `file`, which lies below `root`, and adds them to the builder. Errors:
/// kBadRequest where a row is none that is found by its id: a trace_id that is not 32 lower-case
/// hex digits, no start, or a `time` that is another than its start; the store's.
Status IndexSpansOf(const store::Store& store, const std::string& root,
                    const datafile::DataFile& file, SpanIndexing& indexing);

}  // namespace weir::commit
