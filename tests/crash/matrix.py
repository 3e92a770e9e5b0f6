# SPDX-License-Identifier: Apache-2.0
"""One run of a cell: requests, the fault, a start without it, and the check of every row. Deterministic by its seed
but for the order in which threads run."""

import itertools
import random
import shutil
import time
from dataclasses import dataclass, field

from mix import Mix
from oracle import check
from points import CREATING, RECOVERING
from server import Client, Server

FAULT_SECONDS = 8
SETTLE_SECONDS = 10
COMMIT_MS, NO_COMMIT_MS = 50, 3_600_000
WAVES_FAST, WAVES_MAX = 12, 60
PAUSE_SECONDS, SLOW_PAUSE_SECONDS = 0.008, 0.06
# So small that a few requests fill one: otherwise no run would ever meet a segment's end.
SEGMENT_BYTES, SMALLEST_SEGMENT_BYTES = (16 << 10, 64 << 10), 12 << 10


@dataclass
class Result:
    """What a run showed."""

    problems: list = field(default_factory=list)
    lost: int = 0
    twice: int = 0
    rows: int = 0
    is_reached: bool = True
    ready_seconds: float = 0.0
    recovered_seconds: float = 0.0


class Bench:
    """A folder at one place (tables name their place), a sound start of it to begin with, and the reader."""

    def __init__(self, binary, folder, lake):
        self.binary, self.lake = binary, lake
        self.folder, self.data, self.log = folder, folder / "data", folder / "weir.log"
        self.gate, self.gate_reached = folder / "gate", folder / "gate.reached"
        self._template = folder / "template"
        shutil.rmtree(self._template, ignore_errors=True)  # An earlier version's has other tables.

    def begin(self, is_empty):
        shutil.rmtree(self.data, ignore_errors=True)
        for path in (self.log, self.gate, self.gate_reached):
            path.unlink(missing_ok=True)
        if is_empty:
            self.data.mkdir(parents=True)
            return
        if not self._template.exists():
            self._make_template()
        shutil.copytree(self._template, self.data)

    def _make_template(self):
        self.data.mkdir(parents=True)
        with Server(self.binary, self.data, self.log, environment={"WEIR_FAULT_SEGMENT_BYTES": "16384"}) as server:
            server.must_start()
            server.stop()
        shutil.rmtree(self.data / "journal")  # All of it is in the tables, and a release's segments are large.
        shutil.copytree(self.data, self._template)
        shutil.rmtree(self.data)


