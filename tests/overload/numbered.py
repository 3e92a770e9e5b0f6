# SPDX-License-Identifier: Apache-2.0
"""How often each numbered span is in the table: {service: {name: count}}. A program of the engines environment."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "system" / "readers"))
from child import serve_task


def pyiceberg(task):
    from pyiceberg import expressions as E
    from pyiceberg.catalog import load_catalog

    catalog = load_catalog("weir", type="rest", uri=task["iceberg_uri"])
    scan = catalog.load_table((task["namespace"], "otel_spans")).scan(
        row_filter=E.In("service_name", task["services"]), selected_fields=("service_name", "name"))
    return count(scan.to_arrow_batch_reader())


def delta_rs(task):
    import pyarrow.dataset as ds
    from deltalake import DeltaTable

    dataset = DeltaTable(task["delta_paths"]["otel_spans"]).to_pyarrow_dataset()
    return count(dataset.to_batches(columns=["service_name", "name"],
                                    filter=ds.field("service_name").isin(task["services"])))


def count(batches):
    found = {}
    for batch in batches:
        for service, name in zip(batch.column("service_name").to_pylist(), batch.column("name").to_pylist()):
            names = found.setdefault(service, {})
            names[name] = names.get(name, 0) + 1
    return found


serve_task({function.__name__: function for function in (pyiceberg, delta_rs)})
