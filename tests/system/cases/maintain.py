# SPDX-License-Identifier: Apache-2.0
"""`weir maintain`: rows that are forgotten or too old leave the tables, the versions and the disk; nothing else does."""

import json
import os
import pathlib
import subprocess
import time
import uuid

from harness.process import run_to_end, wait_until
from harness.registry import Skip, case
from harness.weir_server import WeirServer
from readers import ENGINES, READ_SECONDS, ask_engines, prepare, read_tables, sound_answers
from send.by_hand import REQUEST_TYPE, any_value, key_values
from send.transport import http1

ALICE, BOB = "alice-of-wonderland-42", "bob-the-builder-77"
ALICES_TRACE = bytes.fromhex("a11ce0000000000000000000000000a1")
SPANS, LOGS, LETTERS = "otel_spans", "otel_logs", "otel_dead_letters"
DAY = 86_400_000_000_000
SECONDS, ASKED_SECONDS = 90, 120
FAST = ("--set", "commit.interval_ms=50", "--set", "maintenance.forget_grace_s=1")


def now():
    return time.time_ns()


def weir_maintain(weir, *words, fails=False):
    done = subprocess.run([weir.binary, "maintain", *map(str, words), "--data", weir.data, "--json"],
                          capture_output=True, text=True, timeout=ASKED_SECONDS)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return json.loads(done.stdout) if done.stdout else done.stderr


def weir_verify(weir, *words):
    """Exit code and report, by the running server."""
    done = subprocess.run([weir.binary, "table", "verify", *words, "--data", weir.data, "--json"],
                          capture_output=True, text=True, timeout=ASKED_SECONDS)
    return done.returncode, json.loads(done.stdout)


def spans_of(user, trace, number, time_ns=None):
    request = REQUEST_TYPE["traces"]()
    group = request.resource_spans.add()
    group.resource.attributes.extend(key_values([("service.name", "shop")]))
    time_ns = time_ns or now()
    group.scope_spans.add().spans.add(
        trace_id=trace, span_id=(number + 1).to_bytes(8, "big"), name=f"span {number}", start_time_unix_nano=time_ns,
        end_time_unix_nano=time_ns + 1000, attributes=key_values([("user.id", user), ("note", f"written for {user}")]))
    return request


def log_of(user, number, time_ns=None):
    request = REQUEST_TYPE["logs"]()
    group = request.resource_logs.add()
    group.resource.attributes.extend(key_values([("service.name", "shop")]))
    group.scope_logs.add().log_records.add(
        time_unix_nano=time_ns or now(), body=any_value(f"{number} of {user}"),
        attributes=key_values([("user.id", user)] if user else []))
    return request


def send(weir, path, request):
    answer = http1(weir.http, f"/v1/{path}", request.SerializeToString())
    assert answer.status == 200, answer


def send_both(weir, count, first=0):
    """Every third is alice's; her spans are of one trace. Waits until all are visible."""
    for number in range(first, first + count):
        is_alices = number % 3 == 0
        trace = ALICES_TRACE if is_alices else uuid.uuid4().bytes
        send(weir, "traces", spans_of(ALICE if is_alices else BOB, trace, number))
        send(weir, "logs", log_of(ALICE if is_alices else BOB, number))
        if number % 5 == 0:
            weir.wait_rows(LOGS, number + 1)
    weir.wait_rows(SPANS, first + count)
    weir.wait_rows(LOGS, first + count)


def where_on_disk(weir, folder, *needles):
    answer = ask_engines("find-text", "find_text.py", ["find"], weir, [], folder, root=str(weir.data),
                         needles=[needle.hex() for needle in needles])["find"]
    assert answer["searched"] > 10
    return answer["found"]


def versions(weir, folder):
    answers = ask_engines("versions", "versions.py", ["pyiceberg", "delta_rs"], weir, [SPANS, LOGS], folder)
    return answers["pyiceberg"]


@case
def what_is_forgotten_is_nowhere_on_disk(folder, options):
    count = 60
    with WeirServer(options.binary, folder, *FAST) as weir:
        send_both(weir, count)
        refused = spans_of(ALICE, ALICES_TRACE, 7)
        refused.resource_spans[0].scope_spans[0].spans[0].start_time_unix_nano = 2**63
        send(weir, "traces", refused)
        weir.wait_rows(LETTERS, 1)
        assert any(name.startswith("journal/") for name in where_on_disk(weir, folder, ALICE.encode()))
        planned = weir_maintain(weir, "forget", "--user-id", ALICE, "--dry-run")
        assert planned["dry_run"] and planned["state"] == "done", planned
        assert sum(step["rows"] for step in planned["steps"] if step["action"] in ("rewrite_file", "remove_file")) == 41
        weir.wait_rows(SPANS, count)  # as it was

        code, report = weir_verify(weir, "--forgotten", f"user_id={ALICE}")
        assert code == 8 and report["errors"] > 0, report

        done = weir_maintain(weir, "forget", "--user-id", ALICE)

        assert done["state"] == "done", done
        assert {one["table"]: one["rows"] for one in done["tables"]} == {
            f"telemetry.{SPANS}": 20, f"telemetry.{LOGS}": 20, f"telemetry.{LETTERS}": 1}, done
        left = count - 20
        weir.wait_rows_settle(SPANS, still_seconds=1)
        assert weir.rows(SPANS) == left and weir.rows(LOGS) == left and weir.rows(LETTERS) == 0
        assert where_on_disk(weir, folder, ALICE.encode(), ALICES_TRACE) == []
        assert where_on_disk(weir, folder, BOB.encode()) != []
        code, report = weir_verify(weir, "--forgotten", f"user_id={ALICE}")
        assert code == 0, report
        for engine in ENGINES:
            for reader, tables in read_tables(engine, weir, {SPANS: left, LOGS: left}, folder).items():
                assert "error" not in tables, f"{reader}: {tables}"
                assert {row["user_id"] for row in tables[SPANS]} == {BOB}, reader
                assert len(tables[LOGS]) == left and all(BOB in row["body"] for row in tables[LOGS]), reader
        versions(weir, folder)  # all that are kept can be read

        send(weir, "logs", log_of(ALICE, 1000))  # what comes later is new
        weir.wait_rows(LOGS, left + 1)
        weir.verify()


