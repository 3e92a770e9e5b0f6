// SPDX-License-Identifier: Apache-2.0
// Tables and their columns, to look at and to click into a statement.

import { useState } from "preact/hooks";
import { listTables, tableFacts, type TableLine } from "../api.ts";
import { short } from "../format.ts";
import { useLoad } from "../load.ts";
import { identifier } from "../queries.ts";

export function SchemaTree({ insert }: { insert: (text: string) => void }) {
  const tables = useLoad(listTables, []);
  return (
    <section>
      <h2>Tables</h2>
      {tables.error && <p class="text-error">{tables.error.message}</p>}
      <ul class="schema">
        {(tables.value ?? []).map((table) => (
          <TableBranch key={`${table.schema}.${table.name}`} table={table} insert={insert} />
        ))}
      </ul>
    </section>
  );
}

function TableBranch({ table, insert }: { table: TableLine; insert: (text: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  const name = table.schema === "telemetry" ? identifier(table.name) : `${identifier(table.schema)}.${identifier(table.name)}`;
  return (
    <li>
      <button class="plain" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span class="fold" aria-hidden="true">{isOpen ? "▾" : "▸"}</span>
        {table.schema === "telemetry" ? table.name : `${table.schema}.${table.name}`}
      </button>
      <span class="muted number">{short(table.rows)}</span>
      {isOpen && <Columns table={table} name={name} insert={insert} />}
    </li>
  );
}

function Columns({ table, name, insert }: { table: TableLine; name: string; insert: (text: string) => void }) {
  const facts = useLoad((signal) => tableFacts(table.schema, table.name, signal), [table.schema, table.name]);
  return (
    <ul>
      <li>
        <button class="plain" onClick={() => insert(name)}>insert the name</button>
      </li>
      {facts.error && <li class="text-error">{facts.error.message}</li>}
      {(facts.value?.columns ?? []).map((column) => (
        <li key={column.id}>
          <button class="plain" title={`${column.type}${column.required ? ", never null" : ""}`} onClick={() => insert(identifier(column.name))}>
            {column.name}
          </button>
          <span class="muted schema-type">{column.type.length > 18 ? `${column.type.slice(0, 17)}…` : column.type}</span>
        </li>
      ))}
    </ul>
  );
}
