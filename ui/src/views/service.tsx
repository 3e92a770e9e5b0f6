// SPDX-License-Identifier: Apache-2.0
// One service: its figures over time and its operations. `/ui/services/<name>?from=&to=&sort=`

import { useMemo } from "preact/hooks";
import { asObjects, sql } from "../api.ts";
import { count, duration, plainName, rate } from "../format.ts";
import { useLoad } from "../load.ts";
import { Chart } from "../parts/chart.tsx";
import { Link, place } from "../parts/link.tsx";
import { parseOrder, SortedTable, type Head } from "../parts/sorted_table.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { TimePicker } from "../parts/time_picker.tsx";
import { setParams } from "../place.ts";
import { operations, serviceOverTime } from "../queries.ts";
import { boundsOf, rangeOf, rangeParams, type Bounds } from "../time_range.ts";
import { figureHeads, type Figures } from "./services.tsx";

const BUCKETS = 60;

interface Operation extends Figures {
  name: string | null;
  kind: string | null;
  total: number | string;
}
interface Found {
  bounds: Bounds;
  operations: Operation[];
  overTime: (Figures & { bucket: number })[];
}

async function readService(service: string, bounds: Bounds, signal: AbortSignal): Promise<Found> {
  const [list, overTime] = await Promise.all([sql(operations(service, bounds), { signal }), sql(serviceOverTime(service, bounds, BUCKETS), { signal })]);
  return { bounds, operations: asObjects<Operation>(list), overTime: asObjects<Figures & { bucket: number }>(overTime) };
}

export function ServiceView({ service, params }: { service: string; params: Record<string, string> }) {
  const range = rangeOf(params);
  const found = useLoad((signal) => readService(service, boundsOf(range), signal), [service, range.from, range.to]);
  const bounds = found.value?.bounds ?? boundsOf(range);
  const search = (name: string | null, extra = "") =>
    place(["search"], { ...rangeParams(range), signal: "spans", q: `service:"${service}"${name === null ? "" : ` name:"${name.replaceAll('"', '\\"')}"`}${extra}` });
  const heads: Head<Operation>[] = [
    { key: "name", label: "Operation", isText: true, by: (row) => row.name ?? "", show: (row) => <Link to={search(row.name)}>{row.name ?? "(no name)"}</Link> },
    { key: "kind", label: "Kind", isText: true, by: (row) => row.kind ?? "", show: (row) => <span class="muted">{plainName(row.kind)}</span> },
    ...figureHeads<Operation>((bounds.toMs - bounds.fromMs) / 1000),
    { key: "count", label: "Spans", by: (row) => row.requests, show: (row) => count(row.requests) },
    { key: "total", label: "Total time", title: "Of all its spans", by: (row) => Number(row.total), show: (row) => duration(Number(row.total)) },
  ];
  return (
    <>
      <header class="view-head">
        <div>
          <p class="crumb"><Link to={place(["services"], rangeParams(range))}>Services</Link> /</p>
          <h1>{service}</h1>
        </div>
        <div class="buttons">
          <Link class="button" to={place(["search"], { ...rangeParams(range), q: `service:"${service}"` })}>Traces</Link>
          <Link class="button" to={place(["search"], { ...rangeParams(range), q: `service:"${service}" status:error` })}>Failed traces</Link>
          <TimePicker range={range} />
          <button onClick={found.reload} aria-label="Reload" title="Reload" disabled={found.isLoading}>↻</button>
        </div>
      </header>
      {found.error && <Failed error={found.error} retry={found.reload} />}
      {!found.value && !found.error && <Loading what="Reading the service" />}
      {found.value && found.value.operations.length === 0 && <Empty title="No spans of this service in this time" />}
      {found.value && found.value.operations.length > 0 && (
        <>
          <Charts found={found.value} />
          <h2>Operations</h2>
          <SortedTable label="Operations" rows={found.value.operations} heads={heads} order={parseOrder(params["sort"], "total")} keyOf={(row) => `${row.name} ${row.kind}`} />
        </>
      )}
    </>
  );
}

function Charts({ found }: { found: Found }) {
  const { bounds, overTime } = found;
  const stepMs = Math.max(1, Math.ceil((bounds.toMs - bounds.fromMs) / BUCKETS));
  const { x, series } = useMemo(() => {
    const at = new Map(overTime.map((one) => [one.bucket, one]));
    const buckets = Array.from({ length: BUCKETS }, (_, i) => at.get(i));
    const perSecond = (value: number) => value / (stepMs / 1000);
    return {
      x: buckets.map((_, i) => (bounds.fromMs + i * stepMs) / 1000),
      series: {
        rate: [{ label: "Requests", color: "--accent", isBars: true, values: buckets.map((one) => perSecond(one?.requests ?? 0)) }],
        errors: [{ label: "Errors", color: "--error", isBars: true, values: buckets.map((one) => perSecond(one?.errors ?? 0)) }],
        times: [
          { label: "p50", color: "--c1", values: buckets.map((one) => one?.p50 ?? null) },
          { label: "p95", color: "--c3", values: buckets.map((one) => one?.p95 ?? null) },
          { label: "p99", color: "--c5", values: buckets.map((one) => one?.p99 ?? null) },
        ],
      },
    };
  }, [found]);
  const choose = (from: number, to: number) => setParams({ from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString() });
  return (
    <div class="charts">
      <figure class="panel"><figcaption>Requests</figcaption><Chart label="Requests over time" x={x} series={series.rate} format={rate} onSelect={choose} /></figure>
      <figure class="panel"><figcaption>Errors</figcaption><Chart label="Errors over time" x={x} series={series.errors} format={rate} onSelect={choose} /></figure>
      <figure class="panel"><figcaption>Duration</figcaption><Chart label="Durations over time" x={x} series={series.times} format={duration} onSelect={choose} /></figure>
    </div>
  );
}
