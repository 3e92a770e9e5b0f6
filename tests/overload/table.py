# SPDX-License-Identifier: Apache-2.0
"""What was wanted and what was found, as one table at the end."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    what: str
    wanted: str
    found: str
    is_ok: bool


def at_most(what, found, limit, unit=""):
    return Check(what, f"≤ {limit:,.4g}{unit}", f"{found:,.4g}{unit}", found <= limit)


def at_least(what, found, limit, unit=""):
    return Check(what, f"≥ {limit:,.4g}{unit}", f"{found:,.4g}{unit}", found >= limit)


def none_of(what, found):
    """`found`: what should not be there; the first few are shown."""
    found = list(found)
    return Check(what, "none", f"{len(found)}: {found[:3]}" if found else "none", not found)


def told(what, found):
    """A figure without a goal."""
    return Check(what, "", found, True)


def print_table(checks):
    rows = [("what", "wanted", "found", "ok")]
    rows += [(check.what, check.wanted, check.found, "ok" if check.is_ok else "MISSED") for check in checks]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    wanted = [check for check in checks if check.wanted]
    missed = sum(not check.is_ok for check in wanted)
    print(f"{len(wanted) - missed} passed, {missed} failed, 0 skipped", flush=True)
    return missed
