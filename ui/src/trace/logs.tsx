// SPDX-License-Identifier: Apache-2.0
// Log records that name the trace, by the moment within it.

import { sql } from "../api.ts";
import { asObjects } from "../api.ts";
import { duration } from "../format.ts";
import { traceLogs } from "../queries.ts";
import type { Trace } from "./model.ts";

export interface LogLine {
  timeNs: bigint;
  service: string;
  severity: string;
  level: "error" | "warn" | "info";
  spanId: string;
  body: string;
}

interface LogRow {
  time_unix_nano: string | number | null;
  time: string;
  service_name: string | null;
  severity_number: number | null;
  severity_text: string | null;
  span_id: string | null;
  body: string | null;
}

export async function readLogs(traceId: string, trace: Trace, signal: AbortSignal): Promise<LogLine[]> {
  const fromMs = Number(trace.startNs / 1_000_000n);
  const answer = await sql(traceLogs(traceId, { fromMs, toMs: fromMs + trace.totalNs / 1e6 + 1 }), { signal });
  return asObjects<LogRow>(answer).map((row) => ({
    timeNs: row.time_unix_nano ? BigInt(row.time_unix_nano) : BigInt(Date.parse(row.time)) * 1_000_000n,
    service: row.service_name ?? "",
    severity: row.severity_text ?? "",
    level: levelOf(row.severity_number ?? 0),
    spanId: row.span_id ?? "",
    body: row.body ?? "",
  }));
}

/// OTLP's severity numbers: 13 to 16 warn, 17 and above error.
export const levelOf = (number: number) => (number >= 17 ? "error" : number >= 13 ? "warn" : "info");

interface Props {
  logs: LogLine[];
  startNs: bigint;
  onPick?: (spanId: string) => void;
}

export function LogLines({ logs, startNs, onPick }: Props) {
  return (
    <ol class="log-lines">
      {logs.map((log, i) => (
        <li key={i} class={log.level}>
          <span class="mono muted">{duration(Number(log.timeNs - startNs))}</span>
          <span class="log-level">{log.severity}</span>
          {onPick && log.spanId ? (
            <button class="plain" onClick={() => onPick(log.spanId)}>
              {log.service}
            </button>
          ) : (
            <span class="muted">{log.service}</span>
          )}
          <span class="log-body">{log.body}</span>
        </li>
      ))}
    </ol>
  );
}
