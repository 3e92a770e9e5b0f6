// SPDX-License-Identifier: Apache-2.0
// A result of any number of rows: only those in sight are in the document; columns are as wide as their first rows need.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Rows } from "../api.ts";
import { cell } from "../format.ts";
import { Link, place } from "./link.tsx";

const ROW_PX = 26;
const OVERSCAN_ROWS = 10;
const MEASURED_ROWS = 100;
const CHAR_PX = 7.4;
const WIDTH_PX = { least: 60, most: 420 };

export const isNumeric = (type: string) => /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/.test(type);
const isTraceId = (name: string, value: unknown) => name.endsWith("trace_id") && typeof value === "string" && /^[0-9a-f]{32}$/.test(value);

function widthsOf({ columns, rows }: Rows): number[] {
  return columns.map((column, i) => {
    let most = column.name.length + 2;
    for (const row of rows.slice(0, MEASURED_ROWS)) most = Math.max(most, cell(row[i]).length);
    return Math.round(Math.min(WIDTH_PX.most, Math.max(WIDTH_PX.least, most * CHAR_PX + 20)));
  });
}

interface Props {
  data: Rows;
  label: string;
  onPick?: (row: number) => void;
  picked?: number;
}

export function RowGrid({ data, label, onPick, picked }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const widths = useMemo(() => widthsOf(data), [data]);
  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => setHeight(element.clientHeight);
    measure();
    const resize = new ResizeObserver(measure);
    resize.observe(element);
    return () => resize.disconnect();
  }, []);
  const count = data.rows.length;
  const first = Math.max(0, Math.floor(top / ROW_PX) - OVERSCAN_ROWS);
  const last = Math.min(count, Math.ceil((top + height) / ROW_PX) + OVERSCAN_ROWS);
  const total = widths.reduce((sum, width) => sum + width, 0);
  return (
    <div class="grid" ref={box} tabIndex={0} role="region" aria-label={label} onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
      <table style={{ width: `max(100%, ${total}px)` }} aria-rowcount={count + 1}>
        <colgroup>
          {widths.map((width, i) => (
            <col key={i} style={{ width: `${width}px` }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {data.columns.map((column, i) => (
              <th key={i} scope="col" class={isNumeric(column.type) ? "right" : ""} title={column.type}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr aria-hidden="true" style={{ height: `${first * ROW_PX}px` }} />}
          {data.rows.slice(first, last).map((row, i) => (
            <tr key={first + i} aria-rowindex={first + i + 2} class={`${(first + i) % 2 ? "odd" : ""} ${picked === first + i ? "picked" : ""}`} onClick={onPick && (() => onPick(first + i))}>
              {data.columns.map((column, j) => (
                <td key={j} class={isNumeric(column.type) ? "right number" : ""} title={cell(row[j])}>
                  {show(column.name, row[j])}
                </td>
              ))}
            </tr>
          ))}
          {last < count && <tr aria-hidden="true" style={{ height: `${(count - last) * ROW_PX}px` }} />}
        </tbody>
      </table>
    </div>
  );
}

function show(name: string, value: unknown): ComponentChildren {
  if (value === null) return <span class="muted">null</span>;
  if (isTraceId(name, value)) return <Link to={place(["trace", value as string])}>{value as string}</Link>;
  return cell(value);
}
