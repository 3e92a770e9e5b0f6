# SPDX-License-Identifier: Apache-2.0
"""Engines append to Weir's own tables; both formats, every reader and the trace index have what they wrote."""

import hashlib
import json
import random
import subprocess
import threading
import time

from cases.alter import weir_alter
from cases.rest_catalog import SPARK_SECONDS, busiest_service
from harness.compare import assert_same_rows, fold_equal_keys
from harness.load import METRIC_ITEMS, Load
from harness.process import run_to_end, wait_until
from harness.registry import case
from harness.weir_server import EACH_REQUEST_COUNTS, WeirServer
from readers import ENGINES, FOLDS_EQUAL_KEYS, ask_engines, prepare, read_tables, sound_answers

SPANS, LOGS = "otel_spans", "otel_logs"
REQUESTS = 4
ENGINES_HERE = [engine for engine in ENGINES if engine != "spark"]
SMALL_COMMITS = ("--set", "commit.interval_ms=100")
NOT_COMPACTED = ("--set", "maintenance.compaction=false")
APPENDS = 15
KILLS = 6
# appends.py has the same.
FEW = ("record_id", "time", "date", "service_name", "trace_id", "span_id", "name", "start_time_unix_nano",
       "events", "links")


def loaded(weir, folder, signals=("traces",)):
    """The service with the most spans."""
    for signal in signals:
        Load(signal, "http", first=0).to_end(weir, folder, "-requests", REQUESTS)
    for table in (SPANS, LOGS)[:len(signals)]:
        weir.wait_rows(table, REQUESTS * METRIC_ITEMS)
    return busiest_service(weir, folder)[0]


def rows_of(weir, folder, engine, tables):
    answers = read_tables(engine, weir, {table: weir.rows(table) for table in tables}, folder)
    for reader, answer in answers.items():
        assert "error" not in answer, f"{reader}: {answer}"
    return answers


def copies(rows, engine, service):
    """As appends.py makes them."""
    changed = []
    for row in rows:
        if row["service_name"] != service:
            continue
        trace = hashlib.md5((engine + row["trace_id"]).encode()).hexdigest()
        changed.append(row | {"record_id": f"{engine}-{row['record_id']}", "trace_id": trace})
    return changed


def few_of(row):
    return {name: value if name in FEW else None for name, value in row.items()}


def duckdb_copy(row):
    some, counts = [["k", "v"]], {"attributes_types": None, "dropped_attributes_count": 0}
    kept = {name: row[name] for name in ("record_id", "time", "date", "service_name", "body")}
    return dict.fromkeys(row) | kept | {
        "attributes": some, "resource": {"attributes": some} | counts,
        "instrumentation_scope": {"name": "duckdb", "version": None, "attributes": some} | counts}


def assert_all_read(weir, folder, engines, wanted):
    for engine in engines:
        for reader, tables in rows_of(weir, folder, engine, wanted).items():
            as_seen = fold_equal_keys if reader in FOLDS_EQUAL_KEYS else list
            for table, rows in wanted.items():
                assert_same_rows(as_seen(rows), as_seen(tables[table]), f"{table} by {reader}")


