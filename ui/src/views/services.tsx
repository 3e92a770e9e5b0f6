// SPDX-License-Identifier: Apache-2.0
// All services: how much, how many failed, how long. `/ui/services?from=&to=&sort=`

import { asObjects, sql } from "../api.ts";
import { count, duration, percent, rate } from "../format.ts";
import { useLoad } from "../load.ts";
import { Link, place } from "../parts/link.tsx";
import { parseOrder, SortedTable, type Head } from "../parts/sorted_table.tsx";
import { Spark } from "../parts/spark.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { TimePicker } from "../parts/time_picker.tsx";
import { setParams } from "../place.ts";
import { serviceCounts, services, serviceSpans } from "../queries.ts";
import { boundsOf, rangeOf, rangeParams, type Bounds } from "../time_range.ts";

export const SPARK_BUCKETS = 40;

export interface Figures {
  requests: number;
  errors: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}
interface ServiceLine extends Figures {
  service: string | null;
  spans: number;
  overTime: number[];
}

async function readServices(bounds: Bounds, signal: AbortSignal): Promise<ServiceLine[]> {
  const [figures, counts, spans] = await Promise.all([
    sql(services(bounds), { signal }),
    sql(serviceCounts(bounds, SPARK_BUCKETS), { signal }),
    sql(serviceSpans(bounds), { signal }),
  ]);
  const lines = new Map<string | null, ServiceLine>();
  for (const [service, count] of spans.rows as [string | null, number][]) {
    lines.set(service, { service, spans: count, requests: 0, errors: 0, p50: null, p95: null, p99: null, overTime: new Array<number>(SPARK_BUCKETS).fill(0) });
  }
  for (const own of asObjects<Figures & { service: string | null }>(figures)) Object.assign(lines.get(own.service) ?? {}, own);
  for (const [service, bucket, requests] of counts.rows as [string | null, number, number][]) {
    const line = lines.get(service);
    if (line && bucket >= 0) line.overTime[bucket] = requests;
  }
  return [...lines.values()];
}

/// Heads that services and operations share.
export function figureHeads<T extends Figures>(seconds: number): Head<T>[] {
  const time = (key: "p50" | "p95" | "p99", label: string, title: string): Head<T> => ({
    key, label, title, by: (row) => row[key] ?? -1, show: (row) => (row[key] === null ? "–" : duration(row[key]!)),
  });
  return [
    { key: "rate", label: "Rate", title: "Requests in a second", by: (row) => row.requests, show: (row) => rate(row.requests / seconds) },
    {
      key: "errors", label: "Errors", title: "Share of requests that failed", by: (row) => (row.requests ? row.errors / row.requests : -1),
      show: (row) => <span class={row.errors > 0 ? "text-error" : "muted"} title={`${count(row.errors)} of ${count(row.requests)}`}>{percent(row.errors, row.requests)}</span>,
    },
    time("p50", "p50", "Half of the requests were faster"),
    time("p95", "p95", "19 of 20 requests were faster"),
    time("p99", "p99", "99 of 100 requests were faster"),
  ];
}

export function ServicesView({ params }: { params: Record<string, string> }) {
  const range = rangeOf(params);
  const found = useLoad((signal) => readServices(boundsOf(range), signal), [range.from, range.to]);
  const bounds = boundsOf(range);
  const order = parseOrder(params["sort"], "rate");
  const heads: Head<ServiceLine>[] = [
    {
      key: "service", label: "Service", isText: true, by: (row) => row.service ?? "",
      show: (row) => (row.service === null ? <span class="muted">(no service)</span> : <Link to={place(["services", row.service], rangeParams(range))}>{row.service}</Link>),
    },
    { key: "trend", label: "Requests", isText: true, show: (row) => <Spark values={row.overTime} label={`Requests of ${row.service} over time`} /> },
    ...figureHeads<ServiceLine>((bounds.toMs - bounds.fromMs) / 1000),
    { key: "spans", label: "Spans", title: "All of them, also steps within the service", by: (row) => row.spans, show: (row) => count(row.spans) },
  ];
  return (
    <>
      <header class="view-head">
        <h1>Services</h1>
        <div class="buttons">
          <div class="tabs" role="group" aria-label="Order">
            {[["rate", "Busiest"], ["p95", "Slowest"], ["errors", "Most errors"]].map(([key, label]) => (
              <button key={key} aria-pressed={order.key === key && order.isDown} onClick={() => setParams({ sort: key === "rate" ? "" : key! }, true)}>{label}</button>
            ))}
          </div>
          <TimePicker range={range} />
          <button onClick={found.reload} aria-label="Reload" title="Reload" disabled={found.isLoading}>↻</button>
        </div>
      </header>
      {found.error && <Failed error={found.error} retry={found.reload} />}
      {!found.value && !found.error && <Loading what="Counting spans" />}
      {found.value && found.value.length === 0 && (
        <Empty title="No spans in this time">
          <p>Choose a longer time, or <Link to={place([])}>send some</Link>.</p>
        </Empty>
      )}
      {found.value && found.value.length > 0 && <SortedTable label="Services" rows={found.value} heads={heads} order={order} keyOf={(row) => row.service ?? ""} />}
    </>
  );
}
