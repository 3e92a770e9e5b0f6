# SPDX-License-Identifier: Apache-2.0
"""Faults to plant into a sound data folder at rest. Each has the words in which the check must name it.

What a server with that fault would have written consistently is kept consistent (sizes, for instance), so that it is
the named check that finds it.
"""

import datetime
import gzip
import json
import pathlib
import sqlite3

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.conversions import to_bytes
from pyiceberg.manifest import DATA_FILE_TYPE, ManifestEntryStatus, clear_manifest_cache, write_manifest
from pyiceberg.table import StaticTable

FAULTS = {}
SPANS, LOGS, METRICS, LETTERS, INDEX = "otel_spans", "otel_logs", "otel_metrics", "otel_dead_letters", "trace_index"
DATA_FILE_FIELDS = [field.name for field in DATA_FILE_TYPE[2].fields]
LOST, UNSENT, WRONG_LETTERS = "rows are lost", "nobody sent", "dead letters, expected"
WRONG_INDEX = "the trace index counts"


def fault(found_by):
    """Registers `function(data)`; the check must say `found_by`."""
    def register(function):
        FAULTS[function.__name__] = (function, found_by)
        return function
    return register


def root_of(data, table):
    return pathlib.Path(data) / "tables" / "telemetry" / table


def query(data, sql, *values):
    with sqlite3.connect(f"{data}/catalog.db") as catalog:
        return catalog.execute(sql, values).fetchall()


def iceberg_table(data, table):
    clear_manifest_cache()
    return StaticTable.from_metadata(query(data, "SELECT metadata_location FROM tables WHERE name = ?", table)[0][0])


def edit_manifest(data, table, change):
    """`change(entries)` gives the entries to write instead, or None to look at the next manifest."""
    opened = iceberg_table(data, table)
    snapshot = opened.current_snapshot()
    for manifest in snapshot.manifests(opened.io):
        changed = change(manifest.fetch_manifest_entry(opened.io))
        if changed is not None:
            output = opened.io.new_output(manifest.manifest_path)
            with write_manifest(2, opened.spec(), opened.schema(), output, snapshot.snapshot_id, "deflate") as writer:
                for entry in changed:
                    writer.add_entry(entry)
            return
    raise AssertionError(f"no manifest of {table} to change")


def set_field(entry, name, value):
    entry.data_file[DATA_FILE_FIELDS.index(name)] = value


def edit_log(data, table, change):
    """`change(action)` changes an action of the Delta log in place and gives True, or False to look at the next."""
    for path in sorted((root_of(data, table) / "data" / "_delta_log").glob("*.json")):
        actions = [json.loads(line) for line in path.read_text().splitlines()]
        if any(change(action) for action in actions):
            path.write_text("".join(json.dumps(action) + "\n" for action in actions if action))
            return
    raise AssertionError(f"no action in the log of {table} to change")


def edit_stats(data, table, change):
    def change_add(action):
        if "add" not in action:
            return False
        stats = json.loads(action["add"]["stats"])
        change(stats)
        action["add"]["stats"] = json.dumps(stats)
        return True
    edit_log(data, table, change_add)


def edit_file(data, table, change):
    """`change(arrow table)` gives another, or None to look at the next file; sizes are made to fit in both formats."""
    for path in sorted((root_of(data, table) / "data").glob("date=*/*.parquet")):
        changed = change(pq.ParquetFile(path).read())
        if changed is not None:
            pq.write_table(changed, path)
            _fit_size(data, table, path)
            return
    raise AssertionError(f"no file of {table} to change")


def _fit_size(data, table, path):
    size = path.stat().st_size

    def in_iceberg(entries):
        mine = [entry for entry in entries if entry.data_file.file_path.endswith(path.name)]
        for entry in mine:
            set_field(entry, "file_size_in_bytes", size)
        return entries if mine else None

    def in_delta(action):
        is_mine = "add" in action and action["add"]["path"].endswith(path.name)
        if is_mine:
            action["add"]["size"] = size
        return is_mine
    edit_manifest(data, table, in_iceberg)
    edit_log(data, table, in_delta)


def edit_rows(data, table, change):
    """`change(rows)` changes a list of dicts in place and gives True, or False to look at the next file."""
    def change_table(arrow):
        rows = arrow.to_pylist()
        return pa.Table.from_pylist(rows, schema=arrow.schema) if change(rows) else None
    edit_file(data, table, change_table)


def edit_cell(data, table, column, change):
    """`change(value)` of the first row for which it gives something other than the value."""
    def change_rows(rows):
        for row in rows:
            changed = change(row[column])
            if changed != row[column] or repr(changed) != repr(row[column]):
                row[column] = changed
                return True
        return False
    edit_rows(data, table, change_rows)


