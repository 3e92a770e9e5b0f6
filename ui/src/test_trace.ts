// SPDX-License-Identifier: Apache-2.0
// A small trace of a made-up shop, sent to this very server as any exporter would.

import { ask } from "./api.ts";

const hex = (bytes: number) => Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const text = (key: string, value: string) => ({ key, value: { stringValue: value } });

interface Step {
  service: string;
  name: string;
  kind: number;
  fromMs: number;
  lengthMs: number;
  parent: number;
  failed?: boolean;
}
// Kinds: 1 internal, 2 server, 3 client.
const STEPS: Step[] = [
  { service: "weir-test-shop", name: "POST /checkout", kind: 2, fromMs: 0, lengthMs: 182, parent: -1 },
  { service: "weir-test-shop", name: "validate cart", kind: 1, fromMs: 4, lengthMs: 21, parent: 0 },
  { service: "weir-test-shop", name: "POST /charge", kind: 3, fromMs: 30, lengthMs: 118, parent: 0 },
  { service: "weir-test-payments", name: "POST /charge", kind: 2, fromMs: 36, lengthMs: 106, parent: 2 },
  { service: "weir-test-payments", name: "INSERT payments", kind: 3, fromMs: 44, lengthMs: 35, parent: 3 },
  { service: "weir-test-payments", name: "notify", kind: 3, fromMs: 88, lengthMs: 49, parent: 3, failed: true },
  { service: "weir-test-shop", name: "render receipt", kind: 1, fromMs: 154, lengthMs: 22, parent: 0 },
];

function spanOf(step: Step, i: number, traceId: string, ids: string[], startMs: number) {
  const nano = (ms: number) => String(BigInt(Math.round(startMs + ms)) * 1_000_000n);
  return {
    traceId, spanId: ids[i], parentSpanId: step.parent < 0 ? "" : ids[step.parent], name: step.name, kind: step.kind,
    startTimeUnixNano: nano(step.fromMs), endTimeUnixNano: nano(step.fromMs + step.lengthMs),
    attributes: [text("weir.test", "yes")],
    status: step.failed ? { code: 2, message: "the made-up mail server did not answer" } : {},
  };
}

/// Returns the trace's id once the server has acknowledged it.
export async function sendTestTrace(): Promise<string> {
  const traceId = hex(16);
  const ids = STEPS.map(() => hex(8));
  const startMs = Date.now() - 200;
  const services = [...new Set(STEPS.map((step) => step.service))];
  const resourceSpans = services.map((service) => ({
    resource: { attributes: [text("service.name", service)] },
    scopeSpans: [{
      scope: { name: "weir-page" },
      spans: STEPS.map((step, i) => ({ step, i })).filter(({ step }) => step.service === service).map(({ step, i }) => spanOf(step, i, traceId, ids, startMs)),
    }],
  }));
  await ask("/v1/traces", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ resourceSpans }) });
  return traceId;
}
