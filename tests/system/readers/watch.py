# SPDX-License-Identifier: Apache-2.0
"""Reads a table again and again while it is written to, until a file `stop` appears: each look is one consistent state.

A program of the engines environment. Answers {table: [[rows, odd requests], …]}, a pair a look; odd are requests of
which not all rows were seen.
"""

import collections
import os

from child import serve_task

TAG = slice(10, 16)


def look(trace_ids, items):
    counts = collections.Counter(text[TAG] for text in trace_ids)
    return [counts.total(), [tag for tag, count in counts.items() if count != items]]


def watch(task, read):
    looks = []
    while True:
        is_last = os.path.exists(task["stop"])
        looks.append(look(read(), task["items"]))
        if is_last:
            return {task["table"]: looks}


def pyiceberg(task):
    from pyiceberg.catalog import load_catalog

    catalog = load_catalog("weir", type="rest", uri=task["iceberg_uri"])

    def read():
        table = catalog.load_table((task["namespace"], task["table"]))
        return table.scan(selected_fields=("trace_id",)).to_arrow().column("trace_id").to_pylist()
    return watch(task, read)


def delta_rs(task):
    from deltalake import DeltaTable

    path = task["delta_paths"][task["table"]]
    return watch(task, lambda: DeltaTable(path).to_pyarrow_table(columns=["trace_id"]).column("trace_id").to_pylist())


serve_task({"pyiceberg": pyiceberg, "delta_rs": delta_rs})
