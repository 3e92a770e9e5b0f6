// SPDX-License-Identifier: Apache-2.0
// The trace page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "../harness/cases.mjs";
import { shopServer, until } from "../harness/server.mjs";
import { sendSpans, traceOf } from "../harness/telemetry.mjs";

const HUGE = "000000000000000000000000000f4240";
const HUGE_SPANS = 100_000;
const OPEN_MS_MAX = 2_000;
const TRIES_MAX = 3;
// The middle one; how long the longest took says more of the machine.
const FRAME_MS_MAX = 100;

/// A trace of the shop that has a failed span.
const failedTrace = (server) => server.spans.find((span) => span.status.code === 2).traceId;

test("trace.shows_every_span_as_sent", async ({ tab }) => {
  const server = await shopServer();
  const { traceId } = server.roots[4];
  const sent = server.spans.filter((span) => span.traceId === traceId);
  const page = await tab({ url: `${server.url}/ui/trace/${traceId}` });

  await page.getByRole("treeitem").first().waitFor();

  const labels = await page.getByRole("treeitem").evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label").replace(/ [\d.]+\u202f.*$/, "")));
  assert.deepEqual(labels.sort(), sent.map((span) => `${span.service} ${span.name}`).sort());
  await page.getByText(`${sent.length} spans`).waitFor();
});

test("trace.a_chosen_span_shows_its_attributes_events_and_logs", async ({ tab }) => {
  const server = await shopServer();
  const traceId = failedTrace(server);
  const page = await tab({ url: `${server.url}/ui/trace/${traceId}?filter=error` });

  await page.getByRole("treeitem", { name: / error$/ }).first().click();
  const detail = page.getByRole("complementary", { name: "The chosen span" });

  await detail.getByText("upstream timed out").waitFor();
  await detail.getByText("exception.type").waitFor();
  await detail.getByText("TimeoutError").waitFor();
  await detail.getByText("http.request.method").waitFor();
  assert.match(page.url(), /span=[0-9a-f]{16}/);
  await page.getByRole("button", { name: /^Logs/ }).click();
  await page.getByText(/^order \d+ was placed$/).waitFor();
});

test("trace.the_address_brings_back_what_was_seen", async ({ tab }) => {
  const server = await shopServer();
  const traceId = failedTrace(server);
  const first = await tab({ url: `${server.url}/ui/trace/${traceId}` });
  await first.getByLabel("Filter spans").fill("service:web");
  await first.getByRole("treeitem").first().click();
  const address = first.url();
  const shown = await first.getByRole("treeitem").count();

  const second = await tab({ url: address });

  await second.getByRole("complementary", { name: "The chosen span" }).waitFor();
  assert.equal(await second.getByLabel("Filter spans").inputValue(), "service:web");
  assert.equal(await second.getByRole("treeitem").count(), shown);
});

test("trace.keys_move_and_fold", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/trace/${server.roots[4].traceId}` });
  const tree = page.getByRole("tree");
  await page.getByRole("treeitem").first().waitFor();
  const all = await page.getByRole("treeitem").count();

  await tree.focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.getByRole("treeitem").first().getAttribute("aria-selected"), "true");
  await page.keyboard.press("ArrowLeft");

  assert.equal(await page.getByRole("treeitem").count(), 1);
  assert.equal(await page.getByRole("treeitem").first().getAttribute("aria-expanded"), "false");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.getByRole("treeitem").count(), all);
});

test("trace.downloads_as_json_with_every_span", async ({ tab }) => {
  const server = await shopServer();
  const { traceId } = server.roots[4];
  const page = await tab({ url: `${server.url}/ui/trace/${traceId}` });

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download JSON" }).click()]);

  const document = JSON.parse(readFileSync(await download.path(), "utf8"));
  assert.deepEqual(document.spans.map((span) => span.span_id).sort(), server.spans.filter((span) => span.traceId === traceId).map((span) => span.spanId).sort());
});

test("trace.one_that_is_not_there_says_so", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/trace/${"f".repeat(32)}`, expect: ["404"] });

  await page.getByText("There is no such trace").waitFor();
});

/// In the page: goes to the start and from there to `path`; how many ms until its first spans are there.
async function open(path) {
  const go = (address) => {
    history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
  };
  const until = async (fits) => {
    while (!fits()) await new Promise((done) => requestAnimationFrame(done));
  };
  go("/");
  await until(() => document.body.textContent.includes("Latest traces"));
  const started = performance.now();
  go(path);
  await until(() => document.querySelector("[role=treeitem]"));
  return performance.now() - started;
}

test("trace.a_hundred_thousand_spans_open_in_two_seconds_and_scroll", async ({ tab, server }) => {
  const own = await server();
  await sendSpans(own.url, traceOf({ traceId: HUGE, count: HUGE_SPANS, startMs: Date.now() - 60_000 }));
  await until("the trace", async () => (await own.sql("SELECT count(*) FROM otel_spans"))[0][0] === HUGE_SPANS);
  const page = await tab({ url: own.url });
  await page.getByText("Latest traces").waitFor();

  // As a link of the page does: the page is there, the trace is not. Others may use the machine
  // too, so it is tried again; what a page takes for itself is the least of its times.
  const times = [];
  while (times.length < TRIES_MAX && !(Math.min(...times) <= OPEN_MS_MAX)) times.push(await page.evaluate(open, `/ui/trace/${HUGE}`));
  const opened = Math.min(...times);
  const frames = await page.evaluate(async () => {
    const box = document.querySelector("[role=tree]");
    const taken = [];
    for (let i = 0; i < 120; i++) {
      const started = performance.now();
      box.scrollTop += 700;
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      taken.push(performance.now() - started);
    }
    return taken.sort((a, b) => a - b);
  });
  console.log(`     ${HUGE_SPANS} spans opened in ${times.map((ms) => Math.round(ms)).join(", ")} ms; a frame while scrolling takes ${frames[60].toFixed(0)} ms, at most ${frames[119].toFixed(0)}`);

  assert.ok(opened <= OPEN_MS_MAX, `${opened} ms`);
  assert.ok(frames[60] < FRAME_MS_MAX, `${frames[60]} ms`);
  await page.getByRole("tree").focus();
  await page.keyboard.press("End");
  await page.locator("[role=treeitem][aria-selected=true]").waitFor();
  assert.ok((await page.getByRole("treeitem").count()) < 120, "all rows are in the document");
  await page.getByLabel("Filter spans").fill("error");
  await page.getByText(/^[\d,]+ of 100,000$/).waitFor();
});
