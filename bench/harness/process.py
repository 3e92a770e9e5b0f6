# SPDX-License-Identifier: Apache-2.0
"""Child processes on cores of their own, and what /proc knows of them."""

import contextlib
import glob
import os
import subprocess
import time

STOP_SECONDS_MAX = 60
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Failure(Exception):
    """A run that gave no figures; the message says what was waited for and where to look."""


def wait_until(condition, seconds_max, what, interval=0.02):
    """Polls until `condition()` gives something true and returns that."""
    deadline = time.monotonic() + seconds_max
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise Failure(f"waited {seconds_max} s for {what}")
        time.sleep(interval)


@contextlib.contextmanager
def pinned(cpus):
    """What is started inside runs on these cores only: a child inherits its parent's."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def start(command, cpus, log_path):
    with open(log_path, "ab") as log, pinned(cpus):
        return subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log,
                                stderr=subprocess.STDOUT)


def stop(process):
    """Asks it to end, then kills it; never leaves it behind."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def check_alive(process, log_path):
    if process.poll() is not None:
        raise Failure(f"the process ended with {process.returncode}:\n{tail(log_path)}")


def tail(log_path, lines=8):
    with open(log_path, errors="replace") as log:
        return "\n".join(log.read().strip().splitlines()[-lines:])


def cpu_seconds(pid):
    """User and system time of all threads, those that have ended included; in steps of 10 ms."""
    with open(f"/proc/{pid}/stat") as stat:
        return cpu_seconds_of(stat.read())


def cpu_seconds_of(stat):
    # The program's name is in parentheses and may hold anything; the state is the first field after it.
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def thread_cpu_seconds(pid):
    """Of the threads that live now, to the nanosecond: for what is too short for cpu_seconds()."""
    nanoseconds = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        with open(path) as schedstat:
            nanoseconds += int(schedstat.read().split()[0])
    return nanoseconds / 1e9


def peak_memory_mib(pid):
    return memory_mib(pid)[1]


def memory_mib(pid):
    """(resident now, resident at most so far)"""
    with open(f"/proc/{pid}/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    if "VmHWM" not in fields:
        raise Failure(f"/proc/{pid}/status has no VmHWM: the process has ended")
    return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))


def core_seconds(cpus):
    """What programs, and the host's other guests, have used of these cores so far."""
    with open("/proc/stat") as stat:
        return core_seconds_of(stat.read(), cpus)


def core_seconds_of(stat, cpus):
    names, ticks = {f"cpu{cpu}" for cpu in cpus}, 0
    for line in stat.splitlines():
        name, *fields = line.split()
        if name in names:
            user, nice, system, _, _, _, _, steal = (int(field) for field in fields[:8])
            ticks += user + nice + system + steal
    return ticks / TICKS_PER_SECOND
