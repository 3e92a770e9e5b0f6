// SPDX-License-Identifier: Apache-2.0
// Rows as they come: the server's tail where it has one, else the latest rows asked for again and again.

import { ApiError, getJson, queryText, sql, type Rows } from "./api.ts";
import { latest } from "./queries.ts";

export type TailSignal = "logs" | "spans";

/// `next` waits for rows and gives those that came since it was called last, oldest first; perhaps none.
export interface Tail {
  next: (signal: AbortSignal) => Promise<Rows>;
}

const WAIT_MS = 10_000;
const BEFORE_ROWS = 100;
// Only rows around the first answer can come twice.
const SHOWN_MAX = 1_000;
const POLL_MS = 1_000;
const POLL_ROWS = 500;
// Clocks of senders differ, and what is old may come late.
const POLL_BACK_MS = 120_000;

export function openTail(signal: TailSignal, q: string): Tail {
  const long = longPoll(signal, q);
  let polled: Tail | undefined;
  return {
    next: async (abort) => {
      if (polled) return polled.next(abort);
      try {
        return await long.next(abort);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
        polled = sqlPoll(signal, q);
        return polled.next(abort);
      }
    },
  };
}

function longPoll(signal: TailSignal, q: string): Tail {
  let cursor = "";
  const shown = new Set<unknown>();
  return {
    next: async (abort) => {
      const answer = await getJson<Rows & { cursor: string }>(`/api/v1/tail?${queryText({ signal, q, cursor, wait_ms: cursor ? WAIT_MS : 0 })}`, abort);
      const isFirst = cursor === "";
      cursor = answer.cursor;
      // The first answer only says where we are: what came a moment before is shown too.
      return fresh(isFirst ? await before(signal, q, abort) : answer, shown);
    },
  };
}

async function before(signal: TailSignal, q: string, abort: AbortSignal): Promise<Rows> {
  const found = await getJson<Rows>(`/api/v1/search?${queryText({ signal, q, from: "-5m", limit: BEFORE_ROWS })}`, abort);
  return { columns: found.columns, rows: found.rows.reverse() };
}

/// Rows that were not seen before; `shown` knows them then.
function fresh(found: Rows, shown: Set<unknown>): Rows {
  const at = found.columns.findIndex((column) => column.name === "record_id");
  const rows = found.rows.filter((row) => !shown.has(row[at]));
  if (shown.size < SHOWN_MAX) for (const row of rows) shown.add(row[at]);
  return { columns: found.columns, rows };
}

function sqlPoll(signal: TailSignal, q: string): Tail {
  let seen: Set<unknown> | undefined;
  return {
    next: async (abort) => {
      if (seen) await new Promise((done) => setTimeout(done, POLL_MS));
      const found = await sql(latest(signal, Date.now() - POLL_BACK_MS, q, POLL_ROWS), { signal: abort });
      const at = found.columns.findIndex((column) => column.name === "record_id");
      const fresh = found.rows.filter((row) => !seen?.has(row[at])).reverse();
      seen = new Set(found.rows.map((row) => row[at]));
      return { columns: found.columns, rows: fresh };
    },
  };
}
