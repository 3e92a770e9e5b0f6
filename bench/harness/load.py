# SPDX-License-Identifier: Apache-2.0
"""One run of the load generator, which always sends the same telemetry for the same seed."""

import contextlib
import json
import resource
import subprocess
import threading
import time
from dataclasses import dataclass

from harness.process import Failure, cpu_seconds, core_seconds, pinned

# Preparing the requests, and the generator's own limit for one answer.
OVERTIME_SECONDS_MAX = 90
SEED = 1
CLOCK_SECONDS = 0.05

DISTINCT_ITEMS = 64_000
POOL_LEAST = 64


def pool_of(case):
    """Small requests need more of them: 640 spans over and over would be a dictionary's dream, not telemetry."""
    return max(POOL_LEAST, DISTINCT_ITEMS // case.items)


class Generator:
    """`pool`: how many distinct requests there are before they come again with other trace ids; 0: pool_of()."""

    def __init__(self, binary, cpus, pool):
        self.binary, self.cpus, self.pool, self.sent = binary, cpus, pool, 0

    def command(self, server, case, seconds, rate=0.0, requests=0, pool=0):
        command = [self.binary, "-signal", case.signal, "-proto", case.proto, "-endpoint", server.endpoint(case.proto),
                   "-items", case.items, "-clients", case.clients, "-seconds", seconds, "-rate", rate, "-seed", SEED,
                   "-requests", requests, "-pool", pool or self.pool or pool_of(case), "-first", self.sent,
                   *["-gzip"] * case.gzip, *["-genai"] * case.genai]
        return [str(part) for part in command]

    def send(self, server, case, seconds, rate=0.0, requests=0, pool=0):
        """otlpblast's own report, with what the server and the machine did meanwhile. `requests` end it, else time."""
        command = self.command(server, case, seconds, rate, requests, pool)
        with Clocks(server) as clocks:
            report = self._run(command, seconds + OVERTIME_SECONDS_MAX)
        # Fresh trace ids for the next run against the same server.
        self.sent += report["acked_requests"] + report["failed"] + case.clients
        return report | {"ended": clocks.ended} | clocks.cores(report["seconds"])

    def _run(self, command, seconds_max):
        with pinned(self.cpus):
            try:
                done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                      timeout=seconds_max)
            except subprocess.TimeoutExpired:
                raise Failure(f"the generator still ran after {seconds_max} s") from None
        if done.returncode != 0:
            raise Failure(f"the generator exited with {done.returncode}: {done.stderr.strip()[-500:]}")
        report = json.loads(done.stdout.splitlines()[-1])
        if report["acked_requests"] == 0:
            raise Failure(f"no request was acknowledged; the first error: {report['first_error']}")
        return report


@dataclass(frozen=True)
class Reading:
    """All clocks at one moment, in seconds."""

    wall: float
    server: float
    core: float  # The server's cores, by anybody.


def cores_used(readings, seconds):
    """Of the last `seconds` before the last reading: the generator prepares its requests before that."""
    last = readings[-1]
    first = next(reading for reading in readings if reading.wall >= last.wall - seconds - CLOCK_SECONDS)
    wall = max(last.wall - first.wall, CLOCK_SECONDS)
    server = last.server - first.server
    return {
        "server_cores": server / wall,
        "others_cores": max(0.0, last.core - first.core - server) / wall,
    }


class Clocks:
    """Reads the clocks all the time inside its block, on a thread of its own."""

    def __init__(self, server):
        self.server, self.readings, self.ended, self._stopped = server, [], None, threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._children = resource.getrusage(resource.RUSAGE_CHILDREN)
        self._read()
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self.ended = time.monotonic()
        self._stopped.set()
        self._thread.join()
        if kind is None:
            self._read()

    def _read(self):
        self.readings.append(Reading(time.monotonic(), cpu_seconds(self.server.process.pid),
                                     core_seconds(self.server.cpus)))

    def _run(self):
        # A server that ended is noticed by those who wait for it.
        with contextlib.suppress(OSError):
            while not self._stopped.wait(CLOCK_SECONDS):
                self._read()

    def cores(self, seconds):
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        generator = sum(getattr(after, name) - getattr(self._children, name) for name in ("ru_utime", "ru_stime"))
        return cores_used(self.readings, seconds) | {
            "generator_cores": generator / (self.readings[-1].wall - self.readings[0].wall)}
