# SPDX-License-Identifier: Apache-2.0
"""Runs the parts one after another and prints one table: what was wanted, what was found.

Examples:
  tests/overload/run                          all parts, short
  tests/overload/run overload --seconds 600   three times the maximum for ten minutes
  tests/overload/run connections journal      two parts
"""

import argparse
import os
import shutil
import signal
import sys
import pathlib
import time

import paths  # noqa: F401  Before what it makes importable.
from harness.environment import OUTPUT, REPOSITORY
from harness.registry import Skip

import connections
import cores
import journal
import overload
from table import Check, print_table

PARTS = {"overload": overload.run, "connections": connections.run, "journal": journal.run}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"which of {', '.join(PARTS)} (all)")
    parser.add_argument("--binary", default=os.environ.get("WEIR_BINARY", str(REPOSITORY / "build" / "weir")),
                        help="the server to test (default: build/weir, or WEIR_BINARY)")
    parser.add_argument("--seconds", type=float, default=20, help="of overload (20)")
    parser.add_argument("--folder", type=pathlib.Path, default=OUTPUT, help="for data and logs (build/tests-output)")
    parser.add_argument("--keep", action="store_true", help="keep the data of parts that passed too")
    options = parser.parse_args()
    unknown = set(options.parts) - PARTS.keys()
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}")
    return options


def run_part(name, options, cpus):
    folder = options.folder / f"overload.{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    started, checks = time.monotonic(), []
    print(f"{name}: logs in {folder}", flush=True)
    try:
        PARTS[name](options, folder, cpus, checks)
    except Skip as skip:
        print(f"SKIP {name}: {skip}")
    except Exception as error:
        checks.append(Check(f"{name} ran to its end", "yes", f"{type(error).__name__}: {error}", False))
    if all(check.is_ok for check in checks) and not options.keep:
        shutil.rmtree(folder / "data", ignore_errors=True)
    print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    return checks


def main():
    options = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # So that what was started is ended on the way out.
    cpus = cores.split()
    os.sched_setaffinity(0, cpus[1])
    checks = [check for name in options.parts or PARTS for check in run_part(name, options, cpus)]
    return 1 if print_table(checks) else 0


if __name__ == "__main__":
    sys.exit(main())
