// SPDX-License-Identifier: Apache-2.0
// Where the time of a trace went.
#include "views/definitions.h"

namespace weir::views {

// To be asked of single traces: WHERE trace_id = '…' reaches the tables, other filters come after
// all traces are built.
View SpanLatency() {
  return {
      .name = "span_latency",
      .summary = "a span with the time that was its own, its children's, and on the critical path",
      .text = R"sql(
SELECT trace_id, span.tree.span_id AS span_id, span.tree.parent_span_id AS parent_span_id, span.time AS time,
       span.service_name AS service_name, span.operation AS operation, span.kind AS kind,
       span.status_code AS status_code, span.duration_ns AS duration_ns,
       span.duration_ns - times.children_ns AS own_ns, times.children_ns AS children_ns,
       times.critical_ns AS critical_ns
FROM (
  SELECT trace_id, unnest(spans) AS span, unnest(span_times(list_transform(spans, lambda one: one.tree))) AS times
  FROM (
    SELECT trace_id,
           list({'tree': {'span_id': span_id, 'parent_span_id': parent_span_id,
                          'start_ns': start_time_unix_nano, 'end_ns': start_time_unix_nano + duration_ns},
                 'time': time, 'service_name': service_name, 'operation': name, 'kind': kind,
                 'status_code': status_code, 'duration_ns': duration_ns}) AS spans
    FROM {otel_spans}
    GROUP BY trace_id
  )
)
)sql"};
}

}  // namespace weir::views
