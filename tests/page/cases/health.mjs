// SPDX-License-Identifier: Apache-2.0
// How the server is.

import assert from "node:assert/strict";
import { test } from "../harness/cases.mjs";

test("health.tells_what_was_refused_and_draws_what_comes", async ({ tab, server }) => {
  const own = await server();
  const bad = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: "00", spanId: "", name: "no ids", startTimeUnixNano: "1", endTimeUnixNano: "2" }] }] }] };
  await fetch(`${own.url}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(bad) });
  await fetch(`${own.url}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body: "{broken" });
  const page = await tab({ url: `${own.url}/ui/health` });

  await page.getByText("Takes telemetry").waitFor();
  await page.getByRole("region", { name: "Refused since the start" }).getByRole("table").waitFor();
  await page.getByRole("region", { name: "Kept as dead letters" }).getByRole("table").waitFor();
  await page.locator(".chart canvas").first().waitFor();

  assert.equal(await page.locator(".chart canvas").count(), 4);
});

test("health.says_so_when_the_server_is_gone", async ({ tab, server }) => {
  const own = await server();
  const page = await tab({ url: `${own.url}/ui/health`, expect: ["ERR_CONNECTION_"] });
  await page.getByText("Takes telemetry").waitFor();

  await own.stop();

  await page.getByRole("alert").getByText("the server does not answer").waitFor();
});
