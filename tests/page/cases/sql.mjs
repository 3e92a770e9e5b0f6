// SPDX-License-Identifier: Apache-2.0
// The SQL console.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "../harness/cases.mjs";
import { shopServer, until } from "../harness/server.mjs";

const LONG = "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b";
const CANCEL_MS_MAX = 1_000;
const at = (server, query = "", more = "") => `${server.url}/ui/sql${query ? `?q=${encodeURIComponent(query)}${more}` : ""}`;
const run = (page) => page.getByRole("button", { name: /^Run/ });

test("sql.runs_a_statement_and_tells_what_it_read", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: at(server) });
  await page.getByRole("textbox", { name: "Statement", exact: true }).fill("SELECT service_name, count(*) AS spans FROM otel_spans GROUP BY ALL ORDER BY 1");
  await page.keyboard.press("Control+Enter");

  const result = page.getByRole("region", { name: "Result" });
  await result.waitFor();

  const cells = await result.locator("tbody td").allInnerTexts();
  assert.equal(cells[0], "checkout");
  assert.equal(Number(cells[1]), server.spans.filter((span) => span.service === "checkout").length);
  await page.getByText(/telemetry\.otel_spans: \d+ files?, \d+ pruned/).waitFor();
  await page.getByText(/ read$/).waitFor();
});

test("sql.the_address_runs_it_again", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: at(server, "SELECT 41 + 1 AS answer", "&run=1") });

  await page.getByRole("cell", { name: "42" }).waitFor();
});

test("sql.cancels_what_takes_long", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: at(server, LONG), expect: ["409"] });
  await run(page).click();
  await until("the query to run", async () => (await (await fetch(`${server.url}/api/sql`)).json()).queries.length > 0);

  const started = performance.now();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("alert").waitFor();

  const took = performance.now() - started;
  console.log(`     ended after ${Math.round(took)} ms`);
  assert.ok(took < CANCEL_MS_MAX, `${took} ms`);
  assert.equal((await (await fetch(`${server.url}/api/sql`)).json()).queries.length, 0);
});

test("sql.a_mistake_is_explained_and_what_was_typed_stays", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: at(server, "SELECT nope FROM otel_logs"), expect: ["400"] });
  await run(page).click();

  await page.getByRole("alert").getByText(/"nope" not found/).waitFor();

  assert.equal(await page.getByRole("textbox", { name: "Statement", exact: true }).inputValue(), "SELECT nope FROM otel_logs");
});

test("sql.draws_a_chart_and_downloads_csv", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: at(server, "SELECT date_trunc('minute', time) AS minute, count(*) AS spans FROM otel_spans GROUP BY ALL ORDER BY 1", "&run=1&show=chart") });
  await page.locator(".chart canvas").waitFor();

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download CSV" }).click()]);

  const lines = readFileSync(await download.path(), "utf8").trim().split("\n");
  assert.equal(lines[0].trim(), "minute,spans");
  assert.equal(lines.slice(1).reduce((sum, line) => sum + Number(line.split(",")[1]), 0), server.spans.length);
});

test("sql.saves_statements_in_this_browser", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: at(server, "SELECT 1 AS kept") });
  await page.getByLabel("Name of the statement").fill("mine");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.goto(at(server));

  await page.getByRole("button", { name: "mine", exact: true }).click();

  assert.equal(await page.getByRole("textbox", { name: "Statement", exact: true }).inputValue(), "SELECT 1 AS kept");
});

test("sql.the_schema_tree_fills_in_names", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: at(server, "SELECT ") });
  await page.getByRole("button", { name: "otel_logs" }).click();

  await page.getByRole("button", { name: "severity_text" }).click();

  assert.equal(await page.getByRole("textbox", { name: "Statement", exact: true }).inputValue(), "SELECT severity_text");
});

test("sql.a_hundred_thousand_rows_stay_smooth", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: at(server, "SELECT range AS n, 'row ' || range AS text FROM range(100000)", "&run=1") });
  const result = page.getByRole("region", { name: "Result" });
  await result.waitFor();

  await result.evaluate((box) => (box.scrollTop = box.scrollHeight));

  await page.getByRole("cell", { name: "row 99999", exact: true }).waitFor();
  assert.ok((await result.locator("tbody tr").count()) < 120);
});
