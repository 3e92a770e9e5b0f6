# SPDX-License-Identifier: Apache-2.0
"""From acknowledgement to an engine's answer, while the server is loaded at half."""

import json
import pathlib
import secrets
import subprocess
import threading
from dataclasses import dataclass

from harness.figures import percentile
from harness.measure import full_load, rate_of, warm_up
from harness.process import Failure, pinned, start, stop, tail
from harness.servers import NAMESPACE, ask

PROBE = pathlib.Path(__file__).with_name("freshness_probe.py")
ENGINES = ("pyiceberg", "duckdb")
# Commits come once a second: marks must not keep step with them, or all are sent at the same two moments between commits.
INTERVAL_SECONDS = 0.37
OVERTIME_SECONDS_MAX = 120
FULL_SECONDS = 4  # To find out what half load is.
LAG_METRIC = "weir_oldest_uncommitted_seconds"


@dataclass(frozen=True)
class Probe:
    home: str  # The engines' environment.
    seconds: float


def watch(server, generator, case, probe):
    """{engine: what its probe found, and the server's own lag}, one engine after the other."""
    rows = warm_up(server, generator, case)
    full, _, _ = full_load(server, generator, case, FULL_SECONDS, rows)
    found = {}
    for engine in ENGINES:
        found[engine] = watch_with(server, generator, case, rate_of(full) / 2, probe, engine)
    return found


def watch_with(server, generator, case, rate, probe, engine):
    # The probe needs some seconds to start and some to find its last marks; the load ends when it has.
    seconds = probe.seconds + OVERTIME_SECONDS_MAX
    log = server.folder / f"load-{engine}.log"
    load = start(generator.command(server, case, seconds, rate=rate), generator.cpus, log)
    try:
        with Lags(server) as lags:
            answer = run_probe(server, generator, case, probe, engine)
        if load.poll() is not None:
            raise Failure(f"the load ended before the probe: {tail(log)}")
    finally:
        stop(load)
        generator.sent += int(rate * seconds) + case.clients  # At most.
    return summary(answer) | {"server_lag_max_s": max(lags.seconds, default=None)}


def run_probe(server, generator, case, probe, engine):
    task = server.folder / f"freshness-{engine}.json"
    task.write_text(json.dumps({
        "engine": engine, "http": server.http, "iceberg_uri": f"http://{server.http}/iceberg", "home": probe.home,
        "table": f"{NAMESPACE}.{case.table}", "seconds": probe.seconds, "interval": INTERVAL_SECONDS,
        "mark": secrets.token_hex(12),
    }))
    with pinned(generator.cpus):
        try:
            done = subprocess.run([f"{probe.home}/bin/python", str(PROBE), str(task)], stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=probe.seconds + OVERTIME_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            raise Failure(f"{engine} still had not answered {OVERTIME_SECONDS_MAX} s after its last mark") from None
    if done.returncode != 0:
        raise Failure(f"{engine}'s probe exited with {done.returncode}: {done.stderr.strip()[-800:]}")
    return json.loads(done.stdout.splitlines()[-1])


class Lags:
    """Samples what the server itself says of its oldest row that is in no table yet."""

    def __init__(self, server):
        self.server, self.seconds, self._ended = server, [], threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _run(self):
        while not self._ended.wait(0.25):
            answer = ask(self.server.http, "GET", "/metrics")
            lag = metric_of(answer[1].decode()) if answer and answer[0] == 200 else None
            if lag is not None:
                self.seconds.append(lag)


def metric_of(text):
    """The gauge's value in Prometheus' text, or None."""
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        if name.partition("{")[0] == LAG_METRIC:
            return float(value)
    return None


def summary(answer):
    """Seconds. `seen` ends with the engine's answer; `readable` when the query that had the row was asked: by then a
    faster engine would have had it."""
    seen = sorted(mark["ack_to_seen"] for mark in answer["found"])
    readable = sorted(mark["ack_to_query"] for mark in answer["found"])
    queries = sorted(answer["query_seconds"])
    return {
        "marks": len(seen), "lost": answer["lost"], "failed": answer["failed"],
        **{f"seen_{name}_s": percentile(seen, part) for name, part in PARTS.items()},
        **{f"readable_{name}_s": percentile(readable, part) for name, part in PARTS.items()},
        **{f"query_{name}_s": percentile(queries, part) for name, part in PARTS.items()},
    }


PARTS = {"p50": 0.5, "p95": 0.95, "max": 1.0}


def rows(found):
    """For people; `found` as watch() gives it."""
    yield ["engine", "marks", "lost", *(f"{what} {part}" for what in ("seen", "asked", "query") for part in PARTS),
           "server's lag max"]
    for engine, one in found.items():
        figures = [one[f"{what}_{part}_s"] for what in ("seen", "readable", "query") for part in PARTS]
        yield [engine, str(one["marks"]), str(one["lost"]), *map(seconds_text, [*figures, one["server_lag_max_s"]])]


def seconds_text(seconds):
    return "-" if seconds is None else f"{seconds:.2f}"
