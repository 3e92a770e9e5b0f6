// SPDX-License-Identifier: Apache-2.0
// The start: what came so far, how to send more, and the latest traces.

import { useState } from "preact/hooks";
import { asObjects, listTables, serverStatus, sql, type TableLine } from "../api.ts";
import { ago, count, duration } from "../format.ts";
import { asApiError, useLoad } from "../load.ts";
import { Link, place } from "../parts/link.tsx";
import { Paste } from "../parts/copy.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { go } from "../place.ts";
import { isTraceThere, recentTraces } from "../queries.ts";
import { senders } from "../snippets.ts";
import { sendTestTrace } from "../test_trace.ts";

const REFRESH_MS = 2000;
const TRACES_SHOWN = 12;

interface RecentTrace {
  trace_id: string;
  start_time: string;
  duration_us: number;
  spans: number;
  root_name: string | null;
  root_service: string | null;
  has_error: boolean;
}

const SIGNALS: { table: string; label: string; to: ReturnType<typeof place> }[] = [
  { table: "otel_spans", label: "Spans", to: place(["services"]) },
  { table: "otel_logs", label: "Log records", to: place(["tail"], { signal: "logs" }) },
  { table: "otel_metrics", label: "Metric points", to: place(["tables", "telemetry", "otel_metrics"]) },
  { table: "otel_dead_letters", label: "Refused", to: place(["health"]) },
];

export function StartView() {
  const tables = useLoad(listTables, [], REFRESH_MS);
  const spans = rowsOf(tables.value, "otel_spans");
  const traces = useLoad(async (signal) => asObjects<RecentTrace>(await sql(recentTraces(TRACES_SHOWN), { signal })), [spans]);
  if (!tables.value) return tables.error ? <Failed error={tables.error} retry={tables.reload} /> : <Loading what="Asking the server" />;
  const all = SIGNALS.reduce((sum, one) => sum + rowsOf(tables.value, one.table), 0);
  return (
    <div class="start">
      {tables.error && <p class="banner" role="alert">{tables.error.message}</p>}
      <section aria-label="What came so far" class="tiles">
        {SIGNALS.map((one) => (
          <Link key={one.table} to={one.to} class="tile">
            <strong class="number">{count(rowsOf(tables.value, one.table))}</strong>
            <span>{one.label}</span>
          </Link>
        ))}
      </section>
      {all === 0 && <h1>Nothing has come yet. Send the first trace:</h1>}
      <div class="start-columns">
        <Senders isFirst={all === 0} />
        <section class="panel" aria-labelledby="latest">
          <h2 id="latest">Latest traces</h2>
          {traces.value && traces.value.length > 0 ? <Traces traces={traces.value} /> : <p class="muted">They appear here by themselves, about a second after they were sent.</p>}
        </section>
      </div>
    </div>
  );
}

const rowsOf = (tables: TableLine[] | undefined, name: string) =>
  (tables ?? []).filter((table) => table.name === name || table.name.endsWith(`_${name}`)).reduce((sum, table) => sum + table.rows, 0);

function Senders({ isFirst }: { isFirst: boolean }) {
  const status = useLoad(serverStatus, []);
  const endpoints = status.value?.endpoints ?? [];
  const grpc = endpoints.find((one) => !location.host.endsWith(one.slice(one.lastIndexOf(":")))) ?? location.host;
  const snippets = senders(location.origin, grpc);
  const [chosen, setChosen] = useState(0);
  const snippet = snippets[chosen]!;
  return (
    <section class="panel" aria-labelledby="send">
      <h2 id="send">{isFirst ? "Paste one of these" : "Send more"}</h2>
      <div class="tabs" role="group" aria-label="With what">
        {snippets.map((one, i) => (
          <button key={one.name} aria-pressed={i === chosen} onClick={() => setChosen(i)}>{one.name}</button>
        ))}
      </div>
      <p class="note">{snippet.note}</p>
      <Paste text={snippet.text} label={snippet.name} />
      <TestTrace />
    </section>
  );
}

const VISIBLE_MS_MAX = 30_000;
const LOOK_MS = 200;

/// The trace is acknowledged first, and in the tables about a second later.
async function waitUntilVisible(traceId: string): Promise<void> {
  const until = Date.now() + VISIBLE_MS_MAX;
  while ((await sql(isTraceThere(traceId))).rows.length === 0) {
    if (Date.now() > until) throw new Error("the trace was acknowledged, but is not in the tables yet; the health page may say why");
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
}

function TestTrace() {
  const [state, setState] = useState<"" | "sending" | "waiting">("");
  const [problem, setProblem] = useState("");
  const send = async () => {
    setProblem("");
    setState("sending");
    try {
      const traceId = await sendTestTrace();
      setState("waiting");
      await waitUntilVisible(traceId);
      go(place(["trace", traceId]));
    } catch (error) {
      setProblem(asApiError(error).message);
      setState("");
    }
  };
  return (
    <div class="test-trace">
      <button class="primary" onClick={send} disabled={state !== ""}>Send a test trace</button>
      <span role="status" class="muted">{state === "sending" ? "Sending …" : state === "waiting" ? "Acknowledged. Waiting for the commit …" : "Seven spans of a made-up shop."}</span>
      {problem && <p class="text-error" role="alert">{problem}</p>}
    </div>
  );
}

function Traces({ traces }: { traces: RecentTrace[] }) {
  return (
    <div class="table-scroll">
    <table class="list">
      <thead>
        <tr><th>Trace</th><th class="right">Spans</th><th class="right">Duration</th><th class="right">Started</th></tr>
      </thead>
      <tbody>
        {traces.map((trace) => (
          <tr key={trace.trace_id}>
            <td class="wide">
              <Link to={place(["trace", trace.trace_id])}>
                <span class="muted">{trace.root_service ?? "?"}</span> {trace.root_name ?? trace.trace_id}
              </Link>
              {trace.has_error && <span class="badge-error" role="img" aria-label="A span failed" title="A span failed" />}
            </td>
            <td class="right number">{count(Number(trace.spans))}</td>
            <td class="right number">{duration(Number(trace.duration_us) * 1000)}</td>
            <td class="right number">{ago(Date.parse(trace.start_time))}</td>
          </tr>
        ))}
      </tbody>
    </table>
    </div>
  );
}
