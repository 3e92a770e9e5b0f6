// SPDX-License-Identifier: Apache-2.0
// The frame of all views: where they are, keys, and which one the address names.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { KeyHelp, useKeys } from "./keys.tsx";
import { Link, place } from "./parts/link.tsx";
import { Empty } from "./parts/states.tsx";
import { usePlace, type Place } from "./place.ts";
import { applyScheme, otherScheme } from "./scheme.ts";
import { VIEWS } from "./view_list.ts";
import { rangeOf, rangeParams } from "./time_range.ts";
import { HealthView } from "./views/health.tsx";
import { SearchView } from "./views/search.tsx";
import { ServiceView } from "./views/service.tsx";
import { ServicesView } from "./views/services.tsx";
import { SqlView } from "./views/sql.tsx";
import { StartView } from "./views/start.tsx";
import { TableView } from "./views/table.tsx";
import { TablesView } from "./views/tables.tsx";
import { TailView } from "./views/tail.tsx";
import { TraceView } from "./views/trace.tsx";

function viewOf({ path, params }: Place): ComponentChildren {
  const [view, first, second] = path;
  switch (view) {
    case undefined: return <StartView />;
    case "services": return first === undefined ? <ServicesView params={params} /> : <ServiceView service={first} params={params} />;
    case "search": return <SearchView params={params} />;
    case "trace": return first === undefined ? <NoView /> : <TraceView traceId={first} params={params} />;
    case "tail": return <TailView params={params} />;
    case "sql": return <SqlView params={params} />;
    case "tables": return first && second ? <TableView schema={first} name={second} params={params} /> : <TablesView />;
    case "health": return <HealthView />;
    default: return <NoView />;
  }
}

function NoView() {
  return (
    <Empty title="There is no such view">
      <Link to={place([])}>To the start</Link>
    </Empty>
  );
}

export function App() {
  const at = usePlace();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const view = at.path[0] ?? "";
  const range = rangeParams(rangeOf(at.params));
  useKeys(range, () => setHelpOpen((old) => !old));
  useEffect(() => {
    const label = VIEWS.find((one) => one.name === view)?.label;
    if (label) document.title = at.path[1] ? `${at.path[at.path.length - 1]} · Weir` : `${label} · Weir`;
  }, [at.path.join("/")]);
  return (
    <>
      <a class="skip" href="#main">To the content</a>
      <header class="top">
        <Link to={place([])} class="brand" aria-label="Weir, to the start">
          <Logo /> Weir
        </Link>
        <nav aria-label="Views">
          {VIEWS.map((one) => (
            <Link key={one.name} to={place(one.name ? [one.name] : [], one.hasRange ? range : {})} aria-current={one.name === view ? "page" : undefined} title={`Keys: g ${one.key}`}>
              {one.label}
            </Link>
          ))}
        </nav>
        <span class="grow" />
        <button class="small" onClick={() => setHelpOpen(true)} aria-label="Keys" title="Keys: ?">?</button>
        <button class="small" onClick={() => applyScheme(otherScheme())} aria-label="Dark or light" title="Dark or light">◐</button>
      </header>
      <main id="main" class={`view view-${view || "start"}`} tabIndex={-1}>
        {viewOf(at)}
      </main>
      {isHelpOpen && <KeyHelp close={() => setHelpOpen(false)} />}
    </>
  );
}

function Logo() {
  return (
    <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0e7c86" />
      <path d="M5 11c3 0 3 3 6 3s3-3 6-3 3 3 6 3 3-3 5-3" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" />
      <path d="M8 19v6M16 18v7M24 19v6" stroke="#b9ecf0" stroke-width="2.6" stroke-linecap="round" />
    </svg>
  );
}
