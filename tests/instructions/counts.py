# SPDX-License-Identifier: Apache-2.0
"""Instruction counts: read from callgrind's files, compared with what was recorded. Pure but for reading files."""

import re

# Above what repeats differ by (0.1 %), below what a person would want to know.
WORSE_PERCENT_MAX = 5
# A gain that is not recorded could be lost again unseen.
BETTER_PERCENT_MAX = 10


def read_dumps(texts):
    """{name: instructions} of callgrind's dumps; a dump without a name is the program's end."""
    counts = {}
    for text in texts:
        name = re.search(r"^desc: Trigger: Client Request: (.+)$", text, re.M)
        total = re.search(r"^totals: (\d+)$", text, re.M)
        if name and total:
            counts[name.group(1)] = int(total.group(1))
    return counts


def read_input(output):
    """What the program says of its input, {signal: {items, wire_bytes, json_bytes}}."""
    found = {}
    for line in output.splitlines():
        signal, *words = line.split()
        found[signal] = {name: int(value) for name, value in zip(words[::2], words[1::2])}
    return found


def verdict(expected, found):
    """One word, "ok" where nothing has to be done."""
    if expected is None:
        return "NEW"
    if found is None:
        return "GONE"
    if found * 100 > expected * (100 + WORSE_PERCENT_MAX):
        return "SLOWER"
    return "FASTER" if found * 100 < expected * (100 - BETTER_PERCENT_MAX) else "ok"


def compare(expected, found, items):
    """(rows for people, the verdicts that are not ok)."""
    rows, bad = [["", "recorded", "found", "change", "an item", ""]], set()
    for name in list(expected) + [name for name in found if name not in expected]:
        before, now = expected.get(name), found.get(name)
        said = verdict(before, now)
        bad |= {said} - {"ok"}
        change = f"{now / before - 1:+.1%}" if before and now else "-"
        rows.append([name, number(before), number(now), change, number(now and now // items), said])
    return rows, bad


def number(value):
    return "-" if value is None else f"{value:,}"


def lines(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *others in rows:
        yield "  ".join([first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:]))])
