// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { criticalPath } from "../src/trace/critical_path.ts";
import { buildTrace, type SpanRow } from "../src/trace/model.ts";

const span = (id: string, parent: string, from: number, to: number): SpanRow => [id, parent || null, null, null, null, String(from), to - from, null];

/// As text: who, from, to; earliest first.
const pathOf = (...rows: SpanRow[]) => {
  const trace = buildTrace(rows);
  return criticalPath(trace).sort((a, b) => a.from - b.from).map((one) => `${trace.spanIds[one.span]} ${one.from}-${one.to}`);
};

describe("criticalPath", () => {
  it("is the span itself where it has no children", () => {
    expect(pathOf(span("a", "", 0, 10))).toEqual(["a 0-10"]);
  });

  it("goes through children one after another, and through their parent between them", () => {
    expect(pathOf(span("a", "", 0, 100), span("b", "a", 10, 40), span("c", "a", 50, 90))).toEqual(["a 0-10", "b 10-40", "a 40-50", "c 50-90", "a 90-100"]);
  });

  it("takes of children at the same time the one that ended last, and what was waited for before it began", () => {
    expect(pathOf(span("a", "", 0, 100), span("short", "a", 10, 60), span("long", "a", 30, 95))).toEqual(["a 0-10", "short 10-30", "long 30-95", "a 95-100"]);
  });

  it("leaves out children that were over before another that hides them began", () => {
    expect(pathOf(span("a", "", 0, 100), span("hidden", "a", 20, 30), span("long", "a", 10, 95))).toEqual(["a 0-10", "long 10-95", "a 95-100"]);
  });

  it("goes down more than one level", () => {
    expect(pathOf(span("a", "", 0, 100), span("b", "a", 10, 90), span("c", "b", 20, 80))).toEqual(["a 0-10", "b 10-20", "c 20-80", "b 80-90", "a 90-100"]);
  });

  it("cuts a child that outlives its parent", () => {
    expect(pathOf(span("a", "", 0, 100), span("b", "a", 50, 500))).toEqual(["a 0-50", "b 50-100"]);
  });

  it("ignores a child that lies outside of its parent", () => {
    expect(pathOf(span("a", "", 100, 200), span("before", "a", 0, 50), span("after", "a", 300, 400))).toEqual(["a 100-200"]);
  });

  it("covers the longest top exactly once, whatever the tree", () => {
    let state = 7;
    const next = () => (state = (state * 16807) % 2147483647) / 2147483647;
    for (let round = 0; round < 50; round++) {
      const rows = [span("0", "", 0, 100_000)];
      for (let i = 1; i < 60; i++) {
        const from = Math.floor(next() * 110_000);
        rows.push(span(String(i), String(Math.floor(next() * i)), from, from + Math.floor(next() * 60_000)));
      }
      const trace = buildTrace(rows);

      const stretches = criticalPath(trace).filter((one) => one.to > one.from).sort((a, b) => a.from - b.from);

      const top = trace.spanIds.indexOf("0");
      const longest = [...trace.length.keys()].filter((i) => trace.parent[i] === -1).reduce((a, b) => (trace.length[b]! > trace.length[a]! ? b : a), top);
      let at = trace.start[longest]!;
      for (const stretch of stretches) {
        expect(stretch.from).toBe(at);
        at = stretch.to;
      }
      expect(at).toBe(trace.start[longest]! + trace.length[longest]!);
    }
  });
});
