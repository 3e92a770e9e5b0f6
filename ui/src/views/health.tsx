// SPDX-License-Identifier: Apache-2.0
// How the server is: what waits, how long commits take, what was refused. `/ui/health`

import { useEffect, useMemo, useState } from "preact/hooks";
import { asObjects, metricsText, serverStatus, sql, type ServerStatus } from "../api.ts";
import { bytes, count, duration, rate, short } from "../format.ts";
import { useLoad } from "../load.ts";
import { difference, parseMetrics, quantile, total, type Metrics } from "../metrics.ts";
import { Chart } from "../parts/chart.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { refusedByReason } from "../queries.ts";

const REFRESH_MS = 2000;
const MOMENTS_MAX = 300; // Ten minutes.

interface Moment {
  atMs: number;
  metrics: Metrics;
}

async function look(signal: AbortSignal): Promise<{ status: ServerStatus; moment: Moment }> {
  const [status, text] = await Promise.all([serverStatus(signal), metricsText(signal)]);
  return { status, moment: { atMs: Date.now(), metrics: parseMetrics(text) } };
}

export function HealthView() {
  const now = useLoad(look, [], REFRESH_MS);
  const [moments, setMoments] = useState<Moment[]>([]);
  const moment = now.value?.moment;
  useEffect(() => {
    if (moment) setMoments((old) => [...old.slice(1 - MOMENTS_MAX), moment]);
  }, [moment]);
  if (!now.value || !moment) return now.error ? <Failed error={now.error} retry={now.reload} /> : <Loading what="Asking the server" />;
  const { status } = now.value;
  return (
    <>
      {now.error && <p class="banner" role="alert">{now.error.message}</p>}
      <header class="view-head">
        <div>
          <h1>{status.can_ack ? <><span class="dot ok" aria-hidden="true" /> Takes telemetry</> : <><span class="dot bad" aria-hidden="true" /> Turns telemetry away</>}</h1>
          <p class="facts">
            <span>Weir {status.version}</span>
            <span>up {duration(status.uptime_s * 1e9)}</span>
            <span class="mono">{status.endpoints.join("  ")}</span>
            <span class="mono">{status.data_dir}</span>
          </p>
        </div>
      </header>
      {!status.can_ack && <p class="banner" role="alert">{status.reason}</p>}
      <Tiles metrics={moment.metrics} moments={moments} />
      <Charts moments={moments} />
      <div class="start-columns">
        <Refusals metrics={moment.metrics} />
        <DeadLetters />
      </div>
    </>
  );
}

const ACCEPTED = ["otelcol_receiver_accepted_spans", "otelcol_receiver_accepted_log_records", "otelcol_receiver_accepted_metric_points"] as const;
const COMMIT = "weir_commit_latency_seconds";

function Tiles({ metrics, moments }: { metrics: Metrics; moments: Moment[] }) {
  const buckets = metrics.get(`${COMMIT}_bucket`) ?? [];
  const first = moments[0]?.metrics.get(`${COMMIT}_bucket`) ?? [];
  const lately = difference(buckets, first);
  const isLately = total(new Map([["x", lately]]), "x") > 0;
  const p = (part: number) => duration(quantile(isLately ? lately : buckets, part) * 1e9);
  const age = total(metrics, "weir_oldest_uncommitted_seconds");
  const mismatches = total(metrics, "weir_format_mismatch_tables");
  const tiles: [string, string, string, boolean][] = [
    ["Backlog", age === 0 ? "none" : duration(age * 1e9), "Age of the oldest record that is acknowledged and not in a table yet", age > 30],
    ["Commit, p50", p(0.5), isLately ? "While this page is open" : "Since the start", false],
    ["Commit, p99", p(0.99), isLately ? "While this page is open" : "Since the start", false],
    ["Journal", bytes(total(metrics, "weir_journal_bytes")), "Segments on disk, spare ones too", false],
    ["Buffered", bytes(total(metrics, "weir_buffered_bytes")), "Rows in memory that are not in a table yet", false],
    ["Formats differ", mismatches === 0 ? "never" : `${mismatches} tables`, "Iceberg and Delta are compared all the time", mismatches > 0],
  ];
  return (
    <section class="tiles" aria-label="Now">
      {tiles.map(([label, value, title, isBad]) => (
        <div class="tile" key={label} title={title}>
          <strong class={isBad ? "number text-error" : "number"}>{value}</strong>
          <span>{label}</span>
        </div>
      ))}
    </section>
  );
}

