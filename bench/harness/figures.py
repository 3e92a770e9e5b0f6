# SPDX-License-Identifier: Apache-2.0
"""The figures of a run, and what several runs say together. Pure: values in, values out."""

import math
import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    key: str
    title: str  # {item} stands for span, log record or data point
    digits: int = 0
    has_ratio: bool = True


FIGURES = (
    Figure("items_per_s", "acknowledged {item}s/s"),
    Figure("mb_per_s", "acknowledged MB/s", 1),
    Figure("stored_per_s", "{item}s/s into tables"),
    Figure("cpu_s_per_million", "CPU s a million {item}s", 2),
    Figure("disk_bytes_per_item", "bytes a {item} on disk", 1),
    Figure("full_p50_ms", "ack p50 ms, full load", 1),
    Figure("full_p99_ms", "ack p99 ms, full load", 1),
    Figure("full_max_ms", "ack max ms, full load", 1),
    Figure("half_p50_ms", "ack p50 ms, half load", 1),
    Figure("half_p99_ms", "ack p99 ms, half load", 1),
    Figure("half_max_ms", "ack max ms, half load", 1),
    Figure("half_rate_kept", "half load kept (1 = all)", 2, has_ratio=False),
    Figure("peak_memory_mib", "peak memory MiB"),
    Figure("ready_ms", "ms from exec to ready", 1),
    Figure("ready_cpu_ms", "CPU ms from exec to ready", 1),
    Figure("failed_requests", "failed requests", has_ratio=False),
    Figure("server_cores", "cores the server used", 2, has_ratio=False),
    Figure("generator_cores", "cores the generator used", 2, has_ratio=False),
    Figure("others_cores", "cores others took from it", 2, has_ratio=False),
)


@dataclass(frozen=True)
class Spread:
    median: float
    min: float
    max: float


def spread(values):
    """None where no run has a value."""
    known = [value for value in values if value is not None]
    return Spread(statistics.median(known), min(known), max(known)) if known else None


def percentile(ascending, part):
    """The value that `part` of them do not exceed; None of nothing."""
    return ascending[min(len(ascending) - 1, math.ceil(part * len(ascending)) - 1)] if ascending else None


def ratios(ours, theirs, key):
    """Ours over theirs, pair by pair, in the order of the runs; a pair without both values is left out."""
    pairs = [(our[key], their[key]) for our, their in zip(ours, theirs)]
    return [our / their for our, their in pairs if our is not None and their]


@dataclass(frozen=True)
class Floor:
    key: str
    limit: float
    is_least: bool  # else it is the most
    of: str = "median"  # which value of the spread must keep it

    def is_kept(self, runs):
        value = self.value(runs)
        return value >= self.limit if self.is_least else value <= self.limit

    def value(self, runs):
        return getattr(spread([run[self.key] for run in runs]), self.of)


# What the default case must reach on one core.
FLOORS = (
    Floor("items_per_s", 150_000, is_least=True),
    Floor("half_p99_ms", 50, is_least=False),
    Floor("peak_memory_mib", 512, is_least=False, of="max"),
    Floor("ready_ms", 200, is_least=False),
    Floor("failed_requests", 0, is_least=False, of="max"),
)


def doubts(runs):
    """Sentences on why the figures may not mean what they seem to."""
    def median(key):
        return spread([run[key] for run in runs]).median

    if median("others_cores") > 0.05:
        idle = 1e6 / median("cpu_s_per_million")
        yield (f"others took {median('others_cores'):.2f} of the server's core: absolute figures are too low; "
               f"its CPU time alone allows {idle:,.0f}/s on a core of its own")
    if median("server_cores") + median("others_cores") < 0.8:
        yield f"the server used {median('server_cores'):.2f} cores at full load: it waited, for load or for the disk"
    if spread([run["half_rate_kept"] for run in runs]) and median("half_rate_kept") < 0.95:
        yield f"only {median('half_rate_kept'):.0%} of half load was kept: its latencies are flattering"
    if any(run["failed_requests"] for run in runs):
        first = next(run["first_error"] for run in runs if run["failed_requests"])
        yield f"{sum(run['failed_requests'] for run in runs)} requests failed, the first with: {first}"
