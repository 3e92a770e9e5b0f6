// SPDX-License-Identifier: Apache-2.0
// One Chromium for all cases, a context of its own for each tab.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requirePackage } from "./environment.mjs";

const { chromium } = requirePackage("playwright-core");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-domain-reliability", "--force-color-profile=srgb"];

let browser;
let scratch;

async function theBrowser() {
  if (browser) return browser;
  scratch = mkdtempSync(join(tmpdir(), "weir-page-"));
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: FLAGS, env: { ...process.env, HOME: scratch } });
  return browser;
}

export async function closeBrowser() {
  await browser?.close();
  if (scratch) rmSync(scratch, { recursive: true, force: true });
}

/// `expect`: texts of console errors that belong to the case, as of a request that is refused on purpose.
export async function newTab({ url, scheme = "light", width = 1440, height = 900, expect = [], permissions = [] }) {
  const context = await (await theBrowser()).newContext({ viewport: { width, height }, colorScheme: scheme, permissions, acceptDownloads: true });
  const page = await context.newPage();
  const problems = [];
  const origin = new URL(url).origin;
  // A view that is left ends its query, which may have come to its end by itself meanwhile.
  const isEnded = (message) => message.location().url.includes("/api/sql/page-") && message.text().includes("404");
  page.on("console", (message) => {
    if (message.type() === "error" && !isEnded(message) && !expect.some((text) => message.text().includes(text))) problems.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => problems.push(`error: ${error.stack}`));
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (!["data:", "blob:"].includes(to.protocol) && to.origin !== origin) problems.push(`a request left the origin: ${request.url()}`);
  });
  page.setDefaultTimeout(10_000);
  await page.goto(url);
  return {
    page,
    problems,
    check: () => {
      if (problems.length > 0) throw new Error("the page has problems");
    },
    close: () => context.close(),
  };
}
