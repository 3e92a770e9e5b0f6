// SPDX-License-Identifier: Apache-2.0
// One trace: `/ui/trace/<id>?span=&filter=&zoom=&path=off&tab=logs`.

import { useEffect, useMemo, useState } from "preact/hooks";
import { count, duration, time } from "../format.ts";
import { useLoad } from "../load.ts";
import { CopyButton } from "../parts/copy.tsx";
import { Link, place } from "../parts/link.tsx";
import { saveFile } from "../parts/save_file.ts";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { setParams } from "../place.ts";
import { bySpan, criticalPath } from "../trace/critical_path.ts";
import { LogLines, readLogs, type LogLine } from "../trace/logs.tsx";
import { Minimap } from "../trace/minimap.tsx";
import { matchSpans, visibleRows, type Trace } from "../trace/model.ts";
import { downloadTrace, readTrace, type ReadTrace } from "../trace/read_trace.ts";
import { SpanDetail } from "../trace/span_detail.tsx";
import { COLORS, Waterfall } from "../trace/waterfall.tsx";
import { formatZoom, parseZoom } from "../trace/zoom.ts";

const NO_LOGS: LogLine[] = [];

export function TraceView({ traceId, params }: { traceId: string; params: Record<string, string> }) {
  const [progress, setProgress] = useState("");
  const found = useLoad(
    (signal) => readTrace(traceId, signal, (read, all) => setProgress(read < all ? `${count(read)} of ${count(all)} spans` : "")),
    [traceId],
  );
  if (found.error && found.error.status === 404) return <NotThere traceId={traceId} retry={found.reload} />;
  if (found.error) return <Failed error={found.error} retry={found.reload} />;
  if (!found.value || (found.isLoading && !found.value)) return <Loading what={progress || "Reading the trace"} />;
  return <Shown key={traceId} traceId={traceId} found={found.value} params={params} reload={found.reload} />;
}

function NotThere({ traceId, retry }: { traceId: string; retry: () => void }) {
  return (
    <Empty title="There is no such trace">
      <p class="mono">{traceId}</p>
      <p>Spans are here about a second after they were acknowledged. Older ones may have expired.</p>
      <button onClick={retry}>Look again</button>
    </Empty>
  );
}

interface ShownProps {
  traceId: string;
  found: ReadTrace;
  params: Record<string, string>;
  reload: () => void;
}

function Shown({ traceId, found, params, reload }: ShownProps) {
  const { trace } = found;
  const filter = params["filter"] ?? "";
  const isPathShown = params["path"] !== "off";
  const zoom = parseZoom(params["zoom"], trace.totalNs);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const path = useMemo(() => bySpan(criticalPath(trace)), [trace]);
  const match = useMemo(() => (filter.trim() === "" ? undefined : matchSpans(trace, filter)), [trace, filter]);
  const rows = useMemo(() => visibleRows(trace, match ? new Set() : folded, match?.chosen), [trace, folded, match]);
  const selected = useMemo(() => (params["span"] ? trace.spanIds.indexOf(params["span"]) : -1), [trace, params["span"]]);
  const logs = useLoad((signal) => readLogs(traceId, trace, signal), [traceId, trace]);
  const lines = logs.value ?? NO_LOGS;
  const marks = useMemo(() => marksOf(lines, trace), [lines, trace]);
  useEffect(() => {
    document.title = `${trace.names[0] ?? "Trace"} · Weir`;
  }, [trace]);
  const select = (span: number) => setParams({ span: trace.spanIds[span] ?? "" }, true);
  const fold = (span: number) => {
    const next = new Set(folded);
    if (!next.delete(span)) next.add(span);
    setFolded(next);
  };
  const isLogs = params["tab"] === "logs";
  return (
    <div class="trace">
      <Head traceId={traceId} found={found} reload={reload} />
      <Tools trace={trace} params={params} matches={match?.count} logCount={lines.length} foldAll={() => setFolded(allFolded(trace))} unfoldAll={() => setFolded(new Set())} />
      <Minimap trace={trace} zoom={zoom} onZoom={(next) => setParams({ zoom: formatZoom(next, trace.totalNs) })} />
      <div class="trace-body">
        {isLogs ? (
          <TraceLogs lines={lines} error={logs.error?.message} startNs={trace.startNs} onPick={(spanId) => setParams({ span: spanId, tab: "" })} />
        ) : rows.length === 0 ? (
          <Empty title="No span matches">
            <button onClick={() => setParams({ filter: "" }, true)}>Show all spans</button>
          </Empty>
        ) : (
          <Waterfall trace={trace} rows={rows} folded={match ? new Set() : folded} chosen={match?.chosen} path={isPathShown ? path : undefined}
            marks={marks} selected={selected} zoom={zoom} onSelect={select} onFold={fold} />
        )}
        {selected >= 0 && <SpanDetail traceId={traceId} trace={trace} span={selected} logs={lines} onClose={() => setParams({ span: "" }, true)} />}
      </div>
    </div>
  );
}

