// SPDX-License-Identifier: Apache-2.0
// Whole traces, in the columns that MLflow's users know.
#include "views/definitions.h"

namespace weir::views {

// A trace whose root is not there yet is in progress. What annotations say of a trace
// (client_request_id, tags, trace_metadata, assessments) is null as long as there is no table of
// them.
View TraceUnified() {
  return {.name = "trace_unified",
          .summary = "a trace: when, how long, its state, what was asked and answered, its spans",
          .text = R"sql(
SELECT trace_id, NULL::VARCHAR AS client_request_id, coalesce(root.time, first_time) AS request_time,
       CASE WHEN root IS NULL THEN 'IN_PROGRESS' WHEN root.status_code = 'STATUS_CODE_ERROR' THEN 'ERROR' ELSE 'OK' END
         AS state,
       (root.duration_ns::DECIMAL(30, 9) / 1000000)::DECIMAL(30, 9) AS execution_duration_ms,
       coalesce(root.attributes['mlflow.spanInputs'], root.attributes['input.value'],
                root.attributes['gen_ai.input.messages'], root.attributes['gcp.vertex.agent.llm_request']) AS request,
       coalesce(root.attributes['mlflow.spanOutputs'], root.attributes['output.value'],
                root.attributes['gen_ai.output.messages'], root.attributes['gcp.vertex.agent.llm_response']) AS response,
       NULL::MAP(VARCHAR, VARCHAR) AS trace_metadata, NULL::MAP(VARCHAR, VARCHAR) AS tags, spans,
       NULL::STRUCT(assessment_id VARCHAR, assessment_name VARCHAR, source VARCHAR, create_time TIMESTAMPTZ,
                    last_update_time TIMESTAMPTZ, expectation VARCHAR, feedback VARCHAR, rationale VARCHAR,
                    metadata MAP(VARCHAR, VARCHAR), span_id VARCHAR, overrides VARCHAR, valid BOOLEAN)[] AS assessments
FROM (
  SELECT trace_id, min(time) AS first_time,
         arg_min({'time': time, 'status_code': status_code, 'duration_ns': duration_ns, 'attributes': attributes},
                 start_time_unix_nano) FILTER (parent_span_id IS NULL) AS root,
         list({'trace_id': trace_id, 'span_id': span_id, 'parent_span_id': parent_span_id, 'trace_state': trace_state,
               'flags': flags, 'name': name, 'kind': kind, 'start_time_unix_nano': start_time_unix_nano,
               'end_time_unix_nano': end_time_unix_nano, 'status_code': status_code,
               'status_message': status_message, 'attributes': attributes, 'events': events, 'links': links,
               'resource': resource, 'instrumentation_scope': instrumentation_scope}
              ORDER BY start_time_unix_nano, span_id) AS spans
  FROM {otel_spans}
  GROUP BY trace_id
)
)sql"};
}

}  // namespace weir::views
