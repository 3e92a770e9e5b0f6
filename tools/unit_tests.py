#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every GoogleTest program of a build folder and adds one line for each to a table of suites.

usage: unit_tests.py BUILD_FOLDER SUITES_FILE [PREFIX]
A line of SUITES_FILE: name, passed, failed, skipped, seconds, separated by tabs. Exit code 1 when something failed.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

PROGRAM_SECONDS_MAX = 300


def programs(build):
    """Asked of ctest, so that a program left over from a deleted room does not run."""
    answer = subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, check=True, stdout=subprocess.PIPE)
    return [(test["name"], test["command"]) for test in json.loads(answer.stdout)["tests"] if "command" in test]


def counts(report, exit_code):
    """(passed, failed, skipped) of a GoogleTest report; a program that died without one is one failure."""
    if not report.exists():
        return 0, 1, 0
    tests = [test for suite in json.loads(report.read_text())["testsuites"] for test in suite["testsuite"]]
    failed = sum("failures" in test for test in tests)
    skipped = sum(test.get("result") == "SKIPPED" or test["status"] == "NOTRUN" for test in tests)
    passed = len(tests) - failed - skipped
    return passed, failed if failed or exit_code == 0 else 1, skipped


def run(name, command):
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        try:
            done = subprocess.run([*command, f"--gtest_output=json:{report}", "--gtest_brief=1"], cwd=folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PROGRAM_SECONDS_MAX)
            output, exit_code = done.stdout, done.returncode
        except subprocess.TimeoutExpired as late:
            output, exit_code = (late.stdout or b"") + b"\nstopped: took too long", -1
        result = counts(report, exit_code)
    if result[1]:
        print(f"--- {name} failed (exit code {exit_code}); again with: {' '.join(command)}", file=sys.stderr)
        print(output.decode(errors="replace")[-6000:], file=sys.stderr)
    return (*result, round(time.monotonic() - started, 1))


def main(build, suites, prefix="unit"):
    any_failed = False
    with open(suites, "a", encoding="utf-8") as table:
        for name, command in programs(build):
            passed, failed, skipped, seconds = run(name, command)
            any_failed |= failed > 0
            print(f"{prefix} {name}", passed, failed, skipped, seconds, sep="\t", file=table, flush=True)
    return 1 if any_failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
