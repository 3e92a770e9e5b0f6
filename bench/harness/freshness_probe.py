# SPDX-License-Identifier: Apache-2.0
"""Sends a marked span now and then, and asks one engine for those that it has not seen yet, over and over.

Runs in the engines' own interpreter: usage: freshness_probe.py TASK, a JSON file. Prints one JSON object.
A mark is found between the start of the first query that has it and the end of the last one that had it not.
"""
import datetime
import http.client
import json
import os
import sys
import threading
import time

PAUSE_SECONDS = 0.02  # Between two queries: the load generator shares this core.
LATE_SECONDS_MAX = 15  # How long the last marks may take.


def today():
    return datetime.datetime.now(datetime.timezone.utc).date()


def lately():
    """Who asks for what is new says so: files of earlier times are not opened then."""
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=60)


class Marks:
    """Sent on a thread of its own every `interval` seconds; what is acknowledged and not found is outstanding."""

    def __init__(self, task):
        self.task, self.outstanding, self.found, self.failed = task, {}, [], 0
        self.lock, self.thread = threading.Lock(), threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        started, number = time.monotonic(), 0
        while time.monotonic() - started < self.task["seconds"]:
            trace_id = f"{self.task['mark']}{number:08x}"
            try:
                self._send(trace_id)
                with self.lock:
                    self.outstanding[trace_id] = time.monotonic()
            except (OSError, http.client.HTTPException):
                self.failed += 1
            number += 1
            time.sleep(max(0.0, started + number * self.task["interval"] - time.monotonic()))

    def _send(self, trace_id):
        now = time.time_ns()
        span = {"traceId": trace_id, "spanId": "00000000000000f1", "name": "freshness", "kind": 1,
                "startTimeUnixNano": str(now), "endTimeUnixNano": str(now + 1)}
        resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "freshness"}}]}
        body = json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]})
        connection = http.client.HTTPConnection(self.task["http"], timeout=10)
        try:
            connection.request("POST", "/v1/traces", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise OSError(f"HTTP {answer.status}")
        finally:
            connection.close()

    def waiting(self):
        with self.lock:
            return dict(self.outstanding)

    def saw(self, trace_ids, asked, answered):
        with self.lock:
            for trace_id in trace_ids:
                acked = self.outstanding.pop(trace_id, None)
                if acked is not None:
                    self.found.append({"ack_to_query": max(0.0, asked - acked), "ack_to_seen": answered - acked})


def pyiceberg(task):
    from pyiceberg.catalog import load_catalog
    from pyiceberg.expressions import And, EqualTo, GreaterThanOrEqual, In

    catalog = load_catalog("weir", type="rest", uri=task["iceberg_uri"])

    def ask(trace_ids):
        wanted = And(EqualTo("date", today().isoformat()), GreaterThanOrEqual("time", lately().isoformat()),
                     In("trace_id", set(trace_ids)))
        table = catalog.load_table(task["table"])
        return table.scan(row_filter=wanted, selected_fields=("trace_id",)).to_arrow().column(0).to_pylist()
    return ask


def duckdb(task):
    import duckdb as engine

    connection = engine.connect(config={"extension_directory": task["home"] + "/duckdb_ext",
                                        "autoinstall_known_extensions": "false", "threads": "1"})
    for extension in ("avro", "httpfs", "iceberg"):
        connection.execute(f"load {extension}")
    connection.execute(f"attach '' as weir (type iceberg, endpoint '{task['iceberg_uri']}', authorization_type 'none')")

    def ask(trace_ids):
        places = ", ".join("?" * len(trace_ids))
        rows = connection.execute(f"select trace_id from weir.{task['table']} where date = ? and time >= ? and trace_id in "
                                  f"({places})", [today(), lately(), *trace_ids]).fetchall()
        return [row[0] for row in rows]
    return ask


def run(task):
    ask = {"pyiceberg": pyiceberg, "duckdb": duckdb}[task["engine"]](task)
    ask(["0" * 32])  # Loads what the engine loads once.
    marks, query_seconds, deadline = Marks(task), [], time.monotonic() + task["seconds"] + LATE_SECONDS_MAX
    while time.monotonic() < deadline:
        waiting = marks.waiting()
        if not waiting and not marks.thread.is_alive():
            break
        if waiting:
            asked = time.monotonic()
            trace_ids = ask(list(waiting))
            answered = time.monotonic()
            query_seconds.append(answered - asked)
            marks.saw(trace_ids, asked, answered)
        time.sleep(PAUSE_SECONDS)
    marks.thread.join()
    return {"found": marks.found, "query_seconds": query_seconds, "lost": len(marks.waiting()), "failed": marks.failed}


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        answer = run(json.load(file))
    print(json.dumps(answer), flush=True)
    os._exit(0)  # Some engines abort in their own exit handlers.
