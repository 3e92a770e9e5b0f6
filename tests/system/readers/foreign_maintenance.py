# SPDX-License-Identifier: Apache-2.0
"""Other engines' maintenance on tables that are not theirs to maintain: what they say, {verb: text}.

A program of the engines environment.
"""

from child import serve_task


def delta_rs(task):
    from deltalake import DeltaTable

    said = {}
    for name, path in task["delta_paths"].items():
        table = DeltaTable(path)
        for verb, run in {
            "vacuum": lambda: table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False),
            "full vacuum": lambda: table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True),
            "delete": lambda: table.delete("true"),
            "compact": lambda: table.optimize.compact(),
            "cleanup": lambda: table.cleanup_metadata(),
        }.items():
            try:
                said[f"{name} {verb}"] = f"did: {run()}"
            except Exception as error:
                said[f"{name} {verb}"] = f"refused: {type(error).__name__}: {str(error)[:200]}"
    return said


def pyiceberg(task):
    from pyiceberg.catalog import load_catalog

    catalog = load_catalog("weir", type="rest", uri=task["iceberg_uri"])
    said = {}
    for name in task["delta_paths"]:
        table = catalog.load_table((task["namespace"], name))
        for verb, run in {
            "expire": lambda: table.maintenance.expire_snapshots().older_than(__import__("datetime").datetime.now()).commit(),
            "delete": lambda: table.delete("true"),
            "drop": lambda: catalog.drop_table((task["namespace"], name), ),
        }.items():
            try:
                said[f"{name} {verb}"] = f"did: {run()}"
            except Exception as error:
                said[f"{name} {verb}"] = f"refused: {type(error).__name__}: {str(error)[:200]}"
    return said


serve_task({"delta_rs": delta_rs, "pyiceberg": pyiceberg})
