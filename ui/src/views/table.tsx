// SPDX-License-Identifier: Apache-2.0
// One table: `/ui/tables/<schema>/<name>?part=files|snapshots|columns|open`

import { useMemo, useState } from "preact/hooks";
import { serverStatus, tableFacts, tableFiles, tableSnapshots, type FileLine, type SnapshotLine, type TableFacts } from "../api.ts";
import { ago, bytes, count, dateTime } from "../format.ts";
import { useLoad } from "../load.ts";
import { Paste } from "../parts/copy.tsx";
import { Link, place } from "../parts/link.tsx";
import { RowGrid } from "../parts/row_grid.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { setParams } from "../place.ts";
import { identifier } from "../queries.ts";
import { sizeHistogram } from "../size_histogram.ts";
import { readers } from "../snippets.ts";

const REFRESH_MS = 5000;
const PARTS = [["", "Files"], ["snapshots", "Snapshots"], ["columns", "Columns"], ["open", "Open in …"]] as const;

interface Props {
  schema: string;
  name: string;
  params: Record<string, string>;
}

export function TableView({ schema, name, params }: Props) {
  const facts = useLoad((signal) => tableFacts(schema, name, signal), [schema, name], REFRESH_MS);
  const part = params["part"] ?? "";
  const table = facts.value;
  if (!table) return facts.error ? <Failed error={facts.error} retry={facts.reload} /> : <Loading what="Reading the table" />;
  const statement = `SELECT * FROM ${identifier(schema)}.${identifier(name)} LIMIT 100`;
  return (
    <>
      <header class="view-head">
        <div>
          <p class="crumb"><Link to={place(["tables"])}>Tables</Link> / {schema} /</p>
          <h1>{name}</h1>
          <p class="facts">
            <strong>{count(table.rows)} rows</strong>
            <span>{count(table.files)} files</span>
            <span>{bytes(table.bytes)}</span>
            {table.partitioned_by.length > 0 && <span>partitioned by {table.partitioned_by.join(", ")}</span>}
            {table.sorted_by.length > 0 && <span>sorted by {table.sorted_by.join(", ")}</span>}
            <span>last commit {ago(table.updated_ms)}</span>
          </p>
        </div>
        <div class="buttons">
          <Link class="button" to={place(["sql"], { q: statement, run: "1" })}>Look into it</Link>
        </div>
      </header>
      <Heads table={table} />
      <div class="tabs" role="group" aria-label="What of the table">
        {PARTS.map(([key, label]) => (
          <button key={key} aria-pressed={part === key} onClick={() => setParams({ part: key })}>{label}</button>
        ))}
      </div>
      {part === "" && <Files key={table.snapshot_id} table={table} />}
      {part === "snapshots" && <Snapshots table={table} />}
      {part === "columns" && <Columns table={table} />}
      {part === "open" && <OpenIn table={table} />}
    </>
  );
}

/// Both formats name one commit: where each of them is.
function Heads({ table }: { table: TableFacts }) {
  const isEmpty = table.snapshot_id === "0";
  return (
    <section class="heads" aria-label="Both formats">
      <div class="panel">
        <h2>Iceberg</h2>
        <dl class="figures">
          <dt>Snapshot</dt>
          <dd class="mono">{isEmpty ? "none yet" : table.snapshot_id}</dd>
          <dt>Metadata</dt>
          <dd class="mono">{table.metadata_location}</dd>
        </dl>
      </div>
      <div class="panel">
        <h2>Delta</h2>
        <dl class="figures">
          <dt>Version</dt>
          <dd class="mono">{table.delta_version}</dd>
          <dt>Path</dt>
          <dd class="mono">{table.delta_path}</dd>
        </dl>
      </div>
    </section>
  );
}

function Files({ table }: { table: TableFacts }) {
  const found = useLoad((signal) => tableFiles(table.schema, table.name, signal), [table.snapshot_id]);
  if (!found.value) return found.error ? <Failed error={found.error} retry={found.reload} /> : <Loading what="Reading the manifests" />;
  if (found.value.files.length === 0) return <Empty title="No files yet" />;
  return (
    <>
      {!found.value.is_complete && <p class="note">The first {count(found.value.files.length)} of {count(table.files)} files.</p>}
      <Sizes files={found.value.files} />
      <FileGrid files={found.value.files} />
    </>
  );
}

