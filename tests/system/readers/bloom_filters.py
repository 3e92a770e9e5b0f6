# SPDX-License-Identifier: Apache-2.0
"""What engines make of the bloom filters of a table's live files: a program of the engines environment.

Answers {reader: {table: {column: {"row_groups", "filters", "excluded_present", "excluded_absent"}}}}: how many row groups
and filters there are, and how often they exclude values that are there and values that are not.
"""

from child import serve_task

ABSENT = 60


def live_files(task, table):
    from deltalake import DeltaTable
    return DeltaTable(task["delta_paths"][table]).file_uris()


def absent(number):
    """As long as an id, and no id: these have lower-case digits."""
    return f"ABSENT{number:026d}"


def duckdb(task):
    """By the function that DuckDB's own scans prune with."""
    import duckdb
    import pyarrow.parquet as pq

    connection, answer = duckdb.connect(), {}

    def excluded(path, column, value):
        probe = connection.execute("select row_group_id, bloom_filter_excludes from parquet_bloom_probe(?, ?, ?)",
                                   [path, column, value])
        return dict(probe.fetchall())

    for table, columns in task["columns"].items():
        answer[table] = {}
        for column in columns:
            found = {"row_groups": 0, "filters": 0, "excluded_present": 0, "excluded_absent": 0, "asked": 0}
            for path in live_files(task, table):
                path = path.removeprefix("file://")
                file = pq.ParquetFile(path)
                metadata = connection.execute(
                    "select bloom_filter_offset from parquet_metadata(?) where path_in_schema = ?", [path, column])
                offsets = [row[0] for row in metadata.fetchall()]
                found["row_groups"] += len(offsets)
                found["filters"] += sum(offset is not None for offset in offsets)
                for group in range(file.metadata.num_row_groups):
                    values = file.read_row_group(group, columns=[column])[column].to_pylist()
                    present = [value for value in values if value is not None][:ABSENT]
                    found["excluded_present"] += sum(excluded(path, column, value)[group] for value in present)
                for number in range(ABSENT):
                    answers = excluded(path, column, absent(number))
                    found["asked"] += len(answers)
                    found["excluded_absent"] += sum(answers.values())
            answer[table][column] = found
    return answer


serve_task({"duckdb": duckdb})
