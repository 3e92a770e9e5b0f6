# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments, again and again, under load of all signals; then every acknowledgement is checked."""

import contextlib
import random
import subprocess
import time

from expect import SIGNALS, TABLE_OF
from harness.load import Load, acked_tags, assert_exactly_the_acked
from harness.registry import case
from harness.weir_server import WeirServer

COMMIT_INTERVALS_MS = (50, 200, 1000)  # short ones make kills meet commits, long ones leave more to replay
ALIVE_SECONDS = (0.15, 1.3)
KILL_WHILE_STARTING = 0.2  # of all rounds
STARTING_SECONDS = 0.25
NUMBERS_PER_RUN = 2_000
REQUESTS_PER_SECOND = 80
PROTOCOLS = ("grpc", "http", "json")


@case
def kill_9_loses_nothing_acked_and_doubles_nothing(folder, options):
    chance = random.Random(options.seed)
    weir = WeirServer(options.binary, folder)
    with contextlib.closing(weir):
        for number in range(options.rounds):
            _round(weir, number, folder, chance)
        weir.start()
        for signal in SIGNALS:
            weir.wait_rows_settle(TABLE_OF[signal])
            assert acked_tags(folder, signal), f"no request of {signal} was acknowledged: the rounds tested nothing"
        assert_exactly_the_acked(weir, SIGNALS, folder)
        weir.stop()


def _round(weir, number, folder, chance):
    weir.flags = ["--set", f"commit.interval_ms={chance.choice(COMMIT_INTERVALS_MS)}"]
    if chance.random() < KILL_WHILE_STARTING:
        _kill_while_starting(weir, chance)
    weir.start()
    alive = chance.uniform(*ALIVE_SECONDS)
    loads = [Load(signal, PROTOCOLS[(number + i) % 3], number * NUMBERS_PER_RUN, gzip=number % 2 == 1)
             for i, signal in enumerate(SIGNALS)]
    with contextlib.ExitStack() as stack:
        runs = [stack.enter_context(load.in_background(weir, folder, "-seconds", alive + 0.1, "-rate",
                                                       REQUESTS_PER_SECOND, "-clients", 3, "-pool", 4))
                for load in loads]
        time.sleep(alive)
        weir.kill()
        for run in runs:
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(5)


def _kill_while_starting(weir, chance):
    """Kills before the server is ready, most likely in the middle of its replay."""
    process = subprocess.Popen([weir.binary, "serve", "--data", weir.data, "--grpc", "127.0.0.1:0", "--http",
                                "127.0.0.1:0", *weir.flags], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        time.sleep(chance.uniform(0, STARTING_SECONDS))
    finally:
        process.kill()
        process.wait()
