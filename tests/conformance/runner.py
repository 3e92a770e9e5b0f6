# SPDX-License-Identifier: Apache-2.0
"""Checks a server against the OTLP specification: every MUST and SHOULD that concerns one.

  tests/conformance/run [--binary build/weir] [--only TEXT]

A table of requirements with a result for each protocol, then what failed and why; the last line is
`N checks, M runs, F failed`. Exit code 1 when something failed, 3 when the readers cannot be had here.
"""

import argparse
import importlib
import os
import pathlib
import signal
import sys
import textwrap

HERE = pathlib.Path(__file__).resolve().parent
# The clients and formats of the hostile suite, the server, reference model and readers of the system tests.
sys.path[1:1] = [str(HERE.parent / "hostile"), str(HERE.parent / "system")]

from check import CHECKS, Protocol  # noqa: E402
from harness.environment import OUTPUT, REPOSITORY, SKIP_EXIT_CODE, environment  # noqa: E402
from harness.registry import Skip  # noqa: E402
from scene import Run, Scene  # noqa: E402

MODULES = ("compression", "requests", "responses", "failures", "throttling", "limits", "http", "grpc", "protobuf",
           "json", "json_numbers", "data", "metrics")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.environ.get("WEIR_BINARY", str(REPOSITORY / "build" / "weir")),
                        help="the server to check (default: build/weir, or WEIR_BINARY)")
    parser.add_argument("--only", default="", help="run the checks whose id or requirement has this text")
    return parser.parse_args()


def run_all(checks, scene):
    runs = {}
    _ = scene.main  # Without it nothing can be said.
    for check in checks:
        for protocol in check.protocols:
            run = runs[check.id, protocol] = Run(scene, check, protocol)
            run.act()
    scene.judge_stored()
    return runs


def print_table(checks, runs):
    """A requirement a line, as wide as it is: one line a check is what is searched and compared."""
    rows = [("id", "section", "level", "requirement", *(protocol.value for protocol in Protocol))]
    for check in checks:
        results = (runs.get((check.id, protocol)) for protocol in Protocol)
        words = ("-" if run is None else "FAIL" if run.failures else "ok" for run in results)
        rows.append((check.id, check.section, check.level, check.requirement, *words))
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def print_failures(runs):
    for run in runs.values():
        for failure in run.failures:
            # A record's mark starts with the check's id as well.
            text = textwrap.shorten(failure.removeprefix(run.check.id + " "), 400)
            print(f"FAIL {run.check.id} {text}")


def main():
    options = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # So that servers are stopped on the way out.
    for module in MODULES:
        importlib.import_module(f"checks_{module}")
    checks = [check for check in CHECKS if options.only in check.id or options.only in check.requirement]
    try:
        environment("engines")
    except Skip as why:
        print(why, file=sys.stderr)
        return SKIP_EXIT_CODE
    scene = Scene(options.binary, OUTPUT / "conformance")
    try:
        runs = run_all(checks, scene)
    finally:
        scene.close()
    print_table(checks, runs)
    print()
    print_failures(runs)
    failed = sum(bool(run.failures) for run in runs.values())
    print(f"{len(checks)} checks, {len(runs)} runs, {failed} failed")
    return 1 if failed or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