def with_attribute(change):
    """A change of the first attribute (key, value) that `change` gives another value for."""
    def change_map(pairs):
        for i, (key, value) in enumerate(pairs):
            if change(key, value) != value:
                return [*pairs[:i], (key, change(key, value)), *pairs[i + 1:]]
        return pairs
    return change_map


# --- rows and their values


@fault(LOST)
def a_row_is_missing(data):
    edit_rows(data, LOGS, lambda rows: len(rows) > 1 and (rows.pop(0) is not None))


@fault("rows are there")
def a_row_is_there_twice(data):
    edit_rows(data, SPANS, lambda rows: rows.append(rows[0] | {"record_id": "f" * 16 + "-other"}) is None)


@fault(WRONG_INDEX)
def the_index_misses_a_trace(data):
    edit_rows(data, INDEX, lambda rows: len(rows) > 1 and (rows.pop(0) is not None))


@fault(WRONG_INDEX)
def the_index_counts_a_span_twice(data):
    edit_cell(data, INDEX, "span_count", lambda count: count + 1)


@fault("distinct record ids")
def a_record_id_is_given_twice(data):
    edit_rows(data, METRICS, lambda rows: len(rows) > 1 and rows[0].update(record_id=rows[1]["record_id"]) is None)


@fault(UNSENT)
def a_row_that_nobody_sent(data):
    edit_rows(data, LOGS, lambda rows: rows.append(rows[0] | {"record_id": "other", "body": "stray"}) is None)


@fault(LOST)
def two_columns_are_swapped(data):
    edit_rows(data, SPANS, lambda rows: rows[0].update(host_name=rows[0]["cloud_region"],
                                                       cloud_region=rows[0]["host_name"]) is None)


@fault(LOST)
def times_are_of_another_time_zone(data):
    edit_cell(data, LOGS, "time", lambda value: value + datetime.timedelta(hours=1))


@fault("column time is timestamp")
def times_have_lost_their_time_zone(data):
    def change(arrow):
        at = arrow.schema.get_field_index("time")
        plain = arrow.column("time").cast(pa.timestamp("us"))
        return arrow.set_column(at, arrow.schema.field("time").with_type(pa.timestamp("us")), plain)
    edit_file(data, METRICS, change)


@fault(LOST)
def a_time_is_off_by_a_second(data):
    edit_cell(data, SPANS, "end_time_unix_nano", lambda value: value + 1_000_000_000)


@fault(LOST)
def a_time_is_off_by_a_nanosecond(data):
    edit_cell(data, METRICS, "time_unix_nano", lambda value: value - 1)


@fault(LOST)
def a_text_is_truncated(data):
    edit_cell(data, SPANS, "attributes", with_attribute(lambda key, value: value[:255] if value else value))


@fault(LOST)
def an_empty_text_became_null(data):
    edit_cell(data, LOGS, "attributes", with_attribute(lambda key, value: None if value == "" else value))


@fault(LOST)
def a_null_became_an_empty_text(data):
    edit_cell(data, LOGS, "severity_text", lambda value: "" if value is None else value)


@fault(LOST)
def a_negative_zero_lost_its_sign(data):
    edit_cell(data, METRICS, "attributes", with_attribute(lambda key, value: "0" if value == "-0" else value))


@fault(LOST)
def a_text_lost_what_is_not_ascii(data):
    edit_cell(data, SPANS, "attributes",
              with_attribute(lambda key, value: value.encode("ascii", "replace").decode() if value else value))


@fault(LOST)
def an_attribute_is_missing(data):
    edit_cell(data, LOGS, "attributes", lambda pairs: pairs[1:])


@fault(LOST)
def types_of_attributes_are_lost(data):
    edit_cell(data, SPANS, "attributes_types", lambda letters: None)


@fault(LOST)
def a_number_is_off_by_one(data):
    edit_cell(data, METRICS, "value_int", lambda value: value if value is None else value + 1)


@fault(LOST)
def an_event_of_a_span_is_missing(data):
    edit_cell(data, SPANS, "events", lambda events: events[1:])


@fault(LOST)
def an_id_is_in_capitals(data):
    edit_cell(data, SPANS, "span_id", lambda value: value[:-1] + "F" if value[-1] != "F" else value)


@fault(LOST)
def a_bucket_moved(data):
    edit_cell(data, METRICS, "bucket_counts", lambda counts: counts[::-1] if counts else counts)


@fault(WRONG_LETTERS)
def a_dead_letter_is_missing(data):
    edit_rows(data, LETTERS, lambda rows: rows.pop() is not None)


@fault(WRONG_LETTERS)
def a_dead_letter_is_there_twice(data):
    edit_rows(data, LETTERS, lambda rows: rows.append(rows[0] | {"record_id": "other"}) is None)


# --- what the formats tell


@fault("Iceberg's time_unix_nano: the upper bound")
def iceberg_upper_bound_is_stale(data):
    _change_bound(data, "upper_bounds", -1)


