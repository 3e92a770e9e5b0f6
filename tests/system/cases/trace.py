# SPDX-License-Identifier: Apache-2.0
"""All spans of a trace by its id, and the index by which they are found."""

import json
import os
import pathlib
import random
import shutil
import subprocess
import urllib.error
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone

from cases.door import TOKEN, path, target
from harness.compare import fold_equal_keys
from harness.process import wait_until
from harness.registry import case
from harness.weir_server import EACH_REQUEST_COUNTS, WeirServer
from readers import ENGINES, read_tables
from send.by_hand import DAY, REQUEST_TYPE, TIME, fill_resource, key_values, span_id, trace_id
from send.by_hand_spans import odd_spans
from send.transport import http1

SPANS, INDEX = "otel_spans", "trace_index"
ENGINES_HERE = [engine for engine in ENGINES if engine != "spark"]  # It takes a minute to start; round_trip has it.
EPOCH, MIDNIGHT = datetime(1970, 1, 1, tzinfo=timezone.utc), TIME // DAY * DAY
NOT_FOUND, USAGE = 5, 2
SLOW = ("--set", "commit.interval_ms=100", "--set", "maintenance.compaction=false")


def send(weir, request):
    answer = http1(weir.http, "/v1/traces", request.SerializeToString())
    assert (answer.status, answer.body) == (200, b""), answer


def request_of(spans, service="shop"):
    """`spans`: (trace, span, parent, start, more) each."""
    request = REQUEST_TYPE["traces"]()
    group = request.resource_spans.add()
    fill_resource(group, service)
    scope = group.scope_spans.add()
    for trace, number, parent, start, more in spans:
        span = scope.spans.add(trace_id=trace_id(trace), span_id=span_id(number), name=f"span {number}",
                               parent_span_id=span_id(parent) if parent else b"", start_time_unix_nano=start,
                               end_time_unix_nano=start + 1_000_000)
        span.attributes.extend(key_values([("number", number)]))
        if more == "error":
            span.status.code, span.status.message = 2, "it broke"
    return request


def hex_of(number):
    return trace_id(number).hex()


def answer_of(weir, trace, query=""):
    return weir.get_json(f"/api/v1/traces/{trace}{query}")


def status_of(weir, path):
    try:
        return weir.get(path).status, ""
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["error"]["message"]


