// SPDX-License-Identifier: Apache-2.0
#pragma once
// What lookups of traces count.

#include "base/metrics.h"

namespace weir::query {

inline metrics::Family<metrics::Histogram> kTraceLatency("weir_trace_lookup_seconds",
                                                         "Lookups of a trace by its id.",
                                                         {"result"});
inline metrics::Family<metrics::Counter> kTraceBytes(
    "weir_trace_lookup_read_bytes_total", "Bytes of data files that lookups of traces read.",
    {"table"});

}  // namespace weir::query
