// SPDX-License-Identifier: Apache-2.0
// Telemetry as OTLP/JSON, the same for the same seed: a shop of six services over the last minutes, and traces of any
// number of spans.

const SERVICES = ["web", "checkout", "payments", "inventory", "search", "email"];
const OPERATIONS = {
  web: ["GET /", "GET /product/{id}", "POST /checkout"],
  checkout: ["PlaceOrder", "ValidateCart"],
  payments: ["Charge", "Refund"],
  inventory: ["Reserve", "SELECT stock"],
  search: ["Query", "Suggest"],
  email: ["SendConfirmation"],
};

/// A small generator of numbers in [0, 1).
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const hex = (number, digits) => number.toString(16).padStart(digits, "0");
const attribute = (key, value) => ({
  key,
  value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
});

function bodyOf(spans) {
  const byService = Map.groupBy ? Map.groupBy(spans, (span) => span.service) : groupBy(spans);
  return {
    resourceSpans: [...byService].map(([service, own]) => ({
      resource: {
        attributes: [attribute("service.name", service), attribute("service.version", "1.4.2"),
          attribute("deployment.environment.name", "test"), attribute("k8s.pod.name", `${service}-5d9c`)],
      },
      scopeSpans: [{ scope: { name: "page-tests", version: "1" }, spans: own.map(({ service: _, ...span }) => span) }],
    })),
  };
}

function groupBy(spans) {
  const groups = new Map();
  for (const span of spans) groups.set(span.service, [...(groups.get(span.service) ?? []), span]);
  return groups;
}

/// One trace of `count` spans as a tree, `depthMax` deep; children lie within their parents.
export function traceOf({ traceId, count, startMs, seed = 1, depthMax = 12 }) {
  const next = random(seed);
  const spans = [];
  const open = []; // Ancestors of what comes: index, start and end in ns after the trace's start.
  const total = Math.max(count * 20_000, Math.floor(40_000_000 * (0.5 + 4 * next() ** 4)));
  for (let i = 0; i < count; i++) {
    if (i > 0) while (open.length > 1 && (open.length > depthMax || next() < 0.35)) open.pop();
    const parent = open[open.length - 1];
    const from = parent ? parent.cursor : 0;
    const room = parent ? parent.end - from : total;
    const share = open.length === 1 ? Math.min(0.6, 40 / count) * (0.5 + next() / 2) : 0.2 + 0.5 * next();
    const length = parent ? Math.max(1_000, Math.floor(room * share)) : total;
    const service = SERVICES[parent ? Math.floor(next() * SERVICES.length) : 0];
    const names = OPERATIONS[service];
    const isError = next() < 0.01;
    const start = BigInt(startMs) * 1_000_000n + BigInt(Math.floor(from));
    spans.push({
      service, traceId, spanId: hex(i + 1, 16), parentSpanId: parent ? hex(parent.index + 1, 16) : "",
      name: names[Math.floor(next() * names.length)], kind: parent && parent.service === service ? (next() < 0.5 ? 1 : 3) : 2,
      startTimeUnixNano: String(start), endTimeUnixNano: String(start + BigInt(Math.max(1, Math.floor(length)))),
      attributes: [attribute("http.request.method", "GET"), attribute("shop.step", i)],
      status: isError ? { code: 2, message: "upstream timed out" } : {},
      events: isError ? [{ timeUnixNano: String(start + 500n), name: "exception",
        attributes: [attribute("exception.type", "TimeoutError"), attribute("exception.message", "no answer within 2 s")] }] : [],
    });
    if (parent) parent.cursor = Math.min(parent.end, from + length * 0.3 + room * 0.02);
    open.push({ service, index: i, cursor: Math.floor(from + length * 0.02), end: from + length });
  }
  return spans;
}

/// `traces` traces of 4 to 24 spans within the last `minutes`.
export function shop({ traces = 200, minutes = 30, seed = 7, nowMs = Date.now() }) {
  const next = random(seed);
  const spans = [];
  for (let i = 0; i < traces; i++) {
    const startMs = Math.floor(nowMs - 5_000 - next() * minutes * 60_000);
    spans.push(...traceOf({ traceId: hex(seed, 8) + hex(i + 1, 24), count: 4 + Math.floor(next() * 20), startMs, seed: seed * 1000 + i, depthMax: 5 }));
  }
  return spans;
}

async function post(url, path, body) {
  const answer = await fetch(url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}

export async function sendSpans(url, spans, batch = 5_000) {
  for (let at = 0; at < spans.length; at += batch) await post(url, "/v1/traces", bodyOf(spans.slice(at, at + batch)));
}

/// Records as {service, timeMs, body, severity, traceId, spanId}.
export async function sendLogs(url, records) {
  await post(url, "/v1/logs", {
    resourceLogs: records.map((record) => ({
      resource: { attributes: [attribute("service.name", record.service)] },
      scopeLogs: [{ scope: { name: "page-tests" }, logRecords: [{
        timeUnixNano: String(BigInt(record.timeMs) * 1_000_000n), severityNumber: record.severity === "ERROR" ? 17 : 9,
        severityText: record.severity ?? "INFO", body: { stringValue: record.body },
        traceId: record.traceId ?? "", spanId: record.spanId ?? "", attributes: [attribute("shop.user", "u-1")] }] }],
    })),
  });
}
