# SPDX-License-Identifier: Apache-2.0
"""The check is checked: each fault that is planted into sound tables must be found, by the words meant for it."""

import copy
import shutil

from expect import SIGNALS
from harness.process import wait_until
from mix import Mix
from oracle import check
from server import Client, Server

WAVES_A_HALF = 7
REASONS = ("invalid_record", "invalid_request")
# What the tables hold is sound; what the client was told is another story.
TOLD = {
    "rows_of_a_refused_request_are_there": ("refused", "rows of it are there"),
    "rows_of_a_request_never_sent_are_there": ("unsent", "rows of it are there"),
}


def find_every_fault(options, lake):
    """(passed, failed) over the faults."""
    from matrix import Bench

    bench = Bench(options.release, options.folder / "planted", lake)
    sound, requests = bench.folder / "sound", _make_sound_tables(bench)
    shutil.rmtree(sound, ignore_errors=True)
    shutil.copytree(bench.data, sound)
    first = check(lake, bench.data, requests)
    assert not first.problems, f"the tables are not sound to begin with: {first.problems}"
    faults = lake.ask({"faults": True})
    found = [_is_found(bench, sound, requests, name, words) for name, words in faults.items()]
    found += [_is_told(lake, bench, sound, requests, name) for name in TOLD]
    found.append(_half_a_request_is_found(bench, sound, requests))
    print(f"{sum(found)} of {len(found)} planted faults were found")
    return sum(found), len(found) - sum(found)


def _make_sound_tables(bench):
    bench.begin(is_empty=False)
    requests, mixes = [], [Mix(f"sound {name}", (name,), 1000 * i, is_plain=True) for i, name in enumerate(SIGNALS, 1)]
    with Server(bench.binary, bench.data, bench.log, ("--set", "commit.interval_ms=500")) as server:
        server.must_start()
        client = Client(server.http, 1)
        for number in range(2):
            for request in [*(mix.next() for mix in mixes * WAVES_A_HALF), *_refused(number)]:
                requests.append(request)
                client.wave([request])
            # So that there is an older snapshot to go back to.
            wait_until(lambda: server.get_json("/api/v1/status")["figures"]["buffered_bytes"] == 0, 20, "the commit")
        client.close()
        server.stop()
    return requests


def _refused(number):
    """A request of each kind that leaves a dead letter."""
    mix = Mix(f"refused {number}", ("traces",), 10_000 * (number + 1))
    of_reason = {}
    while len(of_reason) < len(REASONS):
        request = mix.next()
        if request.letter:
            of_reason.setdefault(request.letter, request)
    return of_reason.values()


def _restore(bench, sound):
    shutil.rmtree(bench.data, ignore_errors=True)
    shutil.copytree(sound, bench.data)


def _is_found(bench, sound, requests, name, words):
    _restore(bench, sound)
    failure = bench.lake.ask({"plant": name, "data": str(bench.data)})
    return _verdict(name, words, check(bench.lake, bench.data, requests).problems, failure)


def _is_told(lake, bench, sound, requests, name):
    _restore(bench, sound)
    told = copy.deepcopy(requests)
    told[0].outcome, words = TOLD[name]
    return _verdict(name, words, check(lake, bench.data, told).problems)


def _half_a_request_is_found(bench, sound, requests):
    """Of a request that nobody answered, a row is missing."""
    _restore(bench, sound)
    failure = bench.lake.ask({"plant": "a_row_is_missing", "data": str(bench.data)})
    unanswered = copy.deepcopy(requests)
    for request in unanswered:
        request.outcome = "unknown"
    problems = check(bench.lake, bench.data, unanswered).problems
    return _verdict("half_of_an_unanswered_request_is_there", "rows are there", problems, failure)


def _verdict(name, words, problems, failure=None):
    if failure is None and any(words in problem for problem in problems):
        print(f"found {name}: {next(problem for problem in problems if words in problem)[:110]}")
        return True
    print(f"FAIL {name}: {failure or f'expected `{words}`, the check says {problems[:3]}'}", flush=True)
    return False
