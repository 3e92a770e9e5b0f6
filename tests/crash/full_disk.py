# SPDX-License-Identifier: Apache-2.0
"""A disk that fills up and is relieved, again and again, under the release binary.

While it is full the server stays up, refuses in a way that clients retry, and its tables can be read; soon after
relief it takes requests again. Now and then it is killed while full. At the end every row is compared.
"""

import contextlib
import itertools
import os
import random
import subprocess
import time
from dataclasses import dataclass

from harness.registry import Skip
from matrix import Bench
from mix import Request, encode, make_message
from oracle import check
from send.by_hand import key_values
from server import Client
from syscalls import Script

DISK_MIB = 96  # several segments of the smallest journal, and small tables
FLAGS = ("--set", "commit.interval_ms=50", "--set", "workers=1", "--set", "limits.journal_mib=64")
CYCLES_A_FOLDER = 10
KILLED_EVERY = 4
LARGE_BYTES, LARGE_MAX = 256 << 10, 400  # the journal keeps them as they came; more than the disk holds
REFUSED_WAVES = 3
FIRST_LARGE = 1_000_000  # beyond the numbers of Script's requests
TAKEN_AGAIN_SECONDS, COMMITTED_SECONDS, VERIFY_SECONDS = 10, 30, 60
BALLAST_STEPS = (4 << 20, 256 << 10, 4 << 10)


class SmallDisk:
    """A tmpfs of its own, so that nobody else's disk fills up."""

    def __init__(self, folder):
        self.folder, self._ballast = folder, folder / "ballast"

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", self.folder],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            raise Skip(f"a tmpfs can't be mounted here ({mounted.stderr.strip()}), and no other disk may be filled; "
                       "ENOSPC was made by strace alone")
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", self.folder], check=True)

    def fill(self):
        """Takes all that is free."""
        with open(self._ballast, "ab") as file:
            for step in BALLAST_STEPS:
                with contextlib.suppress(OSError):
                    while True:
                        os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, step)

    def relieve(self):
        self._ballast.unlink()


@dataclass
class Figures:
    acked: int = 0  # before the journal's segments were full too
    refused: int = 0
    slowest_seconds: float = 0.0  # from relief to the first acknowledgement
    kills: int = 0


def fill_and_relieve(options, lake):
    """(passed, failed) over folders of some cycles each; prints a line for each."""
    passed = failed = 0
    for first in range(0, options.cycles, CYCLES_A_FOLDER):
        numbers = range(first + 1, min(first + CYCLES_A_FOLDER, options.cycles) + 1)
        with SmallDisk(options.folder / "full" / "disk") as disk:
            try:
                figures, rows = _cycles(options, lake, disk, numbers)
            except AssertionError as problem:
                print(f"FAIL full disk, cycles {numbers[0]} to {numbers[-1]}: {problem}", flush=True)
                failed += 1
                continue
        print(f"full disk, cycles {numbers[0]} to {numbers[-1]}: {figures.acked} acknowledged into space taken before, "
              f"{figures.refused} refused with a hint, {figures.kills} killed while full; taken again after at most "
              f"{figures.slowest_seconds:.2f} s; {rows} rows, 0 lost, 0 twice", flush=True)
        passed += 1
    return passed, failed


def _cycles(options, lake, disk, numbers):
    bench = Bench(options.release, options.folder / "full", lake)
    bench.data = disk.folder / "data"
    bench.data.mkdir()
    script, figures, large = Script(bench, "stop", []), Figures(), itertools.count(FIRST_LARGE)
    server = None
    with contextlib.ExitStack() as servers:
        for number in numbers:
            if server is None:
                server = servers.enter_context(script.server(FLAGS))
                server.must_start()
                script.must_ack(server)
            _while_full(script, server, disk, figures, large)
            is_killed = number % KILLED_EVERY == 0
            if is_killed:
                server.kill()
            disk.relieve()
            relieved = time.monotonic()
            if is_killed:
                figures.kills += 1
                server = servers.enter_context(script.server(FLAGS))
                server.must_start()
            script.must_ack(server)
            figures.slowest_seconds = max(figures.slowest_seconds, time.monotonic() - relieved)
            _wait_committed(server)
        _verify(options.release, bench.data)
        script.stop_or_die(server)
    verdict = check(lake, bench.data, script.requests)
    assert not verdict.problems, "; ".join(verdict.problems[:8])
    return figures, verdict.rows


def _while_full(script, server, disk, figures, large):
    """Until the journal can't grow any more; then all is refused, and everything that was committed can be read."""
    first = len(script.requests)
    with contextlib.closing(Client(server.http, 1)) as client:
        for number in itertools.islice(large, LARGE_MAX):
            disk.fill()  # what a last commit gave back as well
            script.requests.append(_large_request(number))
            client.wave(script.requests[-1:])
            if script.requests[-1].outcome != "acked":
                break
        refused = len(script.requests) - 1
        for _ in range(REFUSED_WAVES):
            script.wave(client)
    assert server.is_alive, f"it ended with {server.process.returncode}, see {script.bench.log}"
    for request in script.requests[refused:]:
        assert request.outcome == "refused" and request.is_as_expected, f"while full: {request}, {request.detail}"
    assert server.get_json("/iceberg/v1/namespaces/telemetry/tables/otel_logs")["metadata"], "not read while full"
    _verify(script.bench.binary, script.bench.data)
    figures.acked += refused - first
    figures.refused += len(script.requests) - refused


def _large_request(number):
    message = make_message("logs", number, random.Random(number))
    record = message.resource_logs[0].scope_logs[0].log_records[0]
    record.attributes.extend(key_values((("filler", "x" * LARGE_BYTES),)))
    return Request(number, "logs", message, *encode(message, "protobuf"))


def _wait_committed(server):
    deadline = time.monotonic() + COMMITTED_SECONDS
    while server.get_json("/api/v1/status")["figures"]["buffered_bytes"]:
        assert time.monotonic() < deadline, f"rows are still not in the tables {COMMITTED_SECONDS} s after relief"
        time.sleep(0.01)


def _verify(binary, data):
    """Both formats, every file and footer, by the server's own proof."""
    proof = subprocess.run([binary, "table", "verify", "--data", data], capture_output=True, text=True,
                           timeout=VERIFY_SECONDS)
    assert proof.returncode == 0, f"weir table verify: {(proof.stdout + proof.stderr)[-1500:]}"
