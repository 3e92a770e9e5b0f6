// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the decoder counts.

#include "base/metrics.h"

namespace weir::columnar {

inline metrics::Family<metrics::Counter> kNegativeDurations(
    "weir_spans_negative_duration_total",
    "Spans that ended before they started; stored with duration 0.");

inline metrics::Family<metrics::Counter> kDeadLetters(
    "weir_dead_letters_total", "What was refused and kept in the table of dead letters.",
    {"signal", "reason"});
inline metrics::Family<metrics::Counter> kDeadLettersFull(
    "weir_dead_letters_full_total",
    "Commits that had no room for all their dead letters (dead_letters.mib_per_commit).");

}  // namespace weir::columnar
