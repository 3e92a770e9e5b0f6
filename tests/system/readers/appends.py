# SPDX-License-Identifier: Apache-2.0
"""Engines that append to Weir's own otel_spans: copies of its rows of one service with other ids.

For the engines environment. A copy by engine `e` has the record id `e-` before the original's, and as trace id the MD5
of `e` and the original's. Each writer answers {"rows": how many it appended}.
"""

import hashlib

import pyarrow as pa
import pyarrow.compute as pc
from child import serve_task

# What a row needs to be a span that is found, and lists, which this version of PyIceberg reads as empty where they are
# null: the other columns are null.
FEW = ("record_id", "time", "date", "service_name", "trace_id", "span_id", "name", "start_time_unix_nano", "events", "links")


def spans(task):
    from pyiceberg.catalog import load_catalog

    catalog = load_catalog("weir", type="rest", uri=task["iceberg_uri"])
    return catalog.load_table((task["namespace"], "otel_spans"))


def originals(table, task):
    """The rows that were received, not appended."""
    rows = table.scan(row_filter=f"service_name = '{task['service']}'").to_arrow()
    return rows.filter(pc.invert(pc.match_substring(rows.column("record_id"), "-")))


def copied(rows, engine):
    def replace(name, of):
        values = pa.array([of(value) for value in rows.column(name).to_pylist()], rows.schema.field(name).type)
        return rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), values)

    rows = replace("record_id", lambda value: f"{engine}-{value}")
    return replace("trace_id", lambda value: hashlib.md5((engine + value).encode()).hexdigest())


def append_pyiceberg(task):
    table = spans(task)
    rows = copied(originals(table, task), "pyiceberg")
    table.append(rows)
    return {"rows": rows.num_rows}


def append_pyiceberg_few(task):
    """A table with some of the columns only."""
    table = spans(task)
    rows = copied(originals(table, task), "few").select(FEW)
    table.append(rows)
    return {"rows": rows.num_rows}


def duckdb_connection(task):
    import duckdb

    connection = duckdb.connect(config={"extension_directory": task["home"] + "/duckdb_ext",
                                        "autoinstall_known_extensions": "false"})
    for extension in ("avro", "httpfs", "iceberg"):
        connection.execute(f"load {extension}")
    connection.execute("set timezone = 'UTC'")
    connection.execute(f"attach '' as weir (type iceberg, endpoint '{task['iceberg_uri']}', authorization_type 'none')")
    return connection


def append_duckdb(task):
    """Of otel_logs: its version has no nulls and no empty maps where keys are required, which ours are in all maps."""
    name, some = f"weir.{task['namespace']}.otel_logs", "map{'k': 'v'}"
    counts = "'attributes_types': null, 'dropped_attributes_count': 0"
    return {"rows": duckdb_connection(task).execute(f"""
        insert into {name} (record_id, time, date, service_name, body, attributes, resource, instrumentation_scope)
        select 'duckdb-' || record_id, time, date, service_name, body, {some}, {{'attributes': {some}, {counts}}},
               {{'name': 'duckdb', 'version': null, 'attributes': {some}, {counts}}}
        from {name} where not contains(record_id, '-')""").fetchone()[0]}


def append_often(task):
    """Small appends one after the other, each the whole of what a client does. The answer also says how long each took
    and how many had to be made anew."""
    import time

    from pyiceberg.exceptions import CommitFailedException

    table = spans(task)
    rows = originals(table, task)
    took, failed = [], 0
    for number in range(task["appends"]):
        started = time.monotonic()
        copies = copied(rows, f"often{number}")
        while True:
            try:
                table.append(copies)
                break
            except CommitFailedException:
                failed += 1
                table.refresh()
        took.append(time.monotonic() - started)
        time.sleep(task.get("pause", 0))
        if task.get("stale") is None:
            table.refresh()
    return {"rows": rows.num_rows * task["appends"], "failed": failed, "took": took}


def refusals(task):
    """What PyIceberg is told when it asks for more than an append: {what: the message}."""
    from pyiceberg.expressions import EqualTo

    table = spans(task)
    rows = copied(originals(table, task), "never")

    def rename():
        with table.update_schema() as update:
            update.rename_column("name", "label")

    def tag():
        table.manage_snapshots().create_tag(table.current_snapshot().snapshot_id, "end").commit()

    def upper_case():
        place = rows.schema.get_field_index("trace_id")
        ids = pa.array([value.upper() for value in rows.column(place).to_pylist()], rows.schema.field(place).type)
        spans(task).append(rows.set_column(place, rows.schema.field(place), ids))

    asked = {
        "delete": lambda: spans(task).delete(EqualTo("service_name", task["service"])),
        "overwrite": lambda: spans(task).overwrite(rows),
        "rename": rename,
        "tag": tag,
        "upper case": upper_case,
        "index": lambda: append_index(task),
    }
    return {what: message_of(ask) for what, ask in asked.items()}


def append_index(task):
    from pyiceberg.catalog import load_catalog

    table = load_catalog("weir", type="rest", uri=task["iceberg_uri"]).load_table((task["namespace"], "trace_index"))
    table.append(table.scan().to_arrow())


def message_of(ask):
    try:
        ask()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "done"


PROGRAMS = (append_pyiceberg, append_pyiceberg_few, append_duckdb, append_often, refusals)
serve_task({function.__name__: function for function in PROGRAMS})
