# SPDX-License-Identifier: Apache-2.0
"""One run: a fresh server, a warm-up, full load until everything is stored, then half of that load."""

import os
import time

from harness.process import cpu_seconds, peak_memory_mib

WARM_UP_SECONDS = 1.0


def measure(server, generator, case, seconds):
    """The figures of one run, by the keys of figures.FIGURES. `server` runs and is fresh."""
    rows = generator.send(server, case, WARM_UP_SECONDS)["acked_items"]
    server.wait_stored(case.table, rows)

    full, cpu, stored_seconds = full_load(server, generator, case, seconds, rows)
    rows += full["acked_items"]
    asked_rate = full["acked_requests"] / full["seconds"] / 2
    half = generator.send(server, case, seconds, rate=asked_rate)
    rows += half["acked_items"]
    server.wait_stored(case.table, rows)

    disk_bytes = server.disk_bytes(case.table)
    return {
        "items_per_s": full["items_per_s"],
        "mb_per_s": full["mb_per_s"],
        "stored_per_s": None if disk_bytes is None else full["acked_items"] / stored_seconds,
        "cpu_s_per_million": cpu / full["acked_items"] * 1e6,
        "disk_bytes_per_item": None if disk_bytes is None else disk_bytes / max(server.rows(case.table), 1),
        "full_p50_ms": full["p50_ms"],
        "full_p99_ms": full["p99_ms"],
        "full_max_ms": full["max_ms"],
        "half_p50_ms": half["p50_ms"],
        "half_p99_ms": half["p99_ms"],
        "half_max_ms": half["max_ms"],
        "half_rate_kept": half["acked_requests"] / half["seconds"] / asked_rate,
        "peak_memory_mib": peak_memory_mib(server.process.pid),
        "ready_ms": server.ready_ms,
        "ready_cpu_ms": server.ready_cpu_ms,
        "failed_requests": full["failed"] + half["failed"],
        "server_cores": full["server_cores"],
        "generator_cores": full["generator_cores"],
        "others_cores": full["others_cores"],
        "load_average": os.getloadavg()[0],
        "first_error": full["first_error"] or half["first_error"],
    }


def full_load(server, generator, case, seconds, rows):
    """(report, the server's CPU seconds and the wall seconds until all of it is stored). `rows`: stored before."""
    cpu = cpu_seconds(server.process.pid)
    full = generator.send(server, case, seconds)
    server.wait_stored(case.table, rows + full["acked_items"])
    since_start = time.monotonic() - full["ended"] + full["seconds"]
    return full, cpu_seconds(server.process.pid) - cpu, since_start
