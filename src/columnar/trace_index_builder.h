// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of trace_index from spans that came in files.

#include <memory>

#include "signal/trace_index_builder.h"

namespace weir::columnar {

/// Takes up to `spans_max` spans between two calls of Take.
std::unique_ptr<signal::TraceIndexBuilder> NewTraceIndexBuilder(size_t spans_max);

}  // namespace weir::columnar
