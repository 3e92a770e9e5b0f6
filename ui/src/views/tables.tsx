// SPDX-License-Identifier: Apache-2.0
// All published tables. `/ui/tables`

import { listTables, type TableLine } from "../api.ts";
import { ago, bytes, count } from "../format.ts";
import { useLoad } from "../load.ts";
import { Link, place } from "../parts/link.tsx";
import { parseOrder, SortedTable, type Head } from "../parts/sorted_table.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { usePlace } from "../place.ts";

const REFRESH_MS = 5000;

const HEADS: Head<TableLine>[] = [
  {
    key: "name", label: "Table", isText: true, by: (row) => `${row.schema}.${row.name}`,
    show: (row) => <Link to={place(["tables", row.schema, row.name])}><span class="muted">{row.schema}.</span>{row.name}</Link>,
  },
  { key: "rows", label: "Rows", by: (row) => row.rows, show: (row) => count(row.rows) },
  { key: "files", label: "Files", by: (row) => row.files, show: (row) => count(row.files) },
  { key: "bytes", label: "Size", by: (row) => row.bytes, show: (row) => bytes(row.bytes) },
  { key: "mean", label: "A file", title: "Mean size of a file", by: (row) => row.bytes / Math.max(1, row.files), show: (row) => (row.files ? bytes(Math.round(row.bytes / row.files)) : "–") },
  { key: "updated", label: "Last commit", by: (row) => row.updated_ms, show: (row) => ago(row.updated_ms) },
];

export function TablesView() {
  const tables = useLoad(listTables, [], REFRESH_MS);
  const order = parseOrder(usePlace().params["sort"], "rows");
  return (
    <>
      <header class="view-head">
        <h1>Tables</h1>
        <p class="muted">Each is an Iceberg and a Delta table over the same Parquet files.</p>
      </header>
      {tables.error && <Failed error={tables.error} retry={tables.reload} />}
      {!tables.value && !tables.error && <Loading what="Reading the catalog" />}
      {tables.value && <SortedTable label="Tables" rows={tables.value} heads={HEADS} order={order} keyOf={(row) => `${row.schema}.${row.name}`} />}
    </>
  );
}
