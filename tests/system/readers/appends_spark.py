# SPDX-License-Identifier: Apache-2.0
"""Spark as in appends.py. For the spark environment."""

from child import serve_task
from spark_session import session


def copies(spark, task, engine):
    from pyspark.sql import functions as F

    rows = spark.table(f"weir.{task['namespace']}.otel_spans").where(
        (F.col("service_name") == task["service"]) & ~F.contains(F.col("record_id"), F.lit("-")))
    return (rows.withColumn("record_id", F.concat(F.lit(engine + "-"), "record_id"))
            .withColumn("trace_id", F.md5(F.concat(F.lit(engine), "trace_id"))))


def append_spark_sql(task):
    spark = session(task)
    rows = copies(spark, task, "spark_sql")
    rows.createOrReplaceTempView("copies")
    spark.sql(f"insert into weir.{task['namespace']}.otel_spans select * from copies")
    return {"rows": count(spark, task, "spark_sql")}


def append_spark(task):
    spark = session(task)
    copies(spark, task, "spark").writeTo(f"weir.{task['namespace']}.otel_spans").append()
    return {"rows": count(spark, task, "spark")}


def count(spark, task, engine):
    name = f"weir.{task['namespace']}.otel_spans"
    spark.catalog.refreshTable(name)
    return spark.sql(f"select count(*) from {name} where record_id like '{engine}-%'").collect()[0][0]


serve_task({function.__name__: function for function in (append_spark, append_spark_sql)})