function Sizes({ files }: { files: FileLine[] }) {
  const steps = useMemo(() => sizeHistogram(files.map((file) => file.bytes)), [files]);
  const most = Math.max(...steps.map((step) => step.files));
  return (
    <div class="panel">
      <h2>Sizes of files</h2>
      <table class="bars" aria-label="Files by size">
        <tbody>
          {steps.map((step) => (
            <tr key={step.label}>
              <th scope="row" class="number">{step.label}</th>
              <td><div class="bars-bar" style={{ width: `${(100 * step.files) / most}%` }} /></td>
              <td class="right number" title={bytes(step.bytes)}>{count(step.files)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FileGrid({ files }: { files: FileLine[] }) {
  const data = useMemo(
    () => ({
      columns: [{ name: "date", type: "DATE" }, { name: "rows", type: "BIGINT" }, { name: "bytes", type: "BIGINT" }, { name: "file", type: "VARCHAR" }],
      rows: files.map((file) => [file.date, file.rows, file.bytes, file.path.slice(file.path.lastIndexOf("/data/") + 6)]),
    }),
    [files],
  );
  return <RowGrid data={data} label="Files" />;
}

function Snapshots({ table }: { table: TableFacts }) {
  const found = useLoad((signal) => tableSnapshots(table.schema, table.name, signal), [table.snapshot_id]);
  if (!found.value) return found.error ? <Failed error={found.error} retry={found.reload} /> : <Loading what="Reading the snapshots" />;
  if (found.value.length === 0) return <Empty title="No snapshots yet" />;
  const [chosen, ...rest] = [found.value.slice(0, 500), found.value.slice(500)];
  return <SnapshotTable snapshots={chosen} more={rest[0]!.length} table={table} />;
}

function SnapshotTable({ snapshots, more, table }: { snapshots: SnapshotLine[]; more: number; table: TableFacts }) {
  const at = (snapshot: SnapshotLine) =>
    place(["sql"], { q: `SELECT count(*) FROM ${identifier(table.schema)}.${identifier(table.name)} AT (VERSION => ${snapshot.snapshot_id})`, run: "1" });
  return (
    <div class="table-scroll">
      <table class="list" aria-label="Snapshots">
        <thead>
          <tr>
            <th>Snapshot</th><th>When</th><th>What</th><th class="right">Rows added</th><th class="right">Files added</th><th class="right">Files removed</th><th class="right">Rows</th><th class="right">Size</th>
          </tr>
        </thead>
        <tbody>
          {snapshots.map((snapshot) => (
            <tr key={snapshot.snapshot_id}>
              <td class="mono"><Link to={at(snapshot)} title="Ask the table as it was then">{snapshot.snapshot_id}</Link></td>
              <td class="number">{dateTime(snapshot.timestamp_ms)}</td>
              <td>{snapshot.operation}</td>
              <td class="right number">{count(snapshot.added_rows)}</td>
              <td class="right number">{count(snapshot.added_files)}</td>
              <td class="right number">{count(snapshot.deleted_files)}</td>
              <td class="right number">{count(snapshot.total_rows)}</td>
              <td class="right number">{bytes(snapshot.total_bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p class="note">and {count(more)} older ones</p>}
    </div>
  );
}

function Columns({ table }: { table: TableFacts }) {
  return (
    <div class="table-scroll">
      <table class="list" aria-label="Columns">
        <thead>
          <tr><th class="right">Id</th><th>Column</th><th>Type</th><th>Null</th></tr>
        </thead>
        <tbody>
          {table.columns.map((column) => (
            <tr key={column.id}>
              <td class="right number muted">{column.id}</td>
              <td class="mono">{column.name}</td>
              <td class="mono muted wide">{column.type}</td>
              <td class="muted">{column.required ? "never" : "may be"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OpenIn({ table }: { table: TableFacts }) {
  const status = useLoad(serverStatus, []);
  const snippets = readers({ origin: location.origin, catalog: status.value?.catalog ?? "weir", schema: table.schema, name: table.name, deltaPath: table.delta_path });
  const [chosen, setChosen] = useState(0);
  const snippet = snippets[chosen]!;
  return (
    <section class="panel" aria-label="Open in an engine">
      <div class="tabs" role="group" aria-label="Engine">
        {snippets.map((one, i) => (
          <button key={one.name} aria-pressed={i === chosen} onClick={() => setChosen(i)}>{one.name}</button>
        ))}
      </div>
      <p class="note">{snippet.note}</p>
      <Paste text={snippet.text} label={snippet.name} />
      <p class="note">Engines read the files where they lie, so they have to see this machine's folder.</p>
    </section>
  );
}
