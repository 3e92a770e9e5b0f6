# SPDX-License-Identifier: Apache-2.0
"""SQL over the tables: what Weir answers is what DuckDB says of the same tables as PyIceberg reads them."""

import csv
import io
import json
import os
import subprocess
import threading
import time
import urllib.error
import urllib.request

from cases.trace import USAGE, request_of, send
from harness.process import wait_until
from harness.registry import case
from harness.weir_server import EACH_REQUEST_COUNTS, VISIBLE_SECONDS, WeirServer
from readers import ask_engines
from send.by_hand import TIME

ARROW, CSV, JSON = "application/vnd.apache.arrow.stream", "text/csv", "application/json"
SPANS = "otel_spans"
FAST = ("--set", "commit.interval_ms=100", *EACH_REQUEST_COUNTS)
SECOND, DAY = 10**9, 86_400 * 10**9
# Long enough to be caught: it has no end within any limit.
ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range = 7"

QUERIES = (
    f"SELECT * FROM {SPANS} ORDER BY record_id",
    f"SELECT count(*) AS n FROM {SPANS}",
    f"SELECT service_name, count(*) AS n, min(time) AS first, max(duration_ns) AS longest FROM {SPANS} "
    "GROUP BY service_name ORDER BY service_name",
    f"SELECT name, attributes FROM {SPANS} WHERE attributes['number'] IS NOT NULL ORDER BY record_id",
    f"SELECT date, count(*) AS n FROM {SPANS} GROUP BY date ORDER BY date",
    f"SELECT name FROM {SPANS} WHERE time >= (SELECT max(time) FROM {SPANS}) - INTERVAL 5 SECOND ORDER BY record_id",
    f"SELECT i.trace_id, i.span_count, s.name FROM trace_index i JOIN {SPANS} s USING (trace_id) "
    "ORDER BY s.record_id, i.span_count",
    f"SELECT name FROM {SPANS} WHERE name IN ('span 3', 'span 4', 'none') ORDER BY record_id",
    f"SELECT name FROM {SPANS} WHERE name LIKE 'span 1%' ORDER BY record_id",
    f"WITH s AS (SELECT *, row_number() OVER (PARTITION BY trace_id ORDER BY time, record_id) r FROM {SPANS}) "
    "SELECT trace_id, name FROM s WHERE r = 1 ORDER BY trace_id, name",
)


