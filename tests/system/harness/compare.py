# SPDX-License-Identifier: Apache-2.0
"""Rows as multisets, and words for how they differ."""

import json
from collections import Counter

# Chosen by the server: checked for what they promise, not for their value.
SERVER_COLUMNS = ("record_id", "series_id")
SHOWN_ROWS, SHOWN_COLUMNS, SHOWN_TEXT = 3, 8, 160


def fingerprint(row):
    """Equal exactly for equal rows: 1 is not 1.0 is not True, NaN is NaN, -0.0 is not 0.0."""
    return json.dumps({name: value for name, value in row.items() if name not in SERVER_COLUMNS}, sort_keys=True)


def fold_equal_keys(value):
    """As an engine sees rows whose maps can't have equal keys: the last value stays, at the place of the first."""
    if isinstance(value, dict):
        return {name: fold_equal_keys(member) for name, member in value.items()}
    if not isinstance(value, list):
        return value
    if value and all(isinstance(member, list) and len(member) == 2 and isinstance(member[0], str) for member in value):
        return [list(pair) for pair in dict(value).items()]
    return [fold_equal_keys(member) for member in value]


def assert_same_rows(expected, actual, what):
    difference(expected, actual, what, may_have_more=False)


def assert_contains_rows(expected, actual, what):
    difference(expected, actual, what, may_have_more=True)


def difference(expected, actual, what, may_have_more):
    missing = Counter(map(fingerprint, expected))
    extra = Counter(map(fingerprint, actual))
    missing, extra = missing - extra, extra - missing
    if not missing and (may_have_more or not extra):
        return
    lines = [f"{what}: of {len(expected)} expected rows {missing.total()} are missing"]
    if not may_have_more:
        lines[0] += f", {extra.total()} rows are not expected"
    others = [json.loads(text) for text in extra]
    for text in list(missing)[:SHOWN_ROWS]:
        lines += _explain(json.loads(text), others)
    if not missing:
        lines += [f"  not expected: {_short(row)}" for row in others[:SHOWN_ROWS]]
    raise AssertionError("\n".join(lines))


def _explain(row, others):
    """How a missing row differs from the most similar one that is too many."""
    label = {name: row.get(name) for name in ("name", "trace_id", "span_id", "body", "time_unix_nano") if row.get(name)}
    if not others:
        return [f"  missing: {_short(label)}"]
    nearest = min(others, key=lambda other: len(_different(row, other)))
    names = _different(row, nearest)
    lines = [f"  missing {_short(label)}; the nearest row differs in {', '.join(names)}"]
    for name in names[:SHOWN_COLUMNS]:
        expected, actual = _first_difference(row.get(name, "no such column"), nearest.get(name, "no such column"))
        lines.append(f"    {name}: expected {_short(expected)}, found {_short(actual)}")
    return lines


def _different(row, other):
    return [name for name in dict.fromkeys([*row, *other])
            if json.dumps(row.get(name, "no such column")) != json.dumps(other.get(name, "no such column"))]


def _first_difference(expected, actual):
    """Goes down into lists of equal length, so that what is shown is what differs."""
    while isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = [(a, b) for a, b in zip(expected, actual) if json.dumps(a) != json.dumps(b)]
        if not pairs or isinstance(pairs[0][0], str):
            break
        expected, actual = pairs[0]
    return expected, actual


def _short(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_TEXT else text[: SHOWN_TEXT - 20] + f"… ({len(text)} characters)"
