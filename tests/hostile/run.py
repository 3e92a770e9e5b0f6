#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends hostile requests to a running server and compares what comes back with what must.

  tests/hostile/run.py --http 127.0.0.1:4318 --grpc 127.0.0.1:4317 [--only TEXT] [--verbose]

One line a failure, `N passed, N failed` at the end; exit code 1 when something failed.
"""

import argparse
import itertools
import sys

import cases_bodies
import cases_grpc
import cases_http1
import cases_records
import otlp
from case import Case, Targets, export, grpc, plain
from http2 import grpc_message

GROUPS = {"records": cases_records, "bodies": cases_bodies, "http1": cases_http1, "grpc": cases_grpc}


def still_serving(group):
    """After each group the server is ready and takes good requests."""
    yield plain(f"after {group}: /ready", "GET", "/ready", status=200)
    yield export(f"after {group}: good request", "traces", otlp.good("traces"), status=200, rejected=0)
    yield grpc(f"after {group}: good call", "traces", grpc_message(otlp.good("traces")), code=0, rejected=0)


def outcome(case: Case, targets):
    try:
        return case.act(targets)
    except (OSError, ValueError, IndexError, KeyError) as error:
        return f"{type(error).__name__}: {error}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--http", required=True, metavar="HOST:PORT")
    parser.add_argument("--grpc", required=True, metavar="HOST:PORT")
    parser.add_argument("--only", default="", help="run the cases whose name has this text")
    parser.add_argument("--group", choices=GROUPS, action="append", help="run these groups (default: all)")
    parser.add_argument("--verbose", action="store_true", help="print passed cases as well")
    options = parser.parse_args()
    targets = Targets(options.http, options.grpc)
    passed = failed = 0
    for group in options.group or GROUPS:
        chosen = (case for case in GROUPS[group].cases() if options.only in case.name)
        for case in itertools.chain(chosen, still_serving(group)):
            wrong = outcome(case, targets)
            passed, failed = passed + (wrong is None), failed + (wrong is not None)
            if wrong is not None or options.verbose:
                print(f"{'FAIL' if wrong else 'ok'} {case.name}{': ' + wrong if wrong else ''}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
