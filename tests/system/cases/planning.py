# SPDX-License-Identifier: Apache-2.0
"""Scans that the server plans: never a row less than clients find by themselves."""

import json

from cases.rest_catalog import send, table_request
from harness.load import METRIC_ITEMS, Load
from harness.registry import case
from harness.weir_server import WeirServer
from readers import ask_engines

SPANS = "otel_spans"
MANY_FILES = ("--set", "commit.interval_ms=50", "--set", "maintenance.compaction=false")
REQUESTS, FILTERS = 60, 40
PLAN = f"/namespaces/telemetry/tables/{SPANS}/plan"


def loaded(weir, folder):
    Load("traces", "http", first=0).to_end(weir, folder, "-requests", REQUESTS, "-clients", 1, "-rate", 30)
    weir.wait_rows(SPANS, REQUESTS * METRIC_ITEMS)
    return int(weir.table(SPANS)["files"])


@case
def plans_of_the_server_find_the_rows_that_clients_find(folder, options):
    with WeirServer(options.binary, folder, *MANY_FILES) as weir:
        files = loaded(weir, folder)
        answers = ask_engines("planning", "planning.py", ("compare", "traces"), weir, (), folder, seed=options.seed,
                              filters=FILTERS)
        found = answers["compare"]
        assert found["scans"] == FILTERS and found["files"] < FILTERS * files, found
        traces = answers["traces"]
        assert traces["none"][0] == 0, traces
        assert traces["one"][0] <= traces["one"][1] and traces["one"][0] < files, traces


@case
def plans_are_refused_with_their_reason(folder, options):
    with WeirServer(options.binary, folder, *MANY_FILES) as weir:
        loaded(weir, folder)
        first = send(weir, "POST", PLAN, {})[1]
        assert first["status"] == "completed" and first["file-scan-tasks"], first
        wrong = [({"filter": {"type": "eq", "term": "nothing", "value": 1}}, 400, "no column `nothing`"),
                 ({"snapshot-id": 5}, 400, "no snapshot 5"), ({"start-snapshot-id": 5}, 400, "end-snapshot-id"),
                 ({"snapshot-id": 1, "start-snapshot-id": 1, "end-snapshot-id": 2}, 400, "one snapshot")]
        for body, status, part in wrong:
            found, answer = send(weir, "POST", PLAN, body)
            assert found == status and part in answer["error"]["message"], (body, found, answer)
        assert send(weir, "POST", PLAN.replace("/plan", "/tasks"), {"plan-task": "x"})[0] == 404
        assert send(weir, "POST", PLAN.replace(SPANS, "missing"), {})[0] == 404
        send(weir, "POST", "/namespaces", {"namespace": ["ns"]})
        send(weir, "POST", "/namespaces/ns/tables", table_request("t"))
        assert send(weir, "POST", "/namespaces/ns/tables/t/plan", {})[0] == 406


@case
def a_plan_between_two_snapshots_is_what_was_appended(folder, options):
    with WeirServer(options.binary, folder, *MANY_FILES) as weir:
        loaded(weir, folder)
        snapshots = send(weir, "GET", f"/namespaces/telemetry/tables/{SPANS}")[1]["metadata"]["snapshots"]
        start, end = snapshots[1], snapshots[-2]
        answer = send(weir, "POST", PLAN, {"start-snapshot-id": start["snapshot-id"],
                                           "end-snapshot-id": end["snapshot-id"]})[1]
        rows = sum(task["data-file"]["record-count"] for task in answer["file-scan-tasks"])
        counts = [int(snapshot["summary"]["total-records"]) for snapshot in (start, end)]
        assert rows == counts[1] - counts[0], f"{rows} rows, expected {counts[1] - counts[0]}"


@case
def a_page_of_a_plan_goes_on_where_the_one_before_ended(folder, options):
    """Also after a restart: what a plan task needs is in it."""
    with WeirServer(options.binary, folder, *MANY_FILES) as weir:
        loaded(weir, folder)
        snapshot = int(weir.table(SPANS)["snapshot_id"])
        all_tasks = send(weir, "POST", PLAN, {"snapshot-id": snapshot})[1]["file-scan-tasks"]
        weir.kill()
        weir.start()
        weir.wait_recovered()
        task = json.dumps({"snapshot-id": snapshot, "from": 2, "request": {}})
        page = send(weir, "POST", PLAN.replace("/plan", "/tasks"), {"plan-task": task})[1]
        assert page["file-scan-tasks"] == all_tasks[2:] and page["plan-tasks"] == [], page
