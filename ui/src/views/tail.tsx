// SPDX-License-Identifier: Apache-2.0
// What comes, while it comes: `/ui/tail?signal=logs|spans&q=`

import { useEffect, useRef, useState } from "preact/hooks";
import { columnAt, type ApiError, type Column, type Rows } from "../api.ts";
import { count, duration, time } from "../format.ts";
import { asApiError } from "../load.ts";
import { Link, place } from "../parts/link.tsx";
import { SearchBar } from "../parts/search_bar.tsx";
import { Empty } from "../parts/states.tsx";
import { setParams } from "../place.ts";
import { openTail, type TailSignal } from "../tail.ts";

// The oldest go; who wants them searches.
const KEPT_MAX = 500;
const RETRY_MS = 2000;

export function TailView({ params }: { params: Record<string, string> }) {
  const signal: TailSignal = params["signal"] === "spans" ? "spans" : "logs";
  const q = params["q"] ?? "";
  const [rows, setRows] = useState<Rows>({ columns: [], rows: [] });
  const [seen, setSeen] = useState(0);
  const [error, setError] = useState<ApiError>();
  const [isPaused, setPaused] = useState(false);
  const waiting = useRef<unknown[][]>([]);
  const paused = useRef(false);
  paused.current = isPaused;
  useEffect(() => {
    const abort = new AbortController();
    setRows({ columns: [], rows: [] });
    setSeen(0);
    setError(undefined);
    waiting.current = [];
    const follow = async () => {
      const tail = openTail(signal, q);
      while (!abort.signal.aborted) {
        try {
          const fresh = await tail.next(abort.signal);
          setError(undefined);
          setSeen((old) => old + fresh.rows.length);
          waiting.current = [...fresh.rows].reverse().concat(waiting.current).slice(0, KEPT_MAX);
          const columns = fresh.columns;
          if (!paused.current && columns.length > 0) setRows({ columns, rows: waiting.current });
        } catch (problem) {
          if (abort.signal.aborted) return;
          const failed = asApiError(problem);
          setError(failed);
          if (failed.status === 400) return;
          await new Promise((done) => setTimeout(done, RETRY_MS));
        }
      }
    };
    void follow();
    return () => abort.abort();
  }, [signal, q]);
  useEffect(() => {
    if (!isPaused) setRows((old) => (old.columns.length > 0 ? { columns: old.columns, rows: waiting.current } : old));
  }, [isPaused]);
  return (
    <>
      <header class="view-head">
        <h1>Tail</h1>
        <div class="buttons">
          <span class="muted number" role="status">{count(seen)} came</span>
          <button aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>{isPaused ? "Go on" : "Pause"}</button>
        </div>
      </header>
      <div class="tools">
        <div class="tabs" role="group" aria-label="Signal">
          <button aria-pressed={signal === "logs"} onClick={() => setParams({ signal: "" })}>Logs</button>
          <button aria-pressed={signal === "spans"} onClick={() => setParams({ signal: "spans" })}>Spans</button>
        </div>
        <SearchBar signal={signal} value={q} onSearch={(text) => setParams({ q: text })} {...(error?.status === 400 ? { error } : {})} />
      </div>
      {error && error.status !== 400 && <p class="banner" role="alert">{error.message}</p>}
      {rows.rows.length === 0 && <Empty title={`Waiting for ${signal}`}><p>{q ? "What comes and fits the filter appears here." : "They appear here by themselves."}</p></Empty>}
      {rows.rows.length > 0 && <Lines signal={signal} rows={rows} />}
    </>
  );
}

function Lines({ signal, rows }: { signal: TailSignal; rows: Rows }) {
  const get = (name: string) => columnAt(rows, name);
  const at = { time: get("time"), service: get("service_name"), trace: get("trace_id"), span: get("span_id"), id: get("record_id") };
  return (
    <ol class="tail-lines" aria-label="Newest first">
      {rows.rows.map((row, i) => (
        <li key={at.id >= 0 ? String(row[at.id]) : i}>
          <span class="mono muted">{time(Date.parse(String(row[at.time])))}</span>
          <span class="tail-service">{String(row[at.service] ?? "")}</span>
          {signal === "logs" ? <LogLine row={row} columns={rows.columns} /> : <SpanLine row={row} columns={rows.columns} />}
          {row[at.trace] ? <Link class="tail-trace" to={place(["trace", String(row[at.trace])], row[at.span] ? { span: String(row[at.span]) } : {})}>trace</Link> : <span />}
        </li>
      ))}
    </ol>
  );
}

const text = (row: unknown[], columns: Column[], name: string) => {
  const at = columns.findIndex((column) => column.name === name);
  return at < 0 || row[at] === null ? "" : String(row[at]);
};

function LogLine({ row, columns }: { row: unknown[]; columns: Column[] }) {
  const severity = text(row, columns, "severity_text");
  const isError = /^(err|fatal|crit)/i.test(severity);
  return (
    <>
      <span class={isError ? "tail-level text-error" : "tail-level muted"}>{severity}</span>
      <span class="tail-body">{text(row, columns, "body")}</span>
    </>
  );
}

function SpanLine({ row, columns }: { row: unknown[]; columns: Column[] }) {
  const isError = text(row, columns, "status_code") === "STATUS_CODE_ERROR";
  const ns = text(row, columns, "duration_ns");
  const ms = text(row, columns, "duration_ms");
  return (
    <>
      <span class="tail-level number muted">{duration(ns ? Number(ns) : Number(ms) * 1e6)}</span>
      <span class={isError ? "tail-body text-error" : "tail-body"}>{text(row, columns, "name")}</span>
    </>
  );
}
