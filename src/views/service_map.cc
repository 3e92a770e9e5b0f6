// SPDX-License-Identifier: Apache-2.0
// Who calls whom.
#include "views/definitions.h"

namespace weir::views {

// A call is a span whose parent is of another service, or a client's span that names a database.
// Both sides are taken of one date, so that a filter of `date` reaches both; a parent that began
// before midnight is not found.
View ServiceMap() {
  return {.name = "service_map",
          .summary = "a minute of calls between two services, or of a service to a database",
          .text = R"sql(
SELECT minute, date, caller, callee, callee_type, calls, errors, quantiles[1] / 1e6 AS p50_ms,
       quantiles[2] / 1e6 AS p95_ms, quantiles[3] / 1e6 AS p99_ms
FROM (
  SELECT minute, date, caller, callee, callee_type, count(*) AS calls,
         count(*) FILTER (status_code = 'STATUS_CODE_ERROR') AS errors,
         approx_quantile(duration_ns, [0.5, 0.95, 0.99]) AS quantiles
  FROM (
    SELECT time_bucket(INTERVAL 1 MINUTE, callee.time) AS minute, callee.date, caller.service_name AS caller,
           callee.service_name AS callee, 'service' AS callee_type, callee.status_code, callee.duration_ns
    FROM {otel_spans} AS callee
    JOIN {otel_spans} AS caller
      ON caller.date = callee.date AND caller.trace_id = callee.trace_id AND caller.span_id = callee.parent_span_id
    WHERE caller.service_name <> callee.service_name
    UNION ALL
    SELECT time_bucket(INTERVAL 1 MINUTE, time), date, service_name,
           coalesce(db_namespace, server_address, db_system_name), db_system_name, status_code, duration_ns
    FROM {otel_spans}
    WHERE db_system_name IS NOT NULL AND kind = 'SPAN_KIND_CLIENT'
  )
  GROUP BY ALL
)
)sql"};
}

}  // namespace weir::views
