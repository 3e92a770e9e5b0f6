# SPDX-License-Identifier: Apache-2.0
"""Reads through Spark: Iceberg by the REST catalog, Delta by path. A program of the spark environment.

Rows leave Spark with maps as arrays of entries (a Python dict would lose equal keys), times as microseconds and dates
as days.
"""

from child import serve_task
from pyspark.sql import types as T
from spark_session import session


def expression(sql, data_type, depth=0):
    """SQL that turns a value of `data_type` into one that Python gets unchanged."""
    if isinstance(data_type, T.MapType):
        return f"map_entries({sql})"
    if isinstance(data_type, T.TimestampType):
        return f"unix_micros({sql})"
    if isinstance(data_type, T.DateType):
        return f"unix_date({sql})"
    if isinstance(data_type, T.ArrayType) and isinstance(data_type.elementType, T.StructType):
        item = f"item{depth}"
        return f"transform({sql}, {item} -> {expression(item, data_type.elementType, depth + 1)})"
    if isinstance(data_type, T.StructType):
        members = ", ".join(f"'{f.name}', {expression(f'{sql}.{f.name}', f.dataType, depth)}" for f in data_type)
        return f"if({sql} is null, null, named_struct({members}))"
    return sql


def plain(value, data_type):
    if value is None:
        return None
    if isinstance(data_type, T.MapType):
        return [[entry["key"], entry["value"]] for entry in value]
    if isinstance(data_type, T.ArrayType):
        return [plain(item, data_type.elementType) for item in value]
    if isinstance(data_type, T.StructType):
        return {field.name: plain(value[field.name], field.dataType) for field in data_type}
    return value


def rows_of(spark, source):
    schema = spark.sql(f"select * from {source}").schema
    selected = ", ".join(f"{expression(f'`{f.name}`', f.dataType)} as `{f.name}`" for f in schema)
    return [{field.name: plain(row[field.name], field.dataType) for field in schema}
            for row in spark.sql(f"select {selected} from {source}").collect()]


def spark_iceberg(task):
    spark = session(task)
    return {name: rows_of(spark, f"weir.{task['namespace']}.{name}") for name in task["rows"]}


def spark_delta(task):
    spark = session(task)
    return {name: rows_of(spark, f"delta.`{path}`") for name, path in task["delta_paths"].items()}


if __name__ == "__main__":
    serve_task({"spark_iceberg": spark_iceberg, "spark_delta": spark_delta})
