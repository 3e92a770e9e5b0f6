# SPDX-License-Identifier: Apache-2.0
"""What DuckDB answers to queries over the tables as PyIceberg reads them, and what a server's Arrow answers hold."""

import json
import pathlib

import duckdb
import pyarrow as pa
from child import serve_task
from pyiceberg.catalog import load_catalog


def tables_of(task):
    """DuckDB with the tables, read by PyIceberg through the REST catalog."""
    catalog = load_catalog("weir", type="rest", uri=task["iceberg_uri"])
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name in task["delta_paths"]:
        connection.register(name, catalog.load_table(("telemetry", name)).scan().to_arrow())
    return connection


def plain(table):
    """Rows as values that compare: maps as lists of pairs, all else as Python has it."""
    return table.to_pylist()


def duckdb_over_pyiceberg(task):
    connection = tables_of(task)
    return {query: plain(connection.execute(query).to_arrow_table()) for query in task["queries"]}


def arrow_answers(task):
    """Files <n>.arrows beside the task are the server's answers to the queries."""
    folder = pathlib.Path(task["out"]).parent
    answers = {}
    for number, query in enumerate(task["queries"]):
        with pa.ipc.open_stream(folder / f"{number}.arrows") as stream:
            answers[query] = plain(stream.read_all())
    return answers


if __name__ == "__main__":
    serve_task({"duckdb": duckdb_over_pyiceberg, "weir": arrow_answers})
