# SPDX-License-Identifier: Apache-2.0
"""The fault points, as the source names them, and what a run must look like to reach each."""

import re
from collections import Counter
from dataclasses import dataclass

from harness.environment import REPOSITORY

NAME = re.compile(r'"([a-z_]+\.[a-z_]+\.(?:before|after))"')

# In the order of the write path. `passages`: how late a run can wait for it. `phases`: what the server is doing when it
# gets there: serving; starting on an empty folder; recovering what a killed run left.
SERVING, CREATING, RECOVERING = "serving", "creating", "recovering"


@dataclass(frozen=True)
class State:
    name: str
    meaning: str
    passages: int = 4
    phases: tuple = (SERVING,)
    can_fail: bool = False

    @property
    def needs_full_segments(self):
        return self.name in ("journal.release", "journal.spare", "journal.overwrite", "journal.segment")


COMMIT = {"phases": (SERVING, RECOVERING), "can_fail": True}
STATES = (
    State("request.read", "head admitted; whole body there", 8),
    State("request.decode", "a batch of requests becomes rows", 6),
    State("journal.append", "frames written to the segment", 6, can_fail=True),
    State("journal.sync", "frames made durable", 6, can_fail=True),
    State("request.ack", "the outcome handed to the network", 8),
    State("answer.write", "the answer written to the socket", 8),
    State("data_file.put", "a Parquet file in the store", 4, **COMMIT),
    State("manifest.put", "a manifest in the store", 3, **COMMIT),
    State("manifest_list.put", "a manifest list in the store", 3, **COMMIT),
    State("metadata.put", "a table's metadata in the store", 3, **COMMIT),
    State("catalog.commit", "the transaction that moves all tables", 2, (SERVING, CREATING, RECOVERING), True),
    State("delta.put", "an entry in a Delta log", 3, (SERVING, CREATING, RECOVERING), True),
    State("delta.record", "that entry no longer pending", 3, (SERVING, CREATING, RECOVERING), True),
    State("journal.release", "a segment whose rows are in the tables given back", 2),
    State("journal.spare", "that segment kept to be written over", 2),
    State("journal.overwrite", "a spare made a segment again", 2, can_fail=True),
    State("journal.segment", "a segment opened anew", 2, can_fail=True),
    State("journal.replay", "a killed run's journal committed", 1, (RECOVERING,)),
    State("journal.remove", "that journal deleted", 1, (RECOVERING,)),
)
# What no ordinary run comes to: tests/system/cases/maintain.py kills there.
MAINTAINING = (
    State("forget.rewrite", "a file without the rows to be forgotten in the store"),
    State("forget.commit", "the commit without them"),
    State("forget.history", "Delta's log from before that commit removed"),
    State("forget.finish", "the request noted as done"),
    State("retired.delete", "files deleted that no kept version has"),
    State("orphan.delete", "a file deleted that no version names"),
    State("expire.commit", "the commit without old partitions"),
    State("versions.commit", "the commit that drops versions ahead of their time"),
)
STATE_OF = {state.name: state for state in STATES}
POINTS = tuple(f"{state.name}.{side}" for state in STATES for side in ("before", "after"))


def names_in_source():
    """How often each name stands in the code that is shipped."""
    names = Counter()
    for path in sorted((REPOSITORY / "src").rglob("*.cc")):
        if not path.name.endswith("_test.cc"):
            names.update(NAME.findall(path.read_text()))
    return names


def assert_names_are_sound():
    names = names_in_source()
    twice = [name for name, count in names.items() if count > 1]
    assert not twice, f"names that stand twice in src: {twice}"
    known = set(POINTS) | {f"{state.name}.{side}" for state in MAINTAINING for side in ("before", "after")}
    assert set(names) == known, f"in src or in points.py alone: {sorted(set(names) ^ known)}"


@dataclass(frozen=True)
class Cell:
    point: str
    phase: str
    action: str

    @property
    def state(self):
        return STATE_OF[self.point.rsplit(".", 1)[0]]

    def __str__(self):
        return f"{self.point} {self.phase} {self.action}"


def cells(actions):
    all_cells = [Cell(point, phase, action) for point in POINTS for phase in STATE_OF[point.rsplit(".", 1)[0]].phases
                 for action in actions]
    return [cell for cell in all_cells if is_sensible(cell)]


def is_sensible(cell):
    """A failure must be one that can be returned, while there is something to go on with; a pause one of a commit."""
    if cell.action == "fail":
        return cell.state.can_fail and cell.phase != CREATING
    return cell.action == "kill" or cell.phase == SERVING and RECOVERING in cell.state.phases