def assert_traces_are_found(options, weir, spans):
    """By the command and by the API: all spans of each trace."""
    by_trace = {}
    for span in spans:
        by_trace.setdefault(span["trace_id"], set()).add(span["record_id"])
    for trace, ids in by_trace.items():
        answer = weir.get_json(f"/api/v1/traces/{trace}")
        found = {span["record_id"] for span in answer["spans"]}
        assert found == ids, f"{trace}: found {found}, expected {ids}"
    trace = next(iter(by_trace))
    done = subprocess.run([str(options.binary), "trace", trace, "--data", str(weir.data), "--json"], timeout=60,
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0 and trace in done.stdout, (done.returncode, done.stderr)


@case
def engines_append_to_telemetry(folder, options):
    """What each appends, with all columns and with few, all others read, row by row, before and after compaction."""
    with WeirServer(options.binary, folder, *NOT_COMPACTED) as weir:
        service = loaded(weir, folder, ("traces", "logs"))
        before = rows_of(weir, folder, "pyiceberg", (SPANS, LOGS))["pyiceberg"]
        answers = ask_engines("append", "appends.py", ("append_pyiceberg", "append_pyiceberg_few", "append_duckdb"),
                              weir, (), folder, service=service)
        appended = copies(before[SPANS], "pyiceberg", service)
        appended += map(few_of, copies(before[SPANS], "few", service))
        assert all(answer["rows"] for answer in answers.values()), answers
        wanted = {SPANS: before[SPANS] + appended, LOGS: before[LOGS] + list(map(duckdb_copy, before[LOGS]))}
        assert_all_read(weir, folder, ENGINES_HERE, wanted)
        assert_traces_are_found(options, weir, wanted[SPANS])
        weir.verify()
        compact(weir, options)
        assert_all_read(weir, folder, ("pyiceberg", "delta_rs", "duckdb"), wanted)
        assert_traces_are_found(options, weir, wanted[SPANS])
        weir.verify()


def compact(weir, options):
    weir.stop()
    weir.flags = ["--set", "maintenance.compaction_quiet_s=1"]
    weir.start()
    wait_until(lambda: weir.table(SPANS)["files"] == 1 and weir.table(LOGS)["files"] == 1, 60,
               "one file of each table")


@case
def appends_fit_a_table_that_was_altered(folder, options):
    """It has a column more and finer partitions, which appended files need not follow."""
    with WeirServer(options.binary, folder, *NOT_COMPACTED) as weir:
        service = loaded(weir, folder)
        weir_alter(weir, "add-column", SPANS, "reviewed", "--type", "boolean")
        weir_alter(weir, "partition", SPANS, "hour(time)")
        before = rows_of(weir, folder, "pyiceberg", (SPANS,))["pyiceberg"]
        ask_engines("append", "appends.py", ("append_pyiceberg",), weir, (), folder, service=service)
        wanted = {SPANS: before[SPANS] + copies(before[SPANS], "pyiceberg", service)}
        assert_all_read(weir, folder, ("pyiceberg", "delta_rs", "duckdb"), wanted)
        weir.verify()
        files = weir.table(SPANS)["files"]
        weir.stop()
        weir.flags = ["--set", "maintenance.compaction_quiet_s=1"]
        weir.start()
        wait_until(lambda: weir.table(SPANS)["files"] < files, 60, "fewer files")
        assert_all_read(weir, folder, ("pyiceberg", "delta_rs", "duckdb"), wanted)
        weir.verify()


@case
def spark_appends_to_telemetry(folder, options):
    with WeirServer(options.binary, folder) as weir:
        service = loaded(weir, folder)
        before = rows_of(weir, folder, "pyiceberg", (SPANS,))["pyiceberg"][SPANS]
        command, task = prepare("append", "spark", "appends_spark.py", ("append_spark", "append_spark_sql"), weir, (),
                                folder, service=service)
        run_to_end(command, task.with_suffix(".log"), SPARK_SECONDS)
        sound_answers(task)
        wanted = before + copies(before, "spark", service) + copies(before, "spark_sql", service)
        assert_all_read(weir, folder, ("pyiceberg", "delta_rs", "duckdb", "spark"), {SPANS: wanted})
        assert_traces_are_found(options, weir, wanted)
        # Spark deletes what it wrote and nobody needs; the rest waits to be deleted.
        weir.verify()


@case
def appends_are_not_starved_by_ingest(folder, options):
    """A commit each tenth of a second and compaction behind it: every append is taken as it comes, by a client that
    loads the table once as by one that loads it anew."""
    with WeirServer(options.binary, folder, *SMALL_COMMITS, *EACH_REQUEST_COUNTS) as weir:
        service = loaded(weir, folder)
        load = Load("traces", "http", first=1000)
        with load.in_background(weir, folder, "-rate", 30, "-clients", 1, "-seconds", 60) as sender:
            often = [ask_engines(f"often-{kind}", "appends.py", ("append_often",), weir, (), folder, service=service,
                                 appends=APPENDS, **more)["append_often"]
                     for kind, more in (("fresh", {}), ("stale", {"stale": True}))]
            assert sender.poll() is None, "the load ended before the appends"
        for answer in often:
            assert answer["failed"] == 0, answer
        weir.wait_rows_settle(SPANS)
        tables = {}
        for engine in ("pyiceberg", "delta_rs"):
            tables |= {reader: answer[SPANS] for reader, answer in rows_of(weir, folder, engine, (SPANS,)).items()}
        for reader, rows in tables.items():
            appended = [row for row in rows if "-" in row["record_id"]]
            wanted = sum(answer["rows"] for answer in often)
            assert len(appended) == wanted, f"{reader}: {len(appended)} of {wanted}"
        assert_same_rows(tables["pyiceberg"], tables["delta_rs"], "both formats")
        weir.verify()


@case
def what_is_no_append_is_refused_with_its_reason(folder, options):
    with WeirServer(options.binary, folder) as weir:
        service = loaded(weir, folder)
        rows, snapshot = weir.rows(SPANS), weir.table(SPANS)["snapshot_id"]
        told = ask_engines("refusals", "appends.py", ("refusals",), weir, (), folder, service=service)["refusals"]
        (folder / "told.json").write_text(json.dumps(told, indent=1))
        parts = {"delete": "Weir's own", "overwrite": "Weir's own", "rename": "Delta finds columns by name",
                 "tag": "tag end", "upper case": "32 lower-case hex digits", "index": "append to otel_spans"}
        for what, part in parts.items():
            assert part in told[what], f"{what}: {told[what]}"
        assert (weir.rows(SPANS), weir.table(SPANS)["snapshot_id"]) == (rows, snapshot), "something was changed"
        weir.verify()


@case
def a_killed_server_has_an_append_whole_or_not(folder, options):
    """Killed at any moment of it; what was answered is there."""
    moments = random.Random(options.seed)
    with WeirServer(options.binary, folder, *EACH_REQUEST_COUNTS) as weir:
        service = loaded(weir, folder)
        one = len(copies(rows_of(weir, folder, "pyiceberg", (SPANS,))["pyiceberg"][SPANS], "x", service))
        for number in range(KILLS):
            done = threading.Event()

            def ask():
                try:
                    ask_engines(f"killed-{number}", "appends.py", ("append_often",), weir, (), folder,
                                service=service, appends=20)
                except (AssertionError, subprocess.SubprocessError, OSError):
                    pass
                done.set()

            thread = threading.Thread(target=ask)
            thread.start()
            before = weir.rows(SPANS)
            wait_until(lambda: weir.rows(SPANS) > before or done.is_set(), 30, "an append")
            time.sleep(moments.random() * 0.3)
            weir.kill()
            thread.join()
            weir.start()
            weir.wait_recovered()
            appended = weir.rows(SPANS) - REQUESTS * METRIC_ITEMS
            assert appended % one == 0, f"{appended} rows of appends of {one}"
            weir.verify()
        found = rows_of(weir, folder, "delta_rs", (SPANS,))["delta_rs"][SPANS]
        assert_same_rows(rows_of(weir, folder, "pyiceberg", (SPANS,))["pyiceberg"][SPANS], found, "both formats")
        assert_traces_are_found(options, weir, found)
