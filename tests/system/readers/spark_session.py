# SPDX-License-Identifier: Apache-2.0
"""A small Spark with our catalog `weir`. For programs of the spark environment."""

import glob

from pyspark.sql import SparkSession

EXTENSIONS = ("org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions,"
              "io.delta.sql.DeltaSparkSessionExtension")


def session(task):
    settings = {
        "spark.jars": ",".join(glob.glob(task["home"] + "/weir-jars/*.jar")),
        "spark.sql.extensions": EXTENSIONS,
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.catalog.weir": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.weir.type": "rest",
        "spark.sql.catalog.weir.uri": task["iceberg_uri"],
        "spark.databricks.delta.snapshotPartitions": "2",
        "spark.sql.shuffle.partitions": "2",
        # Compiling code for rows this wide costs more than it saves on tables this small.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "2g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
    }
    builder = SparkSession.builder.master("local[2]")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()
