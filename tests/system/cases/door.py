# SPDX-License-Identifier: Apache-2.0
"""The door shaped like Databricks' OTLP endpoints: the target table in a header."""

from cases.protocol import one_good_record
from expect import SIGNALS, TABLE_OF
from harness.registry import case
from harness.weir_server import EACH_REQUEST_COUNTS, WeirServer
from send.otlp_json import to_otlp_json
from send.transport import JSON, http1, http2

TOKEN = {"authorization": "Bearer any-token"}


def path(signal):
    return f"/api/2.0/otel/v1/{signal}"


def target(table):
    return {"x-databricks-uc-table-name": table}


@case
def the_header_names_the_table(folder, options):
    with WeirServer(options.binary, folder, *EACH_REQUEST_COUNTS) as weir:
        for signal in SIGNALS:
            headers = TOKEN | target(f"weir.telemetry.team_{TABLE_OF[signal]}")
            message = one_good_record(signal, 1)
            first = http1(weir.http, path(signal), message.SerializeToString(), headers=headers)
            second = http2(weir.http, path(signal), to_otlp_json(message).encode(), JSON, "gzip", headers=headers)
            assert (first.status, second.status) == (200, 200), (first, second)
        for signal in SIGNALS:
            weir.wait_rows(f"team_{TABLE_OF[signal]}", 2)
            assert weir.rows(TABLE_OF[signal]) == 0, "rows went to the default table too"


@case
def tables_of_prefixes_outlive_a_restart(folder, options):
    with WeirServer(options.binary, folder, *EACH_REQUEST_COUNTS) as weir:
        headers = TOKEN | target("weir.telemetry.a_b_otel_spans")
        for _ in range(2):
            answer = http1(weir.http, path("traces"), one_good_record("traces", 1).SerializeToString(), headers=headers)
            assert answer.status == 200, answer
            weir.kill()
            weir.start()
        weir.wait_rows("a_b_otel_spans", 2)


@case
def wrong_tables_are_refused(folder, options):
    wrong = ("", "otel_spans", "weir.otel_spans", "weir.telemetry.team_spans", "weir.telemetry.team_otel_logs",
             "other_catalog.telemetry.team_otel_spans", "weir.telemetry.te/am_otel_spans",
             "weir.telemetry.../x_otel_spans", "weir..team_otel_spans", "weir.telemetry." + "x" * 300 + "_otel_spans")
    body = one_good_record("traces", 1).SerializeToString()
    with WeirServer(options.binary, folder, *EACH_REQUEST_COUNTS) as weir:
        answers = {name: http1(weir.http, path("traces"), body, headers=TOKEN | target(name)) for name in wrong}
        answers["no header"] = http1(weir.http, path("traces"), body, headers=TOKEN)
        taken = [f"{name!r}: {answer.status}" for name, answer in answers.items() if answer.status != 400]
        assert not taken, f"expected 400, found {taken}"


@case
def the_token_must_be_there(folder, options):
    headers = target("weir.telemetry.team_otel_spans")
    body = one_good_record("traces", 1).SerializeToString()
    with WeirServer(options.binary, folder, *EACH_REQUEST_COUNTS) as weir:
        for wrong in ({}, {"authorization": "Basic eDp5"}):
            answer = http1(weir.http, path("traces"), body, headers=headers | wrong)
            assert answer.status in (400, 401), f"{wrong}: {answer.status}"
            assert b"uthorization" in answer.body or b"earer" in answer.body, answer.body
