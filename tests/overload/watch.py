# SPDX-License-Identifier: Apache-2.0
"""Looks at the server all the time: its memory, its time, the rows it took, and whether it answers those who read."""

import http.client
import time
from dataclasses import dataclass

from cores import core_seconds, cpu_seconds, memory_mib
from sampling import Sampling

SAMPLE_SECONDS = 0.5
ANSWER_SECONDS = 20
READS = ("/ready", "/iceberg/v1/namespaces/telemetry/tables")
ROWS = "otelcol_receiver_accepted_spans"


@dataclass(frozen=True)
class Sample:
    wall: float
    rows: int
    server: float  # CPU seconds, as the next.
    core: float  # Of the server's core, by anybody.
    rss_mib: float
    peak_mib: float


class Watch(Sampling):
    def __init__(self, weir, cpus):
        super().__init__(SAMPLE_SECONDS)
        self.weir, self.cpus, self.samples, self.reads, self.unread = weir, cpus, [], [], []

    def sample(self):
        self.samples.append(self._figures())
        for path in READS:
            self._read(path)

    def _figures(self):
        _, text = self._get("/metrics")
        rows = sum(float(line.rpartition(" ")[2]) for line in text.decode().splitlines()
                   if line.startswith((ROWS + "{", ROWS + "_total{")))
        pid = self.weir.process.pid
        return Sample(time.monotonic(), int(rows), cpu_seconds(pid), core_seconds(self.cpus), *memory_mib(pid))

    def _read(self, path):
        """Any answer but a failure: /ready says 503 while there is no room."""
        started = time.monotonic()
        status, _ = self._get(path)
        self.reads.append(time.monotonic() - started)
        if status != 200 and not (path == "/ready" and status == 503):
            self.unread.append(f"{path} {status}")

    def _get(self, path):
        connection = http.client.HTTPConnection(self.weir.http, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def between(self, start, end):
        return [sample for sample in self.samples if start <= sample.wall <= end]


def goodput(samples):
    """Rows a second of the time that others left of the server's core, and of the clock's.

    Where other programs run on the server's core, the clock says more of them than of the server.
    """
    first, last = samples[0], samples[-1]
    seconds, rows, server = last.wall - first.wall, last.rows - first.rows, last.server - first.server
    others = max(0.0, last.core - first.core - server)
    return rows / max(seconds - others, server, 0.01), rows / seconds
