// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the decoder counts.

#include "base/metrics.h"

namespace weir::columnar {

inline metrics::Family<metrics::Counter> kNegativeDurations(
    "weir_spans_negative_duration_total",
    "Spans that ended before they started; stored with duration 0.");

}  // namespace weir::columnar
