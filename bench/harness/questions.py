# SPDX-License-Identifier: Apache-2.0
"""What people ask of spans, in the words of Weir's SQL and of ClickHouse's, over the table of the Collector's exporter.

`{since}` and `{until}` are the last hour, `{trace}` an id, `{trace_since}` and `{trace_until}` its time.
"""
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    name: str
    weir: str
    clickhouse: str
    is_ordered: bool = True  # Its rows are the same on both sides, but for estimated columns.
    estimated: tuple = ()    # Columns that are estimates.


WEIR_HOUR = "time >= TIMESTAMPTZ '{since}' AND time < TIMESTAMPTZ '{until}'"
HOUR = "Timestamp >= toDateTime64('{since}', 6, 'UTC') AND Timestamp < toDateTime64('{until}', 6, 'UTC')"

QUESTIONS = (
    Question("an hour: rate, errors, latency by service",
             "SELECT service_name, count(*), count(*) FILTER (status_code = 'STATUS_CODE_ERROR'), "
             "approx_quantile(duration_ns, [0.5, 0.95, 0.99]) FROM otel_spans WHERE " + WEIR_HOUR +
             " GROUP BY 1 ORDER BY 1",
             "SELECT ServiceName, count(), countIf(StatusCode = 'Error'), quantilesTDigest(0.5, 0.95, 0.99)(Duration) "
             "FROM otel_traces WHERE " + HOUR + " GROUP BY 1 ORDER BY 1", estimated=(3,)),
    Question("an hour: the 20 busiest operations",
             "SELECT service_name, name, count(*), max(duration_ns) FROM otel_spans WHERE " + WEIR_HOUR +
             " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 20",
             "SELECT ServiceName, SpanName, count(), max(Duration) FROM otel_traces WHERE " + HOUR +
             " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 20"),
    Question("an hour: the 20 slowest traces",
             "SELECT trace_id, service_name, name, duration_ns FROM otel_spans WHERE parent_span_id IS NULL AND " +
             WEIR_HOUR + " ORDER BY duration_ns DESC, trace_id LIMIT 20",
             "SELECT TraceId, ServiceName, SpanName, Duration FROM otel_traces WHERE ParentSpanId = '' AND " + HOUR +
             " ORDER BY Duration DESC, TraceId LIMIT 20"),
    Question("an hour: errors of a route",
             "SELECT count(*), max(duration_ns) FROM otel_spans WHERE http_route = '/api/checkout' AND "
             "status_code = 'STATUS_CODE_ERROR' AND " + WEIR_HOUR,
             "SELECT count(), max(Duration) FROM otel_traces WHERE SpanAttributes['http.route'] = '/api/checkout' AND "
             "StatusCode = 'Error' AND " + HOUR),
    Question("an hour: an attribute without a column",
             "SELECT count(*) FROM otel_spans WHERE attributes['rpc.grpc.status_code'] = '14' AND " + WEIR_HOUR,
             "SELECT count() FROM otel_traces WHERE SpanAttributes['rpc.grpc.status_code'] = '14' AND " + HOUR),
    Question("an hour by minute: calls of a service",
             "SELECT epoch(time_bucket(INTERVAL 1 MINUTE, time))::BIGINT, count(*) FROM otel_spans WHERE "
             "service_name = 'checkout' AND " + WEIR_HOUR + " GROUP BY 1 ORDER BY 1",
             "SELECT toUnixTimestamp(toStartOfMinute(Timestamp)), count() FROM otel_traces WHERE ServiceName = 'checkout' AND " +
             HOUR + " GROUP BY 1 ORDER BY 1"),
    Question("everything: spans by service",
             "SELECT service_name, count(*) FROM otel_spans GROUP BY 1 ORDER BY 1",
             "SELECT ServiceName, count() FROM otel_traces GROUP BY 1 ORDER BY 1"),
    Question("everything: distinct users",
             "SELECT count(DISTINCT user_id) FROM otel_spans",
             "SELECT uniqExactIf(SpanAttributes['user.id'], SpanAttributes['user.id'] != '') FROM otel_traces"),
    Question("everything: tokens by model",
             "SELECT gen_ai_request_model, count(*), sum(input_tokens)::BIGINT, sum(output_tokens)::BIGINT FROM otel_spans "
             "WHERE gen_ai_request_model IS NOT NULL GROUP BY 1 ORDER BY 1",
             "SELECT SpanAttributes['gen_ai.request.model'] AS model, count(), "
             "sum(toInt64OrZero(SpanAttributes['gen_ai.usage.input_tokens'])), "
             "sum(toInt64OrZero(SpanAttributes['gen_ai.usage.output_tokens'])) FROM otel_traces "
             "WHERE model != '' GROUP BY 1 ORDER BY 1"),
    Question("a trace by its id, all columns",
             "SELECT * FROM otel_spans WHERE trace_id = '{trace}'",
             "WITH (SELECT min(Start) FROM otel_traces_trace_id_ts WHERE TraceId = '{trace}') AS since, "
             "(SELECT max(End) + 1 FROM otel_traces_trace_id_ts WHERE TraceId = '{trace}') AS until "
             "SELECT * FROM otel_traces WHERE TraceId = '{trace}' AND Timestamp >= since AND Timestamp <= until",
             is_ordered=False),
)
