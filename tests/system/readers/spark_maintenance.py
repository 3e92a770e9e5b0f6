# SPDX-License-Identifier: Apache-2.0
"""Spark's maintenance on tables that are not its own to maintain: what it says, {verb: text}.

A program of the spark environment.
"""

from child import serve_task
from spark_engine import session


def spark(task):
    spark = session(task)
    spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    said = {}
    for name, path in task["delta_paths"].items():
        table = f"{task['namespace']}.{name}"
        for statement in (f"VACUUM delta.`{path}` RETAIN 0 HOURS",
                          f"OPTIMIZE delta.`{path}`",
                          f"DELETE FROM delta.`{path}`",
                          f"CALL weir.system.expire_snapshots(table => '{table}', older_than => TIMESTAMP '2100-01-01 00:00:00', retain_last => 1)",
                          f"CALL weir.system.remove_orphan_files(table => '{table}')",
                          f"CALL weir.system.rewrite_data_files(table => '{table}')",
                          f"DELETE FROM weir.{table}"):
            try:
                spark.sql(statement).collect()
                said[statement] = "did"
            except Exception as error:
                said[statement] = f"refused: {type(error).__name__}: {str(error)[:300]}"
    return said


if __name__ == "__main__":
    serve_task({"spark": spark})
