# SPDX-License-Identifier: Apache-2.0
"""What comes back for a request that is accepted, wholly or in part."""

import json

from send.by_hand import REQUEST_TYPE

import exchange
import records
from check import HTTP, JSON, MUST, SHOULD, SIGNALS, check, require
from records import GROUPS, number_point

ANSWER_BYTES_MAX = 4 << 20
REJECTED = {"traces": "rejectedSpans", "logs": "rejectedLogRecords", "metrics": "rejectedDataPoints"}


def bad_record(signal, mark):
    """No table can hold it: an id of the wrong length, a time after the year 2262."""
    if signal == "traces":
        return records.span(mark, trace_id=b"abc")
    if signal == "logs":
        return records.log(mark, time_unix_nano=2**63)
    return records.gauge(mark, number_point(time_unix_nano=2**63))


def good_and_bad(run, signal, bad):
    """(request, what of it must be stored, marks of what must not)"""
    good = [records.RECORD[signal](run.mark()) for _ in range(2)]
    marks = [run.mark() for _ in range(bad)]
    mixed = [good[0], *(bad_record(signal, mark) for mark in marks), good[1]]
    return records.request(signal, *mixed), records.request(signal, *good), marks


@check("S-1", "Response: Full Success", MUST, "success is 200, OK in gRPC, with the signal's Export response")
def export_response(run):
    for signal in SIGNALS:
        with run.part(signal):
            answer = run.send(signal, run.request(signal))
            require(answer.is_success, str(answer))
            answer.export_response(signal)


@check("S-2", "Response: Full Success", MUST, "partial_success is not set when nothing was rejected")
def no_partial_success(run):
    for signal in SIGNALS:
        with run.part(signal):
            answer = run.take(signal, run.request(signal))
            is_set = answer.export_response(signal).HasField("partial_success")
            require(not is_set, f"the answer is {answer.body!r}")


@check("S-3", "Response: Full Success", SHOULD, "a request without any telemetry succeeds")
def empty_requests(run):
    for signal in SIGNALS:
        with run.part(signal):
            run.require_full_success(signal, run.send(signal, REQUEST_TYPE[signal]()))


@check("S-4", "Empty Telemetry Envelopes", SHOULD, "envelopes without content are no error, alone and beside records")
def empty_envelopes(run):
    for signal in SIGNALS:
        outer, inner, leaf = GROUPS[signal]
        with run.part(signal):
            payload = run.request(signal)
            getattr(payload, outer).add()
            getattr(getattr(payload, outer).add(), inner).add()
            if signal == "metrics":
                records.add_group(payload, signal, [records.metrics_pb2.Metric(name="no points")])
            run.take(signal, payload)


@check("S-5", "Response: Partial Success", MUST, "a request taken in part is 200, OK in gRPC, and counts the rest")
def partial_success(run):
    for signal in SIGNALS:
        with run.part(signal):
            payload, kept, marks = good_and_bad(run, signal, bad=3)
            run.require_partial_success(signal, run.send(signal, payload), 3)
            run.must_store(signal, kept)
            for mark in marks:
                run.must_not_store(signal, mark)


@check("S-6", "Response: Partial Success", SHOULD, "error_message says why")
def error_message(run):
    for signal in SIGNALS:
        with run.part(signal):
            message = run.require_partial_success(signal, run.send(signal, good_and_bad(run, signal, bad=1)[0]), 1)
            require(len(message) > 10 and " " in message, f"the message is {message!r}")


@check("S-7", "Response: Partial Success", MUST, "of metrics, data points are counted")
def rejected_points(run):
    bad = [number_point(time_unix_nano=2**63)] * 4
    payload = records.request("metrics", records.gauge(run.mark(), number_point(), *bad))
    run.require_partial_success("metrics", run.send("metrics", payload), 4)
    del payload.resource_metrics[0].scope_metrics[0].metrics[0].gauge.data_points[1:]
    run.must_store("metrics", payload)


@check("S-8", "JSON Protobuf Encoding", MUST, "answers have lowerCamelCase keys, and 64-bit counts as strings", (JSON,))
def json_answer(run):
    for signal in SIGNALS:
        with run.part(signal):
            answer = run.send(signal, good_and_bad(run, signal, bad=2)[0])
            partial = json.loads(answer.body).get("partialSuccess", {})
            require(partial.get(REJECTED[signal]) == "2", f"the answer is {answer.body!r}")
            require(set(partial) <= {REJECTED[signal], "errorMessage"}, f"the answer is {answer.body!r}")


@check("S-9", "Response", MUST, "the answer to a partial success has the request's Content-Type", HTTP)
def partial_answer_type(run):
    answer = run.send("logs", good_and_bad(run, "logs", bad=1)[0])
    require(answer.content_type.split(";")[0] == exchange.CONTENT_TYPE[run.protocol], answer.content_type)


@check("S-10", "Response", MUST, "an answer stays below 4 MiB, however much there is to tell")
def answer_size(run):
    many = 20_000
    long_name = "n" * 300
    payload = records.request("traces", records.span(run.mark()), *[bad_record("traces", long_name)] * many)
    answer = run.send("traces", payload)
    require(len(answer.body) <= ANSWER_BYTES_MAX, f"an answer of {len(answer.body)} bytes")
    run.require_partial_success("traces", answer, many)
