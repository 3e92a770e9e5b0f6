# SPDX-License-Identifier: Apache-2.0
"""One run: a fresh server, a warm-up, full load until everything is stored, then half of that load."""

import os
import time

from harness.process import cpu_seconds, peak_memory_mib

WARM_UP_SECONDS = 1.0
WARM_UP_POOL = 8  # Preparing distinct requests takes longer than warming up with them.


def warm_up(server, generator, case):
    """The rows it left, all stored."""
    rows = generator.send(server, case, WARM_UP_SECONDS, pool=WARM_UP_POOL)["acked_items"]
    server.wait_stored(case.table, rows)
    return rows


def measure(server, generator, case, seconds, has_half=True):
    """The figures of one run, by the keys of figures.FIGURES. `server` runs and is fresh."""
    rows = warm_up(server, generator, case)
    full, cpu, stored_seconds = full_load(server, generator, case, seconds, rows)
    figures = figures_of(server, case, full, cpu, stored_seconds)
    if not has_half:
        return figures
    asked_rate = rate_of(full) / 2
    half = half_load(server, generator, case, seconds, asked_rate, rows + full["acked_items"])
    return figures | size_figures(server, case) | {
        "half_p50_ms": half["p50_ms"],
        "half_p99_ms": half["p99_ms"],
        "half_max_ms": half["max_ms"],
        "half_rate_kept": rate_of(half) / asked_rate,
        "failed_requests": full["failed"] + half["failed"],
        "first_error": full["first_error"] or half["first_error"],
    }


def measure_requests(server, generator, case, requests):
    """The same of exactly so many requests, sent once and at full speed to a server that holds nothing else."""
    return figures_of(server, case, *full_load(server, generator, case, 0, 0, requests))


def rate_of(load):
    return load["acked_requests"] / load["seconds"]


def figures_of(server, case, full, cpu, stored_seconds):
    """None is what this run has no value for."""
    half = dict.fromkeys(("half_p50_ms", "half_p99_ms", "half_max_ms", "half_rate_kept"))
    return half | size_figures(server, case) | {
        "items_per_s": full["items_per_s"],
        "mb_per_s": full["mb_per_s"],
        "stored_per_s": None if server.disk_bytes(case.table) is None else full["acked_items"] / stored_seconds,
        "cpu_s_per_million": cpu / full["acked_items"] * 1e6,
        "full_p50_ms": full["p50_ms"],
        "full_p99_ms": full["p99_ms"],
        "full_max_ms": full["max_ms"],
        "ready_ms": server.ready_ms,
        "ready_cpu_ms": server.ready_cpu_ms,
        "failed_requests": full["failed"],
        "server_cores": full["server_cores"],
        "generator_cores": full["generator_cores"],
        "others_cores": full["others_cores"],
        "load_average": os.getloadavg()[0],
        "first_error": full["first_error"],
    }


def size_figures(server, case):
    disk_bytes = server.disk_bytes(case.table)
    return {
        "disk_bytes_per_item": None if disk_bytes is None else disk_bytes / max(server.rows(case.table), 1),
        "peak_memory_mib": peak_memory_mib(server.process.pid),
    }


def full_load(server, generator, case, seconds, rows, requests=0):
    """(report, the server's CPU seconds and the wall seconds until all of it is stored). `rows`: stored before."""
    cpu = cpu_seconds(server.process.pid)
    full = generator.send(server, case, seconds, requests=requests)
    server.wait_stored(case.table, rows + full["acked_items"])
    since_start = time.monotonic() - full["ended"] + full["seconds"]
    return full, cpu_seconds(server.process.pid) - cpu, since_start


def half_load(server, generator, case, seconds, rate, rows):
    half = generator.send(server, case, seconds, rate=rate)
    server.wait_stored(case.table, rows + half["acked_items"])
    return half
