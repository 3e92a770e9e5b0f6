// SPDX-License-Identifier: Apache-2.0
// Tables: what lies where, and the lines that open it elsewhere.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { python } from "../harness/environment.mjs";
import { test } from "../harness/cases.mjs";
import { shopServer } from "../harness/server.mjs";

test("tables.lists_them_with_their_rows", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/tables` });

  await page.getByRole("row", { name: /telemetry\.otel_spans/ }).getByText(server.spans.length.toLocaleString("en-US")).waitFor();
  await page.getByRole("link", { name: "telemetry.otel_spans" }).click();

  await page.getByRole("table", { name: "Files by size" }).waitFor();
});

test("tables.one_shows_both_heads_files_snapshots_and_columns", async ({ tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/tables/telemetry/otel_logs` });
  const facts = await (await fetch(`${server.url}/api/v1/tables/telemetry/otel_logs`)).json();

  await page.getByText(facts.delta_path, { exact: true }).waitFor();
  await page.getByText(facts.metadata_location, { exact: true }).waitFor();
  await page.getByRole("region", { name: "Files" }).getByText(".parquet").first().waitFor();
  await page.getByRole("button", { name: "Snapshots" }).click();
  await page.getByRole("table", { name: "Snapshots" }).getByRole("link", { name: facts.snapshot_id }).click();
  await page.getByRole("cell", { name: String(facts.rows) }).waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "Columns" }).click();
  assert.equal(await page.getByRole("table", { name: "Columns" }).locator("tbody tr").count(), facts.columns.length);
});

async function snippetOf(page, name) {
  await page.getByRole("group", { name: "Engine" }).getByRole("button", { name }).click();
  return page.locator(".paste code").innerText();
}

test("tables.what_is_pasted_into_engines_reads_the_rows", async ({ folder, tab }) => {
  const server = await shopServer();
  const page = await tab({ url: `${server.url}/ui/tables/telemetry/otel_spans?part=open` });
  const engines = python("WEIR_ENGINES");
  const runs = (text) => {
    writeFileSync(`${folder}/pasted.py`, text);
    const ran = spawnSync(engines, [`${folder}/pasted.py`], { encoding: "utf8", timeout: 60_000 });
    assert.equal(ran.status, 0, ran.stderr);
    return ran.stdout;
  };

  assert.match(runs(await snippetOf(page, "PyIceberg")), /record_id: /);
  assert.match(runs(await snippetOf(page, "Delta")), /record_id: /);
  // DuckDB's lines, but for what would ask the network: the extensions lie beside the environment.
  const sql = (await snippetOf(page, "DuckDB")).replace("INSTALL iceberg; ", "");
  const program = `import duckdb, glob, os, sys
home = os.path.dirname(os.path.dirname(sys.executable))
connection = duckdb.connect(config={"extension_directory": home + "/duckdb_ext", "autoinstall_known_extensions": "false"})
print(len(connection.execute(${JSON.stringify(sql)}).fetchall()))`;
  assert.equal(runs(program).trim(), "10");
});
