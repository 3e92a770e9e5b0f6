# SPDX-License-Identifier: Apache-2.0
"""Counts rows by request tag and distinct record ids, in Iceberg (PyIceberg) and Delta (delta-rs).

A program of the engines environment; see harness/load.py for tags.
"""

import hashlib
import json
import sys

import pyarrow as pa
import pyarrow.compute as pc
from child import end_with
from deltalake import DeltaTable
from pyiceberg.catalog import load_catalog

NAMESPACE = "telemetry"
TAG_START, TAG_END = 10, 16


def columns_of(table):
    return ["record_id", "exemplars" if table == "otel_metrics" else "trace_id"]


def summary(table):
    ids = pc.unique(table.column("record_id"))
    trace_ids = table.column(1)
    if not pa.types.is_string(trace_ids.type) and not pa.types.is_large_string(trace_ids.type):
        trace_ids = pc.struct_field(pc.list_flatten(trace_ids), "trace_id")
    tags = pc.utf8_slice_codeunits(trace_ids, TAG_START, TAG_END)
    counts = pc.value_counts(tags.combine_chunks() if isinstance(tags, pa.ChunkedArray) else tags)
    digest = hashlib.sha256("\n".join(sorted(ids.to_pylist())).encode()).hexdigest()
    return {
        "rows": table.num_rows,
        "distinct_record_ids": len(ids),
        "record_ids": digest,
        "tags": {entry["values"]: entry["counts"] for entry in counts.to_pylist()},
    }


def main():
    with open(sys.argv[1]) as file:
        task = json.load(file)
    catalog = load_catalog("weir", type="rest", uri=task["iceberg_uri"])
    counted = {"iceberg": {}, "delta": {}}
    for name, path in task["tables"].items():
        columns = columns_of(name)
        table = catalog.load_table((NAMESPACE, name))
        iceberg = table.scan(selected_fields=tuple(columns)).to_arrow().select(columns)
        counted["iceberg"][name] = summary(iceberg)
        counted["delta"][name] = summary(DeltaTable(path).to_pyarrow_table(columns=columns).select(columns))
    end_with(counted, task["out"])


main()
