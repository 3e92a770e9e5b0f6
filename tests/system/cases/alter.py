# SPDX-License-Identifier: Apache-2.0
"""`weir table alter`: a table becomes another, and what lies in it stays readable, by every engine and at every step."""

import contextlib
import http.client
import json
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid

from harness.environment import environment
from harness.process import run_to_end, wait_until
from harness.registry import case
from harness.weir_server import WeirServer
from readers import ENGINES, prepare, read_tables, sound_answers
from send.by_hand import REQUEST_TYPE, key_values
from send.transport import http1

SPANS, LOGS = "otel_spans", "otel_logs"
ARROW_ENGINES = [engine for engine in ENGINES if engine != "spark"]
ASKED_SECONDS, MERGED_SECONDS, SPARK_SECONDS = 60, 60, 240
FAST = ("--set", "commit.interval_ms=50", "--set", "maintenance.compaction=false")
MERGING = ("--set", "commit.interval_ms=50", "--set", "maintenance.compaction_quiet_s=1")
HOUR = 3_600_000_000_000
DAY = 24 * HOUR
# Of each span: what `shop.basket`, `shop.size`, `shop.gift` and the resource's `shop.region` are, and what they become.
VALUES = [("b-1", 7, True, "north"), ("b-2", "8", "false", "north"), ("b-1", 9.0, "yes", "south"),
          (None, "many", False, "north"), ("b-3", b"123", None, None), ("", 2**40, True, "süd")]
COLUMNS = {"shop_basket": ["b-1", "b-2", "b-1", None, "b-3", ""], "basket_size": [7, 8, 9, None, None, 2**40],
           "shop_gift": [True, False, None, False, None, True], "shop_region": ["north", "north", "south", "north", None, "süd"]}


def weir_alter(weir, verb, *words, fails=False):
    done = subprocess.run([weir.binary, "table", "alter", verb, *map(str, words), "--data", weir.data, "--json"],
                          capture_output=True, text=True, timeout=ASKED_SECONDS)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stderr if fails else json.loads(done.stdout)


def promote_all(weir, table=SPANS):
    weir_alter(weir, "promote", table, "--attribute", "shop.basket")
    weir_alter(weir, "promote", table, "--attribute", "shop.size", "--type", "long", "--name", "basket_size")
    weir_alter(weir, "promote", table, "--attribute", "shop.gift", "--type", "boolean")
    weir_alter(weir, "promote", table, "--attribute", "shop.region", "--from", "resource")


def span_of(number, values, time_ns):
    """A request of one span: its number is its name."""
    basket, size, gift, region = values
    request = REQUEST_TYPE["traces"]()
    group = request.resource_spans.add()
    group.resource.attributes.extend(key_values(
        [("service.name", f"shop-{number % 3}")] + ([("shop.region", region)] if region is not None else [])))
    own = [("shop.basket", basket), ("shop.size", size), ("shop.gift", gift)]
    group.scope_spans.add().spans.add(
        trace_id=uuid.uuid4().bytes, span_id=(number + 1).to_bytes(8, "big"), name=str(number), start_time_unix_nano=time_ns,
        end_time_unix_nano=time_ns + 1000 + number,
        attributes=key_values([(key, value) for key, value in own if value is not None]))
    return request


def send_round(weir, first, time_ns=None, table=SPANS):
    """One span of each of VALUES, a commit for most of them. Returns how many there are then."""
    path = "/v1/traces" if table == SPANS else "/api/2.0/otel/v1/traces"
    headers = {"authorization": "Bearer any", "x-databricks-uc-table-name": f"weir.telemetry.{table}"}
    for place, values in enumerate(VALUES):
        request = span_of(first + place, values, (time_ns or time.time_ns()) + place * HOUR * (time_ns is not None))
        answer = http1(weir.http, path, request.SerializeToString(), headers=headers)
        assert answer.status == 200, answer
        weir.wait_rows(table, first + place + 1)
    return first + len(VALUES)


