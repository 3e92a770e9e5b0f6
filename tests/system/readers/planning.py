# SPDX-License-Identifier: Apache-2.0
"""Scans that the server plans against those that PyIceberg plans by itself. For the engines environment."""

import random

from child import serve_task


def table(task, mode):
    from pyiceberg.catalog import load_catalog

    catalog = load_catalog("weir", type="rest", uri=task["iceberg_uri"], **{"scan-planning-mode": mode})
    return catalog.load_table((task["namespace"], "otel_spans"))


def files_of(scan):
    return sorted(one.file.file_path for one in scan.plan_files())


def ids_of(scan):
    return sorted(scan.to_arrow().column("record_id").to_pylist())


def values_of(table):
    rows = table.scan(selected_fields=("trace_id", "service_name", "duration_ns", "time", "date", "name")).to_arrow()
    return {name: rows.column(name).to_pylist() for name in rows.column_names}


def some_filter(values, moments, depth):
    import pyiceberg.expressions as e

    if depth > 0 and moments.random() < 0.5:
        parts = [some_filter(values, moments, depth - 1) for _ in range(2)]
        return moments.choice([e.And(*parts), e.Or(*parts), e.Not(parts[0])])
    column = moments.choice(list(values))
    value = moments.choice(values[column])
    if value is None:
        return moments.choice([e.IsNull, e.NotNull])(column)
    if column == "time":
        value = value.isoformat()
    kinds = [e.EqualTo, e.NotEqualTo, e.LessThan, e.LessThanOrEqual, e.GreaterThan, e.GreaterThanOrEqual]
    if isinstance(value, str) and column in ("service_name", "name", "trace_id"):
        kinds += [lambda c, v: e.StartsWith(c, v[:2]), lambda c, v: e.NotStartsWith(c, v[:2]),
                  lambda c, v: e.In(c, {v, "other"}), lambda c, v: e.NotIn(c, {v, "other"})]
    return moments.choice(kinds)(column, value)


def compare(task):
    """{"scans": how many filters, "files": files planned by the server, "more": those that PyIceberg leaves out}."""
    server, client = table(task, "server"), table(task, "client")
    snapshot = client.current_snapshot().snapshot_id
    moments, values = random.Random(task["seed"]), values_of(client)
    counts = {"scans": 0, "files": 0, "more": 0, "all": len(files_of(client.scan(snapshot_id=snapshot)))}
    for _ in range(task["filters"]):
        wanted = some_filter(values, moments, 2)
        scans = [one.scan(row_filter=wanted, snapshot_id=snapshot) for one in (server, client)]
        planned, own = map(files_of, scans)
        found, expected = map(ids_of, scans)
        assert found == expected, f"{wanted}: {len(found)} rows, expected {len(expected)}"
        counts["scans"] += 1
        counts["files"] += len(planned)
        counts["more"] += len(set(planned) - set(own))
    return counts


def traces(task):
    """How many files a scan of one trace reads, planned by the server and by PyIceberg; rows must be the same."""
    from pyiceberg.expressions import EqualTo, In

    server, client = table(task, "server"), table(task, "client")
    ids = sorted(set(values_of(client)["trace_id"]))
    chosen = {"one": EqualTo("trace_id", ids[0]), "two": In("trace_id", ids[:2]), "none": EqualTo("trace_id", "0" * 32)}
    answer = {}
    for name, wanted in chosen.items():
        scans = [one.scan(row_filter=wanted) for one in (server, client)]
        assert ids_of(scans[0]) == ids_of(scans[1]), name
        answer[name] = [len(files_of(scan)) for scan in scans]
    return answer


serve_task({function.__name__: function for function in (compare, traces)})
