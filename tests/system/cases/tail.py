# SPDX-License-Identifier: Apache-2.0
"""Acknowledged rows in SQL: at once, each once, while they move from journal to file to compacted file, through kills.

`WEIR_TAIL_POLLS=10000` polls longer than the usual run does.
"""

import contextlib
import http.client
import json
import os
import random
import subprocess
import threading
import time

from cases.alter import weir_alter
from cases.sql import SPANS, rows
from cases.trace import hex_of
from harness.process import steady_endpoint, wait_until
from harness.registry import case
from harness.weir_server import VISIBLE_SECONDS, WeirServer
from send.by_hand import REQUEST_TYPE, TIME, any_value, fill_resource, key_values, span_id, trace_id

LETTERS, INDEX, LOGS = "otel_dead_letters", "trace_index", "otel_logs"
POLLS = int(os.environ.get("WEIR_TAIL_POLLS", "500"))
POLLS_A_KILL = 250
SENDERS, PAUSE_SECONDS = 3, 0.05
SPANS_EACH = 7  # of a request; beside them one that is refused, and kept as a dead letter
TOO_LARGE = 2**63
MOVING = ("--set", "commit.interval_ms=150", "--set", "maintenance.compaction_quiet_s=1")
NEVER = ("--set", "commit.interval_ms=3600000")

POLLS_A_MOMENT = 10
COUNT = f"SELECT count(*), count(DISTINCT record_id), count(DISTINCT trace_id) FROM {SPANS}"

# In one statement: what one moment is, by counts that all follow from the number of requests.
MOMENT = f"""
    SELECT s.n, s.ids, s.total, s.distinct_total, s.traces, l.n, i.n, j.n
    FROM (SELECT count(*) n, count(DISTINCT record_id) ids, sum(attributes['number']::BIGINT)::BIGINT total,
                 sum(DISTINCT attributes['number']::BIGINT)::BIGINT distinct_total, count(DISTINCT trace_id) traces
          FROM {SPANS}) s,
         (SELECT count(*) n FROM {LETTERS}) l,
         (SELECT coalesce(sum(span_count), 0)::BIGINT n FROM {INDEX}) i,
         (SELECT count(*) n FROM {SPANS} JOIN {INDEX} USING (trace_id, date)) j"""


def request_of(number):
    """A trace of its own; each of its spans says the number."""
    request = REQUEST_TYPE["traces"]()
    group = request.resource_spans.add()
    fill_resource(group, f"shop {number % 3}")
    spans = group.scope_spans.add().spans
    for ordinal in range(SPANS_EACH):
        start = TIME + number * 1_000_000 + ordinal
        span = spans.add(trace_id=trace_id(number), span_id=span_id(number * SPANS_EACH + ordinal), name="step",
                         start_time_unix_nano=start, end_time_unix_nano=start + 5)
        span.attributes.extend(key_values([("number", number)]))
    spans.add(trace_id=trace_id(number), span_id=span_id(1), name="refused", start_time_unix_nano=TOO_LARGE)
    return request


def logs_of(count):
    request = REQUEST_TYPE["logs"]()
    group = request.resource_logs.add()
    fill_resource(group, "shop")
    records = group.scope_logs.add().log_records
    for number in range(count):
        records.add(time_unix_nano=TIME + number, body=any_value(f"line {number}"))
    return request


