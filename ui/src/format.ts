// SPDX-License-Identifier: Apache-2.0
// Figures as people read them. Pure.

const THIN = "\u202f";

/// `1234567` as `1,234,567`.
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/// At most four characters of digits: 999, 1.2k, 34k, 5.6M.
export function short(value: number): string {
  const sign = value < 0 ? "−" : "";
  let rest = Math.abs(value);
  for (const unit of ["", "k", "M", "G", "T"]) {
    if (rest < 999.5 || unit === "T") return sign + (unit === "" && Number.isInteger(rest) ? String(rest) : digits3(rest)) + unit;
    rest /= 1000;
  }
  return sign + rest;
}

/// Three significant digits without a pointless tail: 1.23, 12.3, 123.
function digits3(value: number): string {
  if (value === 0) return "0";
  if (value >= 100) return value.toFixed(0);
  const text = value >= 10 ? value.toFixed(1) : value.toFixed(2);
  return text.replace(/\.?0+$/, "");
}

/// Nanoseconds with the unit that fits: 812 ns, 4.2 µs, 35 ms, 1.25 s, 3 m 20 s.
export function duration(ns: number): string {
  if (!Number.isFinite(ns)) return "–";
  if (ns < 0) return "−" + duration(-ns);
  if (ns < 999.5) return `${Math.round(ns)}${THIN}ns`;
  if (ns < 999_500) return `${digits3(ns / 1e3)}${THIN}µs`;
  if (ns < 999.5e6) return `${digits3(ns / 1e6)}${THIN}ms`;
  if (ns < 60e9) return `${digits3(ns / 1e9)}${THIN}s`;
  const seconds = Math.round(ns / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${THIN}m ${seconds % 60}${THIN}s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}${THIN}h ${Math.floor((seconds % 3600) / 60)}${THIN}m`;
  return `${Math.floor(seconds / 86_400)}${THIN}d ${Math.floor((seconds % 86_400) / 3600)}${THIN}h`;
}

export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let rest = value;
  let unit = 0;
  while (rest >= 1023.5 && unit < units.length - 1) {
    rest /= 1024;
    unit++;
  }
  return `${unit === 0 ? rest : digits3(rest)}${THIN}${units[unit]}`;
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const value = (100 * part) / whole;
  if (value > 0 && value < 0.1) return "<0.1%";
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, "")}%`;
}

/// By the minute or hour where a second is too short.
export function rate(perSecond: number): string {
  if (perSecond === 0) return "0";
  if (perSecond >= 0.1) return `${short(perSecond)}/s`;
  return perSecond * 60 >= 0.1 ? `${short(perSecond * 60)}/min` : `${short(perSecond * 3600)}/h`;
}

const two = (value: number) => String(value).padStart(2, "0");

/// The reader's own clock, to the millisecond; the day only where it is not today's.
export function time(ms: number, nowMs = Date.now()): string {
  const at = new Date(ms);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  return at.toDateString() === new Date(nowMs).toDateString() ? clock : `${day(at)} ${clock}`;
}

const day = (at: Date) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

export function dateTime(ms: number): string {
  const at = new Date(ms);
  return `${day(at)} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

export function ago(ms: number, nowMs = Date.now()): string {
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1000));
  if (seconds < 5) return "just now";
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}

/// A cell of a result, in one line.
export function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

/// `SPAN_KIND_SERVER` as `server`.
export function plainName(name: string | null | undefined): string {
  return (name ?? "").replace(/^(SPAN_KIND|STATUS_CODE)_/, "").toLowerCase().replaceAll("_", " ");
}
