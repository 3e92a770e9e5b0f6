# SPDX-License-Identifier: Apache-2.0
"""What a data folder looks like: its live files, its metadata, what nothing names; and how long commits took."""

import gzip
import json
import pathlib
import sqlite3
import time
import urllib.parse

from pyiceberg import expressions as E
from pyiceberg.catalog import load_catalog
from pyiceberg.conversions import from_bytes

MICROS_A_MINUTE = 60_000_000


class CommitLatency:
    """Buckets of a histogram, summed over the lives of a server."""

    def __init__(self):
        self.buckets = {}

    def add(self, weir):
        """The life that ends now."""
        for line in weir.get("/metrics").read().decode().splitlines():
            if line.startswith("weir_commit_latency_seconds_bucket"):
                bound, count = line.split('le="')[1].split('"')[0], float(line.rpartition(" ")[2])
                self.buckets[float(bound)] = self.buckets.get(float(bound), 0) + count

    def p99_bound(self):
        """The upper bound of the bucket that holds it; seconds."""
        bounds = sorted(self.buckets)
        total = self.buckets[bounds[-1]] if bounds else 0
        return next((bound for bound in bounds if self.buckets[bound] >= 0.99 * total), None) if total else None


def load(weir, namespace, table):
    catalog = load_catalog("weir", type="rest", uri=weir.iceberg_uri)
    return catalog.load_table((namespace, table))


def path_of(uri):
    return pathlib.Path(urllib.parse.unquote(urllib.parse.urlparse(uri).path))


def metadata_bytes(table):
    data = path_of(table.metadata_location).read_bytes()
    return len(gzip.decompress(data) if table.metadata_location.endswith(".gz.metadata.json") else data)


def manifests(table):
    return table.current_snapshot().manifests(table.io)


def live_files(table):
    """[(partition date, newest time in microseconds, bytes)] of the current snapshot."""
    field = table.schema().find_field("min_time" if "min_time" in table.schema().column_names else "time")
    found = []
    for manifest in manifests(table):
        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
            upper = from_bytes(field.field_type, entry.data_file.upper_bounds[field.field_id])
            found.append((entry.data_file.partition[0], upper, entry.data_file.file_size_in_bytes))
    return found


def crowded_partitions(files, now_us):
    """Of files older than an hour: partitions with more than one for five minutes of theirs."""
    by_date, crowded = {}, {}
    for date, newest, _ in files:
        if newest < now_us - 60 * MICROS_A_MINUTE:
            by_date.setdefault(date, []).append(newest)
    for date, times in by_date.items():
        allowed = max(1, (max(times) - min(times)) / (5 * MICROS_A_MINUTE))
        if len(times) > allowed + 1:
            crowded[str(date)] = (len(times), round(allowed))
    return crowded


def planning_seconds(table, now_us):
    """Of a query of ten minutes, an hour ago; the better of three, reading metadata anew."""
    import datetime

    def moment(minutes_ago):
        micros = now_us - minutes_ago * MICROS_A_MINUTE
        return datetime.datetime.fromtimestamp(micros / 1e6, datetime.timezone.utc)

    def once():
        begin, end = moment(70), moment(60)
        started = time.perf_counter()
        dates = E.And(E.GreaterThanOrEqual("date", begin.date().isoformat()),
                      E.LessThanOrEqual("date", end.date().isoformat()))
        times = E.And(E.GreaterThanOrEqual("time", begin.isoformat()), E.LessThan("time", end.isoformat()))
        files = len(list(table.scan(row_filter=E.And(dates, times)).plan_files()))
        return time.perf_counter() - started, files

    return min(once() for _ in range(3))


def unnamed_bytes(data, tables):
    """(bytes of tables, bytes of files that no kept version of either format names): the server is stopped.

    A file that is retired is named by the catalog until it is deleted.
    """
    named, total, unnamed = set(), 0, 0
    for table in tables:
        named.add(path_of(table.metadata_location))
        named |= {path_of(entry.metadata_file) for entry in table.metadata.metadata_log}
        for snapshot in table.metadata.snapshots:
            named.add(path_of(snapshot.manifest_list))
            for manifest in snapshot.manifests(table.io):
                if path_of(manifest.manifest_path) in named:
                    continue
                named.add(path_of(manifest.manifest_path))
                named |= {path_of(entry.data_file.file_path) for entry in manifest.fetch_manifest_entry(table.io, False)}
    with sqlite3.connect(f"file:{data / 'catalog.db'}?mode=ro", uri=True) as catalog:
        for location, path in catalog.execute(
                "select t.location, r.path from retired_files r join tables t using (schema, name)"):
            named.add(path_of(location) / path)
    for path in (data / "tables").rglob("*"):
        if not path.is_file():
            continue
        total += path.stat().st_size
        if "_delta_log" not in path.parts and path not in named:
            unnamed += path.stat().st_size
    return total, unnamed


def numbers_in(connection, source, table):
    """(rows, distinct numbers, smallest, largest) of the numbered rows in a table."""
    number = "value_int" if table == "otel_metrics" else "cast('0x' || span_id as bigint)"
    return connection.execute(f"select count(*), count(distinct n), min(n), max(n) from "
                              f"(select {number} as n from {source})").fetchone()


def print_json(found):
    print(json.dumps(found), flush=True)
