// SPDX-License-Identifier: Apache-2.0
// A trace from the server: first the few columns that the tree needs, then whatever one span has.

import { ask, getJson } from "../api.ts";
import { buildTrace, TREE_COLUMNS, type SpanRow, type Trace } from "./model.ts";

interface TracePart<T> {
  span_count: number;
  is_cut: boolean;
  next: number | null;
  spans: T[];
}

export interface ReadTrace {
  trace: Trace;
  isCut: boolean; // There are more spans than the server looks for.
}

/// `onPart`: how many spans came of how many.
export async function readTrace(traceId: string, signal: AbortSignal, onPart: (read: number, all: number) => void): Promise<ReadTrace> {
  const rows: SpanRow[] = [];
  let first: number | null = 0;
  let isCut = false;
  while (first !== null) {
    const part: TracePart<SpanRow> = await getJson(`/api/v1/traces/${traceId}?columns=${TREE_COLUMNS.join(",")}&rows=arrays&first=${first}`, signal);
    for (const row of part.spans) rows.push(row);
    isCut = part.is_cut;
    onPart(rows.length, part.span_count);
    first = part.next;
  }
  return { trace: buildTrace(rows), isCut };
}

export interface SpanEvent {
  time_unix_nano: string;
  name: string;
  attributes?: Record<string, string>;
}
export interface SpanLink {
  trace_id: string;
  span_id: string;
  attributes?: Record<string, string>;
}
/// All columns of a span; those that are null are left out.
export interface FullSpan {
  trace_id: string;
  span_id: string;
  start_time_unix_nano: string;
  status_message?: string;
  attributes?: Record<string, string>;
  events?: SpanEvent[];
  links?: SpanLink[];
  resource?: { attributes?: Record<string, string> };
  instrumentation_scope?: { name?: string; version?: string; attributes?: Record<string, string> };
  [column: string]: unknown;
}

/// Only spans that start in that very nanosecond are read.
export async function readSpan(traceId: string, spanId: string, startNs: bigint, signal: AbortSignal): Promise<FullSpan | undefined> {
  const part = await getJson<TracePart<FullSpan>>(`/api/v1/traces/${traceId}?since=${startNs}&until=${startNs}`, signal);
  return part.spans.find((span) => span.span_id === spanId);
}

/// The whole trace as one JSON document, however many answers it takes.
export async function downloadTrace(traceId: string): Promise<Blob> {
  const parts: string[] = [];
  let first: number | null = 0;
  while (first !== null) {
    const part = (await (await ask(`/api/v1/traces/${traceId}?first=${first}`)).json()) as TracePart<unknown>;
    for (const span of part.spans) parts.push(JSON.stringify(span));
    first = part.next;
  }
  return new Blob([`{"trace_id":"${traceId}","spans":[\n`, parts.join(",\n"), "\n]}\n"], { type: "application/json" });
}