function Charts({ moments }: { moments: Moment[] }) {
  const data = useMemo(() => {
    const x = moments.map((moment) => moment.atMs / 1000);
    const perSecond = (name: string) => moments.map((moment, i) => {
      const before = moments[i - 1];
      if (!before) return null;
      return Math.max(0, total(moment.metrics, name) - total(before.metrics, name)) / ((moment.atMs - before.atMs) / 1000);
    });
    const gauge = (name: string) => moments.map((moment) => total(moment.metrics, name));
    const commit = moments.map((moment, i) => {
      const before = moments[i - 1];
      if (!before) return null;
      const commits = total(moment.metrics, `${COMMIT}_count`) - total(before.metrics, `${COMMIT}_count`);
      return commits > 0 ? (1e9 * (total(moment.metrics, `${COMMIT}_sum`) - total(before.metrics, `${COMMIT}_sum`))) / commits : null;
    });
    return {
      x,
      accepted: ["spans", "logs", "metric points"].map((label, i) => ({ label, color: `--c${[0, 2, 3][i]}`, values: perSecond(ACCEPTED[i]!) })),
      age: [{ label: "age", color: "--accent", values: gauge("weir_oldest_uncommitted_seconds").map((value) => value * 1e9) }],
      commit: [{ label: "commit", color: "--accent", values: commit }],
      journal: [{ label: "journal", color: "--accent", values: gauge("weir_journal_bytes") }],
    };
  }, [moments]);
  if (moments.length < 2) return <p class="note">Charts begin with the second look, in two seconds.</p>;
  const zeros = (value: number) => (value === 0 ? "0" : duration(value));
  return (
    <div class="charts two">
      <figure class="panel"><figcaption>Accepted</figcaption><Chart label="Accepted records a second" x={data.x} series={data.accepted} format={rate} height={130} xLeast={60} /></figure>
      <figure class="panel"><figcaption>Age of the backlog</figcaption><Chart label="Age of the backlog" x={data.x} series={data.age} format={zeros} height={130} xLeast={60} yLeast={20e6} /></figure>
      <figure class="panel"><figcaption>Commit, mean</figcaption><Chart label="Mean commit latency" x={data.x} series={data.commit} format={zeros} height={130} xLeast={60} yLeast={20e6} /></figure>
      <figure class="panel"><figcaption>Journal</figcaption><Chart label="Bytes of the journal" x={data.x} series={data.journal} format={bytes} height={130} xLeast={60} /></figure>
    </div>
  );
}

const REFUSED: [string, string][] = [
  ["weir_receiver_refused_requests_total", "Requests refused"],
  ["weir_ingest_refused_total", "Asked to retry"],
  ["weir_limits_hit_total", "Limits hit"],
  ["otelcol_receiver_refused_spans", "Spans left out"],
  ["otelcol_receiver_refused_log_records", "Log records left out"],
  ["otelcol_receiver_refused_metric_points", "Data points left out"],
  ["weir_serve_queue_full_total", "Questions turned away"],
];

function Refusals({ metrics }: { metrics: Metrics }) {
  const lines = REFUSED.flatMap(([name, label]) =>
    (metrics.get(name) ?? []).filter((sample) => sample.value > 0).map((sample) => ({ label, why: Object.values(sample.labels).join(", "), value: sample.value })),
  ).sort((a, b) => b.value - a.value);
  return (
    <section class="panel" aria-labelledby="refused">
      <h2 id="refused">Refused since the start</h2>
      {lines.length === 0 ? (
        <p class="muted">Nothing was refused.</p>
      ) : (
        <div class="table-scroll">
          <table class="list">
            <thead><tr><th>What</th><th>Why</th><th class="right">How many</th></tr></thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.label + line.why}><td>{line.label}</td><td>{line.why}</td><td class="right number">{count(line.value)}</td></tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function DeadLetters() {
  const found = useLoad(async (signal) => asObjects<{ signal: string | null; reason: string | null; letters: number; latest: string }>(await sql(refusedByReason(), { signal })), [], 10_000);
  return (
    <section class="panel" aria-labelledby="letters">
      <h2 id="letters">Kept as dead letters</h2>
      {found.error && <p class="text-error">{found.error.message}</p>}
      {found.value?.length === 0 && <p class="muted">None. What cannot be a row is kept with its reason and its bytes.</p>}
      {found.value && found.value.length > 0 && (
        <div class="table-scroll">
          <table class="list">
            <thead><tr><th>Signal</th><th>Reason</th><th class="right">How many</th></tr></thead>
            <tbody>
              {found.value.map((line) => (
                <tr key={`${line.signal} ${line.reason}`}><td>{line.signal}</td><td class="wide">{line.reason}</td><td class="right number">{short(line.letters)}</td></tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
