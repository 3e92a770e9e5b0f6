// SPDX-License-Identifier: Apache-2.0
// A trace as columns, its spans in the order of a walk down the tree. Pure; made for a hundred thousand spans.

/// The columns that the tree is made of, in the order in which a row has their values.
export const TREE_COLUMNS = ["span_id", "parent_span_id", "service_name", "name", "kind", "start_time_unix_nano", "duration_ns", "status_code"] as const;
/// One span as the server tells it: nanoseconds since the epoch are text.
export type SpanRow = [
  spanId: string, parentId: string | null, service: string | null, name: string | null, kind: string | null,
  start: string, duration: number | string | null, status: string | null,
];
const [ID, PARENT, SERVICE, NAME, KIND, START, DURATION, STATUS] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/// All arrays have an element a span, in depth-first order, children by their start.
export interface Trace {
  startNs: bigint; // Of the earliest span, since the epoch.
  totalNs: number; // To the latest end.
  spanIds: string[];
  names: string[];
  kinds: string[];
  services: string[]; // Distinct, by how much came from each.
  service: Int32Array; // In `services`.
  start: Float64Array; // ns after the trace's start; exact, as a trace is shorter than 104 days.
  length: Float64Array; // ns
  isError: Uint8Array;
  parent: Int32Array; // −1 on the top.
  depth: Int32Array;
  size: Int32Array; // Of the subtree, itself included: the next sibling is `size` further on.
  isOrphan: Uint8Array; // On the top, though it names a parent.
  errorsBelow: Int32Array; // Errors among its descendants.
}

const EMPTY_SERVICE = "(no service)";

export function buildTrace(rows: SpanRow[]): Trace {
  const count = rows.length;
  const startNs = BigInt(rows.reduce((least, row) => earlier(least, row[START]), rows[0]?.[START] ?? "0"));
  const start = Float64Array.from(rows, offsetFrom(startNs));
  const parents = parentsOf(rows);
  const isLost = new Uint8Array(count);
  rows.forEach((row, i) => (isLost[i] = parents[i]! < 0 && row[PARENT] ? 1 : 0));
  const { order, depth } = walk(parents, isLost, start);
  return columnsOf(rows, { order, depth, parents, isLost, start, startNs });
}

/// Texts of one length compare as their numbers; big integers for each of many would take long.
function earlier(a: string, b: string): string {
  return a.length === b.length ? (b < a ? b : a) : BigInt(b) < BigInt(a) ? b : a;
}

/// Exact: seconds and the rest are subtracted apart.
function offsetFrom(startNs: bigint): (row: SpanRow) => number {
  const seconds = Number(startNs / 1_000_000_000n);
  const rest = Number(startNs % 1_000_000_000n);
  return (row) => {
    const text = row[START];
    return (Number(text.slice(0, -9)) - seconds) * 1e9 + (Number(text.slice(-9)) - rest);
  };
}

function parentsOf(rows: SpanRow[]): Int32Array {
  const places = new Map<string, number>();
  rows.forEach((row, i) => places.set(row[ID], i));
  return Int32Array.from(rows, (row, i) => {
    const parent = row[PARENT] ? places.get(row[PARENT]) : undefined;
    return parent === undefined || parent === i ? -1 : parent;
  });
}

/// Depth first from the tops. What a walk does not reach are circles: their earliest span becomes a top.
function walk(parents: Int32Array, isLost: Uint8Array, start: Float64Array): { order: number[]; depth: Int32Array } {
  const count = parents.length;
  const children = childrenOf(parents, start);
  const depth = new Int32Array(count).fill(-1);
  const order: number[] = [];
  const visit = (top: number) => {
    const stack = [top];
    depth[top] = 0;
    while (stack.length > 0) {
      const span = stack.pop()!;
      order.push(span);
      const below = children[span];
      if (!below) continue;
      for (let i = below.length - 1; i >= 0; i--) {
        if (depth[below[i]!] !== -1) continue;
        depth[below[i]!] = depth[span]! + 1;
        stack.push(below[i]!);
      }
    }
  };
  const byStart = Array.from(parents.keys()).sort((a, b) => start[a]! - start[b]!);
  for (const span of byStart) if (parents[span] === -1) visit(span);
  for (const span of byStart) {
    if (depth[span] !== -1) continue;
    parents[span] = -1;
    isLost[span] = 1;
    visit(span);
  }
  return { order, depth };
}

