# SPDX-License-Identifier: Apache-2.0
"""One engine that reads versions of the tables over and over: usage: reader.py TASK, a JSON file; ends when its standard
input does, and prints what it did as one JSON line.

A version that was expired while it was read is no failure; one that the table still names afterwards is.
"""

import json
import os
import random
import sys
import threading
import time
import urllib.request

AWAY_PAUSE_SECONDS = 0.2
FAILURES_SHOWN = 5
OF_THE_LATEST = 0.3  # The others ask for any version that is kept.


def load_table(task, table):
    """As the REST catalog gives it. Errors: OSError while the server is away."""
    with urllib.request.urlopen(f"{task['iceberg_uri']}/v1/namespaces/{task['namespace']}/tables/{table}",
                                timeout=10) as answer:
        return json.load(answer)


class Iceberg:
    """What the two readers of Iceberg share: they ask for a snapshot and know how many rows it has."""

    def __init__(self, task):
        self.task, self.wanted = task, None

    def choose(self, table):
        snapshots = load_table(self.task, table)["metadata"]["snapshots"]
        if not snapshots:
            return None
        chosen = snapshots[-1] if random.random() < OF_THE_LATEST else random.choice(snapshots)
        self.wanted = int(chosen["summary"]["total-records"])
        return chosen["snapshot-id"]

    def is_kept(self, table, version):
        snapshots = load_table(self.task, table)["metadata"]["snapshots"]
        return any(snapshot["snapshot-id"] == version for snapshot in snapshots)


class PyIceberg(Iceberg):
    def count(self, table, version):
        from pyiceberg.catalog import load_catalog

        catalog = load_catalog("weir", type="rest", uri=self.task["iceberg_uri"])
        scan = catalog.load_table((self.task["namespace"], table)).scan(snapshot_id=version,
                                                                        selected_fields=("record_id",))
        ids = scan.to_arrow().column("record_id")
        return len(ids), len(ids.unique())


class DuckDb(Iceberg):
    def __init__(self, task):
        super().__init__(task)
        import duckdb

        self.connection = duckdb.connect(config={"extension_directory": task["home"] + "/duckdb_ext",
                                                 "autoinstall_known_extensions": "false", "threads": "1"})
        for extension in ("avro", "httpfs", "iceberg"):
            self.connection.execute(f"load {extension}")

    def count(self, table, version):
        name = f"w{random.getrandbits(32)}"
        self.connection.execute(f"attach '' as {name} (type iceberg, endpoint '{self.task['iceberg_uri']}', "
                                "authorization_type 'none')")
        try:
            return self.connection.execute("select count(*), count(distinct record_id) from "
                                           f"{name}.{self.task['namespace']}.{table} at (version => {version})").fetchone()
        finally:
            self.connection.execute(f"detach {name}")


class DeltaRs:
    """Asks for a version that the log can tell of; the log says how many rows it has."""

    def __init__(self, task):
        self.task, self.wanted = task, None

    def _versions(self, table):
        names = os.listdir(os.path.join(self.task["delta_paths"][table], "_delta_log"))
        checkpoints = [int(name.split(".")[0]) for name in names if name.endswith(".checkpoint.parquet")]
        entries = sorted(int(name.split(".")[0]) for name in names if name.endswith(".json"))
        first = 0 if 0 in entries else min(checkpoints, default=0)
        return [version for version in entries if version >= first]

    def choose(self, table):
        versions = self._versions(table)
        if not versions:
            return None
        return versions[-1] if random.random() < OF_THE_LATEST else random.choice(versions)

    def count(self, table, version):
        import pyarrow
        from deltalake import DeltaTable

        loaded = DeltaTable(self.task["delta_paths"][table], version=version)
        self.wanted = sum(pyarrow.table(loaded.get_add_actions(flatten=True)).column("num_records").to_pylist())
        ids = loaded.to_pyarrow_table(columns=["record_id"]).column("record_id")
        return len(ids), len(ids.unique())

    def is_kept(self, table, version):
        return version in self._versions(table)


def look(reader, table, found):
    version = reader.choose(table)
    if version is None:
        return
    try:
        rows, distinct = reader.count(table, version)
    except Exception as error:
        if reader.is_kept(table, version):
            found["failures"].append(f"{table} at {version}: {type(error).__name__}: {str(error)[:300]}")
        else:
            found["expired"] += 1
        return
    found["reads"] += 1
    if rows != reader.wanted or distinct != rows:
        found["failures"].append(f"{table} at {version}: {rows} rows, {distinct} distinct, {reader.wanted} wanted")


def main():
    with open(sys.argv[1]) as file:
        task = json.load(file)
    reader = {"pyiceberg": PyIceberg, "duckdb": DuckDb, "delta-rs": DeltaRs}[task["engine"]](task)
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()
    found = {"engine": task["engine"], "reads": 0, "expired": 0, "away": 0, "failures": []}
    while not stopped.is_set():
        for table in task["tables"]:
            try:
                look(reader, table, found)
            except OSError:  # Of the catalog: the server starts again just now.
                found["away"] += 1
                time.sleep(AWAY_PAUSE_SECONDS)
    found["failed"] = len(found["failures"])
    found["failures"] = found["failures"][:FAILURES_SHOWN]
    print(json.dumps(found), flush=True)
    os._exit(0)


main()
