# SPDX-License-Identifier: Apache-2.0
"""Every fault point is named once, and an ordinary run passes it."""

import time

from mix import Mix
from oracle import check
from points import POINTS, assert_names_are_sound
from server import Client, Server

PASS_SECONDS = 20


def check_points(bench):
    """(passed, failed) of two checks."""
    problems = []
    for claim in (assert_names_are_sound, lambda: _assert_all_are_passed(bench)):
        try:
            claim()
        except AssertionError as problem:
            problems.append(problem)
            print(f"FAIL {problem}")
    print(f"{len(POINTS)} points, each named once and passed by an ordinary run" if not problems else "")
    return 2 - len(problems), len(problems)


def _assert_all_are_passed(bench):
    """Two starts: the second recovers what the first left."""
    bench.begin(is_empty=False)
    listed = bench.folder / "passed.txt"
    listed.unlink(missing_ok=True)
    environment = {"WEIR_FAULT_LIST": str(listed), "WEIR_FAULT_SEGMENT_BYTES": "16384"}
    requests, mix = [], Mix("points", is_plain=True)
    for way_to_end in (Server.kill, Server.stop):
        with Server(bench.binary, bench.data, bench.log, ("--set", "commit.interval_ms=50"), environment) as server:
            server.must_start()
            _send_until_passed(server, mix, requests, listed)
            way_to_end(server)
    missing = set(POINTS) - _passed(listed)
    assert not missing, f"never passed: {sorted(missing)}"
    problems = check(bench.lake, bench.data, requests).problems
    assert not problems, "; ".join(problems)


def _send_until_passed(server, mix, requests, listed):
    client = Client(server.http, 2)
    deadline = time.monotonic() + PASS_SECONDS
    wanted = {name for name in POINTS if not name.startswith(("journal.replay", "journal.remove"))}
    while time.monotonic() < deadline and not wanted <= _passed(listed):
        wave = [mix.next(), mix.next()]
        requests += wave
        client.wave(wave)
        time.sleep(0.02)
    client.close()


def _passed(listed):
    return set(listed.read_text().split()) if listed.exists() else set()
