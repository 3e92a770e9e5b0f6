# SPDX-License-Identifier: Apache-2.0
"""The views, against what Python makes of the same spans as PyIceberg reads them; and their texts for Spark."""

import datetime
import itertools
import json
import random
import re
from collections import defaultdict
from pathlib import Path

from cases.sql import refusal, rows
from harness.process import run_to_end
from harness.registry import case
from harness.weir_server import EACH_REQUEST_COUNTS, VISIBLE_SECONDS, WeirServer
from readers import prepare, read_tables, sound_answers
from send.by_hand import REQUEST_TYPE, key_values
from send.transport import http1

SPANS = "otel_spans"
FAST = ("--set", "commit.interval_ms=100", *EACH_REQUEST_COUNTS)
SECOND = 10**9
MINUTE_US = 60 * 10**6
# Noon of a day, so that no trace goes over midnight.
NOON = 1_780_000_000 // 86_400 * 86_400 * SECOND + 43_200 * SECOND
TRACES, SPARK_SECONDS = 60, 240
ERROR, CLIENT = "STATUS_CODE_ERROR", "SPAN_KIND_CLIENT"
QUANTILES = ("p50_ms", "p95_ms", "p99_ms")
DOCS = Path(__file__).resolve().parents[3] / "docs" / "views.md"


def random_trace(chance, number):
    """A request for each service of a trace of random spans; some lack their root, some ask models or databases."""
    trace_id = number.to_bytes(16, "big")
    requests, spans = {}, []
    for place in range(chance.randint(1, 12)):
        service = chance.choice(("shop", "cart", "bank"))
        if service not in requests:
            requests[service] = REQUEST_TYPE["traces"]()
            group = requests[service].resource_spans.add()
            group.resource.attributes.extend(key_values([("service.name", service)]))
            group.scope_spans.add()
        start = NOON + number * 7 * SECOND + chance.randrange(SECOND)
        parent = chance.choice(spans) if spans else (b"\x07" * 8 if chance.random() < 0.2 else b"")
        attributes = [("input.value", f"what is {number}?"), ("output.value", str(number))] if place == 0 else []
        if chance.random() < 0.3:
            attributes += [("db.system.name", "postgresql"), ("db.namespace", chance.choice(("orders", "users")))]
        if chance.random() < 0.3:
            attributes += [("gen_ai.request.model", chance.choice(("small", "large"))), ("gen_ai.provider.name", "acme"),
                           ("gen_ai.usage.input_tokens", chance.randrange(1000)),
                           ("gen_ai.usage.output_tokens", chance.randrange(100)), ("user.id", chance.choice("uv"))]
        spans.append((number * 100 + place + 1).to_bytes(8, "big"))
        span = requests[service].resource_spans[0].scope_spans[0].spans.add(
            trace_id=trace_id, span_id=spans[-1], parent_span_id=parent, name=chance.choice(("GET /", "pay", "load")),
            kind=chance.choice((1, 2, 3)), start_time_unix_nano=start,
            end_time_unix_nano=start + chance.randrange(1, SECOND), attributes=key_values(attributes))
        span.status.code = chance.choice((0, 1, 2))
    return list(requests.values())


def send_traces(weir, seed):
    chance = random.Random(seed)
    count = 0
    for number in range(1, TRACES + 1):
        for request in random_trace(chance, number):
            count += len(request.resource_spans[0].scope_spans[0].spans)
            assert http1(weir.http, "/v1/traces", request.SerializeToString()).status == 200
    weir.wait_rows(SPANS, count, VISIBLE_SECONDS)
    return count


def minute_of(row):
    return row["start_time_unix_nano"] // 1000 // MINUTE_US * MINUTE_US


def is_error(row):
    return row["status_code"] == ERROR


def summed(groups, keys):
    """{key: {calls, errors}} of lists of spans, by the names of the key's parts."""
    return {key: dict(zip(keys, key)) | {"calls": len(found), "errors": sum(map(is_error, found)),
                                         "durations": [row["duration_ns"] / 1e6 for row in found]}
            for key, found in groups.items()}


def grouped(pairs):
    groups = defaultdict(list)
    for key, row in pairs:
        groups[key].append(row)
    return groups


def service_summary(spans):
    return summed(grouped(((minute_of(row), row["service_name"], row["name"], row["kind"]), row) for row in spans),
                  ("minute", "service_name", "operation", "kind"))


