// SPDX-License-Identifier: Apache-2.0
// The whole trace at once, and the part of its time that is shown; dragging chooses another.

import { useEffect, useRef, useState } from "preact/hooks";
import { duration } from "../format.ts";
import { COLORS } from "./waterfall.tsx";
import type { Trace } from "./model.ts";
import type { Zoom } from "./zoom.ts";

interface Props {
  trace: Trace;
  zoom: Zoom;
  onZoom: (zoom: Zoom) => void;
}

export function Minimap({ trace, zoom, onZoom }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number }>();
  useEffect(() => {
    const draw = () => canvas.current && paint(canvas.current, trace);
    draw();
    const resize = new ResizeObserver(draw);
    resize.observe(canvas.current!);
    addEventListener("schemechange", draw);
    return () => {
      resize.disconnect();
      removeEventListener("schemechange", draw);
    };
  }, [trace]);

  const at = (event: PointerEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * trace.totalNs;
  };
  const finish = () => {
    if (drag) {
      const [from, to] = drag.from < drag.to ? [drag.from, drag.to] : [drag.to, drag.from];
      if (to - from > trace.totalNs / 500) onZoom({ from, to });
    }
    setDrag(undefined);
  };
  const shown = drag ? { from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) } : zoom;
  const isAll = zoom.from <= 0 && zoom.to >= trace.totalNs;
  const left = (100 * shown.from) / Math.max(1, trace.totalNs);
  const right = 100 - (100 * shown.to) / Math.max(1, trace.totalNs);
  return (
    <div
      class="minimap"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: at(event), to: at(event) });
      }}
      onPointerMove={(event) => drag && setDrag({ ...drag, to: at(event) })}
      onPointerUp={finish}
      onDblClick={() => onZoom({ from: 0, to: trace.totalNs })}
      title="Drag to look at a part of the time, double-click for all of it"
    >
      <canvas ref={canvas} role="img" aria-label={`The whole trace, ${duration(trace.totalNs)}`} />
      <div class="minimap-out" style={{ left: "0", width: `${left}%` }} />
      <div class="minimap-out" style={{ right: "0", width: `${right}%` }} />
      {!isAll && !drag && (
        <button class="small minimap-all" onPointerDown={(event) => event.stopPropagation()} onClick={() => onZoom({ from: 0, to: trace.totalNs })}>
          All of it
        </button>
      )}
    </div>
  );
}

function paint(canvas: HTMLCanvasElement, trace: Trace): void {
  const scale = devicePixelRatio || 1;
  const width = Math.max(1, Math.round(canvas.clientWidth * scale));
  const height = Math.max(1, Math.round(canvas.clientHeight * scale));
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) return;
  const style = getComputedStyle(document.documentElement);
  const colors = Array.from({ length: COLORS }, (_, i) => style.getPropertyValue(`--c${i}`).trim());
  const failed = style.getPropertyValue("--error").trim();
  const rows = trace.names.length;
  const line = Math.max(scale, height / Math.max(1, rows));
  const total = Math.max(1, trace.totalNs);
  for (let i = 0; i < rows; i++) {
    context.fillStyle = trace.isError[i] ? failed : colors[trace.service[i]! % COLORS]!;
    const y = (i / rows) * (height - line);
    context.fillRect((trace.start[i]! / total) * width, y, Math.max(1, (trace.length[i]! / total) * width), line);
  }
}
