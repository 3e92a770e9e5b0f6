// SPDX-License-Identifier: Apache-2.0
// Services and their operations.

import assert from "node:assert/strict";
import { test } from "../harness/cases.mjs";
import { shopServer } from "../harness/server.mjs";

const texts = (locator) => locator.evaluateAll((cells) => cells.map((cell) => cell.textContent));

test("services.are_all_there_with_their_figures", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/services` });
  const table = page.getByRole("table", { name: "Services" });
  await table.waitFor();

  const counts = new Map();
  for (const span of server.spans) counts.set(span.service, (counts.get(span.service) ?? 0) + 1);
  for (const [service, count] of counts) {
    const cells = await texts(table.locator("tr", { has: page.getByRole("link", { name: service, exact: true }) }).locator("td"));
    assert.equal(cells.at(-1), count.toLocaleString("en-US"), service);
  }
  assert.equal(await table.locator("tbody tr").count(), counts.size);
});

test("services.presets_order_them", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/services` });
  await page.getByRole("table", { name: "Services" }).waitFor();

  await page.getByRole("button", { name: "Most errors" }).click();

  const shares = (await texts(page.locator("table.list tbody td:nth-child(4)"))).map((text) => (text === "–" ? -1 : Number.parseFloat(text.replace("<", ""))));
  assert.deepEqual(shares, [...shares].sort((a, b) => b - a));
  assert.match(page.url(), /sort=errors/);
  await page.getByRole("button", { name: "Slowest" }).click();
  assert.equal(await page.getByRole("columnheader", { name: "p95" }).getAttribute("aria-sort"), "descending");
});

test("services.one_has_charts_and_operations_that_lead_to_spans", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/services` });
  await page.getByRole("link", { name: "checkout", exact: true }).click();

  await page.getByRole("heading", { name: "checkout" }).waitFor();
  await page.locator(".chart canvas").first().waitFor();
  await page.getByRole("table", { name: "Operations" }).getByRole("link", { name: "PlaceOrder" }).first().click();

  await page.getByRole("table", { name: "Spans" }).waitFor();
  const names = await texts(page.locator("table[aria-label=Spans] tbody td:nth-child(3)"));
  assert.ok(names.length > 0 && names.every((name) => name === "PlaceOrder"), names.join());
});

test("services.say_when_there_are_none", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/services?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z` });

  await page.getByText("No spans in this time").waitFor();
});
