# SPDX-License-Identifier: Apache-2.0
"""Reads whole tables through engines that are not ours, each in an interpreter of its own.

Every reader gives the same plain Python values as `expect`: one dict a row.
"""

import json
import pickle

from harness.environment import SYSTEM_TESTS, environment
from harness.process import run_to_end
from harness.weir_server import NAMESPACE

# Reader to (environment, program); delta_rs comes first because it waits until the Delta log has caught up.
READERS = {
    "delta_rs": ("engines", "arrow_engines.py"),
    "pyiceberg": ("engines", "arrow_engines.py"),
    "duckdb_iceberg": ("engines", "arrow_engines.py"),
    "duckdb_delta": ("engines", "arrow_engines.py"),
    "polars_iceberg": ("engines", "arrow_engines.py"),
    "polars_delta": ("engines", "arrow_engines.py"),
    "spark_iceberg": ("spark", "spark_engine.py"),
    "spark_delta": ("spark", "spark_engine.py"),
}
# Polars keeps of equal keys of a map the last value, at the place of the first.
FOLDS_EQUAL_KEYS = ("polars_iceberg", "polars_delta")
ENGINES = ("delta_rs", "pyiceberg", "duckdb", "polars", "spark")
READ_SECONDS = 240


def engine_of(reader):
    return next(engine for engine in ENGINES if reader.startswith(engine))


def read_tables(engine, server, rows_by_table, folder):
    """{reader: {table: [row, …]}} for the readers of one engine, of tables that must have that many rows.

    Readers of one engine share a process: starting Spark once is slow enough. A reader that fails has {"error": why}.
    """
    names = [reader for reader in READERS if engine_of(reader) == engine]
    environment_name, program = READERS[names[0]]
    command, task = prepare(f"read-{engine}", environment_name, program, names, server, list(rows_by_table), folder,
                            rows=rows_by_table)
    run_to_end(command, task.with_suffix(".log"), READ_SECONDS)
    return pickle.loads(task.with_suffix(".pickle").read_bytes())


def ask_engines(name, program, readers, server, tables, folder, **more):
    """What a program of the engines environment answers: {reader: …}; none may fail."""
    command, task = prepare(name, "engines", program, readers, server, tables, folder, **more)
    run_to_end(command, task.with_suffix(".log"), READ_SECONDS)
    return sound_answers(task)


def prepare(name, environment_name, program, readers, server, tables, folder, **more):
    """(command, task file) of a reading program; its log and its answer lie beside the task."""
    home = environment(environment_name)
    task = folder / f"{name}.json"
    task.write_text(json.dumps({
        "readers": list(readers),
        "home": str(home),
        "iceberg_uri": server.iceberg_uri,
        "namespace": NAMESPACE,
        "delta_paths": {table: str(server.delta_path(table)) for table in tables},
        "out": str(task.with_suffix(".pickle")),
    } | more))
    return [home / "bin" / "python", SYSTEM_TESTS / "readers" / program, task], task


def sound_answers(task):
    answers = pickle.loads(task.with_suffix(".pickle").read_bytes())
    for reader, answer in answers.items():
        assert "error" not in answer, f"{reader} failed, see {task.with_suffix('.log')}:\n{answer['error']}"
    return answers
