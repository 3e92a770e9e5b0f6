# SPDX-License-Identifier: Apache-2.0
"""A Delta log that is kept short: engines begin at a checkpoint where its first entries are gone."""

import uuid

from harness.process import wait_until
from harness.registry import case
from harness.weir_server import WeirServer
from readers import ENGINES, read_tables
from send.by_hand import REQUEST_TYPE, fill_resource
from send.transport import http1

TABLE = "otel_logs"
REQUESTS, SECONDS = 60, 60
# A checkpoint every few commits, and hardly any history.
SHORT_LOG = ("--set", "commit.interval_ms=50", "--set", "maintenance.checkpoint_entries=5", "--set",
             "maintenance.history_s=1", "--set", "maintenance.compaction=false")


def one_log(number):
    request = REQUEST_TYPE["logs"]()
    group = request.resource_logs.add()
    fill_resource(group, "short-log")
    record = group.scope_logs.add().log_records.add(time_unix_nano=1_790_000_000_000_000_000 + number)
    record.body.string_value = f"{number} {uuid.uuid4()}"
    return request


def entries(weir):
    return sorted((weir.data / "tables" / "telemetry" / TABLE / "data" / "_delta_log").glob("*.json"))


@case
def engines_begin_at_a_checkpoint(folder, options):
    with WeirServer(options.binary, folder, *SHORT_LOG) as weir:
        sent = 0
        for _ in range(2):
            for _ in range(REQUESTS // 2):
                answer = http1(weir.http, "/v1/logs", one_log(sent).SerializeToString())
                assert answer.status == 200, answer
                sent += 1
                weir.wait_rows(TABLE, sent)
            weir.kill()  # What a run before knew of the log must be found again.
            weir.start()

        def send_until_short():
            nonlocal sent
            http1(weir.http, "/v1/logs", one_log(sent).SerializeToString())
            sent += 1
            weir.wait_rows(TABLE, sent)
            return entries(weir)[0].name != f"{0:020d}.json"

        wait_until(send_until_short, SECONDS, "the log's first entries to be gone")
        assert len(entries(weir)) < sent
        wanted = sorted(str(number) for number in range(sent))
        for engine in ENGINES:
            for reader, tables in read_tables(engine, weir, {TABLE: sent}, folder).items():
                assert "error" not in tables, f"{reader}: {tables}"
                found = sorted(row["body"].split()[0] for row in tables[TABLE])
                assert found == wanted, f"{reader}: {len(found)} rows of {sent}"
        weir.verify()
