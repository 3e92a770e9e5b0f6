# SPDX-License-Identifier: Apache-2.0
"""Spark alters Weir's own table, by the statements of docs/alter.md among others. For the spark environment."""

from child import serve_task
from spark_session import session


def alter_spark(task):
    """{statement: why it failed, None where it did not}"""
    spark = session(task)
    said = {}
    for statement in task["statements"]:
        try:
            spark.sql(statement)
            said[statement] = None
        except Exception as failure:
            said[statement] = str(getattr(failure, "java_exception", failure))
    return said


serve_task({"alter_spark": alter_spark})
