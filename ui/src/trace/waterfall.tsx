// SPDX-License-Identifier: Apache-2.0
// The tree of a trace's spans against time. Only the rows in sight are in the document.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { duration } from "../format.ts";
import type { Stretch } from "./critical_path.ts";
import type { Trace } from "./model.ts";
import { bar, joinStretches, ticks, type Zoom } from "./zoom.ts";

export const ROW_PX = 24;
// Browsers lay out no taller boxes than about this; beyond it the scroll bar moves faster than the rows.
const HEIGHT_PX_MAX = 8_000_000;
const OVERSCAN_ROWS = 8;
// Above the rows, in the same box, so that both have the same width.
const RULER_PX = 26;
export const COLORS = 10;

export interface WaterfallProps {
  trace: Trace;
  rows: Int32Array;
  folded: ReadonlySet<number>;
  chosen: Uint8Array | undefined; // Of a filter: the others are ancestors, shown faintly.
  path: Map<number, Stretch[]> | undefined;
  marks: Map<string, number[]>; // Times of logs by span id, ns after the trace's start.
  selected: number;
  zoom: Zoom;
  onSelect: (span: number) => void;
  onFold: (span: number) => void;
}

export function Waterfall(props: WaterfallProps) {
  const { rows, trace, selected } = props;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const full = rows.length * ROW_PX;
  const laid = Math.min(full, HEIGHT_PX_MAX);
  // From where the scroll bar is to the first row, and back.
  const ratio = laid > height && full > laid ? (full - height) / (laid - height) : 1;

  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => setHeight(element.clientHeight - RULER_PX);
    measure();
    const resize = new ResizeObserver(measure);
    resize.observe(element);
    return () => resize.disconnect();
  }, []);
  useEffect(() => {
    const at = rows.indexOf(selected);
    const element = box.current!;
    if (at === -1) return;
    const y = at * ROW_PX;
    const seen = element.scrollTop * ratio;
    if (y < seen || y > seen + element.clientHeight - RULER_PX - ROW_PX) element.scrollTop = Math.max(0, y - element.clientHeight / 3) / ratio;
  }, [selected, rows]);

  const offset = top * ratio;
  const first = Math.max(0, Math.floor(offset / ROW_PX) - OVERSCAN_ROWS);
  const last = Math.min(rows.length, Math.ceil((offset + height) / ROW_PX) + OVERSCAN_ROWS);
  const shown = [];
  for (let at = first; at < last; at++) shown.push(<Row key={rows[at]} {...props} span={rows[at]!} y={at * ROW_PX - offset + top} />);
  return (
    <div class="waterfall">
      <div
        class="waterfall-rows"
        ref={box}
        role="tree"
        aria-label={`Spans of the trace, ${rows.length} shown`}
        aria-activedescendant={selected >= 0 ? `span-${selected}` : undefined}
        tabIndex={0}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={(event) => onKey(event, props, Math.max(1, Math.floor(height / ROW_PX) - 2))}
      >
        <Ruler zoom={props.zoom} />
        <div class="waterfall-space" role="none" style={{ height: `${laid}px` }}>
          {shown}
        </div>
      </div>
      {trace.names.length === 0 && <p>No spans.</p>}
    </div>
  );
}

function onKey(event: KeyboardEvent, props: WaterfallProps, page: number): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { rows, trace, selected } = props;
  const at = rows.indexOf(selected);
  const to = (row: number) => props.onSelect(rows[Math.min(rows.length - 1, Math.max(0, row))]!);
  const isFolded = props.folded.has(selected);
  const moves: Record<string, () => void> = {
    ArrowDown: () => to(at + 1),
    ArrowUp: () => to(at - 1),
    PageDown: () => to(at + page),
    PageUp: () => to(at - page),
    Home: () => to(0),
    End: () => to(rows.length - 1),
    ArrowRight: () => (isFolded ? props.onFold(selected) : to(at + 1)),
    ArrowLeft: () => {
      if (at >= 0 && !isFolded && trace.size[selected]! > 1) props.onFold(selected);
      else if (at >= 0 && trace.parent[selected]! >= 0) props.onSelect(trace.parent[selected]!);
    },
  };
  const move = moves[event.key];
  if (!move || rows.length === 0) return;
  event.preventDefault();
  move();
}

