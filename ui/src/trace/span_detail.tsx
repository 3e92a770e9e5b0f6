// SPDX-License-Identifier: Apache-2.0
// Everything that one span has, read when it is chosen.

import { useState } from "preact/hooks";
import { cell, duration, plainName, time } from "../format.ts";
import { useLoad } from "../load.ts";
import { Link, place } from "../parts/link.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { LogLines, type LogLine } from "./logs.tsx";
import type { Trace } from "./model.ts";
import { readSpan, type FullSpan } from "./read_trace.ts";

interface Props {
  traceId: string;
  trace: Trace;
  span: number;
  logs: LogLine[];
  onClose: () => void;
}

export function SpanDetail({ traceId, trace, span, logs, onClose }: Props) {
  const spanId = trace.spanIds[span]!;
  const startNs = trace.startNs + BigInt(Math.round(trace.start[span]!));
  const full = useLoad((signal) => readSpan(traceId, spanId, startNs, signal), [traceId, spanId]);
  const own = logs.filter((log) => log.spanId === spanId);
  const value = full.value?.span_id === spanId ? full.value : undefined;
  const services = trace.services[trace.service[span]!]!;
  return (
    <aside class="detail" aria-label="The chosen span">
      <header>
        <div>
          <h2>{trace.names[span]}</h2>
          <p>
            <Link to={place(["services", services])}>{services}</Link> · {plainName(trace.kinds[span])}
            {trace.isError[span] === 1 && <span class="text-error"> · error</span>}
          </p>
        </div>
        <button class="small" onClick={onClose} aria-label="Close the span">
          ✕
        </button>
      </header>
      <dl class="figures">
        <dt>Duration</dt>
        <dd>{duration(trace.length[span]!)}</dd>
        <dt>Starts after</dt>
        <dd>{duration(trace.start[span]!)}</dd>
        <dt>Span id</dt>
        <dd class="mono">
          {spanId} <CopyButton text={spanId} />
        </dd>
      </dl>
      {full.error && !value && <Failed error={full.error} retry={full.reload} />}
      {!value && !full.error && <Loading what="Reading the span" />}
      {value && <SpanParts full={value} startNs={trace.startNs} />}
      {own.length > 0 && (
        <section>
          <h3>Logs ({own.length})</h3>
          <LogLines logs={own} startNs={trace.startNs} />
        </section>
      )}
    </aside>
  );
}

// What the header or another part shows, or what says nothing to people.
const HIDDEN = new Set(["span_id", "trace_id", "parent_span_id", "name", "kind", "start_time_unix_nano", "end_time_unix_nano", "duration_ns", "attributes", "attributes_types",
  "events", "links", "resource", "instrumentation_scope", "record_id", "date", "time", "service_name", "status_code", "status_message",
  "dropped_attributes_count", "dropped_events_count", "dropped_links_count", "flags"]);

function SpanParts({ full, startNs }: { full: FullSpan; startNs: bigint }) {
  const columns = Object.entries(full).filter(([name, value]) => !HIDDEN.has(name) && value !== null);
  const dropped = Number(full["dropped_attributes_count"] ?? 0);
  return (
    <>
      {full.status_message && <p class="status-message">{full.status_message}</p>}
      <Attributes title="Attributes" values={full.attributes ?? {}} />
      {dropped > 0 && <p class="note">{dropped} attributes were dropped by the sender.</p>}
      {(full.events ?? []).length > 0 && (
        <section>
          <h3>Events ({full.events!.length})</h3>
          {full.events!.map((event, i) => (
            <details key={i} open={full.events!.length < 4}>
              <summary>
                <span class="mono">{duration(Number(BigInt(event.time_unix_nano) - startNs))}</span> {event.name}
              </summary>
              <Table values={event.attributes ?? {}} />
            </details>
          ))}
        </section>
      )}
      {(full.links ?? []).length > 0 && (
        <section>
          <h3>Links ({full.links!.length})</h3>
          {full.links!.map((link, i) => (
            <p key={i} class="mono">
              <Link to={place(["trace", link.trace_id], { span: link.span_id })}>{link.trace_id}</Link>
            </p>
          ))}
        </section>
      )}
      <Attributes title="Resource" values={full.resource?.attributes ?? {}} isClosed />
      <Attributes title="Scope" values={scopeOf(full)} isClosed />
      <Attributes title="Columns" values={Object.fromEntries(columns.map(([name, value]) => [name, cell(value)]))} isClosed />
      <p class="note">Recorded {time(Number(BigInt(full.start_time_unix_nano) / 1_000_000n))}, your time.</p>
    </>
  );
}

function scopeOf(full: FullSpan): Record<string, string> {
  const scope = full.instrumentation_scope;
  return { ...(scope?.name ? { name: scope.name } : {}), ...(scope?.version ? { version: scope.version } : {}), ...scope?.attributes };
}

function Attributes({ title, values, isClosed = false }: { title: string; values: Record<string, string>; isClosed?: boolean }) {
  const [filter, setFilter] = useState("");
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  const wanted = filter.toLowerCase();
  const shown = entries.filter(([key, value]) => key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted));
  return (
    <details class="section" open={!isClosed}>
      <summary>
        {title} ({entries.length})
      </summary>
      {entries.length > 12 && (
        <input type="search" placeholder="Filter" aria-label={`Filter ${title.toLowerCase()}`} value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
      )}
      <Table values={Object.fromEntries(shown)} />
    </details>
  );
}

function Table({ values }: { values: Record<string, string> }) {
  return (
    <table class="pairs">
      <tbody>
        {Object.entries(values).map(([key, value]) => (
          <tr key={key}>
            <th scope="row">{key}</th>
            <td>{cell(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
