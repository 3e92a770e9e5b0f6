// SPDX-License-Identifier: Apache-2.0
// The start page of a server that nobody has configured.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { python } from "../harness/environment.mjs";
import { test } from "../harness/cases.mjs";

test("start.sends_a_test_trace_and_shows_it", async ({ tab, server }) => {
  const own = await server();
  const page = await tab({ url: own.url });
  await page.getByText("Nothing has come yet").waitFor();

  await page.getByRole("button", { name: "Send a test trace" }).click();
  await page.getByRole("treeitem").first().waitFor();

  assert.equal(await page.getByRole("treeitem").count(), 7);
  assert.match(page.url(), /\/ui\/trace\/[0-9a-f]{32}$/);
  await page.getByRole("link", { name: "Weir, to the start" }).click();
  await page.locator(".tile", { hasText: "Spans" }).getByText("7", { exact: true }).waitFor();
});

const shown = async (page, name) => {
  await page.getByRole("button", { name, exact: true }).click();
  return page.locator(".paste code").first().innerText();
};

test("start.a_real_sdk_sends_as_the_page_says_within_a_minute", async ({ folder, tab, server }) => {
  const started = performance.now();
  const own = await server();
  const page = await tab({ url: own.url });
  writeFileSync(`${folder}/pasted.py`, await shown(page, "Python"));

  execFileSync(python("WEIR_OTEL"), [`${folder}/pasted.py`], { timeout: 30_000 });
  // Nobody reloads: the page sees it by itself.
  const link = page.getByRole("link", { name: "my-service hello, weir" });
  await link.waitFor();
  await link.click();
  await page.getByRole("treeitem", { name: /my-service hello, weir/ }).waitFor();

  const seconds = (performance.now() - started) / 1000;
  console.log(`     first trace seen ${seconds.toFixed(1)} s after the start`);
  assert.ok(seconds < 60, `${seconds} s`);
});

test("start.the_environment_lines_are_enough_for_an_sdk", async ({ tab, server, folder }) => {
  const own = await server();
  const page = await tab({ url: own.url });
  const lines = await shown(page, "Environment");
  const program = `from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
provider = TracerProvider(); provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
provider.get_tracer("x").start_span("by environment").end()
`;
  writeFileSync(`${folder}/program.py`, program);

  const ran = spawnSync("bash", ["-c", `${lines}\n"${python("WEIR_OTEL")}" "${folder}/program.py"`], { timeout: 30_000, encoding: "utf8" });

  assert.equal(ran.status, 0, ran.stderr);
  await page.getByRole("link", { name: "my-service by environment" }).waitFor();
});

test("start.the_curl_lines_send_a_span", async ({ tab, server }) => {
  const own = await server();
  const page = await tab({ url: own.url });
  const lines = await shown(page, "curl");

  const ran = spawnSync("bash", ["-c", lines], { timeout: 30_000, encoding: "utf8" });

  assert.equal(ran.status, 0, ran.stderr);
  assert.doesNotMatch(ran.stdout, /error/);
  await page.getByRole("link", { name: "my-service hello, weir" }).waitFor();
});
