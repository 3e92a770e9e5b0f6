# SPDX-License-Identifier: Apache-2.0
"""The check: what was acknowledged is in the tables exactly once, in both formats, value by value; the rest as told.

The rows that must be there come from tests/system/expect, an independent model of the tables.
"""

import json
import pickle
import struct
import subprocess
from collections import Counter

from expect import SIGNALS, TABLE_OF
from harness.compare import difference, fingerprint
from harness.environment import environment
from mix import number_of
from paths import CRASH_TESTS

SHOWN = 5
LETTERS, INDEX = "otel_dead_letters", "trace_index"


class Lake:
    """The long-living process of engine/lake.py."""

    def __init__(self, log_path):
        with open(log_path, "ab") as log:
            self._process = subprocess.Popen(
                [environment("engines") / "bin" / "python", CRASH_TESTS / "engine" / "lake.py"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)

    def read(self, data):
        return self.ask({"data": str(data)})

    def ask(self, task):
        self._process.stdin.write(json.dumps(task).encode() + b"\n")
        self._process.stdin.flush()
        (length,) = struct.unpack("<Q", self._process.stdout.read(8))
        return pickle.loads(self._process.stdout.read(length))

    def close(self):
        self._process.stdin.close()
        self._process.wait()


class Verdict:
    """What one run showed; `problems` is empty when all is well."""

    def __init__(self):
        self.problems, self.lost, self.twice, self.rows = [], 0, 0, 0


def check(lake, data, requests, may_miss_letters=False):
    """Reads the folder, which must be at rest, and compares it with every request that was tried. `may_miss_letters`: a
    journal failed, which costs what was refused meanwhile its dead letter."""
    verdict = Verdict()
    answer = lake.read(data)
    verdict.problems += answer["problems"]
    for signal in SIGNALS:
        rows = _rows(answer, TABLE_OF[signal])
        _check_signal(signal, rows, [request for request in requests if request.signal == signal], verdict)
    _check_letters(_rows(answer, LETTERS), requests, may_miss_letters, verdict)
    _check_index(_rows(answer, INDEX), _rows(answer, TABLE_OF["traces"]), verdict)
    known = {LETTERS, INDEX, *TABLE_OF.values()}
    strange = [name for name in answer["tables"] if name.removeprefix("telemetry.") not in known]
    if strange:
        verdict.problems.append(f"tables nobody asked for: {strange}")
    return verdict


def _rows(answer, name):
    table = answer["tables"].get(f"telemetry.{name}", {"rows": {}})
    return [row for of_file in table["rows"].values() for row in of_file]


def _check_letters(letters, requests, may_miss, verdict):
    """What was refused for good is a dead letter, once; what nobody answered may be one."""
    verdict.rows += len(letters)
    found = Counter((letter["reason"], letter["signal"], number_of(letter)) for letter in letters)
    for request in requests:
        count = found.pop((request.letter, request.signal, request.number), 0)
        is_answered = request.outcome == "acked" or request.detail.startswith("HTTP 400")
        most = int(bool(request.letter) and (is_answered or request.outcome == "unknown"))
        least = int(bool(request.letter) and is_answered and not may_miss)
        if not least <= count <= most:
            verdict.problems.append(f"request {request.number} ({request.signal}, {request.outcome}): {count} dead "
                                    f"letters, expected {least} to {most}")
            verdict.lost, verdict.twice = verdict.lost + (count < least), verdict.twice + (count > most)
    if found:
        verdict.problems.append(f"dead letters of no request: {list(found)[:SHOWN]}")


def _check_index(index, spans, verdict):
    """Its counts add up to the spans that are there, trace by trace and day by day."""
    counts, there = Counter(), Counter((span["trace_id"], span["date"]) for span in spans)
    for row in index:
        counts[row["trace_id"], row["date"]] += row["span_count"]
    wrong = [key for key in counts.keys() | there.keys() if counts[key] != there[key]]
    for trace, day in wrong[:SHOWN]:
        verdict.problems.append(f"the trace index counts {counts[trace, day]} spans of trace {trace} on day {day}, "
                                f"there are {there[trace, day]}")


def _check_signal(signal, rows, requests, verdict):
    verdict.rows += len(rows)
    record_ids = [row["record_id"] for row in rows]
    if len(set(record_ids)) != len(rows) or not all(record_ids):
        verdict.problems.append(f"{signal}: {len(rows)} rows have {len(set(record_ids))} distinct record ids")
    found = Counter(map(fingerprint, rows))
    left, wanted = Counter(found), []
    for request in requests:
        expected = request.rows()
        counts = [found[text] for text in map(fingerprint, expected)]
        verdict.problems += _request_problems(request, counts, verdict)
        if request.outcome == "acked" or counts and all(counts):
            wanted += expected
        left -= Counter({text: found[text] for text in map(fingerprint, expected)})
    if left:
        verdict.problems.append(f"{signal}: {left.total()} rows that nobody sent as they are")
        verdict.problems += _explained(signal, wanted, rows)


def _request_problems(request, counts, verdict):
    """`counts`: how often each row of the request is there."""
    what = f"request {request.number} ({request.signal}, {request.outcome})"
    if any(count > 1 for count in counts):
        verdict.twice += 1
        return [f"{what}: rows are there {sorted(counts)} times"]
    if request.outcome == "acked" and not all(counts):
        verdict.lost += 1
        return [f"{what}: {counts.count(0)} of {len(counts)} rows are lost"]
    if not request.is_as_expected:
        return [f"{what}: the answer was {request.detail}"]
    if request.outcome in ("refused", "unsent") and any(counts):
        return [f"{what}: {sum(counts)} rows of it are there; {request.detail}"]
    if any(counts) and not all(counts):
        return [f"{what}: only {sum(counts)} of {len(counts)} rows are there"]
    return []


def _explained(signal, wanted, rows):
    try:
        difference(wanted, rows, signal, may_have_more=False)
    except AssertionError as explanation:
        return str(explanation).splitlines()[:SHOWN * 3]
    return []
