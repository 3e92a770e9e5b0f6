// SPDX-License-Identifier: Apache-2.0
// Every SQL that views ask. One file, so that tables kept for a view can take a query's place.

import type { Bounds } from "./time_range.ts";

export const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
export const identifier = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

const instant = (ms: number) => `TIMESTAMPTZ ${quote(new Date(ms).toISOString())}`;
const day = (ms: number) => `DATE ${quote(new Date(ms).toISOString().slice(0, 10))}`;

/// Both: files are pruned by their day and by their times.
export function within(bounds: Bounds): string {
  return `time >= ${instant(bounds.fromMs)} AND time < ${instant(bounds.toMs)} AND date BETWEEN ${day(bounds.fromMs)} AND ${day(bounds.toMs)}`;
}

// What came from outside: a call to the service, not a step within it.
const IS_REQUEST = "kind IN ('SPAN_KIND_SERVER', 'SPAN_KIND_CONSUMER') OR parent_span_id IS NULL";
const FIGURES = `count(*) AS requests, count(*) FILTER (WHERE status_code = 'STATUS_CODE_ERROR') AS errors,
  approx_quantile(duration_ns, 0.5) AS p50, approx_quantile(duration_ns, 0.95) AS p95, approx_quantile(duration_ns, 0.99) AS p99`;
const bucketOf = (bounds: Bounds, buckets: number) =>
  `least(${buckets - 1}, (epoch_ms(time) - ${Math.floor(bounds.fromMs)}) // ${Math.max(1, Math.ceil((bounds.toMs - bounds.fromMs) / buckets))})`;

export function services(bounds: Bounds): string {
  return `SELECT service_name AS service, ${FIGURES}
FROM otel_spans
WHERE ${within(bounds)} AND (${IS_REQUEST})
GROUP BY ALL ORDER BY requests DESC LIMIT 1000`;
}

export function serviceCounts(bounds: Bounds, buckets: number): string {
  return `SELECT service_name AS service, ${bucketOf(bounds, buckets)} AS bucket, count(*) AS requests
FROM otel_spans
WHERE ${within(bounds)} AND (${IS_REQUEST})
GROUP BY ALL`;
}

/// Services that only take part in others' requests have no requests; they are listed all the same.
export function serviceSpans(bounds: Bounds): string {
  return `SELECT service_name AS service, count(*) AS spans FROM otel_spans WHERE ${within(bounds)} GROUP BY ALL LIMIT 1000`;
}

const ofService = (service: string | null) => (service === null ? "service_name IS NULL" : `service_name = ${quote(service)}`);

export function operations(service: string | null, bounds: Bounds): string {
  return `SELECT name, kind, ${FIGURES}, sum(duration_ns) AS total
FROM otel_spans
WHERE ${within(bounds)} AND ${ofService(service)}
GROUP BY ALL ORDER BY requests DESC LIMIT 1000`;
}

export function serviceOverTime(service: string | null, bounds: Bounds, buckets: number): string {
  return `SELECT ${bucketOf(bounds, buckets)} AS bucket, ${FIGURES}
FROM otel_spans
WHERE ${within(bounds)} AND ${ofService(service)} AND (${IS_REQUEST})
GROUP BY ALL ORDER BY bucket`;
}

export function recentTraces(count: number): string {
  return `SELECT trace_id, min(min_time) AS start_time, epoch_us(max(max_time)) - epoch_us(min(min_time)) AS duration_us,
  sum(span_count)::BIGINT AS spans, max(root_name) AS root_name, max(root_service) AS root_service, bool_or(has_error) AS has_error
FROM trace_index
GROUP BY trace_id ORDER BY start_time DESC LIMIT ${count}`;
}

export function isTraceThere(traceId: string): string {
  return `SELECT 1 FROM trace_index WHERE trace_id = ${quote(traceId)} LIMIT 1`;
}

/// A trace's logs may be written a little before and after its spans.
export function traceLogs(traceId: string, bounds: Bounds): string {
  const slack = 3600e3;
  return `SELECT time, time_unix_nano, service_name, severity_number, severity_text, span_id, body, attributes
FROM otel_logs
WHERE trace_id = ${quote(traceId)} AND ${within({ fromMs: bounds.fromMs - slack, toMs: bounds.toMs + slack })}
ORDER BY time_unix_nano LIMIT 10000`;
}

const TAIL_COLUMNS = {
  logs: "record_id, time, service_name, severity_text, body, trace_id, span_id",
  spans: "record_id, time, service_name, name, kind, duration_ns, status_code, trace_id, span_id",
};

/// What was committed of the last moments, oldest first; who polls it drops what it has seen.
export function latest(signal: "logs" | "spans", sinceMs: number, text: string, limit: number): string {
  const column = signal === "logs" ? "body" : "name";
  const filter = text === "" ? "" : ` AND (contains(lower(${column}), ${quote(text.toLowerCase())}) OR contains(lower(service_name), ${quote(text.toLowerCase())}))`;
  return `SELECT ${TAIL_COLUMNS[signal]} FROM otel_${signal}
WHERE ${within({ fromMs: sinceMs, toMs: Date.now() + 3600e3 })}${filter}
ORDER BY time DESC LIMIT ${limit}`;
}

export function refusedByReason(): string {
  return "SELECT signal, reason, count(*) AS letters, max(time) AS latest FROM otel_dead_letters GROUP BY ALL ORDER BY letters DESC LIMIT 50";
}
