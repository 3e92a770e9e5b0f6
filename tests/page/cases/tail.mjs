// SPDX-License-Identifier: Apache-2.0
// What comes, while it comes.

import assert from "node:assert/strict";
import { test } from "../harness/cases.mjs";
import { sendLogs, sendSpans, traceOf } from "../harness/telemetry.mjs";

const SEEN_MS_MAX = 4_000;

test("tail.shows_a_log_record_soon_after_it_was_sent_and_once", async ({ tab, server }) => {
  const own = await server();
  const page = await tab({ url: `${own.url}/ui/tail` });
  await page.getByText("Waiting for logs").waitFor();

  const started = performance.now();
  await sendLogs(own.url, [{ service: "web", timeMs: Date.now(), body: "hello from the tail" }]);
  await page.getByText("hello from the tail").waitFor();

  console.log(`     seen ${Math.round(performance.now() - started)} ms after it was sent`);
  assert.ok(performance.now() - started < SEEN_MS_MAX);
  for (let i = 0; i < 5; i++) await sendLogs(own.url, [{ service: "web", timeMs: Date.now(), body: `more ${i}` }]);
  await page.getByText("more 4").waitFor();
  assert.equal(await page.locator(".tail-lines li").count(), 6);
  assert.equal(await page.getByText("hello from the tail").count(), 1);
});

test("tail.follows_spans_through_a_filter", async ({ tab, server }) => {
  const own = await server();
  const page = await tab({ url: `${own.url}/ui/tail?signal=spans&q=service:web` });
  await page.getByText("Waiting for spans").waitFor();

  const spans = traceOf({ traceId: "a".repeat(32), count: 40, startMs: Date.now() });
  await sendSpans(own.url, spans);

  const wanted = spans.filter((span) => span.service === "web").length;
  await page.waitForFunction((count) => document.querySelectorAll(".tail-lines li").length === count, wanted);
  await page.getByRole("link", { name: "trace" }).first().click();
  await page.getByRole("treeitem").first().waitFor();
});

test("tail.pauses_and_goes_on", async ({ tab, server }) => {
  const own = await server();
  const page = await tab({ url: `${own.url}/ui/tail` });
  await sendLogs(own.url, [{ service: "web", timeMs: Date.now(), body: "before" }]);
  await page.getByText("before").waitFor();

  await page.getByRole("button", { name: "Pause" }).click();
  await sendLogs(own.url, [{ service: "web", timeMs: Date.now(), body: "meanwhile" }]);
  await page.getByText("2 came").waitFor();
  assert.equal(await page.getByText("meanwhile").count(), 0);
  await page.getByRole("button", { name: "Go on" }).click();

  await page.getByText("meanwhile").waitFor();
});
