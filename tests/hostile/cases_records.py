# SPDX-License-Identifier: Apache-2.0
"""One bad record costs that record only: 200 with a count and a reason, over HTTP and gRPC alike."""

import json

import otlp
from case import export, grpc
from http2 import grpc_message
from otlp import JSON, SPAN_ID, TRACE_ID

TWO_63 = 1 << 63
ZEROS = "0" * 32


def _point(**more):
    return {"timeUnixNano": str(otlp.TIME), **more}


def _protobuf_records():
    """(name, signal, bad record): each goes out together with a good one."""
    span, log = otlp.span, otlp.log
    yield "trace id of 15 bytes", "traces", span(trace_id=b"\1" * 15)
    yield "trace id of 17 bytes", "traces", span(trace_id=b"\1" * 17)
    yield "trace id of zeros", "traces", span(trace_id=bytes(16))
    yield "no trace id", "traces", span(trace_id=None)
    yield "span id of 7 bytes", "traces", span(span_id=b"\1" * 7)
    yield "span id of zeros", "traces", span(span_id=bytes(8))
    yield "no span id", "traces", span(span_id=None)
    yield "parent span id of 3 bytes", "traces", span(more=otlp.message(4, b"\1\2\3"))
    yield "start time of 2^63", "traces", span(start=TWO_63)
    yield "end time of 2^64-1", "traces", span(end=2 * TWO_63 - 1)
    yield "dropped attributes of 2^32-1", "traces", span(more=otlp.number(10, (1 << 32) - 1))
    yield "span name that is not UTF-8", "traces", span(name=b"\xc3\x28")
    yield "attribute key that is not UTF-8", "traces", span(more=otlp.key_value(b"\xff", b"", 9))
    yield "attribute value that is not UTF-8", "traces", span(more=otlp.key_value("k", otlp.message(1, b"\xf5\x80"), 9))
    yield "attribute nested 100 deep", "traces", span(more=otlp.key_value("k", otlp.nested_array(100), 9))
    yield "attribute nested 20000 deep", "traces", span(more=otlp.key_value("k", otlp.nested_array(20_000), 9))
    yield "5000 attributes", "traces", span(more=b"".join(
        otlp.key_value(f"k{i}", otlp.number(3, i), 9) for i in range(5000)))
    yield "attribute that is cut off", "traces", span(more=otlp.message(9, b"\x0a\x05k"))
    yield "event that is cut off", "traces", span(more=otlp.message(11, b"\x09\x01"))
    yield "link that is cut off", "traces", span(more=otlp.message(13, b"\x0a\x20\x01"))
    yield "span of stray bytes", "traces", b"\xff\xff\xff"
    yield "span with a group", "traces", span(more=b"\x0b\x0c")
    yield "log time of 2^63", "logs", log(time=TWO_63)
    yield "log observed time of 2^64-1", "logs", log(more=otlp.fixed64(11, 2 * TWO_63 - 1))
    yield "body that is not UTF-8", "logs", log(more=otlp.message(5, otlp.message(1, b"\xed\xa0\x80")))
    yield "body nested 100 deep", "logs", log(more=otlp.message(5, otlp.nested_array(100)))
    yield "severity text that is not UTF-8", "logs", log(more=otlp.message(3, b"\x80"))
    yield "event name that is not UTF-8", "logs", log(more=otlp.message(12, b"\xc0\xaf"))
    yield "point time of 2^63", "metrics", otlp.gauge([otlp.number_point(time=TWO_63)])
    yield "histogram count of 2^63", "metrics", otlp.histogram(otlp.fixed64(3, otlp.TIME) + otlp.fixed64(4, TWO_63))
    yield "bucket count of 2^64-1", "metrics", otlp.histogram(
        otlp.fixed64(3, otlp.TIME) + otlp.message(6, b"\xff" * 8))
    yield "packed bucket counts of 7 bytes", "metrics", otlp.histogram(
        otlp.fixed64(3, otlp.TIME) + otlp.message(6, b"\1" * 7))
    yield "zero count of 2^63", "metrics", otlp.exponential_histogram(
        otlp.fixed64(3, otlp.TIME) + otlp.fixed64(7, TWO_63))
    yield "exponential bucket count of 2^63", "metrics", otlp.exponential_histogram(
        otlp.fixed64(3, otlp.TIME) + otlp.message(8, otlp.message(2, otlp.varint(TWO_63))))
    yield "metric name that is not UTF-8", "metrics", otlp.gauge([otlp.number_point()], name=b"\xff")
    yield "point attribute that is cut off", "metrics", otlp.gauge([otlp.number_point(more=otlp.message(7, b"\x0a\x09"))])


