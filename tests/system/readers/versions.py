# SPDX-License-Identifier: Apache-2.0
"""The rows of every version: each Iceberg snapshot and each Delta version that its log tells of, oldest first.

A program of the engines environment.
"""

import pathlib

from child import serve_task


def pyiceberg(task):
    from pyiceberg.catalog import load_catalog

    catalog = load_catalog("weir", type="rest", uri=task["iceberg_uri"])
    counts = {}
    for name in task["delta_paths"]:
        table = catalog.load_table((task["namespace"], name))
        snapshots = sorted(table.metadata.snapshots, key=lambda snapshot: snapshot.sequence_number)
        counts[name] = [sum(file.file.record_count for file in table.scan(snapshot_id=s.snapshot_id).plan_files())
                        for s in snapshots]
    return counts


def delta_rs(task):
    import pyarrow as pa
    from deltalake import DeltaTable

    def rows(path, version):
        actions = pa.table(DeltaTable(path, version=version).get_add_actions(flatten=True))
        return sum(actions.column("num_records").to_pylist()) if actions.num_rows else 0

    def oldest(path):
        names = sorted(file.name for file in (pathlib.Path(path) / "_delta_log").glob("0*"))
        entries = [int(name[:20]) for name in names if name.endswith(".json")]
        return 1 if entries[0] == 0 else min(int(name[:20]) for name in names if ".checkpoint." in name)

    return {name: [rows(path, version) for version in range(oldest(path), DeltaTable(path).version() + 1)]
            for name, path in task["delta_paths"].items()}


serve_task({"pyiceberg": pyiceberg, "delta_rs": delta_rs})
