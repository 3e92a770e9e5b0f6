// SPDX-License-Identifier: Apache-2.0
// What the server is asked, and what it answers. Rows stay as they come: arrays, beside the names of their columns.

export interface Column {
  name: string;
  type: string;
}
export interface Rows {
  columns: Column[];
  rows: unknown[][];
}
export interface ScannedTable {
  table: string;
  snapshot_id: string;
  files: number;
  bytes: number;
  files_pruned: number;
  bytes_pruned: number;
}
export interface SqlAnswer extends Rows {
  id: string;
  row_count: number;
  is_cut: boolean;
  scanned: { tables: ScannedTable[]; read_bytes: number };
  elapsed_ms: number;
}

/// `kind`: the server's word (`bad_request`, `not_found`, …), or `offline` where none answered.
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly position?: number,
  ) {
    super(message);
  }
}

async function errorOf(answer: Response): Promise<ApiError> {
  const text = await answer.text();
  try {
    const error = (JSON.parse(text) as { error: { message: string; type: string; position?: number } }).error;
    return new ApiError(answer.status, error.type, error.message, error.position);
  } catch {
    return new ApiError(answer.status, "unknown", text.slice(0, 300) || answer.statusText);
  }
}

/// Throws ApiError, or AbortError when `init.signal` says so.
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, "offline", "the server does not answer; is `weir serve` running?");
  }
  if (!answer.ok) throw await errorOf(answer);
  return answer;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await ask(path, signal ? { signal } : {})).json()) as T;
}

export function queryText(params: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined && value !== "") query.set(name, String(value));
  return query.toString();
}

export interface SqlOptions {
  signal?: AbortSignal;
  id?: string;
  rowsMax?: number;
}

// What ran shorter than this is as good as done.
const END_AFTER_MS = 500;

/// A query whose asker goes away is ended, so that it does not keep the next one waiting.
export async function sql(query: string, options: SqlOptions = {}): Promise<SqlAnswer> {
  const id = options.id ?? newQueryId();
  const started = Date.now();
  const end = () => Date.now() - started > END_AFTER_MS && void fetch(`/api/sql/${id}`, { method: "DELETE" }).catch(() => undefined);
  options.signal?.addEventListener("abort", end, { once: true });
  try {
    const answer = await ask("/api/sql", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query, id, ...(options.rowsMax ? { rows_max: options.rowsMax } : {}) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    return (await answer.json()) as SqlAnswer;
  } finally {
    options.signal?.removeEventListener("abort", end);
  }
}

export async function sqlCsv(query: string): Promise<Blob> {
  const answer = await ask("/api/sql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/csv" },
    body: JSON.stringify({ query }),
  });
  return answer.blob();
}

// Not crypto.randomUUID: browsers have that on https and loopback alone.
export function newQueryId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return "page-" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/// The place of a column among a row's values; −1 where there is none.
export function columnAt(rows: Rows, name: string): number {
  return rows.columns.findIndex((column) => column.name === name);
}

/// Rows as objects, for the few where that is handier.
export function asObjects<T>(rows: Rows): T[] {
  const names = rows.columns.map((column) => column.name);
  return rows.rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])) as T);
}

export interface TableLine {
  schema: string;
  name: string;
  rows: number;
  files: number;
  bytes: number;
  snapshot_id: string;
  updated_ms: number;
  location: string;
}
export interface TableFacts extends TableLine {
  metadata_location: string;
  delta_path: string;
  delta_version: number;
  snapshots: number;
  partitioned_by: string[];
  sorted_by: string[];
  columns: { id: number; name: string; type: string; required: boolean }[];
}
export interface SnapshotLine {
  snapshot_id: string;
  timestamp_ms: number;
  operation: string;
  added_files: number;
  added_rows: number;
  deleted_files: number;
  total_files: number;
  total_rows: number;
  total_bytes: number;
}
export interface FileLine {
  path: string;
  date: string;
  rows: number;
  bytes: number;
}
export interface ServerStatus {
  version: string;
  uptime_s: number;
  can_ack: boolean;
  reason: string;
  endpoints: string[];
  data_dir: string;
  catalog: string;
  figures: Record<string, unknown>;
}

export const listTables = (signal?: AbortSignal) =>
  getJson<{ tables: TableLine[] }>("/api/v1/tables", signal).then((answer) => answer.tables);
const tablePath = (schema: string, name: string) =>
  `/api/v1/tables/${encodeURIComponent(schema)}/${encodeURIComponent(name)}`;
export const tableFacts = (schema: string, name: string, signal?: AbortSignal) =>
  getJson<TableFacts>(tablePath(schema, name), signal);
export const tableFiles = (schema: string, name: string, signal?: AbortSignal) =>
  getJson<{ is_complete: boolean; files: FileLine[] }>(`${tablePath(schema, name)}/files`, signal);
export const tableSnapshots = (schema: string, name: string, signal?: AbortSignal) =>
  getJson<{ snapshots: SnapshotLine[] }>(`${tablePath(schema, name)}/snapshots`, signal).then((answer) => answer.snapshots);
export const serverStatus = (signal?: AbortSignal) => getJson<ServerStatus>("/api/v1/status", signal);
export const metricsText = async (signal?: AbortSignal) => (await ask("/metrics", signal ? { signal } : {})).text();