class Senders:
    """Threads that send numbered requests, each again until it is acknowledged."""

    def __init__(self, weir):
        self.weir, self.lock, self.stopped = weir, threading.Lock(), threading.Event()
        self.begun = self.acked = 0
        self.threads = [threading.Thread(target=self._run) for _ in range(SENDERS)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def _run(self):
        while not self.stopped.is_set():
            with self.lock:
                self.begun += 1
                number = self.begun
            body = request_of(number).SerializeToString()
            while not self._send(body):
                time.sleep(PAUSE_SECONDS)
            with self.lock:
                self.acked += 1
            time.sleep(PAUSE_SECONDS)

    def _send(self, body):
        connection = http.client.HTTPConnection(self.weir.http, timeout=10)
        with contextlib.closing(connection):
            try:
                connection.request("POST", "/v1/traces", body, {"content-type": "application/x-protobuf"})
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False


def check_moment(answer, at_least, at_most):
    """All counts are those of the same requests, none in part, no row twice."""
    spans, ids, total, distinct_total, traces, letters, indexed, joined = answer["rows"][0]
    counts = answer["rows"][0]
    assert at_least <= traces <= at_most, f"{traces} requests, {at_least} were acknowledged, {at_most} begun: {counts}"
    assert spans == ids == indexed == SPANS_EACH * traces, counts
    assert letters == traces, counts
    assert total == SPANS_EACH * distinct_total if traces else total is None, counts
    assert joined >= spans, counts  # The index has a row a trace and commit.


def check_count(answer, at_least, at_most):
    spans, ids, traces = answer["rows"][0]
    assert at_least <= traces <= at_most, f"{traces} requests, {at_least} were acknowledged, {at_most} begun"
    assert spans == ids == SPANS_EACH * traces, answer["rows"]


@case
def a_row_counts_once_while_it_moves_and_through_kills(folder, options):
    """Polled under load, with commits every 150 ms, compaction after a second, and a kill every 250 polls."""
    weir = WeirServer(options.binary, folder, *MOVING)
    chance = random.Random(options.seed)
    weir.endpoints = steady_endpoint(chance), steady_endpoint(chance)
    in_tail = kills = 0
    started = time.monotonic()
    with contextlib.closing(weir), Senders(weir.start()) as senders:
        for poll in range(1, POLLS + 1):
            at_least = senders.acked
            if poll % POLLS_A_MOMENT == 0:
                answer = rows(weir, MOMENT)
                check_moment(answer, at_least, senders.begun)
            else:
                answer = rows(weir, COUNT)
                check_count(answer, at_least, senders.begun)
            in_tail += any(table["tail_rows"] for table in answer["scanned"]["tables"])
            if poll % POLLS_A_KILL == 0:
                weir.kill()
                weir.start()
                kills += 1
        senders.__exit__()
        check_moment(rows(weir, MOMENT), senders.acked, senders.acked)
        wait_until(lambda: weir.rows(SPANS) == SPANS_EACH * senders.acked, VISIBLE_SECONDS, "the last commit")
        check_moment(rows(weir, MOMENT), senders.acked, senders.acked)
        compactions = weir.log_path.read_text().count('"event":"compacted"')
        weir.verify()
        weir.stop()
    assert in_tail > POLLS // 4, f"the tail was in {in_tail} of {POLLS} polls"
    print(f"     {POLLS} polls, {in_tail} with rows of the tail, {kills} kills, {senders.acked} requests, "
          f"{compactions} compactions, {time.monotonic() - started:.0f} s", flush=True)


@case
def rows_are_there_before_any_commit(folder, options):
    """Every signal's, as they are afterwards: value by value."""
    queries = [f"SELECT * FROM {SPANS} ORDER BY record_id", f"SELECT * FROM {LOGS} ORDER BY record_id",
               f"SELECT * FROM {LETTERS} ORDER BY record_id", f"SELECT * FROM {INDEX} ORDER BY trace_id",
               f"SELECT name, attributes FROM {SPANS} WHERE trace_id = '{hex_of(3)}' ORDER BY record_id",
               f"SELECT service_name, count(*), max(time) FROM {SPANS} GROUP BY 1 ORDER BY 1"]
    with WeirServer(options.binary, folder, *NEVER) as weir:
        for number in range(1, 6):
            assert post(weir, "traces", request_of(number)) == 200
        assert post(weir, "logs", logs_of(9)) == 200
        before = [rows(weir, query) for query in queries]
        assert [len(answer["rows"]) for answer in before] == [35, 9, 5, 5, 7, 3], before
        assert all(answer["scanned"]["tables"][0]["tail_rows"] for answer in before), before
        assert weir.rows(SPANS) == 0
        weir.stop()  # commits
    with WeirServer(options.binary, folder) as weir:
        after = [rows(weir, query) for query in queries]
        assert not any(answer["scanned"]["tables"][0]["tail_rows"] for answer in after), after
        for query, one, other in zip(queries, before, after):
            assert one["rows"] == other["rows"], f"{query}: {one['rows'][:2]} instead of {other['rows'][:2]}"
            assert one["columns"] == other["columns"], query


def post(weir, signal, request):
    connection = http.client.HTTPConnection(weir.http, timeout=10)
    with contextlib.closing(connection):
        connection.request("POST", f"/v1/{signal}", request.SerializeToString(),
                           {"content-type": "application/x-protobuf"})
        return connection.getresponse().status


@case
def a_trace_is_found_before_any_commit(folder, options):
    """By its id, the same as afterwards; also one whose spans are partly in files."""
    with WeirServer(options.binary, folder, *NEVER) as weir:
        for number in range(1, 6):
            assert post(weir, "traces", request_of(number)) == 200
        before = weir.get_json(f"/api/v1/traces/{hex_of(3)}")
        assert before["span_count"] == before["tail_spans"] == SPANS_EACH, before
        weir.stop()
        weir.start()
        after = weir.get_json(f"/api/v1/traces/{hex_of(3)}")
        assert after["tail_spans"] == 0 and after["spans"] == before["spans"], after
        more = request_of(3)
        more.resource_spans[0].scope_spans[0].spans[0].name = "late"
        assert post(weir, "traces", more) == 200
        both = weir.get_json(f"/api/v1/traces/{hex_of(3)}")
        assert (both["span_count"], both["tail_spans"]) == (2 * SPANS_EACH, SPANS_EACH), both
        assert [span["name"] for span in both["spans"]].count("late") == 1
        assert len(weir.get_json(f"/api/v1/traces/{hex_of(3)}?columns=name&first=9")["spans"]) == 2 * SPANS_EACH - 9


@case
def a_folder_without_its_server_has_what_was_acknowledged(folder, options):
    """Killed before a commit: `weir sql --data` reads the journals, and leaves them as they are."""
    with WeirServer(options.binary, folder, *NEVER) as weir:
        for number in range(1, 6):
            assert post(weir, "traces", request_of(number)) == 200
        weir.kill()
        command = [options.binary, "sql", "--data", str(weir.data), "--format", "json",
                   f"SELECT count(*), count(DISTINCT record_id) FROM {SPANS}"]
        for _ in range(2):
            answer = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
            assert answer["rows"] == [[35, 35]], answer
        weir.start()
        assert rows(weir, f"SELECT count(*), count(DISTINCT record_id) FROM {SPANS}")["rows"] == [[35, 35]]
        weir.wait_rows(SPANS, 35)


@case
def a_column_made_of_an_attribute_is_in_the_tail_too(folder, options):
    """Added before and while rows wait for a commit."""
    with WeirServer(options.binary, folder, *NEVER) as weir:
        assert post(weir, "traces", request_of(1)) == 200
        weir_alter(weir, "promote", SPANS, "--attribute", "number", "--type", "long", "--name", "its_number")
        assert post(weir, "traces", request_of(2)) == 200
        query = f"SELECT its_number, count(*) FROM {SPANS} GROUP BY 1 ORDER BY 1"
        assert rows(weir, query)["rows"] == [[1, 7], [2, 7]]
        assert weir.rows(SPANS) == 0
        weir.stop()
    with WeirServer(options.binary, folder) as weir:
        assert rows(weir, query)["rows"] == [[1, 7], [2, 7]]