class Run:
    """One cell with one seed: go() once."""

    def __init__(self, bench, cell, seed, retries=False):
        self.bench, self.cell, self.retries = bench, cell, retries
        chance = random.Random(f"{cell} {seed}")
        self.mix = Mix(f"{cell} {seed}")
        self.requests = []
        self.connections = chance.choice((1, 2, 3))
        self.workers = chance.choice((1, 2))
        self.segment_bytes = SMALLEST_SEGMENT_BYTES if cell.state.needs_full_segments else chance.choice(SEGMENT_BYTES)
        self.passage = chance.randint(1, cell.state.passages)
        if cell.state.name == "journal.segment" and cell.action == "fail":
            # A server that can't make its first segments must not start, which is not what is asked here.
            self.passage = self.workers + 1
        self.is_killed_while_paused = cell.action == "pause" and chance.random() < 0.5
        self.chance = chance
        self.result = Result()

    def go(self):
        self.bench.begin(is_empty=self.cell.phase == CREATING)
        if self.cell.phase == RECOVERING:
            self._leave_a_journal()
        self._meet_the_fault()
        self._start_again()
        verdict = check(self.bench.lake, self.bench.data, self.requests, may_miss_letters=self.cell.action == "fail")
        self.result.problems += verdict.problems
        self.result.lost, self.result.twice, self.result.rows = verdict.lost, verdict.twice, verdict.rows
        return self.result

    def _server(self, fault="", commit_ms=COMMIT_MS):
        environment = {"WEIR_FAULT": fault, "WEIR_FAULT_SEGMENT_BYTES": str(self.segment_bytes),
                       "WEIR_FAULT_GATE": str(self.bench.gate)}
        flags = ("--set", f"commit.interval_ms={commit_ms}", "--set", f"workers={self.workers}")
        return Server(self.bench.binary, self.bench.data, self.bench.log, flags, environment)

    def _next_wave(self, width):
        wave = [self.mix.next() for _ in range(self.chance.randint(1, width))]
        self.requests += wave
        return wave

    def _leave_a_journal(self):
        with self._server(commit_ms=NO_COMMIT_MS) as server:
            server.must_start()
            client = Client(server.http, self.connections)
            for _ in range(self.chance.randint(1, 4)):
                client.wave(self._next_wave(client.width))
            # Malformed requests alone would leave nothing to recover.
            while not any(request.outcome == "acked" for request in self.requests):
                client.wave(self._next_wave(client.width))
            server.kill()
            client.close()

    def _meet_the_fault(self):
        """Serves until the fault has come; more requests bring later passages."""
        if self.cell.phase == RECOVERING:
            tables = len({r.signal for r in self.requests if r.outcome == "acked"})
            self.passage = self.chance.randint(1, min(tables, self.cell.state.passages))
            if self.cell.point.startswith("catalog."):
                self.passage = 1
        with self._server(f"{self.cell.point}:{self.cell.action}@{self.passage}") as server:
            if server.wait_ready():
                self._serve(server)
            if self.cell.action == "kill":
                ended = server.wait_end(FAULT_SECONDS)
                self.result.is_reached = ended and server.process.returncode == -9
            else:
                self.result.is_reached = self._has_fired()
                is_ended = not server.is_alive and not self.is_killed_while_paused
                assert not is_ended or not self.result.is_reached, f"a failure ended it, see {self.bench.log}"
        if not self.result.is_reached:
            self.result.problems.append(f"passage {self.passage} was not reached")

    def _serve(self, server):
        client = Client(server.http, self.connections)
        deadline = time.monotonic() + FAULT_SECONDS
        for number in itertools.count():
            if not server.is_alive or self.cell.action != "kill" and self._has_fired():
                break
            if number < WAVES_MAX:
                client.wave(self._next_wave(client.width))
            if time.monotonic() > deadline:
                break
            time.sleep(PAUSE_SECONDS if number < WAVES_FAST else SLOW_PAUSE_SECONDS)
        if self.cell.action == "pause":
            self._while_paused(server, client)
        if self.cell.action != "kill" and server.is_alive:
            self._must_ack(client)
        client.close()

    def _while_paused(self, server, client):
        """A commit that does not get on keeps nobody from being acknowledged; then it goes on, or all ends there."""
        self._must_ack(client)
        if self.is_killed_while_paused:
            server.kill()
        self.bench.gate.touch()

    def _must_ack(self, client):
        """After a failure that was once, requests are taken again."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            wave = self._next_wave(client.width)
            client.wave(wave)
            if any(request.outcome == "acked" for request in wave):
                return
            assert time.monotonic() < deadline, f"no request acknowledged for {SETTLE_SECONDS} s, see {self.bench.log}"
            time.sleep(SLOW_PAUSE_SECONDS)

    def _has_fired(self):
        return f"fault point {self.cell.point} reached" in self.bench.log.read_text(errors="replace")

    def _start_again(self):
        with self._server() as server:
            self.result.ready_seconds = server.must_start()
            self.result.recovered_seconds = server.wait_recovered()
            client = Client(server.http, 1)
            if self.retries:
                self._retry(client)
            self._must_ack(client)
            client.close()
            server.stop()

    def _retry(self, client):
        """As an exporter does: what nobody answered is sent again, and counts once."""
        for request in self.requests:
            if request.outcome == "unknown" and request.message is not None:
                client.wave([request])
