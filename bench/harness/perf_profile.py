# SPDX-License-Identifier: Apache-2.0
"""Where the server's time goes at full load: Linux perf beside one more run, outside the measured ones."""

import shutil
import signal
import subprocess

from harness.measure import WARM_UP_SECONDS, full_load
from harness.process import Failure, start

SAMPLES_PER_SECOND = 499  # Not a divisor of any timer in the server.
STACK_BYTES = 16384  # Copied with each sample, since libraries come without frame pointers.
REPORT_SECONDS_MAX = 300
LISTS = {  # name: (title, perf report's flags, lines to print)
    "libraries": ("CPU time by library", ("--no-children", "--sort", "dso"), 12),
    "self": ("by function, itself", ("--no-children", "--sort", "symbol"), 40),
    "with-callees": ("by function, with what it calls", ("--children", "--sort", "symbol"), 70),
}


def profile(server, generator, case, seconds, folder):
    """Prints the busiest functions; the whole list stays in `folder`."""
    if shutil.which("perf") is None:
        raise Failure("--profile needs Linux perf (Debian: linux-perf)")
    rows = generator.send(server, case, WARM_UP_SECONDS)["acked_items"]
    server.wait_stored(case.table, rows)
    data = folder / "perf.data"
    command = ["perf", "record", "-q", "-e", "cpu-clock", "-F", SAMPLES_PER_SECOND, "--call-graph",
               f"dwarf,{STACK_BYTES}", "-o", data, "-p", server.process.pid]
    perf = start(command, generator.cpus, folder / "perf.log")
    try:
        full_load(server, generator, case, seconds, rows)
        perf.send_signal(signal.SIGINT)  # Writes its file out, then ends.
        perf.wait(REPORT_SECONDS_MAX)
    finally:
        if perf.poll() is None:
            perf.kill()
        perf.wait()
    for name, (title, flags, count) in LISTS.items():
        lines = report(data, flags)
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")
        print(f"\n{title}\n  " + "\n  ".join(line[:120].rstrip() for line in lines[:count]))


def report(data, flags):
    # Resolving inlined functions takes minutes and splits what belongs together.
    command = ["perf", "report", "-i", str(data), "--stdio", "--no-inline", "-g", "none", *flags]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=REPORT_SECONDS_MAX)
    if done.returncode != 0:
        raise Failure(f"perf report failed: {done.stderr.strip()[-500:]}")
    return [line.rstrip() for line in done.stdout.splitlines() if line.strip() and not line.startswith("#")]
