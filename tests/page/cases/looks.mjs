// SPDX-License-Identifier: Apache-2.0
// Every view in both colour schemes: readable for everyone, whole on a small screen, usable by keys. Takes the pictures.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { OUTPUT, REPOSITORY, requirePackage } from "../harness/environment.mjs";
import { test } from "../harness/cases.mjs";
import { shopServer } from "../harness/server.mjs";

const AXE = readFileSync(requirePackage.resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = join(OUTPUT, "pictures");
const SQL = "SELECT service_name, count(*) AS spans, round(avg(duration_ns) / 1e6, 3) AS mean_ms FROM otel_spans GROUP BY ALL ORDER BY spans DESC";
const README_BYTES_MAX = 300_000;

/// What there is to wait for, by view.
function viewsOf(server) {
  const failed = server.spans.find((span) => span.status.code === 2 && span.service !== "web");
  return {
    start: ["/", "text=Latest traces"],
    services: ["/ui/services", "table.list"],
    service: ["/ui/services/checkout", ".chart canvas"],
    search: ["/ui/search?q=service%3Acheckout", "table.list"],
    spans: ["/ui/search?signal=spans&q=status%3Aerror", "table.list"],
    logs: ["/ui/search?signal=logs", ".tail-lines"],
    nothing: ["/ui/search?q=service%3Anobody", "text=Nothing matches"],
    trace: [`/ui/trace/${failed.traceId}?span=${failed.spanId}`, "text=exception.type"],
    tail: ["/ui/tail?signal=spans", "h1"],
    sql: [`/ui/sql?run=1&q=${encodeURIComponent(SQL)}`, ".grid"],
    chart: [`/ui/sql?run=1&show=chart&q=${encodeURIComponent(SQL)}`, ".bars"],
    tables: ["/ui/tables", "table.list"],
    table: ["/ui/tables/telemetry/otel_spans", ".bars"],
    snapshots: ["/ui/tables/telemetry/otel_spans?part=snapshots", "table.list"],
    open: ["/ui/tables/telemetry/otel_spans?part=open", ".paste"],
    health: ["/ui/health", ".chart canvas"],
    unknown: ["/ui/nowhere", "text=There is no such view"],
  };
}

async function violations(page) {
  // Evaluated by the browser's own door, which the page's policy does not close.
  await page.evaluate(AXE);
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
  return found.violations.filter((one) => one.impact === "serious" || one.impact === "critical")
    .map((one) => `${one.id}: ${one.help}\n  ${one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary.split("\n").slice(1, 2)}`).join("\n  ")}`);
}

for (const scheme of ["light", "dark"]) {
  test(`looks.nothing_serious_on_any_view_when_${scheme}`, async ({ tab }) => {
    const server = await shopServer();
    mkdirSync(PICTURES, { recursive: true });
    const problems = [];
    for (const [name, [address, sign]] of Object.entries(viewsOf(server))) {
      const page = await tab({ url: server.url + address, scheme });
      await page.locator(sign).first().waitFor();
      await page.waitForLoadState("networkidle").catch(() => undefined);
      await page.screenshot({ path: join(PICTURES, `${name}-${scheme}.png`) });
      for (const one of await violations(page)) problems.push(`${name}: ${one}`);
      await page.context().close();
    }
    assert.equal(problems.length, 0, problems.join("\n"));
  });
}

test("looks.nothing_is_cut_off_sideways_on_a_small_screen", async ({ tab }) => {
  const server = await shopServer();
  mkdirSync(PICTURES, { recursive: true });
  const wide = [];
  for (const [name, [address, sign]] of Object.entries(viewsOf(server))) {
    const page = await tab({ url: server.url + address, width: 480, height: 800 });
    await page.locator(sign).first().waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 480) wide.push(`${name}: ${width} px`);
    await page.screenshot({ path: join(PICTURES, `${name}-small.png`) });
    await page.context().close();
  }
  assert.deepEqual(wide, []);
});

test("looks.keys_go_to_every_view_and_tell_themselves", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: server.url });
  await page.getByText("Latest traces").waitFor();
  for (const [key, path] of [["s", "/ui/services"], ["f", "/ui/search"], ["t", "/ui/tail"], ["q", "/ui/sql"], ["b", "/ui/tables"], ["i", "/ui/health"], ["h", "/"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.waitForURL(server.url + path);
  }

  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");

  await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement !== document.body), "Tab reaches nothing");
});

test("looks.dark_and_light_are_the_readers_choice", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: server.url, scheme: "light" });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole("button", { name: "Dark or light" }).click();
  const dark = await ground();
  assert.notEqual(dark, light);

  await page.reload();

  assert.equal(await ground(), dark);
});

test("looks.the_readme_picture_is_small_enough", async ({ tab }) => {
  const server = await shopServer();
  const [address, sign] = viewsOf(server).trace;
  const page = await tab({ url: server.url + address, scheme: "dark", width: 1360, height: 720 });
  await page.locator(sign).first().waitFor();
  const path = join(OUTPUT, "page.png");
  await page.screenshot({ path });

  assert.ok(statSync(path).size <= README_BYTES_MAX, `${statSync(path).size} bytes`);
  if (process.env.WEIR_KEEP_SCREENSHOT !== "1") return;
  mkdirSync(join(REPOSITORY, "docs", "images"), { recursive: true });
  copyFileSync(path, join(REPOSITORY, "docs", "images", "page.png"));
});
