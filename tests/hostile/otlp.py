# SPDX-License-Identifier: Apache-2.0
"""OTLP requests by hand, so that they can be wrong in any way, and what a server says of them."""

import json
import struct

SIGNALS = ("traces", "logs", "metrics")
PROTOBUF = "application/x-protobuf"
JSON = "application/json"
# 2026-01-01T00:00:00Z: every good record has this time.
TIME = 1_767_225_600_000_000_000
TRACE_ID = "5b8efff798038103d269b633813fc60c"
SPAN_ID = "eee19b7ec3c1b174"
REJECTED = {"traces": "rejectedSpans", "logs": "rejectedLogRecords", "metrics": "rejectedDataPoints"}


def varint(value):
    out = bytearray()
    value &= (1 << 64) - 1
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def fixed64(field, value):
    return varint(field << 3 | 1) + struct.pack("<Q", value)


def fixed32(field, value):
    return varint(field << 3 | 5) + struct.pack("<I", value)


def double(field, value):
    return varint(field << 3 | 1) + struct.pack("<d", value)


def message(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def key_value(key, any_value, field):
    return message(field, message(1, key) + message(2, any_value))


def nested_array(depth):
    """An AnyValue of `depth` AnyValues within each other."""
    value = message(1, "x")
    for _ in range(depth - 1):
        value = message(5, message(1, value))
    return value


def span(trace_id=bytes.fromhex(TRACE_ID), span_id=bytes.fromhex(SPAN_ID), name="hostile", start=TIME,
         end=TIME + 1000, more=b""):
    ids = (message(1, trace_id) if trace_id is not None else b"") + (
        message(2, span_id) if span_id is not None else b"")
    return ids + message(5, name) + fixed64(7, start) + fixed64(8, end) + more


def log(time=TIME, more=b""):
    return fixed64(1, time) + message(5, message(1, "hostile")) + more


def gauge(points, name="hostile"):
    return message(1, name) + message(5, b"".join(message(1, point) for point in points))


def number_point(time=TIME, more=b""):
    return fixed64(3, time) + double(4, 1.5) + more


def histogram(point):
    return message(1, "hostile") + message(9, message(1, point) + number(2, 2))


def exponential_histogram(point):
    return message(1, "hostile") + message(10, message(1, point) + number(2, 2))


def request(records, scope=b"", resource=None):
    """An Export…ServiceRequest: the three signals share its outer shape."""
    if resource is None:
        resource = key_value("service.name", message(1, "hostile"), 1)
    scope_part = scope + b"".join(message(2, record) for record in records)
    return message(1, message(1, resource) + message(2, scope_part))


def good(signal):
    record = {"traces": span, "logs": log, "metrics": lambda: gauge([number_point()])}[signal]()
    return request([record])


def json_record(signal):
    attributes = [{"key": "k", "value": {"stringValue": "v"}}]
    if signal == "traces":
        return {"traceId": TRACE_ID, "spanId": SPAN_ID, "name": "hostile", "startTimeUnixNano": str(TIME),
                "endTimeUnixNano": str(TIME + 1000), "attributes": attributes}
    if signal == "logs":
        return {"timeUnixNano": str(TIME), "body": {"stringValue": "hostile"}, "attributes": attributes}
    point = {"timeUnixNano": str(TIME), "asDouble": 1.5, "attributes": attributes}
    return {"name": "hostile", "gauge": {"dataPoints": [point]}}


def json_request(signal, records):
    outer, inner, record = {"traces": ("resourceSpans", "scopeSpans", "spans"),
                            "logs": ("resourceLogs", "scopeLogs", "logRecords"),
                            "metrics": ("resourceMetrics", "scopeMetrics", "metrics")}[signal]
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "hostile"}}]}
    return json.dumps({outer: [{"resource": resource, inner: [{"scope": {}, record: records}]}]},
                      separators=(",", ":")).encode()


def good_json(signal):
    return json_request(signal, [json_record(signal)])


def fields_of(wire):
    """The fields of a message as (number, value) pairs; ValueError on malformed bytes."""
    at, fields = 0, []

    def read_varint():
        nonlocal at
        value = 0
        for shift in range(0, 70, 7):
            if at >= len(wire):
                raise ValueError("truncated varint")
            byte = wire[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise ValueError("varint too long")

    while at < len(wire):
        tag = read_varint()
        kind, size = tag & 7, {1: 8, 5: 4}.get(tag & 7)
        if kind == 0:
            fields.append((tag >> 3, read_varint()))
            continue
        size = read_varint() if kind == 2 else size
        if size is None or at + size > len(wire):
            raise ValueError("malformed field")
        fields.append((tag >> 3, wire[at:at + size]))
        at += size
    return fields


def partial_success(signal, content_type, body):
    """(rejected, message) of an Export…ServiceResponse; ValueError where the body is not one."""
    if content_type.startswith(JSON):
        part = json.loads(body or b"{}").get("partialSuccess") or {}
        return int(part.get(REJECTED[signal], 0)), part.get("errorMessage", "")
    part = dict(fields_of(dict(fields_of(body)).get(1, b"")))
    return part.get(1, 0), part.get(2, b"").decode()


def rpc_status_message(content_type, body):
    """The message of a google.rpc.Status; ValueError where the body is not one."""
    if content_type.startswith(JSON):
        return str(json.loads(body)["message"])
    return dict(fields_of(body))[2].decode()
