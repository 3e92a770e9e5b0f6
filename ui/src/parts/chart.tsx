// SPDX-License-Identifier: Apache-2.0
// uPlot in the page's colours and of the page's width.

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { short } from "../format.ts";

export interface Series {
  label: string;
  values: (number | null)[];
  color: string; // The name of a custom property.
  isBars?: boolean;
}
export interface ChartProps {
  label: string; // For who does not see it.
  x: number[]; // Seconds since the epoch, or any number where `isTime` is false.
  series: Series[];
  height?: number;
  isTime?: boolean;
  format?: (value: number) => string;
  yLeast?: number; // The top of the scale at least, so that almost nothing looks like it.
  xLeast?: number; // The width of the scale at least, to the left of the last x.
  onSelect?: (fromX: number, toX: number) => void;
}

const property = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/// By the reader's clock of 24 hours; the day where the scale is longer than one, seconds where it is short.
function clockTicks(_plot: uPlot, ticks: number[]): string[] {
  const range = (ticks[ticks.length - 1] ?? 0) - (ticks[0] ?? 0);
  const two = (value: number) => String(value).padStart(2, "0");
  return ticks.map((tick) => {
    const at = new Date(tick * 1000);
    const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
    if (range < 300) return `${clock}:${two(at.getSeconds())}`;
    return range < 100_000 ? clock : `${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`;
  });
}

function optionsOf(props: ChartProps, width: number): uPlot.Options {
  const format = props.format ?? short;
  const isBars = props.series.some((one) => one.isBars);
  // A bar begins at its x and is as wide as the way to the next.
  const step = props.x.length > 1 ? props.x[1]! - props.x[0]! : 1;
  const axis = { stroke: property("--muted"), font: "11px system-ui", grid: { stroke: property("--line"), width: 1 }, ticks: { stroke: property("--line"), width: 1, size: 4 } };
  return {
    width,
    height: props.height ?? 150,
    padding: [8, 8, 0, 0],
    scales: { x: { time: props.isTime ?? true, range: (_plot, least, most) => [Math.min(least, most - (props.xLeast ?? 0)), most + (isBars ? step : 0)] }, y: { range: (_plot, _least, most) => [0, Math.max(most > 0 ? most * 1.1 : 1, props.yLeast ?? 0)] } },
    legend: { show: props.series.length > 1, live: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: props.onSelect !== undefined, y: false, setScale: false } },
    axes: [
      { ...axis, size: 26, ...(props.isTime === false ? {} : { values: clockTicks }) },
      { ...axis, size: 58, values: (_plot, ticks) => ticks.map((tick) => (tick === null ? "" : format(tick))) },
    ],
    series: [
      {},
      ...props.series.map((one) => ({
        label: one.label,
        stroke: property(one.color),
        width: one.isBars ? 0 : 1.5,
        points: { show: props.x.length < 3 && !one.isBars },
        ...(one.isBars ? { fill: property(one.color), paths: uPlot.paths.bars!({ size: [0.9, 40], align: 1 }) } : {}),
      })),
    ],
    hooks: {
      setSelect: [
        (plot) => {
          if (plot.select.width < 3 || !props.onSelect) return;
          props.onSelect(plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x"));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

export function Chart(props: ChartProps) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = root.current!;
    let plot: uPlot | undefined;
    const draw = () => {
      plot?.destroy();
      const data = [props.x, ...props.series.map((one) => one.values)] as uPlot.AlignedData;
      plot = new uPlot(optionsOf(props, Math.max(200, element.clientWidth)), data, element);
    };
    draw();
    const resize = new ResizeObserver(() => plot?.setSize({ width: Math.max(200, element.clientWidth), height: props.height ?? 150 }));
    resize.observe(element);
    addEventListener("schemechange", draw);
    return () => {
      resize.disconnect();
      removeEventListener("schemechange", draw);
      plot?.destroy();
    };
  }, [props.x, props.series]);
  return <div class="chart" ref={root} role="img" aria-label={props.label} />;
}
