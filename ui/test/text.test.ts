// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { chooseChart } from "../src/chart_choice.ts";
import { bytes, duration, percent, rate, short } from "../src/format.ts";
import { difference, parseMetrics, quantile, total } from "../src/metrics.ts";
import { formatPlace, parsePlace } from "../src/place.ts";
import { identifier, quote, within } from "../src/queries.ts";
import { hasCondition, quoteValue, take, toggleCondition, wordAt } from "../src/search_text.ts";
import { sizeHistogram } from "../src/size_histogram.ts";
import { boundsOf, parseTime, rangeLabel, rangeParams } from "../src/time_range.ts";
import { bar, formatZoom, joinStretches, parseZoom, ticks } from "../src/trace/zoom.ts";

const plain = (text: string) => text.replaceAll("\u202f", " ");

describe("format", () => {
  it("says durations with the unit that fits", () => {
    expect([0, 812, 4_200, 35e6, 1.25e9, 200e9, 3.7e12, 9e13].map((ns) => plain(duration(ns)))).toEqual(["0 ns", "812 ns", "4.2 µs", "35 ms", "1.25 s", "3 m 20 s", "1 h 1 m", "1 d 1 h"]);
  });
  it("does not say 1000 of a unit", () => {
    expect(plain(duration(999_999))).toBe("1 ms");
    expect(plain(bytes(1024 * 1024 - 1))).toBe("1 MiB");
    expect(short(999_999)).toBe("1M");
  });
  it("shows small shares and rates as more than nothing", () => {
    expect(percent(1, 10_000)).toBe("<0.1%");
    expect(percent(0, 10)).toBe("0%");
    expect(rate(0.01)).toBe("0.6/min");
    expect(rate(1234)).toBe("1.23k/s");
  });
});

describe("place", () => {
  it("comes back from its address", () => {
    const place = { path: ["services", "a/b ü%"], params: { q: 'service:"x y" & #1', from: "-1h" } };
    const [pathname, search] = formatPlace(place).split("?");

    expect(parsePlace(pathname!, `?${search}`)).toEqual(place);
  });
  it("leaves out what is empty", () => {
    expect(formatPlace({ path: [], params: { q: "" } })).toBe("/");
  });
  it("takes a stray percent sign", () => {
    expect(parsePlace("/ui/services/100%", "").path).toEqual(["services", "100%"]);
  });
});

describe("time range", () => {
  const now = Date.parse("2026-11-22T10:00:00Z");
  it("knows relative and absolute times", () => {
    expect(parseTime("-90m", now)).toBe(now - 5_400_000);
    expect(parseTime("2026-11-22T09:00:00Z", now)).toBe(now - 3_600_000);
    expect(parseTime("yesterday-ish", now)).toBeUndefined();
  });
  it("is never empty or backwards", () => {
    const bounds = boundsOf({ from: "now", to: "-1h" }, now);
    expect(bounds.fromMs).toBeLessThan(bounds.toMs);
  });
  it("says only what is special in addresses", () => {
    expect(rangeParams({ from: "-1h", to: "now" })).toEqual({ from: "", to: "" });
    expect(rangeLabel({ from: "-24h", to: "now" }, now)).toBe("Last 24 hours");
  });
});

describe("queries", () => {
  it("quote texts and names", () => {
    expect(quote("it's; DROP TABLE x --")).toBe("'it''s; DROP TABLE x --'");
    expect(identifier('a"b')).toBe('"a""b"');
    expect(identifier("otel_spans")).toBe("otel_spans");
  });
  it("name the days, so that files are pruned", () => {
    expect(within({ fromMs: Date.parse("2026-11-21T23:00:00Z"), toMs: Date.parse("2026-11-22T01:00:00Z") })).toContain("date BETWEEN DATE '2026-11-21' AND DATE '2026-11-22'");
  });
});

describe("search text", () => {
  it("quotes what is not one word", () => {
    expect(quoteValue("GET /")).toBe('"GET /"');
    expect(quoteValue('say "x"')).toBe('"say \\"x\\""');
    expect(quoteValue("checkout-2")).toBe("checkout-2");
    expect(quoteValue("OR")).toBe('"OR"');
  });
  it("puts a condition in and takes it out", () => {
    const query = toggleCondition("error", "name", "GET /");
    expect(query).toBe('error name:"GET /"');
    expect(hasCondition(query, "name", "GET /")).toBe(true);
    expect(toggleCondition(query, "name", "GET /")).toBe("error");
  });
  it("finds a condition however it is quoted", () => {
    expect(toggleCondition('service:"web" error', "service", "web")).toBe("error");
    expect(hasCondition("myservice:web", "service", "web")).toBe(false);
  });
  it("knows the word at the caret", () => {
    expect(wordAt("error serv", 10)).toEqual({ from: 6, to: 10, text: "serv" });
    expect(wordAt("-serv", 5).text).toBe("serv");
    expect(wordAt('name:"GET /', 11).text).toBe('name:"GET /');
    expect(wordAt("a ", 2).text).toBe("");
  });
  it("takes keys and values", () => {
    expect(take("error serv", 10, { text: "service", kind: "key", count: 0 })).toEqual({ query: "error service:", caret: 14 });
    expect(take("service:che error", 11, { text: "checkout", kind: "value", count: 1 })).toEqual({ query: "service:checkout error", caret: 17 });
    expect(take('name:"GET', 9, { text: "GET /", kind: "value", count: 1 }).query).toBe('name:"GET /" ');
    expect(take("service:che", 11, { text: "service:checkout", kind: "value", count: 1 }).query).toBe("service:checkout ");
  });
});