def command(options, weir, *arguments, environment=None):
    """`weir trace …`: (exit code, stdout, stderr)."""
    done = subprocess.run([str(options.binary), "trace", *arguments, "--data", str(weir.data)], timeout=60,
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout, done.stderr


def rows_of(weir, folder, engine="pyiceberg"):
    counts = {SPANS: weir.rows(SPANS), INDEX: weir.rows(INDEX)}
    return read_tables(engine, weir, counts, folder)


def as_answered(row):
    """A row of PyIceberg as the API has it: without nulls, maps as objects, large numbers and times as text."""
    answered = {}
    for name, value in row.items():
        if value is None:
            continue
        if name == "attributes":
            value = {key: item for key, item in fold_equal_keys(value)}
        elif name == "time":
            value = (EPOCH + timedelta(microseconds=value)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        elif name == "date":
            value = str(date(1970, 1, 1) + timedelta(days=value))
        elif name.endswith("_unix_nano"):
            value = str(value)
        elif isinstance(value, dict):
            value = as_answered(value)
        elif isinstance(value, list):
            value = [as_answered(member) for member in value]
        answered[name] = value
    return answered


def assert_answers_are_the_rows(weir, rows):
    """Each trace as the API gives it is what PyIceberg reads, in the order of start."""
    traces = defaultdict(list)
    for row in rows:
        traces[row["trace_id"]].append(row)
    for trace, of_trace in traces.items():
        answer = answer_of(weir, trace)
        assert answer["span_count"] == len(of_trace), f"{trace}: {answer['span_count']} of {len(of_trace)} spans"
        starts = [int(span["start_time_unix_nano"]) for span in answer["spans"]]
        assert starts == sorted(starts), trace
        found = sorted(answer["spans"], key=lambda span: span["record_id"])
        wanted = sorted(map(as_answered, of_trace), key=lambda span: span["record_id"])
        for one, other in zip(found, wanted):
            names = [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]
            assert not names, f"{trace}: {names}: {[(one.get(n), other.get(n)) for n in names]}"[:2000]
    return traces


def assert_index_counts(index, spans):
    """The sums of the index's rows are what the spans say; its times hold theirs."""
    def of_spans():
        sums = {}
        for row in spans:
            least, most, count, error = sums.get((row["trace_id"], row["date"]), (2**63, -2**63, 0, False))
            ends = max(row["time"], row["end_time_unix_nano"] // 1000)
            sums[row["trace_id"], row["date"]] = (min(least, row["time"]), max(most, ends), count + 1,
                                                  error or row["status_code"] == "STATUS_CODE_ERROR")
        return sums

    found = {}
    for row in index:
        least, most, count, error = found.get((row["trace_id"], row["date"]), (2**63, -2**63, 0, False))
        found[row["trace_id"], row["date"]] = (min(least, row["min_time"]), max(most, row["max_time"]),
                                               count + row["span_count"], error or row["has_error"])
    assert found == of_spans(), "the index does not sum up to the spans"


@case
def a_trace_is_what_was_sent_of_it(folder, options):
    """Every field and odd value, as the API has it and as PyIceberg reads it; the index, in all engines."""
    with WeirServer(options.binary, folder, *EACH_REQUEST_COUNTS) as weir:
        request = odd_spans()
        count = sum(len(scope.spans) for group in request.resource_spans for scope in group.scope_spans)
        send(weir, request)
        weir.wait_rows(SPANS, count)
        tables = rows_of(weir, folder)["pyiceberg"]
        assert_answers_are_the_rows(weir, tables[SPANS])
        for engine in ENGINES_HERE:
            for reader, found in rows_of(weir, folder, engine).items():
                assert "error" not in found, f"{reader}: {found}"
                assert_index_counts(found[INDEX], tables[SPANS])
        weir.verify()


@case
def spans_of_a_trace_may_come_whenever_they_like(folder, options):
    """In several commits, over midnight, into other tables; before and after a kill, a restart and compaction."""
    chance = random.Random(options.seed)
    sent = 0
    with WeirServer(options.binary, folder, *EACH_REQUEST_COUNTS, *SLOW) as weir:
        for commit in range(40):
            spans = [(trace, commit * 100 + trace, 0 if commit == 0 else trace,
                      MIDNIGHT + chance.randrange(-5, 5) * 10**9, "error" if commit == trace else "")
                     for trace in range(1, 20) if commit % trace == 0]
            send(weir, request_of(spans, f"service {commit % 3}"))
            sent += len(spans)
            weir.wait_rows(SPANS, sent)
        tables = rows_of(weir, folder)["pyiceberg"]
        traces = assert_answers_are_the_rows(weir, tables[SPANS])
        assert len({row["date"] for row in traces[hex_of(1)]}) == 2, "no trace is over midnight"
        assert_index_counts(tables[INDEX], tables[SPANS])
        _check_hints(weir, traces[hex_of(1)])
        send_prefixed(weir)
        weir.kill()
        weir.start()
        weir.wait_recovered()
        assert answer_of(weir, hex_of(1), "?prefix=team_")["span_count"] == 1
        assert_answers_are_the_rows(weir, tables[SPANS])
        weir.stop()
    files = 40
    with WeirServer(options.binary, folder, "--set", "maintenance.compaction_file_mib=1") as weir:
        for table in (SPANS, INDEX):
            wait_until(lambda: int(weir.table(table)["files"]) < files, 60, f"the files of {table} to be fewer")
        assert_answers_are_the_rows(weir, tables[SPANS])
        assert_index_counts(rows_of(weir, folder)["pyiceberg"][INDEX], tables[SPANS])
        weir.verify()


def _check_hints(weir, rows):
    middle = sorted(row["start_time_unix_nano"] for row in rows)[len(rows) // 2]
    before = sum(row["start_time_unix_nano"] <= middle for row in rows)
    after = sum(row["start_time_unix_nano"] >= middle for row in rows)
    trace = rows[0]["trace_id"]
    assert answer_of(weir, trace, f"?until={middle}")["span_count"] == before
    assert answer_of(weir, trace, f"?since={middle}")["span_count"] == after
    assert answer_of(weir, trace.upper())["span_count"] == len(rows)
    part = answer_of(weir, trace, "?first=3&limit=2&columns=name,span_id")
    assert part["next"] == 5 and [sorted(span) for span in part["spans"]] == [["name", "span_id"]] * 2, part
    assert part["spans"] == [{name: span[name] for name in ("span_id", "name")}
                             for span in answer_of(weir, trace)["spans"][3:5]], part


def send_prefixed(weir):
    headers = TOKEN | target("weir.telemetry.team_otel_spans")
    answer = http1(weir.http, path("traces"), request_of([(1, 1, 0, TIME, "")]).SerializeToString(), headers=headers)
    assert answer.status == 200, answer


@case
def what_is_not_there_is_said_to_be_not_there(folder, options):
    with WeirServer(options.binary, folder) as weir:
        unknown = hex_of(4711)
        assert status_of(weir, f"/api/v1/traces/{unknown}") == (404, f"no trace {unknown} in telemetry.otel_spans")
        assert status_of(weir, f"/api/v1/traces/{unknown}?prefix=team_")[0] == 404
        for wrong in ("xyz", unknown[1:], unknown + "00", "g" + unknown[1:]):
            assert status_of(weir, f"/api/v1/traces/{wrong}")[0] == 400, wrong
        for query in ("since=yesterday", "limit=-1", "first=x", "columns=nothing", "until=2026-02-30"):
            code, message = status_of(weir, f"/api/v1/traces/{unknown}?{query}")
            assert code == 400 and message, query
        assert command(options, weir, unknown) == (NOT_FOUND, "", f"weir: no trace {unknown} in telemetry.otel_spans\n")
        assert command(options, weir, "xyz")[0] == USAGE
        send(weir, request_of([(1, 1, 0, TIME, "")]))
        weir.wait_rows(SPANS, 1)
        assert status_of(weir, f"/api/v1/traces/{hex_of(1)}?since={TIME + 1}")[0] == 404
        assert status_of(weir, f"/api/v1/traces/{hex_of(1)}?since=2026-09-21T14:13:20Z&until=2026-09-22")[0] == 200


@case
def the_command_draws_a_tree(folder, options):
    """Children below parents, orphans and circles on the top; errors marked; --json is the API's answer."""
    with WeirServer(options.binary, folder) as weir:
        send(weir, request_of([(1, 1, 0, TIME, ""), (1, 3, 2, TIME + 2_000_000, "error"), (1, 2, 1, TIME + 1_000_000, ""),
                               (1, 4, 99, TIME + 5_000_000, ""), (1, 5, 6, TIME + 6_000_000, ""),
                               (1, 6, 5, TIME + 7_000_000, "")]))
        weir.wait_rows(SPANS, 6)
        code, out, err = command(options, weir, hex_of(1))
        assert (code, err) == (0, ""), (code, err)
        lines = out.splitlines()
        names = [line[:24].rstrip() for line in lines[1:]]
        assert "6 spans  8.00 ms  1 error" in lines[0], lines[0]
        assert names == ["span 1", "  span 2", "    ! span 3", "        it broke", "? span 4", "? span 5",
                         "  span 6"], names
        assert "\x1b" not in out and all(" 1.00 ms" in line for line in lines[1:] if "span" in line), out
        code, out, _ = command(options, weir, hex_of(1), "--json")
        assert code == 0 and json.loads(out)["spans"] == answer_of(weir, hex_of(1))["spans"]
        code, out, err = command(options, weir, hex_of(1), "--limit", "2")
        assert code == 0 and len(out.splitlines()) == 3 and "4 spans more" in err, (out, err)


@case
def a_trace_of_a_hundred_thousand_spans_is_found_whole(folder, options):
    count, size = 100_000, 5_000
    with WeirServer(options.binary, folder, "--set", "commit.interval_ms=300") as weir:
        for first in range(0, count, size):
            send(weir, request_of([(1, number + 1, 1 if number else 0, TIME + number, "") for number in
                                   range(first, first + size)]))
        weir.wait_rows(SPANS, count, 120)
        spans, first = [], 0
        while first is not None:
            answer = answer_of(weir, hex_of(1), f"?first={first}&columns=span_id,start_time_unix_nano")
            assert answer["span_count"] == count and not answer["is_cut"]
            spans += answer["spans"]
            first = answer["next"]
        assert [int(span["start_time_unix_nano"]) for span in spans] == [TIME + number for number in range(count)]
        whole = answer_of(weir, hex_of(1))
        assert 0 < len(whole["spans"]) == (whole["next"] or count), (len(whole["spans"]), whole["next"])
        assert command(options, weir, hex_of(1), "--limit", "10")[0] == 0


@case
def folders_without_an_index_are_searched(folder, options):
    """As earlier versions left them: the table is taken out of the catalog and the disk, as if it had never been."""
    with WeirServer(options.binary, folder, *EACH_REQUEST_COUNTS, *SLOW) as weir:
        send(weir, request_of([(1, 1, 0, MIDNIGHT - 5, ""), (2, 2, 0, MIDNIGHT + 5, "")]))
        weir.wait_rows(SPANS, 2)
        weir.stop()
        _forget_index(weir.data)
        weir.start()
        assert weir.rows(INDEX) == 0
        assert_answers_are_the_rows(weir, rows_of(weir, folder)["pyiceberg"][SPANS])
        send(weir, request_of([(1, 3, 1, MIDNIGHT + 2 * DAY, ""), (2, 4, 0, MIDNIGHT - 3 * DAY, "")]))
        weir.wait_rows(SPANS, 4)
        tables = rows_of(weir, folder)["pyiceberg"]
        assert len(tables[INDEX]) == 2
        assert_answers_are_the_rows(weir, tables[SPANS])
        # Only days with spans that no index knows are searched without it.
        unknown = status_of(weir, f"/api/v1/traces/{hex_of(3)}")
        assert unknown[0] == 404
        weir.verify()


def _forget_index(data):
    import sqlite3

    with sqlite3.connect(data / "catalog.db") as catalog:
        for table in ("delta_pending", "retired_files", "tables"):
            catalog.execute(f"DELETE FROM {table} WHERE name = ?", (INDEX,))
    catalog.close()
    shutil.rmtree(pathlib.Path(data) / "tables" / "telemetry" / INDEX)
