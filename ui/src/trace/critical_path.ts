// SPDX-License-Identifier: Apache-2.0
// What a trace waited for: the stretches of time in which nothing but one span kept it from ending. Pure.

import type { Trace } from "./model.ts";

/// A stretch of the path, in ns after the trace's start.
export interface Stretch {
  span: number;
  from: number;
  to: number;
}

/// From the end backwards: the span that ended last before is what was waited for; while none of its children ran, it
/// was waited for itself. Children count as far as they lie within their parent. Of several tops, the longest is taken.
/// Returns stretches that do not overlap, latest first.
export function criticalPath(trace: Trace): Stretch[] {
  const top = longestTop(trace);
  if (top === -1) return [];
  const stretches: Stretch[] = [];
  const add = (span: number, from: number, to: number) => {
    if (to > from) stretches.push({ span, from, to });
  };
  // `floor`: a child that began before its parent was waited for from there on alone.
  const enter = (span: number, until: number, floor: number) => ({ span, until, floor: Math.max(floor, trace.start[span]!), children: byEndDescending(trace, span), next: 0 });
  const stack = [enter(top, trace.start[top]! + trace.length[top]!, 0)];
  while (stack.length > 0) {
    const frame = stack[stack.length - 1]!;
    const begin = frame.floor;
    let child = -1;
    // `until` moves back; a child that began after it was not waited for.
    while (frame.next < frame.children.length) {
      const candidate = frame.children[frame.next++]!;
      if (trace.start[candidate]! < frame.until && trace.length[candidate]! > 0) {
        child = candidate;
        break;
      }
    }
    if (child === -1 || frame.until <= begin) {
      add(frame.span, begin, frame.until);
      stack.pop();
      continue;
    }
    const end = Math.min(frame.until, trace.start[child]! + trace.length[child]!);
    if (end <= begin) continue;
    add(frame.span, end, frame.until);
    frame.until = Math.max(begin, trace.start[child]!);
    stack.push(enter(child, end, begin));
  }
  return stretches;
}

function longestTop(trace: Trace): number {
  let longest = -1;
  for (let i = 0; i < trace.names.length; i += trace.size[i]!) {
    if (longest === -1 || trace.length[i]! > trace.length[longest]!) longest = i;
  }
  return longest;
}

function byEndDescending(trace: Trace, span: number): number[] {
  const children: number[] = [];
  const last = span + trace.size[span]!;
  for (let i = span + 1; i < last; i += trace.size[i]!) children.push(i);
  return children.sort((a, b) => trace.start[b]! + trace.length[b]! - trace.start[a]! - trace.length[a]!);
}

/// For each span the stretches that are its own; of spans that are not on the path, nothing.
export function bySpan(path: Stretch[]): Map<number, Stretch[]> {
  const spans = new Map<number, Stretch[]>();
  for (const stretch of path) {
    const own = spans.get(stretch.span);
    if (own) own.push(stretch);
    else spans.set(stretch.span, [stretch]);
  }
  return spans;
}