describe("zoom", () => {
  it("comes back from its text, within the trace", () => {
    expect(parseZoom(formatZoom({ from: 10, to: 20 }, 100), 100)).toEqual({ from: 10, to: 20 });
    expect(formatZoom({ from: 0, to: 100 }, 100)).toBe("");
    expect(parseZoom("50-9999", 100)).toEqual({ from: 50, to: 100 });
    expect(parseZoom("90-10", 100)).toEqual({ from: 0, to: 100 });
    expect(parseZoom("", 0)).toEqual({ from: 0, to: 1 });
  });
  it("cuts bars at its edges and shows the shortest", () => {
    expect(bar(0, 100, { from: 50, to: 150 })).toEqual({ left: 0, width: 50 });
    expect(bar(200, 10, { from: 0, to: 100 })).toBeUndefined();
    expect(bar(50, 0, { from: 0, to: 100 })!.width).toBeGreaterThan(0);
  });
  it("has round ticks", () => {
    expect(ticks({ from: 0, to: 93_000_000 }, 5)).toEqual([0, 20e6, 40e6, 60e6, 80e6]);
  });
  it("joins stretches that the eye cannot tell apart", () => {
    expect(joinStretches([{ from: 0, to: 10 }, { from: 10.5, to: 20 }, { from: 500, to: 600 }], { from: 0, to: 1000 })).toEqual([{ from: 0, to: 20 }, { from: 500, to: 600 }]);
  });
});

describe("metrics", () => {
  const text = '# HELP x y\nx_total{reason="a\\"b",le="1"} 3\nx_total{reason="c"} 4\nup 1\n';
  it("are read with their labels", () => {
    const metrics = parseMetrics(text);
    expect(metrics.get("x_total")![0]).toEqual({ labels: { reason: 'a"b', le: "1" }, value: 3 });
    expect(total(metrics, "x_total")).toBe(7);
    expect(total(metrics, "missing")).toBe(0);
  });
  it("give quantiles within a bucket", () => {
    const buckets = [["1", 0], ["2", 10], ["4", 10], ["+Inf", 10]].map(([le, value]) => ({ labels: { le: String(le) }, value: Number(value) }));
    expect(quantile(buckets, 0.5)).toBe(1.5);
    expect(quantile([], 0.5)).toBeNaN();
  });
  it("know a restart from a difference", () => {
    const of = (value: number) => [{ labels: { a: "b" }, value }];
    expect(difference(of(10), of(4))[0]!.value).toBe(6);
    expect(difference(of(2), of(4))[0]!.value).toBe(2);
  });
});

describe("chooseChart", () => {
  const col = (name: string, type: string) => ({ name, type });
  it("draws lines over time, one for each text", () => {
    const chart = chooseChart({ columns: [col("t", "TIMESTAMP WITH TIME ZONE"), col("service", "VARCHAR"), col("n", "BIGINT")],
      rows: [["2026-11-22T10:01:00Z", "a", 2], ["2026-11-22T10:00:00Z", "b", "9007199254740993"], ["2026-11-22T10:00:00Z", "a", 1]] });
    expect(chart).toMatchObject({ kind: "lines", isTime: true, series: [{ name: "a", values: [1, 2] }, { name: "b", values: [9007199254740992, null] }] });
  });
  it("draws bars by text, and nothing without a number", () => {
    expect(chooseChart({ columns: [col("s", "VARCHAR"), col("n", "DOUBLE")], rows: [["a", 1.5]] })).toMatchObject({ kind: "bars", bars: [{ label: "a", value: 1.5 }] });
    expect(chooseChart({ columns: [col("s", "VARCHAR")], rows: [["a"]] })).toBeUndefined();
    expect(chooseChart({ columns: [col("n", "BIGINT[]")], rows: [[[1]]] })).toBeUndefined();
  });
});

describe("sizeHistogram", () => {
  it("counts every file once, in the step that it fits", () => {
    const steps = sizeHistogram([4096, 4097, 16_384, 1 << 20]);
    expect(steps.map((step) => [plain(step.label), step.files])).toEqual([["≤ 4 KiB", 1], ["≤ 16 KiB", 2], ["≤ 64 KiB", 0], ["≤ 256 KiB", 0], ["≤ 1 MiB", 1]]);
    expect(sizeHistogram([])).toEqual([]);
  });
});