def read_spans(weir, rows, folder, engines, table=SPANS):
    """{reader: rows by their number}; every reader must have all of them."""
    answers = {}
    for engine in engines:
        for reader, tables in read_tables(engine, weir, {table: rows}, folder).items():
            assert "error" not in tables, f"{reader}: {tables}"
            found = sorted(tables[table], key=lambda row: int(row["name"]))
            assert [int(row["name"]) for row in found] == list(range(rows)), f"{reader}: {len(found)} rows"
            answers[reader] = found
    return answers


def check_columns(answers, first_with_values, columns=COLUMNS):
    """Rows from that number on have the columns' values; those before have none."""
    for reader, rows in answers.items():
        for row in rows:
            number = int(row["name"])
            for column, values in columns.items():
                wanted = values[number % len(values)] if number >= first_with_values else None
                assert row[column] == wanted, f"{reader}: row {number}: {column} is {row[column]!r}, expected {wanted!r}"
            attributes = dict(map(tuple, row["attributes"] or []))
            assert ("shop.basket" in attributes) == (VALUES[number % len(VALUES)][0] is not None), f"{reader}: {row}"


@case
def a_promoted_attribute_is_a_column_for_new_rows_and_after_compaction_for_all(folder, options):
    """Read by every engine before, between and after; through a restart and a kill with rows in the journal."""
    with WeirServer(options.binary, folder, *FAST) as weir:
        rows = send_round(weir, 0)
        before = read_spans(weir, rows, folder, ["pyiceberg"])
        old = weir.table(SPANS)
        promote_all(weir)
        weir_alter(weir, "add-column", SPANS, "reviewed", "--type", "timestamptz", "--doc", "by whom it may concern")
        new = weir.table(SPANS)
        assert new["delta_version"] == old["delta_version"] + 5 and new["rows"] == old["rows"], (old, new)
        assert [column["name"] for column in new["columns"][len(old["columns"]):]] == [*COLUMNS, "reviewed"]
        old_ids = [column["id"] for column in old["columns"]]
        new_ids = [column["id"] for column in new["columns"]][len(old_ids):]
        assert min(new_ids) > max(old_ids) and len(set(new_ids)) == 5, new_ids
        check_columns(read_spans(weir, rows, folder, ARROW_ENGINES), rows)
        rows = send_round(weir, rows)
        answers = read_spans(weir, rows, folder, ENGINES)
        check_columns(answers, len(VALUES))
        assert all(row["reviewed"] is None for found in answers.values() for row in found)
        weir.verify()
        weir.kill()
        weir.start()
        weir.wait_recovered()
        rows = send_round(weir, rows)
        check_columns(read_spans(weir, rows, folder, ["pyiceberg", "delta_rs"]), len(VALUES))
        weir.stop()
    with WeirServer(options.binary, folder, *MERGING) as weir:
        wait_until(lambda: int(weir.table(SPANS)["files"]) <= 2, MERGED_SECONDS, "the files to be few")
        answers = read_spans(weir, rows, folder, ENGINES)
        check_columns(answers, 0)
        for reader, found in answers.items():
            for row, was in zip(found, before["pyiceberg"]):
                same = [name for name in was if reader.startswith("polars") is False or name != "attributes"]
                assert all(row[name] == was[name] for name in same), f"{reader}: {row} was {was}"
        weir.verify()


