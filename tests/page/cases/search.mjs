// SPDX-License-Identifier: Apache-2.0
// Search: what is found is what was sent.

import assert from "node:assert/strict";
import { test } from "../harness/cases.mjs";
import { shopServer } from "../harness/server.mjs";

const rows = (page, label) => page.getByRole("table", { name: label }).locator("tbody tr");
const encoded = (text) => encodeURIComponent(text);

test("search.finds_the_spans_that_were_sent", async ({ tab }) => {
  const server = await shopServer();
  const expected = server.spans.filter((span) => span.service === "payments" && span.status.code === 2);
  const page = await tab({ url: `${server.url}/ui/search?signal=spans&limit=1000&q=${encoded("service:payments status:error")}` });

  await rows(page, "Spans").first().waitFor();

  assert.equal(await rows(page, "Spans").count(), expected.length);
});

test("search.a_query_is_typed_and_leads_to_its_trace", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/search` });
  await rows(page, "Traces").first().waitFor();

  await page.keyboard.press("/");
  await page.keyboard.type("service:email");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=service%3Aemail/);
  await page.getByText(/\d+\+? traces/).waitFor();
  const link = rows(page, "Traces").first().getByRole("link");
  const address = await link.getAttribute("href");
  await link.click();

  await page.getByRole("treeitem", { name: /^email / }).first().waitFor();
  const traceId = address.split("/").at(-1);
  assert.ok(server.spans.some((span) => span.traceId === traceId && span.service === "email"));
});

test("search.facets_narrow_and_widen", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/search?signal=spans` });
  const facet = page.getByRole("complementary", { name: "Facets" }).getByRole("button", { name: /^search / });
  await facet.waitFor();

  await facet.click();
  await page.waitForURL(/q=service%3Asearch/);
  await page.waitForFunction(() => [...document.querySelectorAll("table[aria-label=Spans] tbody td:nth-child(2)")].every((cell) => cell.textContent === "search"));
  assert.equal(await facet.getAttribute("aria-pressed"), "true");
  await facet.click();

  await page.waitForFunction(() => !location.search.includes("q="));
});

test("search.logs_show_what_was_said", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/search?signal=logs&q=${encoded('"order 7 was placed"')}` });

  await page.getByText("order 7 was placed").first().click();

  await page.getByText("shop.user").waitFor();
  assert.equal(await page.locator(".tail-lines li").count(), 1);
});

test("search.a_mistake_is_shown_where_it_is", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/search?q=${encoded("service:")}`, expect: ["400"] });

  const alert = page.getByRole("alert");
  await alert.waitFor();

  assert.match(await alert.innerText(), /expected.*\n.*service:\n +\^/s);
});

test("search.shows_its_sql_and_opens_it", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/search?signal=spans&q=service:web` });
  await page.getByText("The SQL of this search").click();
  await page.getByRole("link", { name: "Open in the console" }).click();

  await page.getByRole("button", { name: /^Run/ }).click();

  await page.getByRole("region", { name: "Result" }).waitFor();
});

test("search.suggests_while_typing", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/search` });
  const asked = await fetch(`${server.url}/api/v1/suggest?signal=spans&prefix=serv`);
  if (asked.status === 404) return console.log("     this server has no suggestions");
  const bar = page.getByRole("combobox", { name: "Search" });

  await bar.fill("serv");
  await page.getByRole("option", { name: /^service:/ }).first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.match(await bar.inputValue(), /^service:/);
  await bar.pressSequentially("chec");
  await page.getByRole("option", { name: /checkout/ }).first().click();

  assert.match(await bar.inputValue(), /^service:checkout ?$/);
});
