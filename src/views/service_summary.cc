// SPDX-License-Identifier: Apache-2.0
// Rate, errors and latency.
#include "views/definitions.h"

namespace weir::views {

View ServiceSummary() {
  return {.name = "service_summary",
          .summary = "a minute of one operation of a service: calls, errors, latency",
          .text = R"sql(
SELECT minute, date, service_name, operation, kind, calls, errors, calls / 60.0 AS calls_per_second,
       errors / calls AS error_ratio, quantiles[1] / 1e6 AS p50_ms, quantiles[2] / 1e6 AS p95_ms,
       quantiles[3] / 1e6 AS p99_ms, max_ns / 1e6 AS max_ms
FROM (
  SELECT time_bucket(INTERVAL 1 MINUTE, time) AS minute, date, service_name, name AS operation, kind,
         count(*) AS calls, count(*) FILTER (status_code = 'STATUS_CODE_ERROR') AS errors,
         approx_quantile(duration_ns, [0.5, 0.95, 0.99]) AS quantiles, max(duration_ns) AS max_ns
  FROM {otel_spans}
  GROUP BY ALL
)
)sql"};
}

}  // namespace weir::views
