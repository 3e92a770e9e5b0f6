// SPDX-License-Identifier: Apache-2.0
// The time that a view looks at: `from` and `to` of its address, relative (`-1h`, `now`) or ISO 8601. Pure.

export interface Range {
  from: string;
  to: string;
}
export interface Bounds {
  fromMs: number;
  toMs: number;
}

export const DEFAULT_RANGE: Range = { from: "-1h", to: "now" };
export const PRESETS: { from: string; label: string }[] = [
  { from: "-5m", label: "5 min" },
  { from: "-15m", label: "15 min" },
  { from: "-1h", label: "1 hour" },
  { from: "-6h", label: "6 hours" },
  { from: "-24h", label: "24 hours" },
  { from: "-7d", label: "7 days" },
  { from: "-30d", label: "30 days" },
];

const UNIT_MS: Record<string, number> = { s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3, w: 604_800e3 };

/// Nothing where the text is no time.
export function parseTime(text: string, nowMs: number): number | undefined {
  if (text === "now") return nowMs;
  const relative = /^-(\d+(?:\.\d+)?)([smhdw])$/.exec(text);
  if (relative) return nowMs - Number(relative[1]) * UNIT_MS[relative[2]!]!;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

export function rangeOf(params: Record<string, string>): Range {
  return { from: params["from"] || DEFAULT_RANGE.from, to: params["to"] || DEFAULT_RANGE.to };
}

export function boundsOf(range: Range, nowMs = Date.now()): Bounds {
  const toMs = parseTime(range.to, nowMs) ?? nowMs;
  const fromMs = parseTime(range.from, nowMs) ?? toMs - 3600e3;
  return fromMs < toMs ? { fromMs, toMs } : { fromMs: toMs - 1, toMs };
}

/// What differs from the default; for addresses.
export function rangeParams(range: Range): Record<string, string> {
  return {
    from: range.from === DEFAULT_RANGE.from ? "" : range.from,
    to: range.to === DEFAULT_RANGE.to ? "" : range.to,
  };
}

const local = (text: string, nowMs: number) => {
  const ms = parseTime(text, nowMs);
  if (ms === undefined) return text;
  const at = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return at.toISOString().slice(0, 16).replace("T", " ");
};

export function rangeLabel(range: Range, nowMs = Date.now()): string {
  const preset = range.to === "now" ? PRESETS.find((one) => one.from === range.from) : undefined;
  if (preset) return `Last ${preset.label}`;
  if (range.to === "now" && range.from.startsWith("-")) return `Last ${range.from.slice(1)}`;
  return `${local(range.from, nowMs)} – ${range.to === "now" ? "now" : local(range.to, nowMs)}`;
}
