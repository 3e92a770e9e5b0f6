# SPDX-License-Identifier: Apache-2.0
"""Finds the cases of cases/*.py, runs them one after another, prints a line each and a last line with the sums."""

import argparse
import fnmatch
import importlib
import os
import shutil
import signal
import sys
import time
import traceback

import harness
from harness.environment import OUTPUT, REPOSITORY
from harness.registry import CASES, Skip, close_shared

# In this order: what is quick and tells most comes first, the long crash rounds last.
MODULES = ("model", "protocol", "door", "dead_letters", "delta_log", "compaction", "maintain", "trace", "drain", "hostile",
           "round_trip", "engines", "rest_catalog", "volume", "crash")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, epilog=harness.__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="run only cases that match one of these: 'protocol.*', '*drain*'")
    parser.add_argument("--list", action="store_true", help="print the names of all cases and stop")
    parser.add_argument("--binary", default=os.environ.get("WEIR_BINARY", str(REPOSITORY / "build" / "weir")),
                        help="the server to test (default: build/weir, or WEIR_BINARY)")
    parser.add_argument("--rounds", type=int, default=100, help="how often crash.* kills the server (100)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of everything random; printed")
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


def main():
    options = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped on the way out
    for module in MODULES:
        importlib.import_module(f"cases.{module}")
    chosen = [case for case in CASES if is_chosen(case.name, options.names)]
    if options.list:
        print("\n".join(case.name for case in chosen))
        return 0
    print(f"system tests of {options.binary}, seed {options.seed}, logs in {OUTPUT}", flush=True)
    if not os.access(options.binary, os.X_OK):
        print(f"FAIL there is no {options.binary}: run ./dev build first\n0 passed, 1 failed, 0 skipped")
        return 1
    try:
        words = [run_case(case, options) for case in chosen]
    finally:
        close_shared()
    failed = words.count("FAIL")
    print(f"{words.count('ok')} passed, {failed} failed, {words.count('SKIP')} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
