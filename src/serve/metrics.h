// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this room counts.

#include "base/metrics.h"

namespace weir::serve {

/// Answers to users by status class: `2xx`, `3xx`, `4xx`, `5xx`.
inline metrics::Family<metrics::Counter> answers_total(
    "weir_serve_answers_total", "Answers of the users' routes, by class of HTTP status",
    {"status"});

/// Files of dropped tables of engines.
inline metrics::Family<metrics::Counter> purged_files_total(
    "weir_serve_purged_files_total", "Files deleted of tables that were dropped with purge");

/// Requests turned away because the queue of answers was full.
inline metrics::Family<metrics::Counter> queue_full_total(
    "weir_serve_queue_full_total", "Requests answered 503 because too many were waiting");

}  // namespace weir::serve
