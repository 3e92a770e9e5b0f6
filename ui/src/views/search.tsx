// SPDX-License-Identifier: Apache-2.0
// Search: `/ui/search?signal=traces|spans|logs|metrics&q=&from=&to=&order=&limit=`

import { useMemo } from "preact/hooks";
import { getJson, queryText, type Rows } from "../api.ts";
import { count } from "../format.ts";
import { useLoad } from "../load.ts";
import { Chart } from "../parts/chart.tsx";
import { Paste } from "../parts/copy.tsx";
import { Link, place } from "../parts/link.tsx";
import { SearchBar } from "../parts/search_bar.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { TimePicker } from "../parts/time_picker.tsx";
import { setParams } from "../place.ts";
import { hasCondition, toggleCondition } from "../search_text.ts";
import { rangeOf } from "../time_range.ts";
import { Found } from "./search_results.tsx";

export const SIGNALS = ["traces", "spans", "logs", "metrics"] as const;
export type Signal = (typeof SIGNALS)[number];
const LIMIT = 50;
const LIMIT_MAX = 1000;

export interface SearchAnswer extends Rows {
  signal: string;
  sql: string;
  is_cut: boolean;
  elapsed_ms: number;
}
interface Histogram {
  bucket_ms: number;
  buckets: { start: string; count: number; errors: number }[];
}
interface Facets {
  facets: { key: string; values: { value: string | null; count: number }[] }[];
}

export function SearchView({ params }: { params: Record<string, string> }) {
  const range = rangeOf(params);
  const signal: Signal = SIGNALS.find((one) => one === params["signal"]) ?? "traces";
  const q = params["q"] ?? "";
  const order = params["order"] ?? "";
  const limit = Math.min(LIMIT_MAX, Number(params["limit"]) || LIMIT);
  const asked = { signal, q, from: range.from, to: range.to };
  const keys = [signal, q, range.from, range.to];
  const found = useLoad((abort) => getJson<SearchAnswer>(`/api/v1/search?${queryText({ ...asked, limit, order })}`, abort), [...keys, limit, order]);
  const histogram = useLoad((abort) => getJson<Histogram>(`/api/v1/search/histogram?${queryText({ ...asked, buckets: 80 })}`, abort), keys);
  const facets = useLoad((abort) => getJson<Facets>(`/api/v1/search/facets?${queryText(asked)}`, abort), keys);
  const isBadQuery = found.error?.status === 400;
  const answer = found.value?.signal === signal ? found.value : undefined;
  return (
    <>
      <div class="search-head">
        <div class="tabs" role="group" aria-label="Signal">
          {SIGNALS.map((one) => (
            <button key={one} aria-pressed={one === signal} onClick={() => setParams({ signal: one === "traces" ? "" : one, order: "", limit: "" })}>{one[0]!.toUpperCase() + one.slice(1)}</button>
          ))}
        </div>
        <SearchBar signal={signal} value={q} onSearch={(text) => (text === q ? found.reload() : setParams({ q: text, limit: "" }))} {...(isBadQuery ? { error: found.error! } : {})} />
        {signal !== "logs" && signal !== "metrics" && (
          <select aria-label="Order" value={order} onChange={(event) => setParams({ order: event.currentTarget.value }, true)}>
            <option value="">Newest first</option>
            <option value="slowest">Slowest first</option>
            <option value="errors">Most errors first</option>
          </select>
        )}
        <TimePicker range={range} />
      </div>
      {found.error?.status === 404 ? (
        <Empty title="This server has no search"><p>Its version serves no <code>/api/v1/search</code>. <Link to={place(["sql"])}>SQL</Link> finds everything as well.</p></Empty>
      ) : (
        <div class="search-body">
          <FacetList facets={facets.value} q={q} />
          <div class="search-main">
            <Bars histogram={histogram.value} signal={signal} />
            {found.error && !isBadQuery && <Failed error={found.error} retry={found.reload} />}
            {!answer && !found.error && <Loading what="Searching" />}
            {answer && !isBadQuery && (
              <>
                <p class="facts" role="status">
                  <strong>{count(answer.rows.length)}{answer.is_cut ? "+" : ""} {signal}</strong>
                  <span>{Math.round(answer.elapsed_ms)} ms</span>
                  {found.isLoading && <span>searching …</span>}
                </p>
                {answer.rows.length === 0 ? <Nothing q={q} /> : <Found signal={signal} answer={answer} />}
                {answer.is_cut && limit < LIMIT_MAX && <button class="more" onClick={() => setParams({ limit: String(Math.min(LIMIT_MAX, limit * 4)) }, true)}>Show more</button>}
                <TheSql sql={answer.sql} />
              </>
            )}
          </div>
        </div>
      )}
    </>
  );
}

function Nothing({ q }: { q: string }) {
  return (
    <Empty title={q ? "Nothing matches" : "Nothing in this time"}>
      <p>Choose a longer time{q && <>, or <button class="plain link" onClick={() => setParams({ q: "" })}>search for everything</button></>}.</p>
    </Empty>
  );
}

function TheSql({ sql }: { sql: string }) {
  return (
    <details class="the-sql">
      <summary>The SQL of this search</summary>
      <Paste text={sql} label="SQL" />
      <Link class="button" to={place(["sql"], { q: sql })}>Open in the console</Link>
    </details>
  );
}

function Bars({ histogram, signal }: { histogram: Histogram | undefined; signal: Signal }) {
  const { x, series } = useMemo(() => {
    const buckets = histogram?.buckets ?? [];
    return {
      x: buckets.map((bucket) => Date.parse(bucket.start) / 1000),
      series: [
        { label: signal === "traces" ? "spans" : signal, color: "--c0", isBars: true, values: buckets.map((bucket) => bucket.count) },
        { label: "errors", color: "--error", isBars: true, values: buckets.map((bucket) => bucket.errors) },
      ],
    };
  }, [histogram]);
  if (!histogram) return <div class="panel search-bars" />;
  const choose = (from: number, to: number) => setParams({ from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString() });
  return (
    <div class="panel search-bars" title="Drag to look at a part of the time">
      <Chart label={`${signal} over time`} x={x} series={series} height={110} onSelect={choose} />
    </div>
  );
}

function FacetList({ facets, q }: { facets: Facets | undefined; q: string }) {
  const shown = (facets?.facets ?? []).map((facet) => ({ ...facet, values: facet.values.filter((one) => one.value !== null && one.value !== "") })).filter((facet) => facet.values.length > 0);
  return (
    <aside class="facets" aria-label="Facets">
      {shown.map((facet) => {
        const most = Math.max(...facet.values.map((one) => one.count));
        return (
          <section key={facet.key}>
            <h2>{facet.key}</h2>
            <ul>
              {facet.values.map(({ value, count: times }) => {
                const isOn = hasCondition(q, facet.key, value!);
                return (
                  <li key={value}>
                    <button aria-pressed={isOn} title={`${value}: ${count(times)}`} onClick={() => setParams({ q: toggleCondition(q, facet.key, value!), limit: "" })}>
                      <span class="facet-bar" style={{ width: `${(100 * times) / most}%` }} aria-hidden="true" />
                      <span class="facet-value">{value}</span>
                      <span class="number muted">{count(times)}</span>
                    </button>
                  </li>
                );
              })}
            </ul>
          </section>
        );
      })}
    </aside>
  );
}
