# SPDX-License-Identifier: Apache-2.0
"""Spark as in own_tables.py, with what it alone can do: merge, replace, views. For the spark environment."""

from child import serve_task
from spark_session import session


def write_spark(task):
    spark = session(task)
    for statement in f"""
        create namespace weir.owned_by_spark with dbproperties ('team' = 'a');
        create table weir.owned_by_spark.made (id bigint, name string, amount double, gone int) using iceberg
            partitioned by (bucket(4, id));
        insert into weir.owned_by_spark.made values (1, 'a', 1.5, 0), (2, 'b', 2.5, 0), (3, 'c', null, 0);
        alter table weir.owned_by_spark.made add column service string;
        alter table weir.owned_by_spark.made rename column name to label;
        alter table weir.owned_by_spark.made drop column gone;
        alter table weir.owned_by_spark.made add partition field truncate(label, 1);
        alter table weir.owned_by_spark.made write ordered by id;
        alter table weir.owned_by_spark.made set tblproperties ('purpose' = 'test');
        delete from weir.owned_by_spark.made where id = 2;
        merge into weir.owned_by_spark.made t using (select 3 as id union all select 4 as id) s on t.id = s.id
            when matched then update set label = 'see', amount = 3.5
            when not matched then insert (id, label, amount) values (s.id, 'd', 4.5);
        insert into weir.owned_by_spark.made values (5, 'e', 0, '{task["service"]}');
        update weir.owned_by_spark.made set amount = 5.5 where id = 5;
        alter table weir.owned_by_spark.made create tag end;
        call weir.system.rewrite_data_files('owned_by_spark.made');
        call weir.system.expire_snapshots(table => 'owned_by_spark.made', retain_last => 1);
        alter table weir.owned_by_spark.made rename to owned_by_spark.kept;
        create table weir.owned_by_spark.other as select id from weir.owned_by_spark.kept;
        create or replace table weir.owned_by_spark.other as select id, label from weir.owned_by_spark.kept;
        create view weir.owned_by_spark.labels as select label from weir.owned_by_spark.kept
    """.split(";"):
        spark.sql(statement)
    assert spark.sql("select * from weir.owned_by_spark.other").count() == 4
    assert {row[0] for row in spark.sql("select * from weir.owned_by_spark.labels").collect()} == {"a", "see", "d", "e"}
    spark.sql("drop view weir.owned_by_spark.labels")
    spark.sql("drop table weir.owned_by_spark.other purge")
    spans = spark.sql(f"""select count(*) from weir.{task['namespace']}.otel_spans s
        join weir.owned_by_spark.kept k on k.service = s.service_name""").collect()[0][0]
    return {"spans": spans}


def read_spark(task):
    spark = session(task)
    return {name: [row.asDict() for row in spark.sql(f"select * from weir.{name}.kept").collect()]
            for name in task["owners"]}


serve_task({function.__name__: function for function in (write_spark, read_spark)})
