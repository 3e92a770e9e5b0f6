# SPDX-License-Identifier: Apache-2.0
"""What a data folder at rest holds, read without our code: the catalog's pointers, both formats' file lists, the rows.

One long-living process of the engines environment: a line of JSON in ({"data": path}), one pickle out, length first.
It also plants faults, as plant.py has them: {"faults": true} and {"plant": name, "data": path}.
The answer: {"tables": {name: {"iceberg": [path, …], "delta": [path, …], "rows": {path: [row, …]}}},
"problems": [text]}.
"""

import json
import pathlib
import pickle
import sqlite3
import struct
import sys
import traceback
import urllib.parse

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.manifest import clear_manifest_cache
from pyiceberg.table import StaticTable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "system" / "readers"))

import plant  # noqa: E402
import statistics_check  # noqa: E402
from arrow_engines import plain_rows  # noqa: E402


def path_of(uri):
    return urllib.parse.unquote(uri.removeprefix("file://"))


def read_lake(data):
    """All tables of the catalog; what contradicts itself goes to `problems`."""
    clear_manifest_cache()  # a test may have changed a file in place
    problems = []
    tables = {}
    catalog = sqlite3.connect(f"file:{data}/catalog.db?mode=ro", uri=True)
    try:
        pointers = catalog.execute(
            "SELECT schema, name, location, metadata_location, snapshot_id, delta_version FROM tables").fetchall()
        pending = catalog.execute("SELECT count(*) FROM delta_pending").fetchone()[0]
    finally:
        catalog.close()
    if pending:
        problems.append(f"{pending} Delta entries are still pending")
    for schema, name, location, metadata, snapshot, version in pointers:
        found = []
        tables[f"{schema}.{name}"] = _read_table(path_of(location), metadata, (snapshot, version), found)
        problems += [f"{schema}.{name}: {problem}" for problem in found]
    return {"tables": tables, "problems": problems}


def _read_table(root, metadata, pointer, problems):
    table = StaticTable.from_metadata(metadata)
    snapshot = table.current_snapshot()
    if (snapshot.snapshot_id if snapshot else 0) != pointer[0] and snapshot is not None:
        problems.append(f"the catalog names snapshot {pointer[0]}, the metadata {snapshot.snapshot_id}")
    iceberg = [entry.data_file for manifest in (snapshot.manifests(table.io) if snapshot else [])
               for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True)]
    delta_table = DeltaTable(f"{root}/data")
    if delta_table.version() != pointer[1]:
        problems.append(f"the catalog names Delta version {pointer[1]}, the log ends with {delta_table.version()}")
    delta = pa.table(delta_table.get_add_actions(flatten=True)).to_pylist()
    wanted = schema_to_pyarrow(table.schema(), include_field_ids=False)
    rows = {}
    of_iceberg = {path_of(file.file_path): file for file in iceberg}
    of_delta = {f"{root}/data/{path_of(add['path'])}": add for add in delta}
    _check_lists(iceberg, delta, of_iceberg, of_delta, problems)
    for path in sorted(of_iceberg.keys() | of_delta.keys()):
        rows[path] = _read_file(path, wanted, table.schema(), of_iceberg.get(path), of_delta.get(path), problems)
    if snapshot is not None:
        _check_totals(snapshot.summary, len(iceberg), sum(map(len, rows.values())), problems)
    return {"iceberg": sorted(of_iceberg), "delta": sorted(of_delta), "rows": rows}


def _check_lists(iceberg, delta, of_iceberg, of_delta, problems):
    if len(of_iceberg) != len(iceberg) or len(of_delta) != len(delta):
        problems.append(f"a file is listed twice: {len(iceberg)} entries in Iceberg, {len(delta)} in Delta")
    for path in sorted(of_iceberg.keys() ^ of_delta.keys()):
        problems.append(f"{path} is in {'Iceberg' if path in of_iceberg else 'Delta'} alone")


def _check_totals(summary, files, rows, problems):
    told = (int(summary["total-data-files"]), int(summary["total-records"]))
    if told != (files, rows):
        problems.append(f"the snapshot's summary tells of {told} files and rows, there are {(files, rows)}")


def _read_file(path, wanted, schema, iceberg, delta, problems):
    name = path.rsplit("/", 1)[-1]
    try:
        size = pathlib.Path(path).stat().st_size
        with pq.ParquetFile(path) as file:
            table = file.read(use_threads=False)
    except (OSError, pa.ArrowException) as error:
        problems.append(f"{name} can't be read: {str(error)[:200]}")
        return []
    found = statistics_check.schema_problems(table.schema, wanted)
    if not found:
        sizes = {size, *([iceberg.file_size_in_bytes] if iceberg else []), *([delta["size_bytes"]] if delta else [])}
        if len(sizes) > 1:
            found.append(f"sizes on disk and in the two formats are {sorted(sizes)}")
        if iceberg:
            found += statistics_check.iceberg_problems(table, schema, iceberg)
        if delta:
            found += statistics_check.delta_problems(table, delta)
        found += statistics_check.partition_problems(table, path, iceberg, delta)
    problems += [f"{name}: {problem}" for problem in found]
    return plain_rows(table)


def answer_to(task):
    if "faults" in task:
        return {name: words for name, (_, words) in plant.FAULTS.items()}
    try:
        if "plant" in task:
            return plant.FAULTS[task["plant"]][0](task["data"])
        return count_lake(task["count"]) if "count" in task else read_lake(task["data"])
    except Exception:
        failure = traceback.format_exc()[-1500:]
        return failure if "plant" in task else {"tables": {}, "problems": ["the folder can't be read: " + failure]}


def count_lake(data):
    """{table: rows that each format lists, and distinct record ids} of tables too large to compare row by row."""
    counts = {}
    with sqlite3.connect(f"file:{data}/catalog.db?mode=ro", uri=True) as catalog:
        pointers = catalog.execute("SELECT schema, name, location, metadata_location FROM tables").fetchall()
    for schema, name, location, metadata in pointers:
        paths = [path_of(task.file.file_path) for task in StaticTable.from_metadata(metadata).scan().plan_files()]
        delta = DeltaTable(f"{path_of(location)}/data").file_uris()
        column = "trace_id" if name == "trace_index" else "record_id"
        ids = [pq.ParquetFile(path).read([column]).column(0) for path in paths]
        counts[f"{schema}.{name}"] = {
            "iceberg": sum(map(len, ids)),
            "delta": sum(pq.ParquetFile(path_of(uri)).metadata.num_rows for uri in delta),
            "distinct": pc.count_distinct(pa.chunked_array([c for i in ids for c in i.chunks], pa.string())).as_py()}
    return counts


def main():
    out = sys.stdout.buffer
    for line in sys.stdin:
        task = json.loads(line)
        answer = answer_to(task)
        payload = pickle.dumps(answer)
        out.write(struct.pack("<Q", len(payload)) + payload)
        out.flush()


if __name__ == "__main__":
    main()