@case
def a_table_of_a_prefix_is_altered_by_itself(folder, options):
    """Its columns come and are filled by its own rows; the table without a prefix stays as published."""
    team = f"team_{SPANS}"
    with WeirServer(options.binary, folder, *FAST) as weir:
        plain, rows = send_round(weir, 0), send_round(weir, 0, table=team)
        promote_all(weir, team)
        weir_alter(weir, "sort", team, "basket_size", "name")
        weir_alter(weir, "partition", team, "hour(time)")
        plain, rows = send_round(weir, plain), send_round(weir, rows, table=team)
        check_columns(read_spans(weir, rows, folder, ARROW_ENGINES, team), len(VALUES))
        found = read_spans(weir, plain, folder, ["pyiceberg", "delta_rs"])
        assert not any(column in row for answer in found.values() for row in answer for column in COLUMNS)
        assert {len(values) for _, values, _ in partitions_of(weir, team)} == {1, 2}
        assert {len(values) for _, values, _ in partitions_of(weir)} == {1}
        weir.verify()
        weir.stop()
    with WeirServer(options.binary, folder, *MERGING) as weir:
        wait_until(lambda: int(weir.table(team)["files"]) <= 3, MERGED_SECONDS, "the files to be few")
        check_columns(read_spans(weir, rows, folder, ARROW_ENGINES, team), 0)
        weir.verify()


@case
def what_a_table_cannot_become_is_refused_with_a_reason(folder, options):
    with WeirServer(options.binary, folder, *FAST) as weir:
        send_round(weir, 0)
        before = weir.table(SPANS)
        refusals = [
            (("add-column", SPANS, "Service_Name", "--type", "string"), "there is a column `service_name` already"),
            (("add-column", SPANS, "a b", "--type", "string"), "can't be named"),
            (("add-column", SPANS, "price", "--type", "decimal(9,2)"), "has to be one of string, long"),
            (("promote", SPANS, "--attribute", "a", "--type", "date"), "a string, long, double or boolean"),
            (("promote", "trace_index", "--attribute", "a"), "the table has no attributes"),
            (("promote", SPANS, "--attribute", "a", "--from", "events"), "expected attributes, resource or scope"),
            (("add-column", "nothing", "a", "--type", "long"), "no table"),
            (("sort", SPANS, "duration"), "sort by `duration`"),
            (("sort", SPANS, "cost_usd"), "one of the types"),
            (("partition", SPANS, "hour(name)"), "is of type string"),
            (("partition", SPANS, "hours(time)"), "no partition transform"),
            (("properties", SPANS, "--set", "gc.enabled=true"), "the server's own"),
            (("properties", SPANS, "--set", "write.target-file-size-bytes=big"), "which is no size"),
        ]
        for words, reason in refusals:
            said = weir_alter(weir, *words, fails=True)
            assert reason in said, f"{words}: {said}"
        after = weir.table(SPANS)
        assert after == before, (before, after)


@case
def compacted_files_are_in_the_order_that_was_chosen(folder, options):
    """By a promoted column too, whose values older files lack until then."""
    with WeirServer(options.binary, folder, *FAST) as weir:
        rows = send_round(weir, 0)
        promote_all(weir)
        weir_alter(weir, "sort", SPANS, "basket_size:desc", "name")
        rows = send_round(weir, rows)
        weir.stop()
    with WeirServer(options.binary, folder, *MERGING) as weir:
        wait_until(lambda: int(weir.table(SPANS)["files"]) == 1, MERGED_SECONDS, "the files to be one")
        found = read_tables("duckdb", weir, {SPANS: rows}, folder)
        for reader, tables in found.items():
            assert "error" not in tables, f"{reader}: {tables}"
            sizes = [(row["basket_size"], row["name"]) for row in tables[SPANS]]
            ordered = sorted(sizes, key=lambda one: (one[0] is None, -(one[0] or 0), one[1]))
            assert sizes == ordered, f"{reader}: {sizes}"
        check_columns(read_spans(weir, rows, folder, ARROW_ENGINES), 0)
        weir.verify()


