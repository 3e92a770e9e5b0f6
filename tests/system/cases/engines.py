# SPDX-License-Identifier: Apache-2.0
"""What engines rely on beyond rows: statistics that don't lie, versions that match, states that are whole."""

import contextlib
import math

from expect import SIGNALS, TABLE_OF
from harness.load import METRIC_ITEMS, Load
from harness.process import running
from harness.registry import case
from harness.scenario import scenario
from harness.weir_server import WeirServer
from readers import ask_engines, prepare, sound_answers

FILTERING = ("pyiceberg", "delta_rs", "duckdb_iceberg", "duckdb_delta")
VERSIONED = ("pyiceberg", "delta_rs")
# Times and dates have literals of their own in every engine; `*_unix_nano` columns stand for them.
NOT_FILTERED = ("time", "date")
LOOKS_AT_LEAST = 3


def scalar(value):
    return isinstance(value, (str, int, float)) and not (isinstance(value, float) and math.isnan(value))


def filters_of(rows):
    """For every scalar column: null, the least, the middle and the greatest value."""
    filters = []
    for column in rows[0]:
        values = sorted({row[column] for row in rows if scalar(row[column])}, key=_order)
        if column in NOT_FILTERED or not values or any(isinstance(row[column], (list, dict)) for row in rows):
            continue
        least, middle, greatest = values[0], values[len(values) // 2], values[-1]
        filters += [[column, "is null", None], [column, "=", least], [column, "=", greatest]]
        if not isinstance(least, bool):
            filters += [[column, "<", middle], [column, ">", middle]]
    return [one for one in filters if not _is_beyond_sql(one[2])]


def _order(value):
    return value.encode() if isinstance(value, str) else value


def _is_beyond_sql(value):
    """Infinities and control characters, which need more than a literal."""
    return isinstance(value, float) and math.isinf(value) or isinstance(value, str) and not value.isprintable()


def matches(row, column, op, value):
    found = row[column]
    if op == "is null" or found is None:
        return op == "is null" and found is None
    if op == "=":
        return found == value
    return _order(found) < _order(value) if op == "<" else _order(found) > _order(value)


def not_numbers(rows, column, op):
    """How many rows an engine may count or not: no two agree on how NaN compares."""
    return sum(row[column] != row[column] for row in rows) if op in "<>" else 0


def can_filter(reader, rows, column):
    """delta-rs takes a bound that a file doesn't have for null, and so loses rows; JSON has no bound for infinity."""
    has_infinity = any(isinstance(row[column], float) and math.isinf(row[column]) for row in rows)
    return reader != "delta_rs" or not has_infinity


@case
def filters_find_every_row_that_matches(folder, options):
    """A bound, a null count or a partition value that is wrong makes an engine skip files that it needs."""
    scene = scenario(options)
    rows = {TABLE_OF[signal]: scene.expected_rows(signal) for signal in SIGNALS}
    filters = {table: filters_of(table_rows) for table, table_rows in rows.items()}
    answers = ask_engines("filters", "count_matches.py", FILTERING, scene.weir, rows, folder, filters=filters)
    problems = []
    for table, table_filters in filters.items():
        for number, (column, op, value) in enumerate(table_filters):
            expected = sum(matches(row, column, op, value) for row in rows[table])
            allowed = range(expected, expected + not_numbers(rows[table], column, op) + 1)
            found = {reader: answers[reader][table][number] for reader in FILTERING}
            wrong = {reader: count for reader, count in found.items()
                     if count not in allowed and can_filter(reader, rows[table], column)}
            if wrong:
                problems.append(f"{table} where {column} {op} {value!r:.60}: expected {expected}, found {wrong}")
    assert not problems, f"{len(problems)} filters:\n" + "\n".join(problems[:20])


@case
def every_snapshot_and_delta_version_have_the_same_rows(folder, options):
    scene = scenario(options)
    tables = [TABLE_OF[signal] for signal in SIGNALS]
    answers = ask_engines("versions", "versions.py", VERSIONED, scene.weir, tables, folder)
    for signal in SIGNALS:
        iceberg, delta = (answers[reader][TABLE_OF[signal]] for reader in VERSIONED)
        assert iceberg == delta, f"{signal}: snapshots have {iceberg} rows, Delta versions {delta}"
        assert iceberg == sorted(iceberg) and iceberg[-1] == len(scene.expected_rows(signal)), iceberg


@case
def readers_never_see_half_a_request(folder, options):
    """Two readers look again and again during a load; whatever they see is whole and never shrinks."""
    with WeirServer(options.binary, folder, "--set", "commit.interval_ms=50") as weir:
        Load("traces", "grpc", first=0).to_end(weir, folder, "-requests", 1)
        weir.wait_rows("otel_spans", METRIC_ITEMS)
        stop = folder / "stop"
        watchers = {reader: prepare(f"watch-{reader}", "engines", "watch.py", [reader], weir, ["otel_spans"], folder,
                                    table="otel_spans", items=METRIC_ITEMS, stop=str(stop)) for reader in VERSIONED}
        with contextlib.ExitStack() as stack:
            processes = [stack.enter_context(running(command, task.with_suffix(".log")))
                         for command, task in watchers.values()]
            Load("traces", "http", first=10_000).to_end(weir, folder, "-seconds", 6, "-rate", 150)
            stop.touch()
            assert [process.wait(60) for process in processes] == [0, 0], f"a watcher failed, see {folder}"
        for reader, (_, task) in watchers.items():
            _assert_whole_looks(reader, sound_answers(task)[reader]["otel_spans"])


def _assert_whole_looks(reader, looks):
    odd = [tags for _, tags in looks if tags]
    assert not odd, f"{reader} saw parts of requests: {odd[0][:5]}"
    counts = [rows for rows, _ in looks]
    assert counts == sorted(counts), f"{reader} saw rows vanish: {counts}"
    assert len(set(counts)) >= LOOKS_AT_LEAST, f"{reader} looked too rarely to tell anything: {counts}"
