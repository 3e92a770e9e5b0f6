# SPDX-License-Identifier: Apache-2.0
"""One core against several.

The generator needs time too. With cores to spare it gets its own. On a machine with no more cores than the server is to
have, it shares the server's, in every run alike, so that what sharing costs (switches, caches) is on both sides of the
ratio. Its own time, and that of other programs, is then taken off:

    rows/s on all cores = rows x cores / (seconds x cores - generator's CPU seconds - others' CPU seconds)

Rows are those that came into the table between the first and the last commit seen during the load: a short load's
acknowledgements run ahead of the work they cause. What the server was given and left idle stays in the divisor: a server
that cannot use its cores scales badly by this figure, as it should. CPU seconds a million say the other half: whether
sharing the work between threads makes more of it.
"""

import time
from dataclasses import dataclass

from harness.figures import spread
from harness.measure import warm_up
from harness.process import Failure, check_alive, core_seconds, cpu_seconds, start, stop, tail

# As many connections as spread evenly over the threads that accept them.
CLIENTS_A_CORE = 16
# The rows are asked for this often, which takes the server some of its time.
POLL_SECONDS = 0.05
OVERTIME_SECONDS_MAX = 90
OTHERS_SHARE_MAX = 0.05


@dataclass(frozen=True)
class Reading:
    """All clocks at one moment, in seconds, and the rows that were in the table."""

    wall: float
    rows: int
    server: float
    generator: float
    core: float  # The server's cores, by anybody.


def layout(counts, available):
    """[(count, the server's cores, the generator's)], the same way for all counts."""
    order = sorted(available)
    is_shared = max(counts) >= len(order)
    for count in counts:
        # The first core takes most machines' interrupts.
        server = set(order[-count:])
        yield count, server, server if is_shared else set(order) - set(order[-max(counts):])


def settings(count):
    return [f"workers={count}"]


def measure_on(server, generator, case, seconds):
    """What the server did between two commits of one full load."""
    warm_up(server, generator, case)
    log = server.folder / "load.log"
    load = start(generator.command(server, case, seconds), generator.cpus, log)
    try:
        readings = watch_commits(server, load, case, seconds + OVERTIME_SECONDS_MAX)
    finally:
        stop(load)
    if load.returncode != 0 or len(readings) < 2:
        raise Failure(f"{len(readings)} commits were seen in {seconds} s of load, two are needed: give more --seconds, or see "
                      f"{tail(log)}")
    return whole(readings[0], readings[-1], len(server.cpus), is_shared=server.cpus == generator.cpus)


def watch_commits(server, load, case, seconds_max):
    """A reading after each commit while the load runs, without the first: it began before the load did."""
    readings, before, deadline = [], server.rows(case.table), time.monotonic() + seconds_max
    while load.poll() is None:
        if time.monotonic() > deadline:
            raise Failure(f"the generator still ran after {seconds_max} s")
        check_alive(server.process, server.log_path)
        rows = server.rows(case.table)
        if rows != before:
            readings.append(Reading(time.monotonic(), rows, cpu_seconds(server.process.pid), cpu_seconds(load.pid),
                                    core_seconds(server.cpus)))
            before = rows
        time.sleep(POLL_SECONDS)
    return readings


def whole(first, last, count, is_shared):
    """What the server would reach with all `count` cores for itself."""
    seconds, rows = last.wall - first.wall, last.rows - first.rows
    server, busy = last.server - first.server, last.core - first.core
    generator = last.generator - first.generator if is_shared else 0.0
    others = max(0.0, busy - server - generator)
    left = seconds * count - generator - others
    return {
        "rows_per_s": rows / seconds,
        "whole_per_s": rows * count / left,
        "cpu_s_per_million": server / rows * 1e6,
        "server_cores": server / seconds,
        "generator_cores": generator / seconds,
        "others_cores": others / seconds,
        "idle_cores": max(0.0, left - server) / seconds,
        "is_shared": is_shared,
    }


KEYS = ("rows_per_s", "whole_per_s", "cpu_s_per_million", "server_cores", "generator_cores", "others_cores", "idle_cores")


def summary(runs_of):
    """`runs_of`: {count: runs}. The first count is what the others are compared with, run by run."""
    base = next(iter(runs_of.values()))
    found = {}
    for count, runs in runs_of.items():
        found[count] = {key: spread([run[key] for run in runs]).median for key in KEYS} | {
            "speed_up": spread([ours["whole_per_s"] / theirs["whole_per_s"] for ours, theirs in zip(runs, base)]),
            "is_shared": runs[0]["is_shared"], "runs": runs}
    return found


def rows(found):
    yield ["cores", "rows/s", "server used", "generator", "others", "idle", "rows/s on all of them", "times",
           "CPU s a million"]
    for count, row in found.items():
        times = row["speed_up"]
        yield [str(count), f"{row['rows_per_s']:,.0f}", *(f"{row[f'{who}_cores']:.2f}" for who in
                                                          ("server", "generator", "others", "idle")),
               f"{row['whole_per_s']:,.0f}", f"{times.median:.2f} [{times.min:.2f} … {times.max:.2f}]",
               f"{row['cpu_s_per_million']:.2f}"]


def doubts(found):
    for count, row in found.items():
        if row["others_cores"] > OTHERS_SHARE_MAX * count:
            yield f"others took {row['others_cores']:.2f} of {count} cores: the more they take, the less the figures mean"
