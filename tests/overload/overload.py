# SPDX-License-Identifier: Apache-2.0
"""Three times what the server can take, by senders that honour nothing, beside senders that do."""

import collections
import contextlib
import json
import math
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from cores import memory_mib, pinned
from harness.environment import environment
from harness.process import run_to_end, running
from harness.weir_server import WeirServer
from paths import OVERLOAD_TESTS
from refusals import GrpcRefusals
from senders import Senders, missing_and_doubled
from table import Check, at_least, at_most, none_of, told
from watch import Watch, goodput

ITEMS, BODIES = 500, 32
TIMES, CLIENTS, MAXIMUM_SECONDS = 3.0, 8, 5.0
# A long overload is cut into rounds, so that each is compared with what the machine could do just before and after.
ROUND_SECONDS = 120
# Of what is offered; the rest comes over gRPC.
HTTP_SHARE = 0.8
MEMORY_MIB = 384  # limits.memory_mib's default
BUDGET_FACTOR, RECOVERED_SECONDS = 1.1, 10
GOODPUT_LEAST = 0.9
# In seconds and on a machine with other work, two equal loads differ by more than a tenth.
SHORT_SECONDS, SHORT_GOODPUT_LEAST = 60, 0.6
READ_SECONDS_MAX, OVERTIME_SECONDS, VISIBLE_SECONDS = 5, 60, 120


def make_bodies(folder):
    bodies = folder / "bodies"
    bodies.mkdir()
    run_to_end([environment("otlpblast"), "-proto", "file", "-out", bodies, "-items", ITEMS, "-requests", BODIES],
               folder / "otlpblast.log", OVERTIME_SECONDS)
    return bodies


class Blasts:
    """Runs of blast.py against one server: no two send the same."""

    def __init__(self, weir, bodies, folder, items=ITEMS):
        self.weir, self.bodies, self.items, self.log = weir, bodies, items, folder / "blast.log"
        self.first, self.reports = 0, []

    def start(self, seconds, *flags):
        self.first += 10_000_000
        command = [sys.executable, OVERLOAD_TESTS / "blast.py", "--address", self.weir.http, "--bodies", self.bodies,
                   "--items", self.items, "--seconds", seconds, "--first", self.first, *flags]
        with open(self.log, "ab") as log:
            return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=log, text=True)

    def finish(self, process, seconds):
        try:
            out, _ = process.communicate(timeout=seconds + OVERTIME_SECONDS)
        finally:
            process.kill()
        assert process.returncode == 0, f"blast.py ended with {process.returncode}, see {self.log}"
        self.reports.append(json.loads(out))
        return self.reports[-1]

    def run(self, seconds, *flags):
        return self.finish(self.start(seconds, *flags), seconds)


def grpc_blast(weir, rate, seconds, first, log):
    """otlpblast: all over one connection."""
    return running([environment("otlpblast"), "-proto", "grpc", "-endpoint", weir.grpc, "-items", ITEMS, "-pool", 16,
                    "-clients", 256, "-rate", rate, "-seconds", seconds, "-first", (1 << 40) + first, "-seed", 7], log)


def recovered_seconds(blasts):
    """From now, the end of too much, until requests are taken at the first try again."""
    ended = time.monotonic()
    while time.monotonic() < ended + 4 * RECOVERED_SECONDS:
        report = blasts.run(0.5, "--clients", 1)
        if report["statuses"].keys() == {"200"}:
            return time.monotonic() - ended
    return float("inf")


@dataclass
class Round:
    """One overload, after a measurement of the maximum: goodput of the core's free time and by the clock."""

    maximum: tuple
    overload: tuple
    times: float  # What was offered, of the maximum.
    http: dict
    grpc: dict
    refusals: GrpcRefusals
    recovered_seconds: float


def measure_maximum(blasts, watch, seconds):
    """(goodput of a closed loop of few clients, its requests a second)"""
    started = time.monotonic()
    report = blasts.run(seconds, "--clients", CLIENTS)
    return goodput(watch.between(started, started + seconds)), report["acked"] / report["seconds"]


def overload_once(weir, blasts, watch, seconds, folder):
    maximum, requests_per_s = measure_maximum(blasts, watch, max(MAXIMUM_SECONDS, seconds / 8))
    rate, started, log = TIMES * requests_per_s, time.monotonic(), folder / "otlpblast-grpc.log"
    with (grpc_blast(weir, rate * (1 - HTTP_SHARE), seconds, blasts.first, log) as process,
          GrpcRefusals(weir.grpc, folder / "bodies", blasts.first) as refusals):
        http = blasts.run(seconds, "--rate", rate * HTTP_SHARE)
        found = goodput(watch.between(started, started + seconds))
        refusals.stop()
        process.wait(OVERTIME_SECONDS)
    grpc = json.loads(log.read_text().splitlines()[-1])
    offered = http["offered_per_s"] + (grpc["acked_requests"] + grpc["failed"]) / grpc["seconds"]
    return Round(maximum, found, offered / requests_per_s, http, grpc, refusals, recovered_seconds(blasts))


