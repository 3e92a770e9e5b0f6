// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { criticalPath } from "../src/trace/critical_path.ts";
import { buildTrace, matchSpans, visibleRows, type SpanRow } from "../src/trace/model.ts";

const START = 1_790_000_000_000_000_000n;

interface More {
  name?: string;
  service?: string;
  isError?: boolean;
}

function span(id: string, parent: string, from: number, length: number, more: More = {}): SpanRow {
  return [id, parent || null, more.service ?? "s", more.name ?? id, null, String(START + BigInt(from)), length, more.isError ? "STATUS_CODE_ERROR" : null];
}

/// A small generator of numbers in [0, 1), for trees that are the same each time.
function random(seed: number) {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

function randomTrace(count: number, seed: number): SpanRow[] {
  const next = random(seed);
  const rows = [span("0", "", 0, 1_000_000)];
  for (let i = 1; i < count; i++) {
    const parent = rows[Math.floor(next() * rows.length)]!;
    const from = Number(BigInt(parent[5]) - START) + Math.floor(next() * Number(parent[6]) * 0.8);
    rows.push(span(String(i), parent[0], from, Math.floor(next() * Number(parent[6]))));
  }
  return rows.sort(() => next() - 0.5);
}

describe("buildTrace", () => {
  it("walks depth first, children by their start", () => {
    const trace = buildTrace([span("late", "top", 50, 10), span("leaf", "early", 12, 3), span("top", "", 0, 100), span("early", "top", 10, 20)]);

    expect(trace.spanIds).toEqual(["top", "early", "leaf", "late"]);
    expect([...trace.depth]).toEqual([0, 1, 2, 1]);
    expect([...trace.size]).toEqual([4, 2, 1, 1]);
    expect([...trace.parent]).toEqual([-1, 0, 1, 0]);
  });

  it("keeps nanoseconds that doubles of the epoch would lose", () => {
    const trace = buildTrace([span("a", "", 0, 5), span("b", "a", 1, 1)]);

    expect(trace.start[1]! - trace.start[0]!).toBe(1);
  });

  it("takes times of any length", () => {
    const trace = buildTrace([["a", null, null, null, null, "1000000000", 5, null], ["b", "a", null, null, null, "999999999", 1, null], ["c", "a", null, null, null, "7", null, null]]);

    expect(trace.startNs).toBe(7n);
    expect(Object.fromEntries(trace.spanIds.map((id, i) => [id, trace.start[i]]))).toEqual({ a: 999_999_993, b: 999_999_992, c: 0 });
  });

  it("puts a span whose parent is not there on the top, and says so", () => {
    const trace = buildTrace([span("a", "", 0, 5), span("b", "gone", 1, 1)]);

    expect([...trace.parent]).toEqual([-1, -1]);
    expect([...trace.isOrphan]).toEqual([0, 1]);
  });

  it("shows circles instead of losing them", () => {
    const trace = buildTrace([span("a", "b", 0, 5), span("b", "a", 1, 1), span("self", "self", 2, 1)]);

    expect(trace.spanIds.slice().sort()).toEqual(["a", "b", "self"]);
    expect(trace.isOrphan[trace.spanIds.indexOf("a")]).toBe(1);
    expect(trace.depth[trace.spanIds.indexOf("b")]).toBe(1);
  });

  it("counts errors below", () => {
    const trace = buildTrace([span("a", "", 0, 9), span("b", "a", 1, 5), span("c", "b", 2, 1, { isError: true })]);

    expect([...trace.errorsBelow]).toEqual([1, 1, 0]);
  });

  it("has every span once, whatever the tree", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const rows = randomTrace(200, seed);
      const trace = buildTrace(rows);

      expect(new Set(trace.spanIds).size).toBe(200);
      for (let i = 0; i < 200; i++) {
        const row = rows.find((one) => one[0] === trace.spanIds[i])!;
        expect(trace.parent[i]! === -1 ? undefined : trace.spanIds[trace.parent[i]!]).toBe(row[1] ?? undefined);
      }
    }
  });

  it("takes a deep chain and a hundred thousand spans", () => {
    const chain = Array.from({ length: 100_000 }, (_, i) => span(String(i), i ? String(i - 1) : "", i, 200_000 - i));
    const trace = buildTrace(chain);

    expect(trace.depth[99_999]).toBe(99_999);
    expect(criticalPath(trace).length).toBeGreaterThan(0);
  });

  it("is nothing of nothing", () => {
    const trace = buildTrace([]);

    expect(trace.names).toEqual([]);
    expect(criticalPath(trace)).toEqual([]);
  });
});

describe("visibleRows", () => {
  const trace = buildTrace([span("a", "", 0, 9), span("b", "a", 1, 5), span("c", "b", 2, 1), span("d", "a", 7, 1)]);

  it("leaves out what is below a folded span", () => {
    expect([...visibleRows(trace, new Set([1]))]).toEqual([0, 1, 3]);
  });

  it("shows chosen spans with their ancestors alone", () => {
    const { chosen, count } = matchSpans(trace, "c");

    expect(count).toBe(1);
    expect([...visibleRows(trace, new Set(), chosen)]).toEqual([0, 1, 2]);
  });
});

describe("matchSpans", () => {
  const trace = buildTrace([span("a", "", 0, 9, { name: "GET /cart", service: "Web" }), span("b", "a", 1, 5, { name: "SELECT", service: "db", isError: true })]);

  it("wants every word", () => {
    expect(matchSpans(trace, "get web").count).toBe(1);
    expect(matchSpans(trace, "get db").count).toBe(0);
  });

  it("knows errors and services", () => {
    expect([...matchSpans(trace, "error").chosen]).toEqual([0, 1]);
    expect([...matchSpans(trace, "service:web").chosen]).toEqual([1, 0]);
  });
});