def partitions_of(weir, table=SPANS):
    """[(spec, values, rows)] of the live files, as PyIceberg reads them from the manifests."""
    program = ("import json, sys\nfrom pyiceberg.catalog import load_catalog\n"
               "table = load_catalog('weir', type='rest', uri=sys.argv[1]).load_table(sys.argv[2])\n"
               "files = [task.file for task in table.scan().plan_files()]\n"
               "print(json.dumps([[file.spec_id, [file.partition[i] for i in range(len(file.partition))], file.record_count]"
               " for file in files], default=str))")
    done = subprocess.run([environment("engines") / "bin" / "python", "-c", program, weir.iceberg_uri, f"telemetry.{table}"],
                          capture_output=True, text=True, timeout=ASKED_SECONDS)
    assert done.returncode == 0, done.stderr
    return [tuple(map(lambda part: tuple(part) if isinstance(part, list) else part, one))
            for one in json.loads(done.stdout.splitlines()[-1])]


@case
def files_are_divided_further_within_each_date(folder, options):
    """New files by the new fields, older ones as they were; compaction keeps both apart; Delta stays divided by the date."""
    day = time.time_ns() // DAY * DAY + 3 * HOUR - 2 * DAY
    with WeirServer(options.binary, folder, *FAST) as weir:
        rows = send_round(weir, 0, day)
        weir_alter(weir, "promote", SPANS, "--attribute", "shop.region", "--from", "resource")
        facts = weir_alter(weir, "partition", SPANS, "hour(time)", "identity(shop_region)", "bucket[4](trace_id)")
        assert facts["partitioned_by"] == ["date", "time", "shop_region", "trace_id"], facts
        rows = send_round(weir, rows, day)
        files = partitions_of(weir)
        assert {(len(values), spec) for spec, values, _ in files} == {(1, 0), (4, 1)}, files
        hours = {(values[1], values[2]) for spec, values, _ in files if spec == 1}
        wanted = {(day // HOUR + place, values[3]) for place, values in enumerate(VALUES)}
        assert hours == wanted, (hours, wanted)
        check = read_spans(weir, rows, folder, ARROW_ENGINES)
        check_columns(check, len(VALUES), {"shop_region": COLUMNS["shop_region"]})
        rows = send_round(weir, rows, day)
        weir.kill()
        weir.start()
        weir.wait_recovered()
        rows = send_round(weir, rows, day)
        weir.verify()
        weir.stop()
    with WeirServer(options.binary, folder, *MERGING) as weir:
        wait_until(lambda: int(weir.table(SPANS)["files"]) < rows - len(VALUES), MERGED_SECONDS, "some files to be merged")
        time.sleep(2)
        weir_alter(weir, "partition", SPANS, "--date-only")
        rows = send_round(weir, rows, day)
        check_columns(read_spans(weir, rows, folder, ARROW_ENGINES), 0, {"shop_region": COLUMNS["shop_region"]})
        values = {(spec, len(values)) for spec, values, _ in partitions_of(weir)}
        assert values == {(0, 1), (1, 4)}, values
        weir.verify()


def engine(program, weir, *words, fails=False):
    """Runs a program that has `catalog` and `table` of the spans, by PyIceberg."""
    begin = ("import sys\nfrom pyiceberg.catalog import load_catalog\nfrom pyiceberg.types import *\n"
             "from pyiceberg.transforms import *\n"
             "catalog = load_catalog('weir', type='rest', uri=sys.argv[1])\ntable = catalog.load_table('telemetry.otel_spans')\n")
    done = subprocess.run([environment("engines") / "bin" / "python", "-c", begin + program, weir.iceberg_uri, *words],
                          capture_output=True, text=True, timeout=ASKED_SECONDS)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stderr if fails else done.stdout


@case
def engines_alter_tables_through_the_catalog(folder, options):
    with WeirServer(options.binary, folder, *FAST) as weir:
        rows = send_round(weir, 0)
        engine("with table.update_schema() as update: update.add_column('reviewed', BooleanType(), doc='seen')", weir)
        engine("with table.transaction() as change:\n"
               "  change.set_properties({'weir.attribute.shop_basket': 'attributes:shop.basket', 'owner': 'shop'})\n"
               "  with change.update_schema() as update: update.add_column('shop_basket', StringType())", weir)
        engine("with table.update_spec() as update: update.add_field('time', HourTransform(), 'time_hour')", weir)
        rows = send_round(weir, rows)
        found = read_spans(weir, rows, folder, ARROW_ENGINES)
        check_columns(found, len(VALUES), {"shop_basket": COLUMNS["shop_basket"]})
        assert all(row["reviewed"] is None for answer in found.values() for row in answer)
        assert {len(values) for _, values, _ in partitions_of(weir)} == {1, 2}
        before = weir.table(SPANS)
        for program, reason in (
                ("with table.update_schema() as update: update.delete_column('name')", "can't be dropped"),
                ("with table.update_schema() as update: update.rename_column('name', 'title')", "can't be renamed"),
                ("with table.update_schema() as update: update.update_column('flags', LongType())", "can't be changed"),
                ("with table.update_schema() as update: update.add_column('tags', ListType(1, StringType()))", "can't be a"),
                ("with table.update_schema() as update:\n  update.add_column('z', LongType())\n  update.move_first('z')",
                 "columns keep their order"),
                ("with table.update_spec() as update: update.remove_field('date')", "`date` stays"),
                ("with table.transaction() as change: change.set_properties({'gc.enabled': 'true'})", "the server's own"),
                ("stale = catalog.load_table('telemetry.otel_spans')\n"
                 "with table.update_schema() as update: update.add_column('a', LongType())\n"
                 "with stale.update_schema() as update: update.add_column('b', LongType())", "CommitFailedException")):
            said = engine(program, weir, fails=True)
            assert reason in said, f"{program}: {said}"
        assert len(weir.table(SPANS)["columns"]) == len(before["columns"]) + 1
        weir.verify()


@case
def an_alteration_that_is_asked_for_again_is_answered_as_before(folder, options):
    """By its Idempotency-Key, although what it required of the table is not so any more."""
    with WeirServer(options.binary, folder, *FAST) as weir:
        send_round(weir, 0)
        table = f"{weir.iceberg_uri}/v1/namespaces/telemetry/tables/{SPANS}"
        metadata = json.load(urllib.request.urlopen(table, timeout=ASKED_SECONDS))["metadata"]
        schema = next(one for one in metadata["schemas"] if one["schema-id"] == metadata["current-schema-id"])
        new_id = metadata["last-column-id"] + 1
        schema["fields"].append({"id": new_id, "name": "reviewed", "type": "boolean", "required": False})
        body = json.dumps({
            "requirements": [{"type": "assert-current-schema-id", "current-schema-id": metadata["current-schema-id"]}],
            "updates": [{"action": "add-schema", "schema": schema, "last-column-id": new_id},
                        {"action": "set-current-schema", "schema-id": -1}]}).encode()
        key, answers = str(uuid.uuid4()), []
        for _ in range(2):
            request = urllib.request.Request(table, body, {"content-type": "application/json", "idempotency-key": key})
            answers.append(json.load(urllib.request.urlopen(request, timeout=ASKED_SECONDS)))
        assert answers[0]["metadata-location"] == answers[1]["metadata-location"], [one["metadata-location"] for one in answers]
        other = urllib.request.Request(table, body, {"content-type": "application/json", "idempotency-key": str(uuid.uuid4())})
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(other, timeout=ASKED_SECONDS)
            raise AssertionError("the same change was made twice")
        assert [column["name"] for column in weir.table(SPANS)["columns"]].count("reviewed") == 1


def alter_by_spark(weir, folder, *statements):
    """{statement: why it failed}, without those that did not."""
    command, task = prepare("alter", "spark", "alter_spark.py", ["alter_spark"], weir, (), folder, statements=statements)
    run_to_end(command, task.with_suffix(".log"), SPARK_SECONDS)
    said = sound_answers(task)["alter_spark"]
    return {statement: failure for statement, failure in said.items() if failure}


@case
def spark_alters_tables_by_its_own_statements(folder, options):
    """What docs/alter.md has, and more; what it can't have is refused with the reason."""
    alter = f"ALTER TABLE weir.telemetry.{SPANS} "
    refusals = {
        alter + "DROP COLUMN name": "can't be dropped",
        alter + "RENAME COLUMN name TO title": "can't be renamed",
        alter + "ALTER COLUMN flags TYPE bigint": "can't be changed",
        alter + "ADD COLUMN tags array<bigint>": "can't be a",
        alter + "ADD COLUMN z bigint FIRST": "columns keep their order",
        alter + "DROP PARTITION FIELD date": "`date` stays",
        alter + "SET TBLPROPERTIES ('gc.enabled' = 'true')": "the server's own",
    }
    with WeirServer(options.binary, folder, *FAST) as weir:
        rows = send_round(weir, 0)
        failed = alter_by_spark(
            weir, folder, alter + "ADD COLUMN reviewed boolean COMMENT 'by a person'",
            alter + "ADD COLUMNS (reviewer string, weight double)", alter + "ADD PARTITION FIELD hours(time)",
            alter + "ADD PARTITION FIELD bucket(4, trace_id) AS shard", alter + "DROP PARTITION FIELD shard",
            alter + "WRITE ORDERED BY service_name, reviewer DESC NULLS LAST",
            alter + "SET TBLPROPERTIES ('write.target-file-size-bytes' = '67108864', 'team' = 'shop')",
            alter + "UNSET TBLPROPERTIES ('team')", *refusals)
        for statement, reason in refusals.items():
            assert reason in failed.pop(statement, "nothing"), f"{statement}: {failed}"
        assert not failed, failed
        rows = send_round(weir, rows)
        found = read_spans(weir, rows, folder, ENGINES)
        assert all(row[name] is None for answer in found.values() for row in answer for name in ("reviewed", "reviewer", "weight"))
        assert {len(values) for _, values, _ in partitions_of(weir)} == {1, 2}
        weir.verify()


@case
def nothing_is_lost_while_tables_are_altered_and_the_server_killed(folder, options):
    """Columns come while exporters send and the server is killed; every row is there once, with its values."""
    with WeirServer(options.binary, folder, "--set", "commit.interval_ms=20", "--set", "maintenance.compaction_quiet_s=1") as weir:
        sent = added = 0
        for round_number in range(4):
            asked = threading.Thread(target=alter_often, args=(weir, round_number))
            asked.start()
            for _ in range(12):
                request = span_of(sent, VALUES[sent % len(VALUES)], time.time_ns())
                assert http1(weir.http, "/v1/traces", request.SerializeToString()).status == 200
                sent += 1
            asked.join(ASKED_SECONDS)
            weir.kill()
            weir.start()
            weir.wait_recovered()
        weir.wait_rows(SPANS, sent)
        added = [column["name"] for column in weir.table(SPANS)["columns"] if column["name"].startswith("basket_")]
        assert added, "no column came"
        wait_until(lambda: int(weir.table(SPANS)["files"]) <= 2, MERGED_SECONDS, "the files to be few")
        found = read_spans(weir, sent, folder, ["pyiceberg", "delta_rs", "duckdb"])
        check_columns(found, 0, {name: COLUMNS["shop_basket"] for name in added})
        weir.verify()


def alter_often(weir, round_number):
    for number in range(5):
        body = {"add_columns": [{"name": f"basket_{round_number}_{number}", "type": "string", "attribute": "shop.basket"}]}
        request = urllib.request.Request(f"http://{weir.http}/api/v1/tables/telemetry/{SPANS}/alter", json.dumps(body).encode(),
                                         {"content-type": "application/json"})
        with contextlib.suppress(OSError, http.client.HTTPException):
            urllib.request.urlopen(request, timeout=ASKED_SECONDS)