function Ruler({ zoom }: { zoom: Zoom }) {
  const span = zoom.to - zoom.from;
  return (
    <div class="ruler" aria-hidden="true">
      <div class="ruler-label">Service and operation</div>
      <div class="ruler-time">
        {ticks(zoom, 5).map((at) => {
          const left = (100 * (at - zoom.from)) / span;
          return left > 96 ? null : (
            <span key={at} style={{ left: `${left}%` }}>
              {duration(at)}
            </span>
          );
        })}
      </div>
    </div>
  );
}

function Row(props: WaterfallProps & { span: number; y: number }) {
  const { trace, span } = props;
  const service = trace.services[trace.service[span]!]!;
  const hasChildren = trace.size[span]! > 1;
  const isFolded = props.folded.has(span);
  const isFaint = props.chosen !== undefined && props.chosen[span] === 0;
  const isError = trace.isError[span] === 1;
  const depth = trace.depth[span]!;
  const classes = ["span", `c${trace.service[span]! % COLORS}`, span === props.selected ? "selected" : "", isFaint ? "faint" : "", isError ? "error" : ""];
  return (
    <div
      id={`span-${span}`}
      class={classes.filter(Boolean).join(" ")}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={span === props.selected}
      aria-expanded={hasChildren ? !isFolded : undefined}
aria-label={[service, trace.names[span], isFolded ? `+${trace.size[span]! - 1}` : "", duration(trace.length[span]!), isError ? "error" : ""].filter(Boolean).join(" ")}
      style={{ transform: `translateY(${props.y}px)` }}
      onClick={() => props.onSelect(span)}
    >
      <div class="span-label" style={{ paddingLeft: `${6 + Math.min(depth, 40) * 12}px` }}>
        <span
          class={hasChildren ? (isFolded ? "fold folded" : "fold open") : "fold"}
          onClick={(event) => {
            event.stopPropagation();
            if (hasChildren) props.onFold(span);
          }}
        />
        <span class="swatch" />
        {isError && <span class="badge-error" title="This span failed" />}
        {!isError && isFolded && trace.errorsBelow[span]! > 0 && <span class="badge-below" title="A span below failed" />}
        {trace.isOrphan[span] === 1 && <span class="badge-orphan" title="Its parent is not here" />}
        {/* The blanks are for who hears it: without them it is one word. */}
        <span class="span-service">{service}</span>{" "}
        <span class="span-name">{trace.names[span]}</span>{" "}
        {isFolded && <span class="span-more">+{trace.size[span]! - 1}</span>}
      </div>{" "}
      <div class="span-time">
        <Bar {...props} />
      </div>
    </div>
  );
}

function Bar({ trace, span, zoom, path, marks }: WaterfallProps & { span: number }) {
  const place = bar(trace.start[span]!, trace.length[span]!, zoom);
  if (!place) return null;
  const range = zoom.to - zoom.from;
  const right = place.left + place.width;
  const text = duration(trace.length[span]!);
  const isInside = place.width > 14;
  const labelAt = isInside ? { left: `${place.left}%` } : right < 88 ? { left: `${right}%` } : { right: `${100 - place.left}%` };
  const stretches = path?.get(span);
  return (
    <>
      <div class="bar" style={{ left: `${place.left}%`, width: `${place.width}%` }} />
      {stretches &&
        joinStretches(stretches, zoom).map((stretch) => {
          const part = bar(stretch.from, stretch.to - stretch.from, zoom);
          return part && <div key={stretch.from} class="critical" style={{ left: `${part.left}%`, width: `${part.width}%` }} />;
        })}
      {marks.get(trace.spanIds[span]!)?.slice(0, 50).map((at, i) =>
        at < zoom.from || at > zoom.to ? null : <div key={i} class="mark" style={{ left: `${(100 * (at - zoom.from)) / range}%` }} />,
      )}
      <span class={isInside ? "bar-text inside" : "bar-text"} style={labelAt}>
        {text}
      </span>
    </>
  );
}