@case
def a_trace_is_forgotten_in_compacted_files_and_old_versions(folder, options):
    count = 45
    with WeirServer(options.binary, folder, *FAST, "--set", "maintenance.checkpoint_entries=7") as weir:
        send_both(weir, count)
        weir_maintain(weir, "compact")
        assert weir.metric("weir_compacted_files_total") > 0
        before = versions(weir, folder)
        assert max(before[SPANS]) == count

        done = weir_maintain(weir, "forget", "--trace-id", ALICES_TRACE.hex())

        rows = {one["table"]: one["rows"] for one in done["tables"]}
        # The trace index has a row of it for each commit that had spans of it.
        assert rows == {f"telemetry.{SPANS}": 15, "telemetry.trace_index": rows["telemetry.trace_index"]}, done
        assert 1 <= rows["telemetry.trace_index"] <= 15, done
        assert weir.rows(SPANS) == count - 15 and weir.rows(LOGS) == count
        after = versions(weir, folder)
        assert max(after[SPANS]) == count - 15 and max(after[LOGS]) == count
        assert where_on_disk(weir, folder, ALICES_TRACE, ALICES_TRACE.hex().encode()) == []
        assert weir_verify(weir, "--forgotten", f"trace_id={ALICES_TRACE.hex()}")[0] == 0
        weir.verify()


