# SPDX-License-Identifier: Apache-2.0
"""Thousands of connections that are idle or slow, beside a steady load: its p99 with them and without, in turn."""

import contextlib
import http.client
import json
import resource
import statistics
import subprocess
import sys
import time

from cores import cpu_seconds, memory_mib, pinned
from harness.environment import environment
from harness.process import run_to_end, wait_until
from harness.weir_server import WeirServer
from overload import Blasts
from paths import OVERLOAD_TESTS
from table import Check, at_least, at_most, none_of, told

IDLE, SLOW = 5000, 500
ITEMS, BODIES, RATE = 50, 32, 100.0
PAIRS, PHASE_SECONDS = 4, 6.0
P99_FACTOR, SHORT_SECONDS, SHORT_P99_FACTOR = 1.5, 60, 3.0
MIB_MAX = 150  # 28 KiB a connection.
OPEN_SECONDS, CPU_SECONDS = 60, 2
# A head may take 10 s, a body that drips 15 s and a little: net/server.h.
LIMITS_SECONDS = 20.0
# What most systems give a process before it asks for more.
DESCRIPTORS, DESCRIPTORS_OF_CLIENTS = 1024, 8192
FEW = 20


@contextlib.contextmanager
def descriptors(soft):
    """The soft limit that what is started inside begins with."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, before[1]), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


class Crowd:
    """The idle and slow connections, inside its block; `ended` says afterwards what became of them."""

    def __init__(self, weir, folder):
        self.command = [sys.executable, OVERLOAD_TESTS / "slow_clients.py", "--address", weir.http, "--idle", str(IDLE),
                        "--slow", str(SLOW)]
        self.log = folder / "slow_clients.log"

    def __enter__(self):
        with descriptors(DESCRIPTORS_OF_CLIENTS), open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                                            text=True)
        if self.process.stdout.readline() != "open\n":
            self.process.kill()
            raise AssertionError(f"the slow clients could not connect, see {self.log}")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.ended = json.loads(self.process.stdout.read() or "{}")
        self.process.kill()
        self.process.wait()


def run(options, folder, cpus, checks):
    few_connections(options, folder, checks)
    bodies = folder / "bodies"
    bodies.mkdir()
    run_to_end([environment("otlpblast"), "-proto", "file", "-out", bodies, "-items", ITEMS, "-requests", BODIES],
               folder / "otlpblast.log", OPEN_SECONDS)
    with contextlib.ExitStack() as stack:
        with pinned(cpus[0]), descriptors(DESCRIPTORS):
            weir = stack.enter_context(WeirServer(options.binary, folder, "--set", "workers=1"))
        blasts = Blasts(weir, bodies, folder, ITEMS)
        p99_ms(blasts)  # Warm up.
        without, crowded, figures = [], [], []
        for _ in range(PAIRS):
            without.append(p99_ms(blasts))
            before = memory_mib(weir.process.pid)[0]
            with Crowd(weir, folder):
                figures.append((*crowd_figures(weir), memory_mib(weir.process.pid)[0] - before))
                crowded.append(p99_ms(blasts))
            wait_until(lambda: weir.metric("weir_connections_open") < SLOW, OPEN_SECONDS, "connections to be closed")
        with Crowd(weir, folder) as crowd:
            blasts.run(LIMITS_SECONDS, "--rate", RATE)
        judge(options, checks, blasts, without, crowded, figures, crowd.ended)
        weir.stop()


def p99_ms(blasts):
    return blasts.run(PHASE_SECONDS, "--rate", RATE)["p99_ms"]


def crowd_figures(weir):
    """(connections open, cores the server takes for them with nothing else to do)"""
    started, cpu = time.monotonic(), cpu_seconds(weir.process.pid)
    time.sleep(CPU_SECONDS)
    return (weir.metric("weir_connections_open"),
            (cpu_seconds(weir.process.pid) - cpu) / (time.monotonic() - started))


def judge(options, checks, blasts, without, crowded, figures, ended):
    ratio = statistics.median(crowded) / statistics.median(without)
    factor = P99_FACTOR if options.seconds > SHORT_SECONDS else SHORT_P99_FACTOR
    checks += [
        at_least("connections open at once, the soft limit of files being 1024 at the start",
                 min(figure[0] for figure in figures), IDLE + SLOW),
        told("p99 without and with them, ms", f"{milliseconds(without)} and {milliseconds(crowded)}"),
        at_most(f"p99 with {IDLE} idle and {SLOW} slow connections, times without", ratio, factor),
        at_most("memory for them", max(figure[2] for figure in figures), MIB_MAX, " MiB"),
        told("cores for them with nothing else to do", f"{statistics.median(figure[1] for figure in figures):.3f}"),
        Check(f"ended by the server within {LIMITS_SECONDS:.0f} s: kind and answer", "slow heads, slow bodies",
              str(ended), {"slow head: closed", "slow body: 408"} <= ended.keys()),
        none_of("requests of the others that were not acknowledged",
                [report["statuses"] for report in blasts.reports if report["statuses"].keys() != {"200"}]),
    ]


def milliseconds(values):
    return " ".join(f"{value:.0f}" for value in values)


def few_connections(options, folder, checks):
    """What a connection over the limit gets, and that the others stay."""
    with WeirServer(options.binary, folder, "--set", f"limits.connections={FEW}") as weir:
        wait_until(lambda: weir.metric("weir_connections_open") <= 1, OPEN_SECONDS, "the first ones to be closed")
        kept = [http.client.HTTPConnection(weir.http, timeout=20) for _ in range(FEW)]
        statuses = [ask(connection).status for connection in kept]
        over = http.client.HTTPConnection(weir.http, timeout=20)
        answer = ask(over)
        told_so = ", ".join([str(answer.status), *(f"{name} {answer.getheader(name)}"
                                                   for name in ("retry-after", "connection"))])
        statuses += [ask(connection).status for connection in kept]
        checks += [
            Check("a connection over limits.connections gets", "503, retry-after 1, connection close", told_so,
                  told_so == "503, retry-after 1, connection close"),
            none_of("of those within, any that could not go on", [status for status in statuses if status != 200]),
        ]
        kept.pop().close()
        wait_until(lambda: ask(http.client.HTTPConnection(weir.http, timeout=20)).status == 200, OPEN_SECONDS,
                   "a connection in the place of one that ended")
        weir.kill()


def ask(connection):
    connection.request("GET", "/live")
    answer = connection.getresponse()
    answer.read()
    return answer
