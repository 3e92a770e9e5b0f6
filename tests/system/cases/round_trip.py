# SPDX-License-Identifier: Apache-2.0
"""What real clients sent is what independent engines read: every column, every row, in both formats."""

import json
import re

import restore
from expect import SIGNALS, TABLE_OF
from harness.compare import assert_contains_rows, assert_same_rows, fold_equal_keys
from harness.registry import case, cases_of
from harness.scenario import SENDERS, scenario
from readers import FOLDS_EQUAL_KEYS, READERS

REFERENCE = "pyiceberg"  # the reader that cases about content ask


def sent(sender, _folder, options):
    """The sender was content, and its rows are in the tables as the model has them."""
    scene = scenario(options)
    if sender in scene.failures:
        raise scene.failures[sender]
    tables = scene.rows(REFERENCE)
    _check_signals(lambda signal: assert_contains_rows(scene.expected_rows(signal, sender), tables[TABLE_OF[signal]],
                                                       signal))


def read(reader, _folder, options):
    """The reader gives exactly the rows of all senders."""
    scene = scenario(options)
    tables = scene.rows(reader)
    as_seen = fold_equal_keys if reader in FOLDS_EQUAL_KEYS else list
    _check_signals(lambda signal: assert_same_rows(as_seen(scene.expected_rows(signal)), tables[TABLE_OF[signal]],
                                                   f"{signal} by {reader}"))


def _check_signals(check):
    """Runs a check for every signal, so that one failure doesn't hide another."""
    problems = []
    for signal in SIGNALS:
        try:
            check(signal)
        except AssertionError as problem:
            problems.append(str(problem))
    assert not problems, "\n".join(problems)


def readers_agree(signal, _folder, options):
    """All readers give the same rows, record ids and series ids included."""
    scene = scenario(options)
    rows = {reader: scene.rows(reader)[TABLE_OF[signal]] for reader in READERS}
    exact, folded = _texts(rows[REFERENCE]), _texts(fold_equal_keys(rows[REFERENCE]))
    different = [reader for reader in READERS
                 if _texts(rows[reader]) != (folded if reader in FOLDS_EQUAL_KEYS else exact)]
    assert not different, f"other rows than {REFERENCE}: {different}"


def _texts(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def is_visible_in_time(_sender, _folder, options):
    if scenario(options).not_visible is not None:
        raise scenario(options).not_visible


def gives_back_what_was_sent(signal, _folder, options):
    """From rows to OTLP again, grouping aside, nothing is lost."""
    scene = scenario(options)
    wanted = sorted(single for message in scene.messages(signal) for single in restore.sent_singles(signal, message))
    found = restore.restored_singles(signal, scene.rows(REFERENCE)[TABLE_OF[signal]])
    lost = len(set(wanted) - set(found))
    assert wanted == found, f"{lost} of {len(wanted)} are lost or changed, {len(found)} came back"


def has_the_published_columns(signal, _folder, options):
    """Names and order; the server's own columns stand where the documentation has them."""
    scene = scenario(options)
    published = ["record_id", *scene.expected_rows(signal)[0]]
    if signal == "metrics":
        published.insert(published.index("metric_type") + 1, "series_id")
    for reader in ("pyiceberg", "spark_iceberg", "spark_delta"):
        columns = list(scene.rows(reader)[TABLE_OF[signal]][0])
        assert columns == published, f"{reader}: {_first_other(published, columns)}"


def _first_other(published, columns):
    for expected, found in zip(published, columns):
        if expected != found:
            return f"expected column {expected}, found {found}"
    return f"expected {len(published)} columns, found {len(columns)}"


def has_record_ids_that_tell_rows_apart(signal, _folder, options):
    ids = [row["record_id"] for row in scenario(options).rows(REFERENCE)[TABLE_OF[signal]]]
    assert len(set(ids)) == len(ids), f"{len(ids)} rows have {len(set(ids))} record ids"
    odd = [text for text in ids if not re.fullmatch("[0-9a-z]{22,32}", text)]
    assert not odd, f"not 22 to 32 lower-case characters: {odd[:3]}"
    assert len({len(text) for text in ids}) == 1, "record ids are not of one width"


cases_of(("all",), is_visible_in_time)
cases_of(SENDERS, sent)
cases_of(READERS, read)
cases_of(SIGNALS, readers_agree)
cases_of(SIGNALS, gives_back_what_was_sent)
cases_of(SIGNALS, has_the_published_columns)
cases_of(SIGNALS, has_record_ids_that_tell_rows_apart)


@case
def equal_series_have_equal_ids_and_others_have_not(_folder, options):
    ids_of = {}
    for row in scenario(options).rows(REFERENCE)["otel_metrics"]:
        ids_of.setdefault(_series(row), set()).add(row["series_id"])
    torn = [series for series, ids in ids_of.items() if len(ids) > 1]
    assert not torn, f"{len(torn)} series have several ids, such as {torn[0][:300]}"
    distinct = {number for ids in ids_of.values() for number in ids}
    assert len(distinct) == len(ids_of), f"{len(ids_of)} series have {len(distinct)} ids"


def _series(row):
    """Resource, scope, name, attributes; their order doesn't matter."""
    def attributes(columns):
        pairs, types = (columns or {}).get("attributes") or [], (columns or {}).get("attributes_types")
        return sorted(json.dumps([*pair, letter]) for pair, letter in zip(pairs, types or "s" * len(pairs)))

    scope = row["instrumentation_scope"] or {}
    return json.dumps([attributes(row["resource"]), scope.get("name"), scope.get("version"), attributes(scope),
                       row["name"], attributes(row)])
