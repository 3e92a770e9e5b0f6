# SPDX-License-Identifier: Apache-2.0
"""Memory over a long full load: does it stop growing, and below the limit?"""

import threading
import time
from dataclasses import dataclass

from harness.measure import warm_up
from harness.process import memory_mib

SETTLE_SECONDS = 60  # Buffers grow to their limits, pools fill.
GROWTH_MAX = 0.05
LIMIT_MIB = 512
SAMPLE_SECONDS = 1.0


@dataclass(frozen=True)
class Sample:
    seconds: float  # Since the load began.
    rss_mib: float
    peak_mib: float  # VmHWM


def watch(server, generator, case, seconds):
    """The load's report and a Sample a second, until all is stored."""
    rows = warm_up(server, generator, case)
    with Sampler(server.process.pid) as sampler:
        full = generator.send(server, case, seconds)
        server.wait_stored(case.table, rows + full["acked_items"])
    return full, sampler.samples


class Sampler:
    """Samples inside its block, on a thread of its own; an error of the thread is raised at the end."""

    def __init__(self, pid):
        self.pid, self.samples, self._error, self._ended = pid, [], None, threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._started = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self._ended.set()
        self._thread.join()
        if self._error is not None and kind is None:
            raise self._error

    def _run(self):
        try:
            while not self._ended.wait(SAMPLE_SECONDS):
                rss, peak = memory_mib(self.pid)
                self.samples.append(Sample(time.monotonic() - self._started, rss, peak))
        except Exception as error:
            self._error = error


def summary(samples, load_seconds):
    """What the samples say; None is what the load was too short, or too short-lived, to say."""
    settled = [sample for sample in samples if SETTLE_SECONDS <= sample.seconds <= load_seconds]
    first, second = (max((sample.rss_mib for sample in half), default=None) for half in halved(settled))
    peak = max((sample.peak_mib for sample in samples), default=None)
    growth = second / first - 1 if first and second else None
    a_second = slope(settled)
    return {
        "load_seconds": load_seconds,
        "peak_mib": peak,
        "first_half_max_mib": first,
        "second_half_max_mib": second,
        "growth": growth,
        "mib_a_minute": None if a_second is None else a_second * 60,
        "is_flat": None if growth is None else growth <= GROWTH_MAX,
        "is_small": None if peak is None else peak <= LIMIT_MIB,
    }


def halved(samples):
    """Before and after the middle of their time; both empty where there are too few."""
    if len(samples) < 10:
        return [], []
    middle = (samples[0].seconds + samples[-1].seconds) / 2
    return [s for s in samples if s.seconds <= middle], [s for s in samples if s.seconds > middle]


def slope(samples):
    """MiB a second of the straight line through the resident sizes, by least squares; None for too few."""
    if len(samples) < 10:
        return None
    mean_x = sum(sample.seconds for sample in samples) / len(samples)
    mean_y = sum(sample.rss_mib for sample in samples) / len(samples)
    spread = sum((sample.seconds - mean_x) ** 2 for sample in samples)
    return sum((sample.seconds - mean_x) * (sample.rss_mib - mean_y) for sample in samples) / spread


def lines(found):
    def mib(key):
        return "-" if found[key] is None else f"{found[key]:,.0f} MiB"

    yield f"memory over {found['load_seconds']:.0f} s of full load"
    yield f"  peak (VmHWM)                        {mib('peak_mib')}: {said(found['is_small'], f'≤ {LIMIT_MIB} MiB')}"
    if found["growth"] is None:
        yield f"  too short to judge growth: what comes after the first {SETTLE_SECONDS} s counts"
        return
    yield f"  resident, maximum of first half     {mib('first_half_max_mib')}, after the first {SETTLE_SECONDS} s"
    yield (f"  resident, maximum of second half    {mib('second_half_max_mib')}, {found['growth']:+.1%}: "
           f"{said(found['is_flat'], f'flat, ≤ {GROWTH_MAX:.0%}')}")
    yield f"  slope                               {found['mib_a_minute']:+.2f} MiB a minute"


def said(is_kept, what):
    return f"ok ({what})" if is_kept else f"MISSED ({what})"
