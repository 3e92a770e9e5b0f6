# SPDX-License-Identifier: Apache-2.0
"""Runs queries of docs/views.md in Spark. For the spark environment."""

from child import serve_task
from spark_session import session


def views_spark(task):
    """{view: [row]}; times in µs since the epoch, numbers as they are or as text."""
    spark = session(task)
    return {view: [row.asDict() for row in spark.sql(query).selectExpr(*columns(spark, query)).collect()]
            for view, query in task["queries"].items()}


def columns(spark, query):
    for field in spark.sql(query).schema:
        kind = field.dataType.typeName()
        if kind == "timestamp":
            yield f"unix_micros({field.name}) AS {field.name}"
        elif kind == "date" or kind.startswith("decimal"):
            yield f"CAST({field.name} AS string) AS {field.name}"
        else:
            yield field.name


serve_task({"views_spark": views_spark})