def ask(weir, query, accept=JSON, **more):
    """(status, body, headers) of POST /api/sql."""
    request = urllib.request.Request(f"http://{weir.http}/api/sql", json.dumps({"query": query, **more}).encode(),
                                     {"content-type": "application/json", "accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)


def rows(weir, query, **more):
    status, body, _ = ask(weir, query, **more)
    answer = json.loads(body)
    assert status == 200, answer
    return answer


def refusal(weir, query, **more):
    status, body, _ = ask(weir, query, **more)
    assert status != 200, f"not refused: {query}"
    return status, json.loads(body)["error"]["message"]


def send_days(weir):
    """Spans of three days, a commit or more for each."""
    for day in range(3):
        before = weir.rows(SPANS)
        spans = [(number % 4 + 1, 10 * day + number + 1, 0, TIME - day * DAY + number * SECOND, None)
                 for number in range(10)]
        send(weir, request_of(spans, f"shop {day}"))
        wait_until(lambda: weir.rows(SPANS) == before + 10, VISIBLE_SECONDS, "the rows")


@case
def answers_are_what_duckdb_says_of_what_pyiceberg_reads(folder, options):
    """Value by value, as an Arrow stream; the same rows as JSON and CSV."""
    with WeirServer(options.binary, folder, *FAST) as weir:
        send_days(weir)
        for number, query in enumerate(QUERIES):
            status, body, headers = ask(weir, query, ARROW)
            assert status == 200, body
            assert headers["content-type"] == ARROW and headers["weir-is-cut"] == "false", headers
            (folder / f"{number}.arrows").write_bytes(body)
        answers = ask_engines("sql", "sql_answers.py", ["duckdb", "weir"], weir, [SPANS, "trace_index"], folder,
                              queries=QUERIES)
        for query in QUERIES:
            assert answers["weir"][query], f"no rows: {query}"
            assert answers["weir"][query] == answers["duckdb"][query], \
                f"{query}: {answers['weir'][query][:2]} instead of {answers['duckdb'][query][:2]}"
        query = f"SELECT name, service_name, duration_ns FROM {SPANS} ORDER BY record_id"
        wanted = [[row[0], row[1], str(row[2])] for row in rows(weir, query)["rows"]]
        text = ask(weir, query, CSV)[1].decode()
        assert list(csv.reader(io.StringIO(text))) == [["name", "service_name", "duration_ns"], *wanted]


@case
def files_that_cannot_match_are_not_read(folder, options):
    """By partition, by time and by text; the answer says how many."""
    with WeirServer(options.binary, folder, *FAST, "--set", "maintenance.compaction=false") as weir:
        send_days(weir)
        everything = rows(weir, f"SELECT count(*) FROM {SPANS}")["scanned"]["tables"][0]
        assert everything["files"] >= 3 and everything["files_pruned"] == 0, everything
        newest = rows(weir, f"SELECT max(time)::VARCHAR, max(date)::VARCHAR FROM {SPANS}")["rows"][0]
        for condition in (f"time > TIMESTAMPTZ '{newest[0]}' - INTERVAL 5 SECOND", f"date = DATE '{newest[1]}'",
                          f"date_trunc('minute', time) >= TIMESTAMPTZ '{newest[0]}' - INTERVAL 1 MINUTE",
                          f"TIMESTAMPTZ '{newest[0]}' - INTERVAL 1 HOUR < time_bucket(INTERVAL 5 MINUTE, time)",
                          f"date_trunc('hour', time) BETWEEN TIMESTAMPTZ '{newest[0]}' - INTERVAL 25 HOUR AND "
                          f"TIMESTAMPTZ '{newest[0]}' - INTERVAL 23 HOUR",
                          "service_name = 'shop 0'", "service_name LIKE 'shop 2%'"):
            answer = rows(weir, f"SELECT count(*) FROM {SPANS} WHERE {condition}")
            table = answer["scanned"]["tables"][0]
            assert 0 < answer["rows"][0][0] <= 10, answer
            assert table["files"] >= 1 and table["files_pruned"] >= 2, (condition, table)
        nothing = rows(weir, f"SELECT count(*) FROM {SPANS} WHERE date = DATE '2001-01-01'")
        assert nothing["rows"] == [[0]] and nothing["scanned"]["read_bytes"] == 0, nothing


@case
def older_versions_are_read_by_snapshot_and_by_time(folder, options):
    with WeirServer(options.binary, folder, *FAST, "--set", "maintenance.compaction=false") as weir:
        versions = []
        for number in range(3):
            send(weir, request_of([(1, number + 1, 0, TIME, None)]))
            wait_until(lambda: weir.rows(SPANS) == number + 1, VISIBLE_SECONDS, "the rows")
            scanned = rows(weir, f"SELECT count(*) FROM {SPANS}")["scanned"]["tables"][0]
            versions.append((scanned["snapshot_id"], number + 1))
            time.sleep(0.01)  # Snapshots are told apart by milliseconds.
        for snapshot, count in versions:
            answer = rows(weir, f"SELECT count(*) FROM {SPANS} AT (VERSION => {snapshot})")
            assert answer["rows"] == [[count]], (snapshot, answer)
        both = rows(weir, f"SELECT (SELECT count(*) FROM {SPANS}) - (SELECT count(*) FROM telemetry.{SPANS} "
                          f"AT (VERSION => {versions[0][0]}))")
        assert both["rows"] == [[2]], both
        now = rows(weir, f"SELECT count(*) FROM {SPANS} AT (TIMESTAMP => now())")
        assert now["rows"] == [[3]], now
        for clause in ("VERSION => 1", "TIMESTAMP => TIMESTAMPTZ '2001-01-01 00:00:00Z'"):
            status, message = refusal(weir, f"SELECT * FROM {SPANS} AT ({clause})")
            assert status == 404 and "weir table snapshots" in message, message


@case
def a_query_ends_when_it_is_cancelled_or_its_time_is_over(folder, options):
    """By its id, within a second; others and ingest go on."""
    with WeirServer(options.binary, folder, *FAST) as weir:
        send(weir, request_of([(1, 1, 0, TIME, None)]))
        answers = []
        thread = threading.Thread(target=lambda: answers.append(refusal(weir, ENDLESS, id="endless")))
        thread.start()
        wait_until(lambda: [query["id"] for query in weir.get_json("/api/sql")["queries"]] == ["endless"], 30,
                   "the query")
        status, message = refusal(weir, "SELECT 1", id="endless")
        assert status == 409 and "endless" in message, message
        started = time.monotonic()
        request = urllib.request.Request(f"http://{weir.http}/api/sql/endless", method="DELETE")
        assert urllib.request.urlopen(request, timeout=10).status == 204
        thread.join(30)
        assert time.monotonic() - started < 5, "the query did not end"
        assert answers[0][0] == 409 and "cancelled" in answers[0][1], answers
        try:
            urllib.request.urlopen(request, timeout=10)
            raise AssertionError("a query that is over can't be cancelled")
        except urllib.error.HTTPError as error:
            assert error.code == 404
        started = time.monotonic()
        status, message = refusal(weir, ENDLESS, time_max_ms=300)
        assert status == 400 and "300 ms" in message and "sql.time_max_s" in message, message
        assert time.monotonic() - started < 5
        assert weir.get_json("/api/sql")["queries"] == []


@case
def a_query_that_waits_for_its_turn_is_cancelled_at_once(folder, options):
    """While the one before it goes on."""
    with WeirServer(options.binary, folder, "--set", "sql.queries_max=1") as weir:
        answers = {}
        threads = [threading.Thread(target=lambda name=name, query=query: answers.update(
            {name: (refusal(weir, query, id=name), time.monotonic())}))
            for name, query in (("endless", ENDLESS), ("waiting", "SELECT 1"))]
        threads[0].start()
        wait_until(lambda: weir.get_json("/api/sql")["queries"], 30, "the query")
        threads[1].start()
        cancelled = wait_until(lambda: is_cancelled(weir, "waiting") and time.monotonic(), 10, "the one that waits")
        threads[1].join(10)
        (status, message), ended = answers["waiting"]
        assert status == 409 and "cancelled" in message, message
        assert ended - cancelled < 0.5, f"{ended - cancelled:.3f} s"
        assert [query["id"] for query in weir.get_json("/api/sql")["queries"]] == ["endless"]
        assert is_cancelled(weir, "endless") and not is_cancelled(weir, "waiting")
        threads[0].join(30)
        assert rows(weir, "SELECT 1")["rows"] == [[1]]


def is_cancelled(weir, name):
    try:
        request = urllib.request.Request(f"http://{weir.http}/api/sql/{name}", method="DELETE")
        return urllib.request.urlopen(request, timeout=10).status == 204
    except urllib.error.HTTPError as error:
        assert error.code == 404, error
        return False


@case
def a_trace_by_its_id_is_read_where_the_index_says(folder, options):
    """Ids of each file lie far apart, so that its bounds leave every file."""
    with WeirServer(options.binary, folder, *FAST, "--set", "maintenance.compaction=false") as weir:
        for number in range(1, 7):
            spans = [(number, number, 0, TIME + number, None), (1000 - number, 10 + number, 0, TIME + number, None)]
            send(weir, request_of(spans))
            wait_until(lambda: weir.rows(SPANS) == 2 * number, VISIBLE_SECONDS, "the commit")
        everything = rows(weir, f"SELECT count(*) FROM {SPANS}")["scanned"]["tables"][0]["files"]
        assert everything >= 6, everything
        one, other, none = (f"{number:032x}" for number in (3, 998, 500))
        for condition, names, files in ((f"trace_id = '{one}'", ["span 3"], 1),
                                        (f"trace_id IN ('{one}', '{other}')", ["span 12", "span 3"], 2),
                                        (f"trace_id = '{one}' AND name LIKE 'span%'", ["span 3"], 1),
                                        (f"trace_id = '{none}'", [], 0)):
            answer = rows(weir, f"SELECT name FROM {SPANS} WHERE {condition} ORDER BY name")
            assert [row[0] for row in answer["rows"]] == names, (condition, answer)
            table = answer["scanned"]["tables"][0]
            assert table["files"] == files and table["files_pruned"] == everything - files, (condition, table)
        assert weir.metric("weir_query_files") >= 5 * everything
        assert weir.metric("weir_query_rows") >= 4 and weir.metric("weir_queries_running") == 0


@case
def a_server_that_stops_does_not_wait_for_queries(folder, options):
    with WeirServer(options.binary, folder, *FAST) as weir:
        answers = []
        thread = threading.Thread(target=lambda: answers.append(refusal(weir, ENDLESS)))
        thread.start()
        wait_until(lambda: weir.get_json("/api/sql")["queries"], 30, "the query")
        started = time.monotonic()
        weir.stop()
        assert time.monotonic() - started < 5, "the server waited"
        thread.join(30)
        assert answers[0][0] == 409, answers


@case
def a_query_that_needs_too_much_memory_hurts_nobody(folder, options):
    with WeirServer(options.binary, folder, *FAST, "--set", "sql.memory_mib=64") as weir:
        status, message = refusal(weir, "SELECT range % 99999937 AS k, count(*) FROM range(100000000) GROUP BY k")
        assert status == 400 and "sql.memory_mib" in message, message
        send(weir, request_of([(1, 1, 0, TIME, None)]))
        wait_until(lambda: rows(weir, f"SELECT count(*) FROM {SPANS}")["rows"] == [[1]], VISIBLE_SECONDS, "the row")


@case
def an_answer_is_cut_where_its_limit_is_and_says_so(folder, options):
    with WeirServer(options.binary, folder, *FAST, "--set", "sql.rows_max=5000") as weir:
        for query, more, count, is_cut in (("SELECT * FROM range(100)", {}, 100, False),
                                           ("SELECT * FROM range(100)", {"rows_max": 7}, 7, True),
                                           ("SELECT * FROM range(7)", {"rows_max": 7}, 7, False),
                                           ("SELECT * FROM range(100000)", {}, 5000, True),
                                           ("SELECT * FROM range(100000)", {"rows_max": 9000}, 5000, True)):
            answer = rows(weir, query, **more)
            assert (len(answer["rows"]), answer["row_count"], answer["is_cut"]) == (count, count, is_cut), query


@case
def what_is_no_query_is_refused_over_http(folder, options):
    secret = folder / "secret.txt"
    secret.write_text("the secret")
    with WeirServer(options.binary, folder, *FAST) as weir:
        for query in (f"SELECT * FROM read_text('{secret}')", f"SELECT * FROM '{secret}'",
                      f"COPY (SELECT 1) TO '{folder}/out.csv'", "ATTACH ':memory:' AS x", "SET threads = 100",
                      "INSTALL httpfs", f"SELECT * FROM read_parquet('{weir.data}/tables/**/*.parquet')",
                      "SELECT * FROM read_csv('http://127.0.0.1:1/')", "SELECT current_setting('threads')",
                      f"DELETE FROM {SPANS}", "SELECT 1; SELECT 2", ""):
            status, message = refusal(weir, query)
            assert status in (400, 404) and "the secret" not in message, (query, message)
        assert not (folder / "out.csv").exists()
        status, message = refusal(weir, "SELECT * FROM none")
        assert status == 404 and f"telemetry.{SPANS}" in message, message
        for headers, code in (({"content-type": "text/plain", "origin": "http://evil.example"}, 400),
                              ({"content-type": "application/x-www-form-urlencoded"}, 400),
                              ({"content-type": "application/sql"}, 200)):
            request = urllib.request.Request(f"http://{weir.http}/api/sql", b"SELECT 1", headers)
            try:
                assert urllib.request.urlopen(request, timeout=30).status == code, headers
            except urllib.error.HTTPError as error:
                assert error.code == code, headers


def command(options, *arguments, text=None):
    """`weir sql …`: (exit code, stdout as bytes, stderr)."""
    done = subprocess.run([str(options.binary), "sql", *map(str, arguments)], timeout=60, capture_output=True,
                          input=(text or "").encode(), env=os.environ)
    return done.returncode, done.stdout, done.stderr.decode()


@case
def the_command_asks_a_server_or_a_folder(folder, options):
    """Each form, from an argument and from standard input; with the server and after it stopped."""
    query = f"SELECT name, service_name FROM {SPANS} ORDER BY name"
    with WeirServer(options.binary, folder, *FAST) as weir:
        send(weir, request_of([(1, number, 0, TIME, None) for number in (1, 2)]))
        wait_until(lambda: weir.rows(SPANS) == 2, VISIBLE_SECONDS, "the rows")

        def check():
            code, out, err = command(options, query, "--data", weir.data)
            assert code == 0 and out.decode().split() == ["name", "service_name", "span", "1", "shop", "span", "2",
                                                          "shop"], (out, err)
            assert "2 rows" in err, err
            code, out, _ = command(options, "--data", weir.data, "--format", "csv", text=query)
            assert code == 0 and out == b"name,service_name\r\nspan 1,shop\r\nspan 2,shop\r\n", out
            code, out, _ = command(options, query, "--data", weir.data, "--json")
            assert code == 0 and json.loads(out)["rows"] == [["span 1", "shop"], ["span 2", "shop"]], out
            code, out, err = command(options, f"SELECT * FROM {SPANS}x", "--data", weir.data)
            assert code == 5 and f"no table telemetry.{SPANS}x" in err and not out, (code, err)
            code, out, err = command(options, "SELEC 1", "--data", weir.data)
            assert code == USAGE and "syntax error" in err, (code, err)

        check()
        weir.stop()
        check()
