# SPDX-License-Identifier: Apache-2.0
"""Finds the cases of cases/*.py, runs them, prints a line each and a last line with the sums."""

import argparse
import concurrent.futures
import fnmatch
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import traceback

import harness
from harness.environment import OUTPUT, REPOSITORY
from harness.registry import CASES, Skip, close_shared

# In this order, alone: what is quick and tells most comes first. Some of them look at how long something took.
ALONE = ("model", "protocol", "door", "dead_letters", "trace", "sql", "search", "drain", "hostile", "volume")
# Then these, --jobs modules at a time: they wait for engines that start, the longest first.
TOGETHER = ("compaction", "maintain", "crash", "engines", "rest_catalog", "round_trip", "delta_log", "appends",
            "alter", "planning")
SUMS = re.compile(r"(\d+) passed, (\d+) failed, (\d+) skipped")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, epilog=harness.__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="run only cases that match one of these: 'protocol.*', '*drain*'")
    parser.add_argument("--list", action="store_true", help="print the names of all cases and stop")
    parser.add_argument("--binary", default=os.environ.get("WEIR_BINARY", str(REPOSITORY / "build" / "weir")),
                        help="the server to test (default: build/weir, or WEIR_BINARY)")
    parser.add_argument("--rounds", type=int, default=100, help="how often crash.* kills the server (100)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of everything random; printed")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="modules at a time (2)")
    parser.add_argument("--keep", action="store_true", help="keep data folders of passed cases too")
    return parser.parse_args()


def is_chosen(name, patterns):
    return not patterns or any(fnmatch.fnmatch(name, p) or name.startswith(p + ".") for p in patterns)


def run_case(case, options):
    """Returns 'ok', 'FAIL' or 'SKIP'; whatever is not an AssertionError goes to the log with its traceback."""
    folder = OUTPUT / case.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    started, word, detail = time.monotonic(), "ok", ""
    try:
        case.run(folder, options)
    except Skip as skip:
        word, detail = "SKIP", str(skip)
    except Exception as error:
        word, detail = "FAIL", f"{type(error).__name__}: {error}"
        (folder / "traceback.txt").write_text(traceback.format_exc())
    print(f"{word:4} {case.name}  {time.monotonic() - started:.1f} s", flush=True)
    for line in detail.splitlines():
        print(f"     {line}", flush=True)
    if word != "FAIL" and not options.keep:
        shutil.rmtree(folder / "data", ignore_errors=True)
    return word


def run_module(module, names, options, seed, processes):
    """The chosen cases of a module in a process of their own; returns how many passed, failed, were skipped."""
    command = [sys.executable, __file__, *names, "--jobs", "1", "--binary", options.binary, "--rounds",
               str(options.rounds), "--seed", str(seed), *(["--keep"] if options.keep else [])]
    sums = None
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        processes.append(process)
        for line in process.stdout:
            sums = SUMS.fullmatch(line.strip())
            if not sums and not line.startswith("system tests of"):
                print(line, end="", flush=True)
    if not sums:
        print(f"FAIL {module}: its process ended with {process.returncode}", flush=True)
    return [int(count) for count in sums.groups()] if sums else [0, 1, 0]


def run_together(chosen, options):
    """--jobs modules at a time, each with a seed of its own, so that they don't choose the same ports."""
    names, processes = {}, []
    for case in chosen:
        names.setdefault(case.name.partition(".")[0], []).append(case.name)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = [pool.submit(run_module, module, of_module, options, options.seed + number, processes)
                   for number, (module, of_module) in enumerate(names.items())]
        try:
            return [sum(counts) for counts in zip(*(one.result() for one in running))]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()


def main():
    options = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped on the way out
    for module in ALONE + TOGETHER:
        importlib.import_module(f"cases.{module}")
    chosen = [case for case in CASES if is_chosen(case.name, options.names)]
    if options.list:
        print("\n".join(case.name for case in chosen))
        return 0
    print(f"system tests of {options.binary}, seed {options.seed}, logs in {OUTPUT}", flush=True)
    if not os.access(options.binary, os.X_OK):
        print(f"FAIL there is no {options.binary}: run ./dev build first\n0 passed, 1 failed, 0 skipped")
        return 1
    together = [case for case in chosen if options.jobs > 1 and case.name.partition(".")[0] in TOGETHER]
    try:
        words = [run_case(case, options) for case in chosen if case not in together]
    finally:
        close_shared()
    sums = [words.count("ok"), words.count("FAIL"), words.count("SKIP")]
    if together:
        sums = [one + other for one, other in zip(sums, run_together(together, options))]
    print("{} passed, {} failed, {} skipped".format(*sums), flush=True)
    return 1 if sums[1] else 0


if __name__ == "__main__":
    sys.exit(main())
