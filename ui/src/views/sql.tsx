// SPDX-License-Identifier: Apache-2.0
// SQL: `/ui/sql?q=<statement>&run=1&show=chart`. A statement runs when the reader says so, or the address.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError, ask, newQueryId, sql, sqlCsv, type SqlAnswer } from "../api.ts";
import { chooseChart } from "../chart_choice.ts";
import { bytes, count, short } from "../format.ts";
import { asApiError } from "../load.ts";
import { Chart } from "../parts/chart.tsx";
import { RowGrid } from "../parts/row_grid.tsx";
import { saveFile } from "../parts/save_file.ts";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { setParams } from "../place.ts";
import { forget, readSaved, save, type Saved } from "../saved.ts";
import { SchemaTree } from "./schema_tree.tsx";

const FIRST = `SELECT service_name, count(*) AS spans, avg(duration_ns) / 1e6 AS mean_ms
FROM otel_spans
WHERE time > now() - INTERVAL 1 HOUR
GROUP BY ALL
ORDER BY spans DESC`;
// More would only be scrolled past; CSV brings all.
const ROWS_MAX = 100_000;

interface Run {
  id: string;
  text: string;
  abort: AbortController;
}

export function SqlView({ params }: { params: Record<string, string> }) {
  const [text, setText] = useState(params["q"] || FIRST);
  const [run, setRun] = useState<Run>();
  const [answer, setAnswer] = useState<SqlAnswer>();
  const [error, setError] = useState<ApiError>();
  const area = useRef<HTMLTextAreaElement>(null);
  const running = useRef<Run | undefined>(undefined);

  const start = async (statement: string) => {
    running.current?.abort.abort();
    const own: Run = { id: newQueryId(), text: statement, abort: new AbortController() };
    running.current = own;
    setRun(own);
    setError(undefined);
    try {
      const found = await sql(statement, { id: own.id, signal: own.abort.signal, rowsMax: ROWS_MAX });
      if (running.current === own) setAnswer(found);
    } catch (problem) {
      if (running.current === own && !own.abort.signal.aborted) setError(asApiError(problem));
    } finally {
      if (running.current === own) setRun((running.current = undefined));
    }
  };
  // The server's word that it ended is the query's own answer.
  const cancel = () => {
    if (run) void ask(`/api/sql/${run.id}`, { method: "DELETE" }).catch(() => undefined);
  };
  const runNow = () => {
    if (text.trim() === "") return;
    setParams({ q: text, run: "1" });
    void start(text);
  };
  useEffect(() => {
    if (params["run"] === "1" && params["q"]) void start(params["q"]);
    return () => running.current?.abort.abort();
  }, []);
  // Back and forward bring another statement.
  useEffect(() => {
    if (params["q"] && params["q"] !== text) setText(params["q"]);
  }, [params["q"]]);
  const insert = (name: string) => {
    const element = area.current!;
    element.focus();
    element.setRangeText(name, element.selectionStart, element.selectionEnd, "end");
    setText(element.value);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    runNow();
  };
  return (
    <div class="sql">
      <aside class="sql-side panel" aria-label="Tables and statements">
        <SchemaTree insert={insert} />
        <SavedStatements text={text} open={setText} />
      </aside>
      <div class="sql-main">
        <textarea ref={area} class="code" aria-label="Statement" spellcheck={false} rows={Math.min(16, Math.max(6, text.split("\n").length + 1))} value={text}
          onInput={(event) => setText(event.currentTarget.value)} onKeyDown={onKey} />
        <div class="buttons">
          <button class="primary" onClick={runNow} disabled={run !== undefined}>Run <kbd>Ctrl ↵</kbd></button>
          <button onClick={cancel} disabled={run === undefined}>Cancel</button>
          <span class="grow" />
          {answer && <Shows params={params} answer={answer} statement={text} setError={setError} />}
        </div>
        {run && <Loading what="The query runs" />}
        {!run && error && <Failed error={error} />}
        {!run && !error && answer && <Answer answer={answer} isChart={params["show"] === "chart"} />}
        {!run && !error && !answer && <Empty title="Run a statement"><p>DuckDB's SQL over every table here. One statement reads all its tables as of one moment.</p></Empty>}
      </div>
    </div>
  );
}

interface ShowsProps {
  params: Record<string, string>;
  answer: SqlAnswer;
  statement: string;
  setError: (error: ApiError) => void;
}

function Shows({ params, statement, setError }: ShowsProps) {
  const isChart = params["show"] === "chart";
  const [isSaving, setSaving] = useState(false);
  const download = async () => {
    setSaving(true);
    try {
      saveFile(await sqlCsv(statement), "result.csv");
    } catch (problem) {
      setError(asApiError(problem));
    } finally {
      setSaving(false);
    }
  };
  return (
    <>
      <div class="tabs" role="group" aria-label="Show as">
        <button aria-pressed={!isChart} onClick={() => setParams({ show: "" }, true)}>Table</button>
        <button aria-pressed={isChart} onClick={() => setParams({ show: "chart" }, true)}>Chart</button>
      </div>
      <button onClick={download} disabled={isSaving}>{isSaving ? "Reading …" : "Download CSV"}</button>
    </>
  );
}

function Answer({ answer, isChart }: { answer: SqlAnswer; isChart: boolean }) {
  return (
    <>
      <p class="facts" role="status">
        <strong>{count(answer.row_count)} {answer.row_count === 1 ? "row" : "rows"}</strong>
        {answer.is_cut && <span class="text-error">cut there: there are more</span>}
        <span>{answer.elapsed_ms < 10 ? answer.elapsed_ms.toFixed(1) : count(Math.round(answer.elapsed_ms))} ms</span>
        <span>{bytes(answer.scanned.read_bytes)} read</span>
        {answer.scanned.tables.map((table) => (
          <span key={table.table} title={`Snapshot ${table.snapshot_id}; ${bytes(table.bytes)} in the files that were left, ${bytes(table.bytes_pruned)} pruned`}>
            {table.table}: {count(table.files)} {table.files === 1 ? "file" : "files"}, {count(table.files_pruned)} pruned
          </span>
        ))}
      </p>
      {isChart ? <AnswerChart answer={answer} /> : answer.rows.length === 0 ? <Empty title="No rows" /> : <RowGrid key={answer.id} data={answer} label="Result" />}
    </>
  );
}

const COLORS = ["--accent", "--c1", "--c2", "--c3", "--c4", "--c5", "--c6", "--c7"];

function AnswerChart({ answer }: { answer: SqlAnswer }) {
  const chart = useMemo(() => chooseChart(answer), [answer]);
  const series = useMemo(
    () => (chart?.kind === "lines" ? chart.series.map((one, i) => ({ label: one.name, values: one.values, color: COLORS[i % COLORS.length]! })) : []),
    [chart],
  );
  if (!chart) return <Empty title="Nothing to draw"><p>A chart needs a number, and beside it a time, a text or another number.</p></Empty>;
  if (chart.kind === "lines") {
    return <div class="panel"><Chart label={`${series.map((one) => one.label).join(", ")} by ${chart.xName}`} x={chart.x} series={series} isTime={chart.isTime} height={340} /></div>;
  }
  const most = Math.max(1e-9, ...chart.bars.map((bar) => Math.abs(bar.value)));
  return (
    <div class="panel">
      <table class="bars" aria-label={`${chart.yName} by ${chart.xName}`}>
        <tbody>
          {chart.bars.map((bar, i) => (
            <tr key={i}>
              <th scope="row">{bar.label}</th>
              <td><div class="bars-bar" style={{ width: `${(100 * Math.abs(bar.value)) / most}%` }} /></td>
              <td class="right number">{short(bar.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SavedStatements({ text, open }: { text: string; open: (text: string) => void }) {
  const [saved, setSaved] = useState<Saved[]>(readSaved);
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const keep = (event: Event) => {
    event.preventDefault();
    try {
      setSaved(save(saved, { name: name.trim(), text }));
      setName("");
      setProblem("");
    } catch {
      setProblem("this browser keeps nothing for this page");
    }
  };
  return (
    <section>
      <h2>Saved</h2>
      <form class="save" onSubmit={keep}>
        <input placeholder="Name" aria-label="Name of the statement" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        <button class="small" disabled={name.trim() === ""}>Save</button>
      </form>
      {problem && <p class="text-error">{problem}</p>}
      {saved.length === 0 && <p class="note">Kept in this browser.</p>}
      <ul class="saved">
        {saved.map((one) => (
          <li key={one.name}>
            <button class="plain" title={one.text} onClick={() => open(one.text)}>{one.name}</button>
            <button class="plain muted" aria-label={`Forget ${one.name}`} onClick={() => setSaved(forget(saved, one.name))}>✕</button>
          </li>
        ))}
      </ul>
    </section>
  );
}
