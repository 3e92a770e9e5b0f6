# SPDX-License-Identifier: Apache-2.0
"""Many small files become few, and every engine goes on reading the same rows."""

import json

from expect import SIGNALS, TABLE_OF
from harness.compare import fold_equal_keys
from harness.load import METRIC_ITEMS, Load, assert_exactly_the_acked
from harness.process import wait_until
from harness.registry import case
from harness.weir_server import WeirServer
from readers import ENGINES, FOLDS_EQUAL_KEYS, ask_engines, read_tables

REQUESTS, SECONDS = 120, 60
# A file each few requests.
SMALL_FILES = ("--set", "commit.interval_ms=50", "--set", "maintenance.compaction=false")
FEW, MANY = 4, 10
# More than a merge takes of a target of 1 MiB, and less than that in all.
JOINED_REQUESTS, JOINED_ITEMS = 40, 200


def files(weir, signal):
    return int(weir.table(TABLE_OF[signal])["files"])


def texts(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@case
def engines_read_the_same_rows_of_few_files(folder, options):
    counts = {TABLE_OF[signal]: REQUESTS * METRIC_ITEMS for signal in SIGNALS}
    with WeirServer(options.binary, folder, *SMALL_FILES) as weir:
        for number, signal in enumerate(SIGNALS):
            load = Load(signal, "http", first=number * 10_000)
            result = load.to_end(weir, folder, "-requests", REQUESTS, "-clients", 1, "-rate", 40)
            assert result["failed"] == 0, result
            weir.wait_rows(TABLE_OF[signal], counts[TABLE_OF[signal]])
            assert files(weir, signal) >= MANY, f"{signal}: {files(weir, signal)} files"
        before = {table: texts(rows) for table, rows in read_tables("pyiceberg", weir, counts, folder)["pyiceberg"].items()}
        folded = {table: texts(fold_equal_keys([json.loads(row) for row in rows])) for table, rows in before.items()}
        weir.stop()
    with WeirServer(options.binary, folder, "--set", "maintenance.compaction_quiet_s=1") as weir:
        for signal in SIGNALS:
            wait_until(lambda: files(weir, signal) <= FEW, SECONDS, f"the files of {signal} to be few")
        for engine in ENGINES:
            for reader, tables in read_tables(engine, weir, counts, folder).items():
                assert "error" not in tables, f"{reader}: {tables}"
                wanted = folded if reader in FOLDS_EQUAL_KEYS else before
                for table, rows in tables.items():
                    assert texts(rows) == wanted[table], f"{reader}: other rows of {table}"
        weir.verify()


@case
def engines_read_row_groups_that_were_joined(folder, options):
    """Two row groups at least in one file, in the order of compacted files, with bloom filters that engines use."""
    spans, rows = TABLE_OF["traces"], JOINED_REQUESTS * JOINED_ITEMS
    with WeirServer(options.binary, folder, *SMALL_FILES) as weir:
        load = Load("traces", "http", first=0, items=JOINED_ITEMS)
        result = load.to_end(weir, folder, "-requests", JOINED_REQUESTS, "-clients", 1, "-rate", 20)
        assert result["failed"] == 0, result
        weir.wait_rows(spans, rows)
        before = {reader: texts(tables[spans]) for reader, tables in read_tables("pyiceberg", weir, {spans: rows}, folder).items()}
        weir.stop()
    with WeirServer(options.binary, folder, "--set", "maintenance.compaction_file_mib=1", "--set",
                    "maintenance.compaction_quiet_s=1") as weir:
        wait_until(lambda: files(weir, "traces") == 1, SECONDS, "the files to be one")
        wanted = before["pyiceberg"]
        folded = texts(fold_equal_keys([json.loads(row) for row in wanted]))
        for engine in ENGINES:
            for reader, tables in read_tables(engine, weir, {spans: rows}, folder).items():
                assert "error" not in tables, f"{reader}: {tables}"
                assert texts(tables[spans]) == (folded if reader in FOLDS_EQUAL_KEYS else wanted), f"{reader}: other rows"
        found = ask_engines("bloom-filters", "bloom_filters.py", ["duckdb"], weir, [spans], folder,
                            columns={spans: ["trace_id", "span_id"]})["duckdb"][spans]
        for column, one in found.items():
            assert one["row_groups"] >= 2 and one["filters"] == one["row_groups"], f"{column}: {one}"
            assert one["excluded_present"] == 0, f"{column}: {one}"
            assert one["excluded_absent"] >= 0.93 * one["asked"], f"{column}: {one}"
        weir.verify()


@case
def nothing_is_lost_while_files_are_merged_and_the_server_killed(folder, options):
    with WeirServer(options.binary, folder, "--set", "commit.interval_ms=50", "--set",
                    "maintenance.compaction_file_mib=1") as weir:
        merged = 0
        for number in range(4):
            for place, signal in enumerate(SIGNALS):
                load = Load(signal, "grpc", first=place * 100_000 + number * 10_000)
                result = load.to_end(weir, folder, "-requests", REQUESTS, "-clients", 2, "-rate", 40)
                assert result["failed"] == 0, result
            merged += weir.metric("weir_compacted_files_total") or 0
            weir.kill()
            weir.start()
            weir.wait_recovered()
        for signal in SIGNALS:
            weir.wait_rows(TABLE_OF[signal], 4 * REQUESTS * METRIC_ITEMS)
        assert merged > 0
        assert_exactly_the_acked(weir, SIGNALS, folder)
        weir.verify()