@fault("Iceberg's time_unix_nano: the lower bound")
def iceberg_lower_bound_is_stale(data):
    _change_bound(data, "lower_bounds", 1)


def _change_bound(data, which, step):
    field = iceberg_table(data, LOGS).schema().find_field("time_unix_nano")

    def change(entries):
        file = entries[0].data_file
        bounds = dict(getattr(file, which))
        bounds[field.field_id] = to_bytes(field.field_type,
                                          int.from_bytes(bounds[field.field_id], "little", signed=True) + step)
        set_field(entries[0], which, bounds)
        return entries
    edit_manifest(data, LOGS, change)


@fault("nulls in service_name")
def iceberg_null_count_is_stale(data):
    field = iceberg_table(data, SPANS).schema().find_field("service_name")

    def change(entries):
        set_field(entries[0], "null_value_counts", dict(entries[0].data_file.null_value_counts) | {field.field_id: 1})
        return entries
    edit_manifest(data, SPANS, change)


@fault("Iceberg tells of")
def iceberg_record_count_is_wrong(data):
    def change(entries):
        set_field(entries[0], "record_count", entries[0].data_file.record_count + 1)
        return entries
    edit_manifest(data, METRICS, change)


@fault("Delta's time_unix_nano: the upper bound")
def delta_maximum_is_stale(data):
    edit_stats(data, METRICS, lambda stats: stats["maxValues"].update(
        time_unix_nano=stats["maxValues"]["time_unix_nano"] - 1))


@fault("Delta's time: the lower bound")
def delta_minimum_time_is_stale(data):
    edit_stats(data, LOGS, lambda stats: stats["minValues"].update(time="2026-12-31T00:00:00.000Z"))


@fault("nulls in service_name")
def delta_null_count_is_stale(data):
    edit_stats(data, SPANS, lambda stats: stats["nullCount"].update(service_name=1))


@fault("Delta tells of")
def delta_record_count_is_wrong(data):
    edit_stats(data, LOGS, lambda stats: stats.update(numRecords=stats["numRecords"] + 1))


@fault("the snapshot's summary tells")
def the_summary_is_wrong(data):
    path = iceberg_table(data, LOGS).metadata_location.removeprefix("file://")
    metadata = json.loads(gzip.decompress(pathlib.Path(path).read_bytes()))
    summary = metadata["snapshots"][-1]["summary"]
    summary["total-records"] = str(int(summary["total-records"]) + 1)
    pathlib.Path(path).write_bytes(gzip.compress(json.dumps(metadata).encode()))


# --- which files


@fault("in Iceberg alone")
def a_file_is_missing_in_delta(data):
    edit_log(data, SPANS, lambda action: "add" in action and (action.clear() is None))


@fault("in Delta alone")
def a_file_is_missing_in_iceberg(data):
    def change(entries):
        entries[0][0] = ManifestEntryStatus.DELETED
        return entries
    edit_manifest(data, LOGS, change)


@fault("a file is listed twice")
def a_file_is_listed_twice(data):
    edit_manifest(data, METRICS, lambda entries: [*entries, entries[0]])


@fault("can't be read")
def a_data_file_is_gone(data):
    next((root_of(data, SPANS) / "data").glob("date=*/*.parquet")).unlink()


@fault("can't be read")
def a_data_file_is_cut(data):
    path = next((root_of(data, LOGS) / "data").glob("date=*/*.parquet"))
    path.write_bytes(path.read_bytes()[:-100])


@fault("dates of rows")
def a_row_is_in_another_partition(data):
    edit_rows(data, METRICS, lambda rows: rows[0].update(date=rows[0]["date"] + datetime.timedelta(days=1)) is None)


@fault("the log ends with")
def the_last_delta_entry_is_missing(data):
    max((root_of(data, LOGS) / "data" / "_delta_log").glob("*.json")).unlink()


@fault("still pending")
def a_delta_entry_is_still_pending(data):
    query(data, "INSERT INTO delta_pending (schema, name, version, entry) VALUES ('telemetry', ?, 99, x'7b7d')", LOGS)


@fault("in Delta alone")
def the_catalog_points_to_an_older_snapshot(data):
    older = iceberg_table(data, SPANS).metadata.metadata_log[-1].metadata_file
    query(data, "UPDATE tables SET metadata_location = ? WHERE name = ?", older, SPANS)


@fault(LOST)
def a_table_is_as_it_was_a_commit_ago(data):
    """In both formats: nothing contradicts itself, only rows are not there."""
    the_catalog_points_to_an_older_snapshot(data)
    max((root_of(data, SPANS) / "data" / "_delta_log").glob("*.json")).unlink()
    snapshot = iceberg_table(data, SPANS).current_snapshot().snapshot_id
    query(data, "UPDATE tables SET snapshot_id = ?, delta_version = delta_version - 1 WHERE name = ?", snapshot, SPANS)
