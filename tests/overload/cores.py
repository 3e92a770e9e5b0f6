# SPDX-License-Identifier: Apache-2.0
"""The server has one core, whatever sends has the others, so that senders take none of the server's time."""

import importlib.util
import os

from paths import OVERLOAD_TESTS

# By its path: bench and the system tests both call their package `harness`.
_spec = importlib.util.spec_from_file_location("bench_process",
                                               OVERLOAD_TESTS.parent.parent / "bench" / "harness" / "process.py")
_process = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_process)
core_seconds, cpu_seconds, memory_mib, pinned = (
    _process.core_seconds, _process.cpu_seconds, _process.memory_mib, _process.pinned)


def split():
    """(the server's cores, the senders'). The first core takes most machines' interrupts."""
    available = sorted(os.sched_getaffinity(0))
    assert len(available) >= 2, "two cores are needed: one for the server, one for its senders"
    return {available[-1]}, set(available[:-1])