function childrenOf(parents: Int32Array, start: Float64Array): (number[] | undefined)[] {
  const children: (number[] | undefined)[] = new Array(parents.length);
  for (let i = 0; i < parents.length; i++) {
    const parent = parents[i]!;
    if (parent === -1) continue;
    (children[parent] ??= []).push(i);
  }
  for (const below of children) below?.sort((a, b) => start[a]! - start[b]!);
  return children;
}

interface Walked {
  order: number[];
  depth: Int32Array;
  parents: Int32Array;
  isLost: Uint8Array;
  start: Float64Array;
  startNs: bigint;
}

function columnsOf(rows: SpanRow[], walked: Walked): Trace {
  const count = rows.length;
  const { order } = walked;
  const places = new Int32Array(count);
  order.forEach((row, i) => (places[row] = i));
  const services = servicesOf(rows);
  const serviceAt = new Map(services.map((name, i) => [name, i]));
  const trace: Trace = {
    startNs: walked.startNs,
    totalNs: 0,
    spanIds: order.map((row) => rows[row]![ID]),
    names: order.map((row) => rows[row]![NAME] ?? ""),
    kinds: order.map((row) => rows[row]![KIND] ?? ""),
    services,
    service: Int32Array.from(order, (row) => serviceAt.get(rows[row]![SERVICE] ?? EMPTY_SERVICE)!),
    start: Float64Array.from(order, (row) => walked.start[row]!),
    length: Float64Array.from(order, (row) => Number(rows[row]![DURATION] ?? 0)),
    isError: Uint8Array.from(order, (row) => (rows[row]![STATUS] === "STATUS_CODE_ERROR" ? 1 : 0)),
    parent: Int32Array.from(order, (row) => (walked.parents[row] === -1 ? -1 : places[walked.parents[row]!]!)),
    depth: Int32Array.from(order, (row) => walked.depth[row]!),
    size: new Int32Array(count).fill(1),
    isOrphan: Uint8Array.from(order, (row) => walked.isLost[row]!),
    errorsBelow: new Int32Array(count),
  };
  for (let i = count - 1; i >= 0; i--) {
    trace.totalNs = Math.max(trace.totalNs, trace.start[i]! + trace.length[i]!);
    const parent = trace.parent[i]!;
    if (parent === -1) continue;
    trace.size[parent]! += trace.size[i]!;
    trace.errorsBelow[parent]! += trace.errorsBelow[i]! + trace.isError[i]!;
  }
  return trace;
}

function servicesOf(rows: SpanRow[]): string[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const name = row[SERVICE] ?? EMPTY_SERVICE;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

/// The rows to show: descendants of what is folded are left out; with a choice, only what it has and its ancestors.
export function visibleRows(trace: Trace, folded: ReadonlySet<number>, chosen?: Uint8Array): Int32Array {
  const count = trace.names.length;
  const rows = new Int32Array(count);
  let shown = 0;
  const keep = chosen ? withAncestors(trace, chosen) : undefined;
  for (let i = 0; i < count; ) {
    if (keep && keep[i] === 0) {
      i += 1;
      continue;
    }
    rows[shown++] = i;
    i += folded.has(i) ? trace.size[i]! : 1;
  }
  return rows.slice(0, shown);
}

function withAncestors(trace: Trace, chosen: Uint8Array): Uint8Array {
  const keep = chosen.slice();
  for (let i = keep.length - 1; i >= 0; i--) if (keep[i] && trace.parent[i]! >= 0) keep[trace.parent[i]!] = 1;
  return keep;
}

/// Which spans have every word of `text` in name, service or id; `error` and `service:x` mean what they say.
export function matchSpans(trace: Trace, text: string): { chosen: Uint8Array; count: number } {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const services = trace.services.map((name) => name.toLowerCase());
  const chosen = new Uint8Array(trace.names.length);
  let count = 0;
  for (let i = 0; i < chosen.length; i++) {
    const fits = words.every((word) => {
      if (word === "error") return trace.isError[i] === 1;
      if (word.startsWith("service:")) return services[trace.service[i]!]!.includes(word.slice(8));
      return trace.names[i]!.toLowerCase().includes(word) || services[trace.service[i]!]!.includes(word) || trace.spanIds[i]!.startsWith(word);
    });
    if (fits) {
      chosen[i] = 1;
      count++;
    }
  }
  return { chosen, count };
}