def service_map(spans):
    by_id = {(row["trace_id"], row["span_id"]): row for row in spans}
    calls = []
    for row in spans:
        caller = by_id.get((row["trace_id"], row["parent_span_id"]))
        if caller and caller["service_name"] != row["service_name"]:
            calls.append(((minute_of(row), caller["service_name"], row["service_name"], "service"), row))
        if row["db_system_name"] and row["kind"] == CLIENT:
            calls.append(((minute_of(row), row["service_name"], row["db_namespace"], row["db_system_name"]), row))
    return summed(grouped(calls), ("minute", "caller", "callee", "callee_type"))


def token_usage(spans):
    groups = grouped(((minute_of(row), row["gen_ai_request_model"], row["service_name"], row["user_id"]), row)
                     for row in spans if row["input_tokens"] is not None)
    return {key: {"minute": key[0], "model": key[1], "service_name": key[2], "user_id": key[3], "calls": len(found),
                  "provider": "acme", "input_tokens": sum(row["input_tokens"] for row in found),
                  "output_tokens": sum(row["output_tokens"] for row in found)} for key, found in groups.items()}


def trace_unified(spans):
    traces = {}
    for trace_id, found in grouped((row["trace_id"], row) for row in spans).items():
        root = next((row for row in found if not row["parent_span_id"]), None)
        first = min(row["start_time_unix_nano"] for row in found)
        attributes = dict(map(tuple, root["attributes"] or [])) if root else {}
        traces[(trace_id,)] = {
            "trace_id": trace_id, "request_time": (root["start_time_unix_nano"] if root else first) // 1000,
            "state": "IN_PROGRESS" if not root else "ERROR" if is_error(root) else "OK",
            "execution_duration_ms": root and root["duration_ns"] / 1e6, "request": attributes.get("input.value"),
            "response": attributes.get("output.value")}
    return traces


def span_latency(spans):
    """Nanosecond by nanosecond would do; this goes from border to border."""
    times = {}
    for trace in grouped((row["trace_id"], row) for row in spans).values():
        began = {row["span_id"]: row["start_time_unix_nano"] for row in trace}
        ended = {row["span_id"]: row["start_time_unix_nano"] + row["duration_ns"] for row in trace}
        children = defaultdict(list)
        for row in trace:
            children[row["parent_span_id"]].append(row["span_id"])
        critical = defaultdict(int)
        for row in trace:
            if row["parent_span_id"] not in began:
                wait_for(row["span_id"], began[row["span_id"]], ended[row["span_id"]], began, ended, children, critical)
        for row in trace:
            own = row["span_id"]
            borders = sorted({began[own], ended[own], *(min(max(at[child], began[own]), ended[own])
                                                        for child in children[own] for at in (began, ended))})
            covered = sum(until - since for since, until in itertools.pairwise(borders)
                          if any(began[child] <= since and until <= ended[child] for child in children[own]))
            times[(own,)] = {"trace_id": row["trace_id"], "span_id": own, "duration_ns": row["duration_ns"],
                             "children_ns": covered, "own_ns": row["duration_ns"] - covered, "critical_ns": critical[own]}
    return times


def wait_for(span, since, until, began, ended, children, critical):
    """Goes back from `until` to `since`: the child that ended last, then what was before it."""
    while until > since:
        running = [child for child in children[span] if began[child] < until and ended[child] > since]
        if not running:
            critical[span] += until - since
            return
        last = max(running, key=lambda child: min(ended[child], until))
        candidates = [child for child in running if min(ended[child], until) == min(ended[last], until)]
        last = max(candidates, key=lambda child: ended[child])
        end, start = min(ended[last], until), max(began[last], since)
        critical[span] += until - end
        wait_for(last, start, end, began, ended, children, critical)
        until = start


VIEWS = {"service_summary": (service_summary, ("minute", "service_name", "operation", "kind")),
         "service_map": (service_map, ("minute", "caller", "callee", "callee_type")),
         "token_usage": (token_usage, ("minute", "model", "service_name", "user_id")),
         "trace_unified": (trace_unified, ("trace_id",)), "span_latency": (span_latency, ("span_id",))}


def micros(text):
    return int(datetime.datetime.fromisoformat(text).timestamp() * 1_000_000 + 0.5)


