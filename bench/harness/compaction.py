# SPDX-License-Identifier: Apache-2.0
"""What compaction makes of fresh files, and what it costs beside taking the rows in."""

import glob
import json
import time
from dataclasses import dataclass

from harness.case import Case
from harness.goals import CLICKHOUSE_DISTINCT_BYTES, CLICKHOUSE_REPEATED_BYTES, DISTINCT, REPEATED
from harness.measure import full_load
from harness.process import Failure, check_alive, peak_memory_mib
from harness.servers import NAMESPACE, ask

# Soon enough for a benchmark, and longer than the load has pauses.
SETTINGS = ("maintenance.compaction_quiet_s=8",)
THREAD = "maintain"
# Longer than the pause between two plans: what is due by then has begun.
STILL_SECONDS, COMPACTED_SECONDS_MAX = 20, 300


@dataclass(frozen=True)
class Load:
    title: str
    pool: int  # Distinct requests.
    requests: int
    clickhouse_bytes: float | None


LOADS = (
    Load(DISTINCT, 300, 300, CLICKHOUSE_DISTINCT_BYTES),
    Load(REPEATED, 64, 300, CLICKHOUSE_REPEATED_BYTES),
    Load("1,500,000 spans of 300 requests", 300, 1500, None),
)


def watch(server, generator, load, case=Case()):
    """Sends all of `load`, then waits until nothing is left to be compacted."""
    full, cpu, _ = full_load(server, generator, case, COMPACTED_SECONDS_MAX, 0, requests=load.requests)
    rows, at_load = full["acked_items"], thread_seconds(server)
    files = {"fresh": table_of(server, case)}
    wait_until_still(server)
    files["compacted"] = table_of(server, case)
    spent = thread_seconds(server)
    fresh_bytes = metric(server, "weir_committed_file_bytes_total", case.table)
    return {
        "rows": rows, "clickhouse_bytes": load.clickhouse_bytes,
        "fresh_bytes": fresh_bytes / rows, "compacted_bytes": int(files["compacted"]["bytes"]) / rows,
        "files_after_load": int(files["fresh"]["files"]), "files": int(files["compacted"]["files"]),
        "ingest_cpu_s_per_million": (cpu - at_load) / rows * 1e6, "compaction_cpu_s_per_million": spent / rows * 1e6,
        "rewritten_per_byte": metric(server, "weir_compacted_bytes_total", case.table) / fresh_bytes,
        "peak_memory_mib": peak_memory_mib(server.process.pid),
    }


def wait_until_still(server):
    """The thread works, or wants to where others have the core, for as long as a run is under way."""
    started = changed = time.monotonic()
    seconds = thread_seconds(server)
    while time.monotonic() - changed < STILL_SECONDS:
        if time.monotonic() - started > COMPACTED_SECONDS_MAX:
            raise Failure(f"compaction still ran after {COMPACTED_SECONDS_MAX} s")
        time.sleep(0.5)
        check_alive(server.process, server.log_path)
        now = thread_seconds(server)
        # A look at a table that needs nothing is a few milliseconds.
        if now - seconds > 0.05 or is_waiting_for_a_core(server):
            changed = time.monotonic()
        seconds = now


def thread_seconds(server):
    """CPU time of the maintenance thread."""
    return int(thread_file(server, "schedstat").split()[0]) / 1e9


def is_waiting_for_a_core(server):
    return thread_file(server, "stat").rpartition(")")[2].split()[0] != "S"


def thread_file(server, name):
    for path in glob.glob(f"/proc/{server.process.pid}/task/*/comm"):
        with open(path) as comm:
            if comm.read().strip() != THREAD:
                continue
        with open(path.removesuffix("comm") + name) as file:
            return file.read()
    raise Failure(f"the server has no thread named {THREAD}")


def table_of(server, case):
    answer = ask(server.http, "GET", f"/api/v1/tables/{NAMESPACE}/{case.table}")
    if answer is None or answer[0] != 200:
        raise Failure(f"/api/v1/tables/{NAMESPACE}/{case.table} answered {answer}")
    return json.loads(answer[1])


def metric(server, name, table):
    answer = ask(server.http, "GET", "/metrics")
    for line in answer[1].decode().splitlines() if answer else ():
        series, _, value = line.rpartition(" ")
        if series.startswith(name + "{") and f"{NAMESPACE}.{table}" in series:
            return float(value)
    return 0.0


def rows(found):
    """For people; `found`: {title: what watch() gives}."""
    yield ["spans", "fresh B", "compacted B", "ClickHouse B", "compacted over it", "files after load", "files",
           "CPU s a million: ingest", "compaction", "share", "read again a byte", "peak MiB"]
    for title, one in found.items():
        theirs = one["clickhouse_bytes"]
        yield [title, f"{one['fresh_bytes']:.1f}", f"{one['compacted_bytes']:.1f}",
               "-" if theirs is None else f"{theirs:.1f}",
               "-" if theirs is None else f"{one['compacted_bytes'] / theirs:.2f}",
               str(one["files_after_load"]), str(one["files"]),
               f"{one['ingest_cpu_s_per_million']:.2f}", f"{one['compaction_cpu_s_per_million']:.2f}",
               f"{one['compaction_cpu_s_per_million'] / one['ingest_cpu_s_per_million']:.2f}",
               f"{one['rewritten_per_byte']:.2f}", f"{one['peak_memory_mib']:,.0f}"]


def notes():
    return ("compacted: all bytes of the live files, bloom filters of both ids among them; ClickHouse's: column data alone",
            "read again a byte: by merges and joins together, joins copying without decoding")