def run(options, folder, cpus, checks):
    count = math.ceil(options.seconds / ROUND_SECONDS)
    with contextlib.ExitStack() as stack:
        with pinned(cpus[0]):
            weir = stack.enter_context(WeirServer(options.binary, folder, "--set", "workers=1"))
        idle_mib = memory_mib(weir.process.pid)[0]
        blasts = Blasts(weir, make_bodies(folder), folder)
        with Watch(weir, cpus[0]) as watch:
            blasts.run(2)  # Warm up: buffers grow, tables come to be.
            with Senders(weir, folder) as senders:
                rounds = [overload_once(weir, blasts, watch, options.seconds / count, folder) for _ in range(count)]
                said = senders.finish()
            maxima = [one.maximum for one in rounds] + [measure_maximum(blasts, watch, MAXIMUM_SECONDS)[0]]
        judge_load(checks, rounds, maxima, options)
        judge_answers(checks, watch, rounds, options)
        judge_memory(checks, watch, idle_mib)
        judge_senders(checks, weir, said, folder)
        judge_rows(checks, weir, blasts, rounds, said)
        weir.stop()


def judge_load(checks, rounds, maxima, options):
    least = GOODPUT_LEAST if options.seconds > SHORT_SECONDS else SHORT_GOODPUT_LEAST
    ratios, by_clock = ([2 * one.overload[kind] / (before[kind] + after[kind])
                         for one, before, after in zip(rounds, maxima, maxima[1:])] for kind in (0, 1))
    checks += [
        told("maximum between, rows/s of the core's free time", ", ".join(f"{maximum[0]:,.0f}" for maximum in maxima)),
        at_least("offered, times the maximum", min(one.times for one in rounds), TIMES * 0.9),
        at_least("goodput of the core's free time, of the maximum before and after", statistics.median(ratios), least),
        told("… in each round, and by the clock",
             f"{' '.join(f'{ratio:.2f}' for ratio in ratios)}; {' '.join(f'{ratio:.2f}' for ratio in by_clock)}"),
    ]


def judge_answers(checks, watch, rounds, options):
    judged = sum(len(one.refusals.refused) for one in rounds)
    statuses = sum((collections.Counter(one.http["statuses"]) for one in rounds), collections.Counter())
    checks += [
        told("HTTP answers, by status", str(dict(statuses))),
        none_of("HTTP refusals without Retry-After, or not 429 or 503",
                [bad for one in rounds for bad in one.http["unfit"]]),
        # In seconds, other programs may end and leave the server more than three times what it had.
        at_least("gRPC refusals judged", judged, 1 if options.seconds > SHORT_SECONDS else 0),
        none_of("gRPC refusals without RetryInfo, or not retryable",
                [bad for one in rounds for bad in one.refusals.unfit]),
        none_of("connections that broke", [one.http["broken"] for one in rounds if one.http.get("broken")]),
        told("HTTP p50 and p99 of what was taken, ms",
             ", ".join(f"{one.http['p50_ms']:,.0f} and {one.http['p99_ms']:,.0f}" for one in rounds)),
        at_most("slowest read: /ready, tables of the REST catalog", max(watch.reads), READ_SECONDS_MAX, " s"),
        none_of("reads that failed", watch.unread),
        at_most("taken at the first try again, after the end", max(one.recovered_seconds for one in rounds),
                RECOVERED_SECONDS, " s"),
    ]


def judge_memory(checks, watch, idle_mib):
    budget = MEMORY_MIB + idle_mib
    checks.append(at_most(f"peak memory; the budget: limits.memory_mib + {idle_mib:.0f} MiB when idle, + 10 %",
                          max(sample.peak_mib for sample in watch.samples), budget * BUDGET_FACTOR, " MiB"))


def judge_senders(checks, weir, said, folder):
    sent = sum(sender["sent"] for sender in said.values())
    missing, doubled = missing_and_doubled(weir, said, folder)
    checks += [
        none_of("exports that an SDK gave up", [name for name, sender in said.items() if sender["given_up"]]),
        told("tries an export took: {tries: exports}", str({name: sender["tries"] for name, sender in said.items()})),
        none_of(f"missing of {sent:,} spans of SDKs and Collectors", missing),
        none_of("of them there twice, in either format", doubled),
    ]


def judge_rows(checks, weir, blasts, rounds, said):
    """What a client was told is in the table is there; more is what was sent again, or never answered."""
    acked = (sum(report["acked_rows"] for report in blasts.reports) + sum(sender["sent"] for sender in said.values()) +
             sum(one.grpc["acked_items"] + one.refusals.acked * (ITEMS + 1) for one in rounds))
    rows = weir.wait_rows_settle("otel_spans", seconds=VISIBLE_SECONDS)
    counted = int(weir.metric("otelcol_receiver_accepted_spans"))
    checks.append(Check("rows in the table", f"{acked:,} … {counted:,}", f"{rows:,}", acked <= rows <= counted))