def plain(row):
    """A row of an answer, with times in µs and numbers as numbers."""
    for name in ("minute", "request_time"):
        if isinstance(row.get(name), str):
            row[name] = micros(row[name])
    for name, value in row.items():
        if isinstance(value, str) and name.endswith(("_ns", "_ms", "_tokens", "calls", "errors")):
            row[name] = float(value) if "." in value else int(value)
    return row


def check(view, found, spans, without=()):
    make, keys = VIEWS[view]
    wanted = make(spans)
    assert wanted, f"{view}: nothing to compare"
    got = {tuple(row[name] for name in keys): row for row in map(plain, found)}
    assert len(got) == len(found) and got.keys() == wanted.keys(), \
        f"{view}: {len(found)} rows, expected {len(wanted)}: {sorted(got.keys() ^ wanted.keys(), key=str)[:4]}"
    for key, row in wanted.items():
        durations = row.pop("durations", None)
        for name, value in row.items():
            assert name in without or got[key][name] == value, f"{view} {key}: {name} is {got[key][name]!r}, expected {value!r}"
        if durations:
            quantiles = [got[key][name] for name in QUANTILES]
            assert min(durations) <= quantiles[0] <= quantiles[1] <= quantiles[2] <= max(durations), (view, key, quantiles)


def asked(weir, view, condition="true"):
    answer = rows(weir, f"SELECT * FROM {view} WHERE {condition}")
    names = [column["name"] for column in answer["columns"]]
    return [dict(zip(names, row)) for row in answer["rows"]]


def documented(language):
    """{view: query} of the texts for `language`."""
    found = {}
    for part in DOCS.read_text().split("\n## ")[1:]:
        texts = re.findall(r"```sql " + language + r"\n(.*?)```", part, re.DOTALL)
        found |= {part.split("\n")[0]: text for text in texts}
    return found


@case
def views_are_what_their_words_say(folder, options):
    """Each of them, of random traces; and what their pages say of their columns is so."""
    with WeirServer(options.binary, folder, *FAST) as weir:
        count = send_traces(weir, options.seed)
        spans = read_tables("pyiceberg", weir, {SPANS: count}, folder)["pyiceberg"][SPANS]
        for view in VIEWS:
            found = asked(weir, view)
            check(view, found, spans)
            columns = re.search(rf"^\| `{view}` \|[^|]*\|([^|]*)\|$", DOCS.read_text(), re.MULTILINE).group(1)
            assert list(found[0]) == [re.sub(r"\(.*?\)", "", name).strip() for name in re.sub(r"\([^)]*\)", "", columns).split(",")], view
        one = spans[0]["trace_id"]
        check("span_latency", asked(weir, "span_latency", f"trace_id = '{one}'"), [row for row in spans if row["trace_id"] == one])
        whole = asked(weir, "trace_unified", f"trace_id = '{one}'")[0]
        assert len(whole["spans"]) == sum(row["trace_id"] == one for row in spans)
        check_others(weir)


def check_others(weir):
    nothing = rows(weir, "SELECT count(*) FROM service_summary WHERE minute > now()")
    assert nothing["rows"] == [[0]] and nothing["scanned"]["read_bytes"] == 0, nothing
    shadowed = rows(weir, f"WITH {SPANS} AS (SELECT 1) SELECT count(*) FROM trace_unified")
    assert shadowed["rows"] == [[TRACES]], shadowed
    assert "has no versions" in refusal(weir, "SELECT * FROM service_map AT (VERSION => 1)")[1]
    assert "no table telemetry.team_otel_spans" in refusal(weir, "SELECT * FROM team_service_map")[1]


@case
def spark_runs_the_texts_for_spark(folder, options):
    """As they stand in docs/views.md."""
    with WeirServer(options.binary, folder, *FAST) as weir:
        count = send_traces(weir, options.seed)
        spans = read_tables("pyiceberg", weir, {SPANS: count}, folder)["pyiceberg"][SPANS]
        queries = documented("spark")
        assert queries.keys() == VIEWS.keys(), queries.keys()
        command, task = prepare("views", "spark", "views_spark.py", ["views_spark"], weir, (), folder, queries=queries)
        run_to_end(command, task.with_suffix(".log"), SPARK_SECONDS)
        for view, found in sound_answers(task)["views_spark"].items():
            check(view, found, spans, without=("critical_ns",))