function marksOf(lines: LogLine[], trace: Trace): Map<string, number[]> {
  const marks = new Map<string, number[]>();
  for (const line of lines) {
    const at = Number(line.timeNs - trace.startNs);
    const own = marks.get(line.spanId);
    if (own) own.push(at);
    else marks.set(line.spanId, [at]);
  }
  return marks;
}

/// The tops stay open, what is below them is folded.
function allFolded(trace: Trace): Set<number> {
  const folded = new Set<number>();
  for (let i = 0; i < trace.names.length; i++) if (trace.depth[i]! > 0 && trace.size[i]! > 1) folded.add(i);
  return folded;
}

function Head({ traceId, found, reload }: { traceId: string; found: ReadTrace; reload: () => void }) {
  const { trace } = found;
  const [isSaving, setSaving] = useState(false);
  const errors = trace.isError.reduce((sum, one) => sum + one, 0);
  const download = async () => {
    setSaving(true);
    try {
      saveFile(await downloadTrace(traceId), `trace-${traceId}.json`);
    } finally {
      setSaving(false);
    }
  };
  return (
    <header class="view-head">
      <div>
        <h1>
          <span class="muted">{trace.services[trace.service[0] ?? 0]}</span> {trace.names[0]}
        </h1>
        <p class="facts">
          <span>{time(Number(trace.startNs / 1_000_000n))}</span>
          <strong>{duration(trace.totalNs)}</strong>
          <span>{count(trace.names.length)} spans{found.isCut && " (not all)"}</span>
          <span>{trace.services.length} {trace.services.length === 1 ? "service" : "services"}</span>
          {errors > 0 ? <span class="text-error">{count(errors)} {errors === 1 ? "error" : "errors"}</span> : <span>no errors</span>}
          <span class="mono muted">{traceId}</span>
        </p>
      </div>
      <div class="buttons">
        <button class="small" onClick={reload} title="Read the trace again; late spans may have come">Reload</button>
        <CopyButton text={`${location.origin}/ui/trace/${traceId}`} label="Copy link" />
        <button class="small" onClick={download} disabled={isSaving}>{isSaving ? "Reading …" : "Download JSON"}</button>
      </div>
    </header>
  );
}

interface ToolsProps {
  trace: Trace;
  params: Record<string, string>;
  matches: number | undefined;
  logCount: number;
  foldAll: () => void;
  unfoldAll: () => void;
}

const SERVICES_SHOWN_MAX = 12;

function Tools({ trace, params, matches, logCount, foldAll, unfoldAll }: ToolsProps) {
  const filter = params["filter"] ?? "";
  const isPathShown = params["path"] !== "off";
  const isLogs = params["tab"] === "logs";
  return (
    <div class="tools">
      <div class="tabs" role="group" aria-label="What of the trace">
        <button aria-pressed={!isLogs} onClick={() => setParams({ tab: "" })}>Spans</button>
        <button aria-pressed={isLogs} onClick={() => setParams({ tab: "logs" })}>Logs {logCount > 0 && <span class="count">{count(logCount)}</span>}</button>
      </div>
      <input id="filter" type="search" class="filter" placeholder="Filter spans: name, service:web, error" aria-label="Filter spans" value={filter}
        onInput={(event) => setParams({ filter: event.currentTarget.value }, true)} />
      <span class="muted" role="status">{matches === undefined ? "" : `${count(matches)} of ${count(trace.names.length)}`}</span>
      <button class="small" aria-pressed={isPathShown} onClick={() => setParams({ path: isPathShown ? "off" : "" }, true)} title="What the trace waited for">Critical path</button>
      <button class="small" onClick={foldAll}>Fold all</button>
      <button class="small" onClick={unfoldAll}>Unfold</button>
      <ul class="legend" aria-label="Services">
        {trace.services.slice(0, SERVICES_SHOWN_MAX).map((service, i) => (
          <li key={service} class={`c${i % COLORS}`}>
            <button class="plain" onClick={() => setParams({ filter: filter === `service:${service}` ? "" : `service:${service}` }, true)}>
              <span class="swatch" />
              {service}
            </button>
          </li>
        ))}
        {trace.services.length > SERVICES_SHOWN_MAX && <li class="muted">and {trace.services.length - SERVICES_SHOWN_MAX} more</li>}
      </ul>
    </div>
  );
}

function TraceLogs({ lines, error, startNs, onPick }: { lines: LogLine[]; error: string | undefined; startNs: bigint; onPick: (spanId: string) => void }) {
  if (error) return <Empty title="The logs could not be read"><pre>{error}</pre></Empty>;
  if (lines.length === 0) {
    return (
      <Empty title="No log record names this trace">
        <p>Logging libraries put the trace's id into records when the OpenTelemetry log bridge is on. <Link to={place(["tail"], { signal: "logs" })}>Watch the logs</Link></p>
      </Empty>
    );
  }
  return <div class="scroll" tabIndex={0} aria-label="Logs of the trace"><LogLines logs={lines} startNs={startNs} onPick={onPick} /></div>;
}