def _json_changes():
    """(name, signal, what to change in a good record)."""
    yield "trace id in base64", "traces", {"traceId": "W47/95gDgQPSabYzgT/GDA=="}
    yield "trace id of 15 bytes", "traces", {"traceId": TRACE_ID[2:]}
    yield "trace id of 31 digits", "traces", {"traceId": TRACE_ID[1:]}
    yield "trace id of zeros", "traces", {"traceId": ZEROS}
    yield "trace id null", "traces", {"traceId": None}
    yield "trace id a number", "traces", {"traceId": 7}
    yield "span id empty", "traces", {"spanId": ""}
    yield "span id of zeros", "traces", {"spanId": ZEROS[:16]}
    yield "parent span id not hex", "traces", {"parentSpanId": "zz" + SPAN_ID[2:]}
    yield "start time of 2^63", "traces", {"startTimeUnixNano": str(TWO_63)}
    yield "start time of 2^64", "traces", {"startTimeUnixNano": 2 * TWO_63}
    yield "start time negative", "traces", {"startTimeUnixNano": -1}
    yield "start time a fraction", "traces", {"startTimeUnixNano": 1.5}
    yield "start time as a date", "traces", {"startTimeUnixNano": "2026-01-01T00:00:00Z"}
    yield "kind of 2^31", "traces", {"kind": 1 << 31}
    yield "kind of no such name", "traces", {"kind": "SPAN_KIND_NONE"}
    yield "name an object", "traces", {"name": {}}
    yield "flags of 2^32", "traces", {"flags": 1 << 32}
    yield "attributes an object", "traces", {"attributes": {"k": "v"}}
    yield "attribute a string", "traces", {"attributes": ["k"]}
    yield "attribute value a string", "traces", {"attributes": [{"key": "k", "value": "v"}]}
    yield "int value of 2^63", "traces", {"attributes": [{"key": "k", "value": {"intValue": TWO_63}}]}
    yield "int value in words", "traces", {"attributes": [{"key": "k", "value": {"intValue": "five"}}]}
    yield "bool value a string", "traces", {"attributes": [{"key": "k", "value": {"boolValue": "true"}}]}
    yield "bytes not base64", "traces", {"attributes": [{"key": "k", "value": {"bytesValue": "!"}}]}
    yield "events a number", "traces", {"events": 3}
    yield "status a string", "traces", {"status": "OK"}
    yield "log time of 2^63", "logs", {"timeUnixNano": str(TWO_63)}
    yield "log body a string", "logs", {"body": "text"}
    yield "log severity in words", "logs", {"severityNumber": "loud"}
    yield "double in words", "metrics", {"gauge": {"dataPoints": [_point(asDouble="nan")]}}
    yield "double of 1e999", "metrics", {"gauge": {"dataPoints": [{"asDouble": "1e999"}]}}
    yield "int point of 2^63", "metrics", {"gauge": {"dataPoints": [_point(asInt=str(TWO_63))]}}
    yield "data point a string", "metrics", {"gauge": {"dataPoints": ["1"]}}
    yield "count of 2^64-1", "metrics", {"gauge": None, "summary": {"dataPoints": [_point(count=2 * TWO_63 - 1)]}}
    yield "bucket counts in words", "metrics", {
        "gauge": None, "histogram": {"dataPoints": [_point(bucketCounts=["many"])]}}
    yield "metric name a number", "metrics", {"name": 1}


def _nested_json(depth):
    text = '{"arrayValue":{"values":[' * (depth - 1) + '{"stringValue":"x"}' + "]}}" * (depth - 1)
    return json.loads(text)


def cases():
    for name, signal, record in _protobuf_records():
        body = otlp.request([{"traces": otlp.span, "logs": otlp.log,
                              "metrics": lambda: otlp.gauge([otlp.number_point()])}[signal](), record])
        yield export(f"record, protobuf: {name}", signal, body, status=200, rejected=1)
        yield grpc(f"record, gRPC: {name}", signal, grpc_message(body), code=0, rejected=1)
    for name, signal, change in _json_changes():
        good = otlp.json_record(signal)
        body = otlp.json_request(signal, [good, {**good, **change}])
        yield export(f"record, JSON: {name}", signal, body, status=200, rejected=1, content_type=JSON)
    for depth, rejected in ((32, 0), (100, 1)):
        change = {"attributes": [{"key": "k", "value": _nested_json(depth)}]}
        body = otlp.json_request("traces", [{**otlp.json_record("traces"), **change}])
        yield export(f"record, JSON: attribute nested {depth} deep", "traces", body, status=200, rejected=rejected,
                     content_type=JSON)
    yield export("record, protobuf: attribute nested 32 deep", "traces",
                 otlp.request([otlp.span(more=otlp.key_value("k", otlp.nested_array(32), 9))]), status=200, rejected=0)
    lone = otlp.good_json("logs").replace(b'"hostile"', b'"cut \\ud83d"')
    yield export("record, JSON: lone surrogate is replaced", "logs", lone, status=200, rejected=0, content_type=JSON)
    yield export("record: all of 1000 bad", "traces", otlp.request([otlp.span(trace_id=b"\1")] * 1000), status=200,
                 rejected=1000)
