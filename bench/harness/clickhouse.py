# SPDX-License-Identifier: Apache-2.0
"""ClickHouse as a library, with spans out of Weir's files. Runs in the environment `chdb`.

usage: clickhouse.py FOLDER fill GLOB | ask THREADS    `ask` reads a query a line, as JSON text, and answers each with a line:
{"ms", "rows"} or {"error"}.
"""
import json
import sys
import time

from chdb.session import Session

# As the Collector's exporter makes it.
TABLE = """
CREATE TABLE otel_traces (
  Timestamp DateTime64(9) CODEC(Delta, ZSTD(1)), TraceId String CODEC(ZSTD(1)), SpanId String CODEC(ZSTD(1)),
  ParentSpanId String CODEC(ZSTD(1)), TraceState String CODEC(ZSTD(1)), SpanName LowCardinality(String) CODEC(ZSTD(1)),
  SpanKind LowCardinality(String) CODEC(ZSTD(1)), ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)), ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)), SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  Duration UInt64 CODEC(ZSTD(1)), StatusCode LowCardinality(String) CODEC(ZSTD(1)), StatusMessage String CODEC(ZSTD(1)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX idx_res_attr_key mapKeys(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_res_attr_value mapValues(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_span_attr_key mapKeys(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_span_attr_value mapValues(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_duration Duration TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))"""
WINDOWS = """
CREATE TABLE otel_traces_trace_id_ts (
  TraceId String CODEC(ZSTD(1)), Start DateTime CODEC(Delta, ZSTD(1)), End DateTime CODEC(Delta, ZSTD(1)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(Start) ORDER BY (TraceId, Start)"""
INSERT = """
INSERT INTO otel_traces SELECT fromUnixTimestamp64Nano(start_time_unix_nano), trace_id, span_id, ifNull(parent_span_id, ''),
  ifNull(trace_state, ''), name, ifNull(kind, ''), ifNull(service_name, ''), resource.1, ifNull(instrumentation_scope.1, ''),
  ifNull(instrumentation_scope.2, ''), attributes, duration_ns,
  multiIf(status_code = 'STATUS_CODE_ERROR', 'Error', status_code = 'STATUS_CODE_OK', 'Ok', 'Unset'),
  ifNull(status_message, '')
FROM file('{glob}', Parquet) SETTINGS max_insert_threads = 2"""


def fill(session, glob):
    session.query("CREATE DATABASE IF NOT EXISTS spans ENGINE = Atomic")
    session.query("USE spans")
    for statement in (TABLE, WINDOWS, INSERT.format(glob=glob),
                      "INSERT INTO otel_traces_trace_id_ts SELECT TraceId, min(Timestamp), max(Timestamp) FROM otel_traces "
                      "GROUP BY TraceId SETTINGS max_bytes_before_external_group_by = 2000000000",
                      "OPTIMIZE TABLE otel_traces FINAL", "OPTIMIZE TABLE otel_traces_trace_id_ts FINAL"):
        started = time.monotonic()
        session.query(statement)
        print(f"{statement.strip()[:40]!r}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(session.query("SELECT count(), (SELECT sum(data_compressed_bytes) FROM system.parts WHERE active) FROM otel_traces"))


def ask(session, threads):
    session.query("USE spans")
    for line in sys.stdin:
        started = time.perf_counter()
        try:
            answer = session.query(json.loads(line) + f" SETTINGS max_threads = {threads}", "JSONCompact")
            took = (time.perf_counter() - started) * 1e3
            print(json.dumps({"ms": took, "rows": json.loads(str(answer))["data"]}), flush=True)
        except RuntimeError as failure:
            print(json.dumps({"error": str(failure)}), flush=True)


if __name__ == "__main__":
    folder, verb, argument = sys.argv[1:]
    {"fill": fill, "ask": ask}[verb](Session(folder), argument)
