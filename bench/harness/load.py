# SPDX-License-Identifier: Apache-2.0
"""One run of the load generator, which always sends the same telemetry for the same seed."""

import json
import resource
import subprocess
import time

from harness.process import Failure, cpu_seconds, core_seconds, pinned

# Preparing the requests, and the generator's own limit for one answer.
OVERTIME_SECONDS_MAX = 90
SEED = 1


DISTINCT_ITEMS = 64_000
POOL_LEAST = 64


def pool_of(case):
    """Small requests need more of them: 640 spans over and over would be a dictionary's dream, not telemetry."""
    return max(POOL_LEAST, DISTINCT_ITEMS // case.items)


class Generator:
    """`pool`: how many distinct requests there are before they come again with other trace ids; 0: pool_of()."""

    def __init__(self, binary, cpus, pool):
        self.binary, self.cpus, self.pool, self.sent = binary, cpus, pool, 0

    def send(self, server, case, seconds, rate=0.0):
        """otlpblast's own report, with what the server and the machine did meanwhile."""
        command = [self.binary, "-signal", case.signal, "-proto", case.proto, "-endpoint", server.endpoint(case.proto),
                   "-items", case.items, "-clients", case.clients, "-seconds", seconds, "-rate", rate, "-seed", SEED,
                   "-pool", self.pool or pool_of(case), "-first", self.sent,
                   *["-gzip"] * case.gzip, *["-genai"] * case.genai]
        before = _Clocks(server)
        report = self._run([str(part) for part in command], seconds + OVERTIME_SECONDS_MAX)
        after = _Clocks(server)
        # Fresh trace ids for the next run against the same server.
        self.sent += report["acked_requests"] + report["failed"] + case.clients
        server_cpu, wall = after.server - before.server, after.wall - before.wall
        return report | {
            "ended": after.wall,
            "server_cores": server_cpu / report["seconds"],
            "generator_cores": (after.generator - before.generator) / wall,
            "others_cores": max(0.0, after.core - before.core - server_cpu) / wall,
        }

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


class _Clocks:
    """All clocks at one moment, in seconds."""

    def __init__(self, server):
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall = time.monotonic()
        self.generator = children.ru_utime + children.ru_stime
        self.server = cpu_seconds(server.process.pid)
        self.core = core_seconds(server.cpus)
