// SPDX-License-Identifier: Apache-2.0
// The part of a trace's time that is shown. Pure.

export interface Zoom {
  from: number; // ns after the trace's start
  to: number;
}

export function parseZoom(text: string | undefined, totalNs: number): Zoom {
  const all = { from: 0, to: Math.max(1, totalNs) };
  const match = /^(\d+)-(\d+)$/.exec(text ?? "");
  if (!match) return all;
  const zoom = { from: Math.max(0, Number(match[1])), to: Math.min(all.to, Number(match[2])) };
  return zoom.to > zoom.from ? zoom : all;
}

export function formatZoom(zoom: Zoom, totalNs: number): string {
  if (zoom.from <= 0 && zoom.to >= totalNs) return "";
  return `${Math.round(zoom.from)}-${Math.round(zoom.to)}`;
}

/// Left edge and width in percent; nothing where it lies outside. What is too short to see is seen all the same.
export function bar(start: number, length: number, zoom: Zoom): { left: number; width: number } | undefined {
  const span = zoom.to - zoom.from;
  if (start > zoom.to || start + length < zoom.from) return undefined;
  const left = (100 * (Math.max(start, zoom.from) - zoom.from)) / span;
  const right = (100 * (Math.min(start + length, zoom.to) - zoom.from)) / span;
  return { left: Math.min(left, 99.8), width: Math.max(0.15, right - left) };
}

/// Round steps: about `count` ticks at 1, 2 or 5 times a power of ten.
export function ticks(zoom: Zoom, count: number): number[] {
  const raw = (zoom.to - zoom.from) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= raw)!;
  const found: number[] = [];
  for (let at = Math.ceil(zoom.from / step) * step; at <= zoom.to; at += step) found.push(at);
  return found;
}

/// Stretches so short and close that they are one to the eye become one; at most `most` stay.
export function joinStretches(stretches: { from: number; to: number }[], zoom: Zoom, most = 200): { from: number; to: number }[] {
  const least = (zoom.to - zoom.from) / 1000;
  const joined: { from: number; to: number }[] = [];
  for (const stretch of [...stretches].sort((a, b) => a.from - b.from)) {
    if (stretch.to < zoom.from || stretch.from > zoom.to) continue;
    const last = joined[joined.length - 1];
    if (last && stretch.from - last.to < least) last.to = Math.max(last.to, stretch.to);
    else joined.push({ from: stretch.from, to: stretch.to });
  }
  return joined.slice(0, most);
}
