// SPDX-License-Identifier: Apache-2.0
// A case is a sentence about what someone sees, and how to see it.

import { newTab } from "./browser.mjs";
import { startServer } from "./server.mjs";

export const CASES = [];

/// `run({folder, tab, server})`: `tab(options)` opens a page that fails the case when it logs an error or leaves the
/// origin; `server(name)` starts one of its own.
export function test(name, run) {
  CASES.push({
    name,
    run: async (folder) => {
      const tabs = [];
      const tab = async (options) => {
        const opened = await newTab(options);
        tabs.push(opened);
        return opened.page;
      };
      const server = (own = "own") => startServer(`${folder}/${own}`);
      try {
        await run({ folder, tab, server });
        for (const opened of tabs) opened.check();
      } catch (error) {
        for (const [i, opened] of tabs.entries()) await opened.page.screenshot({ path: `${folder}/failed-${i}.png` }).catch(() => undefined);
        const said = tabs.flatMap((opened) => opened.problems);
        if (said.length > 0) error.message += `\nthe page said: ${said.join("\n")}`;
        throw error;
      } finally {
        for (const opened of tabs) await opened.close();
      }
    },
  });
}
