# SPDX-License-Identifier: Apache-2.0
"""Reads traces by their ids with an engine, and counts what it reads.

Runs in the engines' own interpreter: usage: trace_readers.py sample|pyiceberg|duckdb TASK, as JSON. Prints one JSON object.
"""
import json
import pathlib
import random
import sys
import time
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def read_bytes():
    """What this process has read by system calls, from the page cache or not."""
    with open("/proc/self/io") as io:
        return int(next(line for line in io if line.startswith("rchar")).split()[1])


def sample(task):
    """Random rows of random live files: [trace_id, min_us, max_us] over all rows of that trace."""
    import duckdb

    files = [str(path) for path in pathlib.Path(task["index"]).rglob("*.parquet")]
    chance = random.Random(task["seed"])
    picked = ", ".join(f"'{path}'" for path in chance.sample(files, min(len(files), 16)))
    ids = duckdb.sql(f"SELECT DISTINCT trace_id FROM read_parquet([{picked}]) ORDER BY hash(trace_id || '{task['seed']}') "
                     f"LIMIT {task['count']}").fetchall()
    listed = ", ".join(f"'{found[0]}'" for found in ids)
    everything = str(pathlib.Path(task["index"]) / "date=*" / "*.parquet")
    return duckdb.sql(f"SELECT trace_id, epoch_us(min(min_time)), epoch_us(max(max_time)) FROM read_parquet('{everything}') "
                      f"WHERE trace_id IN ({listed}) GROUP BY 1 ORDER BY hash(trace_id)").fetchall()


def measured(read, traces):
    total, started = read_bytes(), time.monotonic()
    rows = [read(*trace) for trace in traces]
    if not all(rows):
        raise ValueError(f"a trace has no rows: {rows}")
    return {"bytes": (read_bytes() - total) / len(traces), "ms": (time.monotonic() - started) * 1e3 / len(traces)}


def pyiceberg(task):
    from pyiceberg.catalog import load_catalog
    from pyiceberg.expressions import And, EqualTo, GreaterThanOrEqual, LessThanOrEqual

    def within(trace_id, least, most):
        first, last = (EPOCH + timedelta(microseconds=time) for time in (least, most))
        return And(EqualTo("trace_id", trace_id), And(And(
            GreaterThanOrEqual("time", first.isoformat()), LessThanOrEqual("time", last.isoformat())), And(
            GreaterThanOrEqual("date", str(first.date())), LessThanOrEqual("date", str(last.date())))))

    table = load_catalog("weir", type="rest", uri=task["iceberg_uri"]).load_table(("telemetry", "otel_spans"))
    scan = lambda where: table.scan(row_filter=where).to_arrow().num_rows
    return {"window": measured(lambda *trace: scan(within(*trace)), task["traces"]),
            "scan": measured(lambda trace_id, *_: scan(EqualTo("trace_id", trace_id)), task["traces"][:1])}


def duckdb(task):
    import duckdb as engine

    connection = engine.connect(config={"threads": 1, "extension_directory": task["home"] + "/duckdb_ext",
                                        "autoinstall_known_extensions": "false"})
    for statement in ("LOAD avro", "LOAD httpfs", "LOAD iceberg", "SET TimeZone = 'UTC'",
                      f"ATTACH '' AS weir (TYPE iceberg, ENDPOINT '{task['iceberg_uri']}', AUTHORIZATION_TYPE 'none')"):
        connection.execute(statement)
    select = "SELECT * FROM weir.telemetry.otel_spans WHERE trace_id = '{}'"

    def within(trace_id, least, most):
        first, last = (EPOCH + timedelta(microseconds=time) for time in (least, most))
        return len(connection.execute(select.format(trace_id) + f" AND time BETWEEN '{first}' AND '{last}' AND date BETWEEN "
                                      f"'{first.date()}' AND '{last.date()}'").fetchall())

    scan = lambda trace_id, *_: len(connection.execute(select.format(trace_id)).fetchall())
    return {"window": measured(within, task["traces"]), "scan": measured(scan, task["traces"][:1])}


if __name__ == "__main__":
    answer = {"sample": sample, "pyiceberg": pyiceberg, "duckdb": duckdb}[sys.argv[1]](json.loads(sys.argv[2]))
    print(json.dumps(answer))
