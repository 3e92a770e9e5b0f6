// SPDX-License-Identifier: Apache-2.0
// Finds the cases of cases/*.mjs, runs them one after another, prints a line each and a last line with the sums.
// Without names, all; `runner.mjs 'trace.*'` chooses by the beginning, or with * for anything.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeBrowser } from "./harness/browser.mjs";
import { CASES } from "./harness/cases.mjs";
import { HERE, OUTPUT } from "./harness/environment.mjs";
import { closeServers } from "./harness/server.mjs";

const CASE_MS_MAX = 300_000;

const isChosen = (name, patterns) =>
  patterns.length === 0 || patterns.some((pattern) => new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}`).test(name));

async function bounded(work) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`took longer than ${CASE_MS_MAX / 1000} s`)), CASE_MS_MAX);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function runCase(one) {
  const folder = join(OUTPUT, one.name.replaceAll(/[^\w.-]+/g, "_"));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const started = performance.now();
  let problem;
  try {
    await bounded(one.run(folder));
  } catch (error) {
    problem = error;
    writeFileSync(join(folder, "traceback.txt"), String(error.stack ?? error));
  }
  console.log(`${problem ? "FAIL" : "ok  "} ${one.name}  ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (problem) console.log(String(problem.message ?? problem).split("\n").slice(0, 20).map((line) => `     ${line}`).join("\n"));
  return !problem;
}

const chosenBy = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
for (const file of readdirSync(join(HERE, "cases")).filter((name) => name.endsWith(".mjs")).sort()) await import(`./cases/${file}`);
const chosen = CASES.filter((one) => isChosen(one.name, chosenBy));
if (process.argv.includes("--list")) {
  console.log(chosen.map((one) => one.name).join("\n"));
  process.exit(0);
}
console.log(`page tests, logs and screenshots in ${OUTPUT}`);
let passed = 0;
try {
  for (const one of chosen) passed += (await runCase(one)) ? 1 : 0;
} finally {
  await closeBrowser();
  await closeServers();
}
console.log(`${passed} passed, ${chosen.length - passed} failed, 0 skipped`);
process.exit(passed === chosen.length && passed > 0 ? 0 : 1);
