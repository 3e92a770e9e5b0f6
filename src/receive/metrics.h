// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the receiver counts, under the Collector's names so that its dashboards work here.

#include "base/metrics.h"

namespace weir::receive {

inline metrics::Family<metrics::Counter> kAcceptedSpans("otelcol_receiver_accepted_spans",
                                                        "Spans acknowledged.",
                                                        {"receiver", "transport"});
inline metrics::Family<metrics::Counter> kAcceptedLogRecords(
    "otelcol_receiver_accepted_log_records", "Log records acknowledged.",
    {"receiver", "transport"});
inline metrics::Family<metrics::Counter> kAcceptedMetricPoints(
    "otelcol_receiver_accepted_metric_points", "Data points acknowledged.",
    {"receiver", "transport"});
inline metrics::Family<metrics::Counter> kRefusedSpans("otelcol_receiver_refused_spans",
                                                       "Spans left out of an accepted request.",
                                                       {"receiver", "transport"});
inline metrics::Family<metrics::Counter> kRefusedLogRecords(
    "otelcol_receiver_refused_log_records", "Log records left out of an accepted request.",
    {"receiver", "transport"});
inline metrics::Family<metrics::Counter> kRefusedMetricPoints(
    "otelcol_receiver_refused_metric_points", "Data points left out of an accepted request.",
    {"receiver", "transport"});
inline metrics::Family<metrics::Counter> kRefusedRequests("weir_receiver_refused_requests_total",
                                                          "Whole requests answered with an error.",
                                                          {"transport", "status"});

}  // namespace weir::receive
