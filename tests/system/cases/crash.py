# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments, again and again, under load of all signals; then every acknowledgement is checked.

OpenTelemetry's exporters live through all kills of a folder and retry by themselves; a run of otlpblast comes with each
start and takes no second try.
"""

import contextlib
import json
import random
import shutil
import signal as signals
import subprocess
import sys
import time

from expect import SIGNALS
from harness.environment import SYSTEM_TESTS
from harness.load import Load, acked_tags, assert_exactly_the_acked
from harness.process import running, steady_endpoint, wait_until
from harness.registry import case
from harness.weir_server import WeirServer

ROUNDS_A_FOLDER = 100  # nothing compacts the tables yet, so that a thousand kills would leave a lake of small files
COMMIT_INTERVALS_MS = (50, 200, 1000)  # short ones make kills meet commits, long ones leave more to replay
JOURNAL_MIB = (64, 64, 64, 4096)  # small ones have small segments: read soon at a start, and full under load
ALIVE_SECONDS = (0.05, 0.6)
KILL_WHILE_STARTING = 0.2  # of all rounds
RECOVERED_FIRST = 0.7  # of all rounds: the kill meets commits of new rows; the others leave journal upon journal
STARTING_SECONDS = 0.25
NUMBERS_PER_RUN = 2_000
REQUESTS_PER_SECOND = 80
PROTOCOLS = ("grpc", "http", "json")
FIRST_ACKS_SECONDS, LAST_EXPORTS_SECONDS, LAST_ACKS_SECONDS = 30, 30, 5


@case
def kill_9_loses_nothing_acked_and_doubles_nothing(folder, options):
    """`--rounds 1000` takes ten folders of a hundred; that of `--seed N+3` is the fourth of `--seed N`."""
    for number, first in enumerate(range(0, options.rounds, ROUNDS_A_FOLDER)):
        rounds, seed = min(ROUNDS_A_FOLDER, options.rounds - first), options.seed + number
        one = folder / str(seed)
        one.mkdir()
        _kill_again_and_again(one, options.binary, rounds, random.Random(seed))
        if not options.keep:
            shutil.rmtree(one / "data")


def _kill_again_and_again(folder, binary, rounds, chance):
    started = time.monotonic()
    weir = WeirServer(binary, folder)
    weir.endpoints = steady_endpoint(chance), steady_endpoint(chance)
    starting = 0
    with contextlib.closing(weir):
        weir.start()
        with _exporters(weir, folder) as exporters:
            wait_until(lambda: all(acked_tags(folder, signal) for signal in SIGNALS), FIRST_ACKS_SECONDS,
                       "each exporter's first acknowledgement")
            weir.kill()
            for number in range(rounds):
                starting += _round(weir, number, folder, chance)
            weir.start()
            exported = _last_exports(exporters, folder)
        weir.stop()  # all that was acknowledged is in the tables then
        weir.start()
        acked = {signal: len(acked_tags(folder, signal)) for signal in SIGNALS}
        assert all(acked.values()) and exported["after_retry"], f"the rounds tested nothing: {acked}, {exported}"
        rows = assert_exactly_the_acked(weir, SIGNALS, folder)
        weir.verify()
        weir.stop()
    print(f"     {folder.name}: {rounds} kills under load, {starting} more while starting; {sum(acked.values())} "
          f"requests acknowledged, {exported['after_retry']} of them after exporters tried again; {rows} rows, 0 lost, "
          f"0 twice, {time.monotonic() - started:.0f} s", flush=True)


def _exporters(weir, folder):
    return running([sys.executable, SYSTEM_TESTS / "send" / "sdk_load.py", weir.grpc, f"http://{weir.http}", folder],
                   folder / "sdk_load.log")


def _last_exports(exporters, folder):
    """Lets them end; what is under way is tried until it is answered or given up. Returns their counts."""
    exporters.send_signal(signals.SIGTERM)
    assert exporters.wait(LAST_EXPORTS_SECONDS) == 0, f"the exporters failed, see {folder / 'sdk_load.log'}"
    return json.loads((folder / "sdk_load.log").read_text().splitlines()[-1])


def _round(weir, number, folder, chance):
    """One start and kill; returns whether another start was killed before it was ready."""
    weir.flags = ["--set", f"commit.interval_ms={chance.choice(COMMIT_INTERVALS_MS)}",
                  "--set", f"limits.journal_mib={chance.choice(JOURNAL_MIB)}"]
    is_killed_while_starting = chance.random() < KILL_WHILE_STARTING
    if is_killed_while_starting:
        _kill_while_starting(weir, chance)
    weir.start()
    if chance.random() < RECOVERED_FIRST:
        weir.wait_recovered()
    alive = chance.uniform(*ALIVE_SECONDS)
    loads = [Load(signal, PROTOCOLS[(number + i) % 3], number * NUMBERS_PER_RUN, gzip=number % 2 == 1)
             for i, signal in enumerate(SIGNALS)]
    with contextlib.ExitStack() as stack:
        runs = [stack.enter_context(load.in_background(weir, folder, "-seconds", alive + 0.05, "-rate",
                                                       REQUESTS_PER_SECOND, "-clients", 3, "-pool", 4))
                for load in loads]
        time.sleep(alive)
        weir.kill()
        for run in runs:
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(LAST_ACKS_SECONDS)  # an answer that came before the kill is noted
    return is_killed_while_starting


def _kill_while_starting(weir, chance):
    """Kills before the server is ready, most likely in the middle of its replay."""
    process = subprocess.Popen(weir.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        time.sleep(chance.uniform(0, STARTING_SECONDS))
    finally:
        process.kill()
        process.wait()
