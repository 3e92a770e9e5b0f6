# SPDX-License-Identifier: Apache-2.0
"""Engines that make, change and drop tables of their own, and join telemetry with them. Each leaves `kept` behind.

For the engines environment. Each writer answers {"spans": how many spans the join found}; each reader the rows of
every table of the task.
"""

import collections

import pyarrow as pa
from child import serve_task


def load(task):
    from pyiceberg.catalog import load_catalog

    return load_catalog("weir", type="rest", uri=task["iceberg_uri"])


def services(task):
    return load(task).load_table((task["namespace"], "otel_spans")).scan(selected_fields=("service_name",)).to_arrow()


def spans_of_services(task):
    return {"counts": collections.Counter(services(task).column(0).to_pylist())}


def rows(ids, names, amounts):
    return pa.table({"id": pa.array(ids, pa.int64()), "name": pa.array(names, pa.string()), "amount": pa.array(amounts, pa.float64())})


def write_pyiceberg(task):
    from pyiceberg.expressions import EqualTo
    from pyiceberg.transforms import BucketTransform
    from pyiceberg.types import StringType

    catalog, name = load(task), "owned_by_pyiceberg"
    catalog.create_namespace(name, {"owner": "pyiceberg"})
    catalog.update_namespace_properties(name, removals={"owner"}, updates={"team": "a"})
    assert catalog.load_namespace_properties(name) == {"team": "a"}
    table = catalog.create_table((name, "made"), schema=rows([], [], []).schema)
    table.append(rows([1, 2, 3], ["a", "b", "c"], [1.5, 2.5, None]))
    table.append(rows([4], ["d"], [4.5]))
    table.delete(EqualTo("id", 2))
    table.overwrite(rows([3], ["see"], [3.5]), overwrite_filter=EqualTo("id", 3))
    with table.update_schema() as update:
        update.add_column("service", StringType())
        update.rename_column("name", "label")
    with table.update_spec() as update:
        update.add_field("id", BucketTransform(4), "id_bucket")
    with table.transaction() as transaction:
        transaction.set_properties(purpose="test")
        transaction.append(pa.table({"id": pa.array([5], pa.int64()), "label": ["e"], "amount": [5.5],
                                     "service": [task["service"]]}))
    table.manage_snapshots().create_tag(table.current_snapshot().snapshot_id, "end").commit()
    catalog.rename_table((name, "made"), (name, "kept"))
    table = catalog.load_table((name, "kept"))
    spans = services(task)
    own = table.scan(selected_fields=("service",)).to_arrow().cast(pa.schema([("service", spans.schema.field(0).type)]))
    joined = spans.join(own, keys="service_name", right_keys="service", join_type="inner")
    with catalog.create_table_transaction((name, "staged"), schema=rows([], [], []).schema) as transaction:
        transaction.append(rows([1], ["x"], [0.0]))
    assert catalog.load_table((name, "staged")).scan().to_arrow().num_rows == 1
    catalog.drop_table((name, "staged"))
    assert catalog.list_tables(name) == [(name, "kept")]
    return {"spans": joined.num_rows}


def duckdb_connection(task):
    import duckdb

    connection = duckdb.connect(config={"extension_directory": task["home"] + "/duckdb_ext",
                                        "autoinstall_known_extensions": "false"})
    for extension in ("avro", "httpfs", "iceberg"):
        connection.execute(f"load {extension}")
    connection.execute(f"attach '' as weir (type iceberg, endpoint '{task['iceberg_uri']}', authorization_type 'none')")
    return connection


def write_duckdb(task):
    connection = duckdb_connection(task)
    for statement in f"""
        create schema weir.owned_by_duckdb;
        create table weir.owned_by_duckdb.kept (id bigint, label varchar, amount double, service varchar);
        create table weir.owned_by_duckdb.other (id bigint);
        insert into weir.owned_by_duckdb.kept values (1, 'a', 1.5, null), (2, 'b', 2.5, null), (3, 'c', null, null);
        begin;
        insert into weir.owned_by_duckdb.kept values (4, 'd', 4.5, null);
        insert into weir.owned_by_duckdb.other values (4), (5);
        commit;
        update weir.owned_by_duckdb.kept set label = 'see', amount = 3.5 where id = 3;
        delete from weir.owned_by_duckdb.kept where id = 2;
        begin;
        insert into weir.owned_by_duckdb.kept values (6, 'never', 0, null);
        rollback;
        alter table weir.owned_by_duckdb.other add column more varchar;
        insert into weir.owned_by_duckdb.kept values (5, 'e', 5.5, '{task["service"]}')
    """.split(";"):
        connection.execute(statement)
    assert connection.execute("select sum(id) from weir.owned_by_duckdb.other").fetchone() == (9,)
    connection.execute("drop table weir.owned_by_duckdb.other")
    spans = connection.execute(f"""select count(*) from weir.{task['namespace']}.otel_spans s
        join weir.owned_by_duckdb.kept k on k.service = s.service_name""").fetchone()[0]
    return {"spans": spans}


def read_pyiceberg(task):
    tables = {name: load(task).load_table((name, "kept")).scan() for name in task["owners"]}
    return {name: scan.to_arrow().to_pylist() for name, scan in tables.items()}


def read_duckdb(task):
    connection = duckdb_connection(task)
    return {name: connection.execute(f"select * from weir.{name}.kept").to_arrow_table().to_pylist()
            for name in task["owners"]}


PROGRAMS = (spans_of_services, write_pyiceberg, write_duckdb, read_pyiceberg, read_duckdb)
serve_task({function.__name__: function for function in PROGRAMS})
