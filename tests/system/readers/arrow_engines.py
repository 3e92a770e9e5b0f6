# SPDX-License-Identifier: Apache-2.0
"""Reads through engines that give Arrow tables: PyIceberg, DuckDB, delta-rs, Polars. For the engines environment."""

import time

import pyarrow as pa
from child import serve_task

DELTA_CATCHES_UP_SECONDS = 20


def plain_rows(table):
    """An Arrow table as dicts of plain values."""
    columns = {name: _plain_column(table.column(name)) for name in table.column_names}
    return [dict(zip(columns, values)) for values in zip(*columns.values())]


def _plain_column(column):
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64())
    elif pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    convert = _converter(column.type)
    return [convert(value) for value in column.to_pylist()]


def _converter(arrow_type):
    """Maps, also those that an engine shows as lists of key and value, become lists of [key, value]."""
    if pa.types.is_dictionary(arrow_type):
        return _converter(arrow_type.value_type)
    if pa.types.is_map(arrow_type):
        return lambda value: None if value is None else [[key, item] for key, item in value]
    if pa.types.is_list(arrow_type) or pa.types.is_large_list(arrow_type):
        if pa.types.is_struct(arrow_type.value_type) and {f.name for f in arrow_type.value_type} == {"key", "value"}:
            return lambda value: None if value is None else [[pair["key"], pair["value"]] for pair in value]
        element = _converter(arrow_type.value_type)
        return lambda value: None if value is None else [element(item) for item in value]
    if pa.types.is_struct(arrow_type):
        members = {field.name: _converter(field.type) for field in arrow_type}
        return lambda value: None if value is None else {name: of(value[name]) for name, of in members.items()}
    return lambda value: value


def pyiceberg_tables(task):
    from pyiceberg.catalog import load_catalog

    catalog = load_catalog("weir", type="rest", uri=task["iceberg_uri"])
    return {name: catalog.load_table((task["namespace"], name)) for name in task["rows"]}


def pyiceberg(task):
    return {name: plain_rows(table.scan().to_arrow()) for name, table in pyiceberg_tables(task).items()}


def delta_rs(task):
    from deltalake import DeltaTable

    for name, path in task["delta_paths"].items():
        deadline = time.monotonic() + DELTA_CATCHES_UP_SECONDS
        while sum(_record_counts(path)) != task["rows"][name] and time.monotonic() < deadline:
            time.sleep(0.1)
    return {name: plain_rows(DeltaTable(path).to_pyarrow_table()) for name, path in task["delta_paths"].items()}


def _record_counts(path):
    from deltalake import DeltaTable

    return pa.table(DeltaTable(path).get_add_actions(flatten=True)).column("num_records").to_pylist()


def _duckdb_rows(task, source_of):
    import duckdb

    connection = duckdb.connect(config={"extension_directory": task["home"] + "/duckdb_ext",
                                        "autoinstall_known_extensions": "false"})
    for extension in ("avro", "httpfs", "iceberg", "delta"):
        connection.execute(f"load {extension}")
    connection.execute("set timezone = 'UTC'")
    connection.execute(f"attach '' as weir (type iceberg, endpoint '{task['iceberg_uri']}', authorization_type 'none')")
    return {name: plain_rows(connection.execute(f"select * from {source_of(name)}").to_arrow_table())
            for name in task["rows"]}


def duckdb_iceberg(task):
    return _duckdb_rows(task, lambda name: f"weir.{task['namespace']}.{name}")


def duckdb_delta(task):
    return _duckdb_rows(task, lambda name: f"delta_scan('{task['delta_paths'][name]}')")


def polars_iceberg(task):
    import polars

    return {name: plain_rows(polars.scan_iceberg(table).collect().to_arrow())
            for name, table in pyiceberg_tables(task).items()}


def polars_delta(task):
    import polars

    return {name: plain_rows(polars.scan_delta(path).collect().to_arrow())
            for name, path in task["delta_paths"].items()}


if __name__ == "__main__":
    serve_task({function.__name__: function for function in
                (pyiceberg, delta_rs, duckdb_iceberg, duckdb_delta, polars_iceberg, polars_delta)})