@case
def old_partitions_leave_by_themselves_and_on_demand(folder, options):
    old, young = now() - 40 * DAY, now() - 2 * DAY
    keep = ("--set", "maintenance.retention_days=365", "--set", "maintenance.retention_tables=otel_logs=30")
    with WeirServer(options.binary, folder, *FAST, *keep) as weir:
        for number in range(6):
            send(weir, "logs", log_of(BOB, number, old if number < 4 else young))
            send(weir, "traces", spans_of(BOB, uuid.uuid4().bytes, number, old if number < 4 else young))
        weir.wait_rows(SPANS, 6)
        weir.wait_rows(LOGS, 6)
        planned = weir_maintain(weir, "expire", "--dry-run")
        assert [(step["action"], step["rows"], step["table"]) for step in planned["steps"]] == [
            ("drop_partition", 4, f"telemetry.{LOGS}")], planned
        assert weir.rows(LOGS) == 6

        weir_maintain(weir, "expire")

        assert weir.rows(LOGS) == 2 and weir.rows(SPANS) == 6
        assert weir.metric("weir_expired_rows_total") == 4
        rows = versions(weir, folder)
        assert rows[LOGS][-2:] == [6, 2], rows  # the version before can be read for as long as history is kept
        for engine in ENGINES:
            for reader, tables in read_tables(engine, weir, {LOGS: 2, SPANS: 6}, folder).items():
                assert "error" not in tables, f"{reader}: {tables}"
                assert sorted(row["body"][0] for row in tables[LOGS]) == ["4", "5"], reader
        day = time.strftime("%Y-%m-%d", time.gmtime(young // 10**9))
        weir_maintain(weir, "expire", "--table", "otel_spans", "--date", day)
        assert weir.rows(SPANS) == 4 and weir.rows(LOGS) == 2
        dropped = weir_maintain(weir, "expire", "--versions-older-than", 0)
        assert {step["action"] for step in dropped["steps"]} == {"drop_versions"}, dropped
        assert len(versions_of_iceberg(weir, SPANS)) <= 2
        weir.verify()
        assert "31 days" not in weir_maintain(weir, "expire", "--table", "nonsense", fails=True)


def versions_of_iceberg(weir, table):
    return weir.get_json(f"/api/v1/tables/telemetry/{table}/snapshots")["snapshots"]


@case
def what_a_kill_left_is_deleted_and_nothing_else(folder, options):
    with WeirServer(options.binary, folder, *FAST, "--set", "maintenance.compaction=false") as weir:
        send_both(weir, 12)
        weir.kill()
        table = weir.data / "tables" / "telemetry" / LOGS
        day = next((table / "data").glob("date=*"))
        ours = [day / f"{uuid.uuid4()}.parquet", table / "metadata" / f"{uuid.uuid4()}-m0.avro",
                day / f".{uuid.uuid4()}.parquet.{uuid.uuid4()}.tmp"]
        foreign = [table / "data" / "notes.txt", table / "metadata" / "version-hint.text"]
        for path in ours + foreign:
            path.write_bytes(b"left by a kill")
        fresh = day / f"{uuid.uuid4()}.parquet"
        fresh.write_bytes(b"younger than a day")
        for path in ours + foreign:
            os.utime(path, (time.time() - 90_000,) * 2)
        weir.start()
        weir.wait_recovered()
        before = files_below(weir.data / "tables")
        planned = weir_maintain(weir, "gc", "--table", LOGS, "--dry-run")
        assert {step["subject"] for step in planned["steps"] if step["action"] == "delete_orphan"} == {
            str(path.relative_to(table)) for path in ours}, planned
        assert {step["subject"] for step in planned["steps"] if step["action"] == "leave_foreign"} == {
            str(path.relative_to(table)) for path in foreign}, planned
        assert files_below(weir.data / "tables") >= before

        weir_maintain(weir, "gc")

        gone = before - files_below(weir.data / "tables")
        assert gone == set(ours), gone
        assert weir.metric("weir_orphan_files_deleted_total") == len(ours)
        assert weir.rows(LOGS) == 12 and weir.rows(SPANS) == 12
        weir.verify()


def files_below(folder):
    return {path for path in folder.rglob("*") if path.is_file()}


# Where a kill may hit a request to forget, an expiry and a deletion; after each, the next start goes on.
KILLS = ("forget.rewrite.before", "forget.rewrite.after", "forget.commit.before", "catalog.commit.before",
         "catalog.commit.after", "delta.put.before", "delta.put.after", "forget.commit.after", "forget.history.before",
         "forget.history.after", "retired.delete.before", "retired.delete.after", "forget.finish.before",
         "forget.finish.after")


@case
def forgetting_goes_on_after_a_kill_anywhere(folder, options):
    binary = pathlib.Path(options.binary).parent / "weir_faults"
    if not binary.exists():
        raise Skip("build/weir_faults is not built")
    for number, point in enumerate(KILLS):
        at = folder / f"{number}-{point}"
        at.mkdir()
        with WeirServer(options.binary, at, *FAST) as weir:
            send_both(weir, 12)
            weir.stop()
        with FaultyServer(binary, at, point) as weir:
            subprocess.run([options.binary, "maintain", "forget", "--user-id", ALICE, "--no-wait", "--data", weir.data],
                           capture_output=True, timeout=ASKED_SECONDS)
            weir.process.wait(SECONDS)  # the kill
            weir.process = None
        with WeirServer(options.binary, at, *FAST) as weir:
            weir.wait_recovered()

            def is_done():
                requests = weir_maintain(weir, "requests")["requests"]
                return requests and all(one["state"] == "done" for one in requests)

            wait_until(is_done, SECONDS, f"the request to forget after a kill at {point}")
            assert weir.rows(SPANS) == 8 and weir.rows(LOGS) == 8, (point, weir.rows(SPANS), weir.rows(LOGS))
            code, report = weir_verify(weir, "--forgotten", f"user_id={ALICE}")
            assert code == 0, (point, report)
            left = where_on_disk(weir, at, ALICE.encode())
            assert left == [], (point, left)
            versions(weir, at)
            weir.stop()


class FaultyServer(WeirServer):
    """Kills itself at the first passage of a fault point after it is ready for requests."""

    def __init__(self, binary, folder, point):
        super().__init__(binary, folder, *FAST)
        self.point = point

    def start(self):
        os.environ["WEIR_FAULT"] = f"{self.point}:kill@1"
        try:
            return super().start()
        finally:
            del os.environ["WEIR_FAULT"]


@case
def other_engines_maintenance_does_no_harm(folder, options):
    with WeirServer(options.binary, folder, *FAST) as weir:
        send_both(weir, 30)
        weir_maintain(weir, "compact")
        before, files = versions(weir, folder), files_below(weir.data / "tables")
        answers = ask_engines("foreign", "foreign_maintenance.py", ["delta_rs", "pyiceberg"], weir, [SPANS, LOGS], folder)
        command, task = prepare("spark", "spark", "spark_maintenance.py", ["spark"], weir, [SPANS, LOGS], folder)
        run_to_end(command, task.with_suffix(".log"), READ_SECONDS)
        answers |= sound_answers(task)
        (folder / "foreign.txt").write_text(json.dumps(answers, indent=1))
        for engine, said in answers.items():
            for verb, text in said.items():
                assert text.startswith("refused") or text in ("did", "did: []", "did: None"), (engine, verb, text)
        assert files - files_below(weir.data / "tables") == set()
        after = versions(weir, folder)
        assert all(after[table][-1] == before[table][-1] == 30 for table in (SPANS, LOGS)), (before, after)
        weir.verify()
