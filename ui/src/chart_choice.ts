// SPDX-License-Identifier: Apache-2.0
// Which columns of a result make a chart. Pure.

import type { Rows } from "./api.ts";

export type ChartData =
  | { kind: "lines"; isTime: boolean; xName: string; x: number[]; series: { name: string; values: (number | null)[] }[] }
  | { kind: "bars"; xName: string; yName: string; bars: { label: string; value: number }[] };

const BARS_MAX = 50;
const SERIES_MAX = 8;
const isTime = (type: string) => /^(TIMESTAMP|DATE)/.test(type);
const isNumber = (type: string) => /INT|FLOAT|DOUBLE|DECIMAL/.test(type) && !type.endsWith("]");

const numberOf = (value: unknown) => (value === null || value === "" ? null : Number(value));

/// Lines over the first time, else over the first number where there are two; bars by the first text. With a text
/// beside a time and one number, a line for each of its values. Nothing where there is no number.
export function chooseChart(answer: Rows): ChartData | undefined {
  const at = (fits: (type: string) => boolean) => answer.columns.flatMap((column, i) => (fits(column.type) ? [i] : []));
  const numbers = at(isNumber);
  const times = at(isTime);
  const texts = at((type) => type === "VARCHAR");
  if (numbers.length === 0 || answer.rows.length === 0) return undefined;
  if (times.length > 0) {
    return texts.length > 0 && numbers.length === 1 ? split(answer, times[0]!, texts[0]!, numbers[0]!) : lines(answer, times[0]!, numbers, true);
  }
  if (texts.length > 0) return bars(answer, texts[0]!, numbers[0]!);
  return numbers.length > 1 ? lines(answer, numbers[0]!, numbers.slice(1), false) : undefined;
}

function lines(answer: Rows, x: number, ys: number[], time: boolean): ChartData {
  const rows = answer.rows.map((row) => ({ x: xOf(row[x], time), row })).filter(({ x }) => Number.isFinite(x)).sort((a, b) => a.x - b.x);
  return {
    kind: "lines", isTime: time, xName: answer.columns[x]!.name, x: rows.map((one) => one.x),
    series: ys.slice(0, SERIES_MAX).map((y) => ({ name: answer.columns[y]!.name, values: rows.map((one) => numberOf(one.row[y])) })),
  };
}

const xOf = (value: unknown, time: boolean) => (time ? Date.parse(String(value)) / 1000 : Number(value));

function split(answer: Rows, x: number, by: number, y: number): ChartData {
  const names = [...new Set(answer.rows.map((row) => String(row[by])))].slice(0, SERIES_MAX);
  const xs = [...new Set(answer.rows.map((row) => xOf(row[x], true)))].filter(Number.isFinite).sort((a, b) => a - b);
  const place = new Map(xs.map((value, i) => [value, i]));
  const series = names.map((name) => ({ name, values: new Array<number | null>(xs.length).fill(null) }));
  for (const row of answer.rows) {
    const one = series[names.indexOf(String(row[by]))];
    const i = place.get(xOf(row[x], true));
    if (one && i !== undefined) one.values[i] = numberOf(row[y]);
  }
  return { kind: "lines", isTime: true, xName: answer.columns[x]!.name, x: xs, series };
}

function bars(answer: Rows, label: number, y: number): ChartData {
  return {
    kind: "bars", xName: answer.columns[label]!.name, yName: answer.columns[y]!.name,
    bars: answer.rows.slice(0, BARS_MAX).map((row) => ({ label: String(row[label] ?? "null"), value: numberOf(row[y]) ?? 0 })),
  };
}
