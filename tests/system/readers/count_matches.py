# SPDX-License-Identifier: Apache-2.0
"""Counts the rows that match filters, pushed down by each engine: statistics that lie lose rows here.

A program of the engines environment. A filter is [column, op, value]; op is =, <, >, `is null`.
"""

import operator
from child import serve_task

OPERATORS = {"=": operator.eq, "<": operator.lt, ">": operator.gt}


def sql_text(column, op, value):
    return f"{column} is null" if op == "is null" else f"{column} {op} {sql_literal(value)}"


def sql_literal(value):
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def count_by(task, count_of_table):
    """{table: [count, …]}; `count_of_table(name)` gives a function from a filter to a count."""
    counts = {}
    for name, filters in task["filters"].items():
        count = count_of_table(name)
        counts[name] = [count(*one) for one in filters]
    return counts


def pyiceberg(task):
    from pyiceberg import expressions as E
    from pyiceberg.catalog import load_catalog

    predicates = {"=": E.EqualTo, "<": E.LessThan, ">": E.GreaterThan}
    catalog = load_catalog("weir", type="rest", uri=task["iceberg_uri"])

    def count_of_table(name):
        table = catalog.load_table((task["namespace"], name))

        def count(column, op, value):
            row_filter = E.IsNull(column) if op == "is null" else predicates[op](column, value)
            return table.scan(row_filter=row_filter, selected_fields=("record_id",)).to_arrow().num_rows
        return count
    return count_by(task, count_of_table)


def delta_rs(task):
    import pyarrow.dataset as ds
    from deltalake import DeltaTable

    def count_of_table(name):
        dataset = DeltaTable(task["delta_paths"][name]).to_pyarrow_dataset()

        def count(column, op, value):
            field = ds.field(column)
            return dataset.count_rows(field.is_null() if op == "is null" else OPERATORS[op](field, value))
        return count
    return count_by(task, count_of_table)


def duckdb_counts(task, source_of):
    import duckdb

    connection = duckdb.connect(config={"extension_directory": task["home"] + "/duckdb_ext",
                                        "autoinstall_known_extensions": "false"})
    for extension in ("avro", "httpfs", "iceberg", "delta"):
        connection.execute(f"load {extension}")
    connection.execute(f"attach '' as weir (type iceberg, endpoint '{task['iceberg_uri']}', authorization_type 'none')")

    def count_of_table(name):
        return lambda *one: connection.execute(
            f"select count(record_id) from {source_of(name)} where {sql_text(*one)}").fetchone()[0]
    return count_by(task, count_of_table)


def duckdb_iceberg(task):
    return duckdb_counts(task, lambda name: f"weir.{task['namespace']}.{name}")


def duckdb_delta(task):
    return duckdb_counts(task, lambda name: f"delta_scan('{task['delta_paths'][name]}')")


serve_task({function.__name__: function for function in (pyiceberg, delta_rs, duckdb_iceberg, duckdb_delta)})
