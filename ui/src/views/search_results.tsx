// SPDX-License-Identifier: Apache-2.0
// What a search found, each signal in its own form.

import { useState } from "preact/hooks";
import { asObjects } from "../api.ts";
import { cell, count, duration, plainName, time } from "../format.ts";
import { Link, place } from "../parts/link.tsx";
import { RowGrid } from "../parts/row_grid.tsx";
import type { SearchAnswer, Signal } from "./search.tsx";

export function Found({ signal, answer }: { signal: Signal; answer: SearchAnswer }) {
  if (signal === "traces") return <Traces traces={asObjects<TraceRow>(answer)} />;
  if (signal === "spans") return <Spans spans={asObjects<SpanLine>(answer)} />;
  if (signal === "logs") return <Logs logs={asObjects<LogRow>(answer)} />;
  return <RowGrid data={answer} label="Metric points" />;
}

interface TraceRow {
  trace_id: string;
  start_time: string;
  duration_ms: number;
  root_service: string | null;
  root_name: string | null;
  span_count: number;
  error_count: number;
  services: string[] | null;
}

function Traces({ traces }: { traces: TraceRow[] }) {
  const most = Math.max(1e-9, ...traces.map((trace) => trace.duration_ms));
  return (
    <div class="table-scroll">
      <table class="list" aria-label="Traces">
        <thead>
          <tr><th>Trace</th><th>Services</th><th class="right">Spans</th><th class="right">Errors</th><th>Duration</th><th class="right">Started</th></tr>
        </thead>
        <tbody>
          {traces.map((trace) => (
            <tr key={trace.trace_id}>
              <td><Link to={place(["trace", trace.trace_id])}><span class="muted">{trace.root_service ?? "?"}</span> {trace.root_name ?? trace.trace_id}</Link></td>
              <td class="wide muted">{(trace.services ?? []).join(", ")}</td>
              <td class="right number">{count(trace.span_count)}</td>
              <td class={trace.error_count > 0 ? "right number text-error" : "right number muted"}>{count(trace.error_count)}</td>
              <td><Length ns={trace.duration_ms * 1e6} part={trace.duration_ms / most} /></td>
              <td class="right number">{time(Date.parse(trace.start_time))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Length({ ns, part }: { ns: number; part: number }) {
  return (
    <div class="length">
      <span class="number">{duration(ns)}</span>
      <span class="length-line"><span class="length-bar" style={{ width: `${Math.max(1, 100 * part)}%` }} /></span>
    </div>
  );
}

interface SpanLine {
  time: string;
  trace_id: string;
  span_id: string;
  service_name: string | null;
  name: string | null;
  kind: string | null;
  duration_ms: number | null;
  status_code: string | null;
  status_message: string | null;
  record_id: string;
}

function Spans({ spans }: { spans: SpanLine[] }) {
  const most = Math.max(1e-9, ...spans.map((span) => span.duration_ms ?? 0));
  return (
    <div class="table-scroll">
      <table class="list" aria-label="Spans">
        <thead>
          <tr><th>Started</th><th>Service</th><th>Name</th><th>Kind</th><th>Duration</th><th>Status</th></tr>
        </thead>
        <tbody>
          {spans.map((span) => (
            <tr key={span.record_id}>
              <td class="number">{time(Date.parse(span.time))}</td>
              <td class="muted">{span.service_name}</td>
              <td class="wide"><Link to={place(["trace", span.trace_id], { span: span.span_id })}>{span.name || "(no name)"}</Link></td>
              <td class="muted">{plainName(span.kind)}</td>
              <td><Length ns={(span.duration_ms ?? 0) * 1e6} part={(span.duration_ms ?? 0) / most} /></td>
              <td class={span.status_code === "STATUS_CODE_ERROR" ? "wide text-error" : "muted"}>{span.status_message || plainName(span.status_code).replace("unset", "")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface LogRow {
  time: string;
  severity_text: string | null;
  severity_number: number | null;
  service_name: string | null;
  body: string | null;
  trace_id: string | null;
  span_id: string | null;
  attributes: Record<string, string> | null;
  record_id: string;
}

function Logs({ logs }: { logs: LogRow[] }) {
  const [open, setOpen] = useState("");
  return (
    <ol class="tail-lines" aria-label="Log records">
      {logs.map((log) => (
        <li key={log.record_id}>
          <span class="mono muted">{time(Date.parse(log.time))}</span>
          <span class="tail-service">{log.service_name}</span>
          <span class={(log.severity_number ?? 0) >= 17 ? "tail-level text-error" : "tail-level muted"}>{log.severity_text}</span>
          <button class="plain tail-body" aria-expanded={open === log.record_id} onClick={() => setOpen(open === log.record_id ? "" : log.record_id)}>{log.body}</button>
          {log.trace_id ? <Link class="tail-trace" to={place(["trace", log.trace_id], log.span_id ? { span: log.span_id } : {})}>trace</Link> : <span />}
          {open === log.record_id && (
            <table class="pairs">
              <tbody>
                {Object.entries(log.attributes ?? {}).map(([key, value]) => (
                  <tr key={key}><th scope="row">{key}</th><td>{cell(value)}</td></tr>
                ))}
              </tbody>
            </table>
          )}
        </li>
      ))}
    </ol>
  );
}
