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
  return {
    next: async (abort) => {
      const answer = await getJson<Rows & { cursor: string }>(`/api/v1/tail?${queryText({ signal, q, cursor, wait_ms: cursor ? WAIT_MS : 0 })}`, abort);
      cursor = answer.cursor;
      return answer;
    },
  };
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
