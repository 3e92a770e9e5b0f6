# SPDX-License-Identifier: Apache-2.0
"""Protobuf as the encoding allows it to be written: what is stored must be what the reference implementation reads."""

import struct

import otlp
from otlp import TIME, double, fixed32, fixed64, key_value, message, number, varint

import records
from check import BINARY, MUST, SHOULD, SIGNALS, check
from records import wire_record

SECTION, VERSIONS = "Binary Protobuf Encoding", "Future Versions and Interoperability"
# A field of every wire type, with numbers that no message has, the largest one too.
UNKNOWN = (number(1900, 7) + fixed64(1901, 8) + message(1902, b"?") + fixed32(1903, 9) + number((1 << 29) - 1, 1))
TEXT = message(1, "v")


def resource(service="conformance"):
    return key_value("service.name", message(1, service), 1)


def point(*fields):
    return fixed64(3, TIME) + b"".join(fields)


@check("B-1", VERSIONS, MUST, "fields that are not known are ignored, in every message", BINARY)
def unknown_fields(run):
    for signal in SIGNALS:
        attribute = message(1, "k") + message(2, TEXT + UNKNOWN) + UNKNOWN
        field = {"traces": 9, "logs": 6, "metrics": 7}[signal]
        record = wire_record(signal, run.mark(), message(field, attribute) + UNKNOWN) + UNKNOWN
        scope = message(1, message(1, "scope") + UNKNOWN)
        group = message(1, resource() + UNKNOWN) + message(2, scope + message(2, record) + UNKNOWN) + UNKNOWN
        with run.part(signal):
            run.take(signal, message(1, group) + UNKNOWN)


@check("B-2", VERSIONS, MUST, "fields that are not known are ignored in events, links, exemplars", BINARY)
def unknown_fields_in_children(run):
    event = fixed64(1, TIME) + message(2, "event") + UNKNOWN
    link = message(1, records.TRACE_ID) + message(2, records.SPAN_ID) + UNKNOWN
    status = message(2, "bad") + number(3, 2) + UNKNOWN
    with run.part("traces"):
        run.take("traces", otlp.request([wire_record("traces", run.mark(), message(11, event) + message(13, link)
                                                     + message(15, status))]))
    exemplar = fixed64(2, TIME) + double(3, 2.5) + UNKNOWN
    with run.part("metrics"):
        run.take("metrics", otlp.request([wire_record("metrics", run.mark(), message(5, exemplar))]))


@check("B-4", SECTION, MUST, "fields may come in any order, records before their resource", BINARY)
def field_order(run):
    attribute = message(2, TEXT) + message(1, "k")
    bodies = {
        "traces": lambda mark: (message(15, number(3, 1)) + message(9, attribute) + fixed64(8, TIME + 5)
                                + fixed64(7, TIME) + number(6, 3) + message(5, mark) + message(2, records.SPAN_ID)
                                + message(1, records.TRACE_ID)),
        "logs": lambda mark: (message(12, mark) + message(6, attribute) + message(5, TEXT) + number(2, 9)
                              + fixed64(1, TIME)),
        "metrics": lambda mark: message(7, number(3, 1) + number(2, 2) + message(
            1, double(4, 1.0) + message(7, attribute) + fixed64(3, TIME))) + message(1, mark),
    }
    for signal, body in bodies.items():
        scope = message(2, body(run.mark())) + message(3, "https://s/1") + message(2, body(run.mark())) + message(
            1, message(2, "1.0") + message(1, "late"))
        with run.part(signal):
            run.take(signal, message(1, message(3, "https://r/1") + message(2, scope) + message(1, resource("late"))))


@check("B-5", SECTION, MUST, "of a scalar field that comes twice the last value counts", BINARY)
def last_scalar(run):
    with run.part("traces"):
        first = message(1, b"\1" * 16) + message(2, b"\2" * 8) + message(5, "not this") + fixed64(7, 1) + number(6, 1)
        run.take("traces", otlp.request([first + wire_record("traces", run.mark(), number(6, 2))]))
    with run.part("logs"):
        first = fixed64(1, 1) + message(12, "not this") + number(2, 1) + message(3, "not this")
        run.take("logs", otlp.request([first + wire_record("logs", run.mark(), number(2, 17) + message(3, "ERROR"))]))
    with run.part("metrics"):
        first = message(1, "not this") + message(3, "s")
        run.take("metrics", otlp.request([first + wire_record("metrics", run.mark()) + message(3, "ms")]))


@check("B-6", SECTION, MUST, "a message field that comes in pieces is merged", BINARY)
def merged_messages(run):
    more = message(1, key_value("more", TEXT, 1))
    with run.part("resource"):
        run.take("traces", message(1, message(1, resource()) + message(
            2, message(2, wire_record("traces", run.mark()))) + more))
    with run.part("scope"):
        scope = message(1, message(1, "name")) + message(1, message(2, "version"))
        run.take("logs", otlp.request([wire_record("logs", run.mark())], scope=scope))
    with run.part("status"):
        status = message(15, message(2, "broken")) + message(15, number(3, 2))
        run.take("traces", otlp.request([wire_record("traces", run.mark(), status)]))
    with run.part("body"):
        array = [message(5, message(5, message(1, message(1, text)))) for text in ("a", "b")]
        run.take("logs", otlp.request([fixed64(1, TIME) + message(12, run.mark()) + b"".join(array)]))
    with run.part("value of an attribute"):
        value = message(2, message(1, "v")) + message(2, b"")
        run.take("traces", otlp.request([wire_record("traces", run.mark(), message(9, message(1, "k") + value))]))
    with run.part("gauge"):
        pieces = [message(5, message(1, point(double(4, value)))) for value in (1.0, 2.0)]
        run.take("metrics", otlp.request([message(1, run.mark()) + b"".join(pieces)]))
    with run.part("sum"):
        run.take("metrics", otlp.request([message(1, run.mark()) + message(7, number(2, 2)) + message(
            7, message(1, point(double(4, 1.0)))) + message(7, number(3, 1))]))
    with run.part("buckets"):
        buckets = message(8, number(1, 4)) + message(8, number(2, 6)) + message(8, number(2, 7))
        run.take("metrics", otlp.request([message(1, run.mark()) + message(10, message(1, point(buckets)))]))


@check("B-7", SECTION, MUST, "of the members of a oneof the last one counts", BINARY)
def last_of_oneof(run):
    for name, value in {"text, then number": TEXT + number(3, 5), "number, then text": number(3, 5) + TEXT,
                        "array, then bool": message(5, message(1, TEXT)) + number(2, 1)}.items():
        with run.part(name):
            run.take("traces", otlp.request([wire_record("traces", run.mark(), key_value("k", value, 9))]))
            run.take("logs", otlp.request([wire_record("logs", run.mark(), message(5, value))]))
    with run.part("point"):
        run.take("metrics", otlp.request([otlp.gauge([point(double(4, 1.0), fixed64(6, 7))], name=run.mark())]))
    with run.part("gauge, then sum"):
        data = message(5, message(1, point(double(4, 1.0)))) + message(7, message(1, point(double(4, 2.0))))
        run.take("metrics", otlp.request([message(1, run.mark()) + data]))


@check("B-8", SECTION, MUST, "repeated numbers may be packed or not, and in several runs", BINARY)
def packed(run):
    counts = fixed64(6, 1) + fixed64(6, 2) + message(6, struct.pack("<QQ", 3, 4))
    bounds = double(7, 0.5) + message(7, struct.pack("<dd", 1.5, 2.5))
    with run.part("histogram"):
        metric = message(1, run.mark()) + message(9, message(1, point(fixed64(4, 10), counts, bounds)) + number(2, 1))
        run.take("metrics", otlp.request([metric]))
    with run.part("exponential histogram"):
        buckets = message(8, number(1, 3) + number(2, 1) + message(2, varint(2) + varint(300)) + number(2, 4))
        metric = message(1, run.mark()) + message(10, message(1, point(fixed64(4, 307), buckets)) + number(2, 1))
        run.take("metrics", otlp.request([metric]))


@check("B-9", SECTION, MUST, "a varint may be longer than it must be", BINARY)
def long_varints(run):
    def padded(value, size):
        return bytes(value >> 7 * i & 0x7F | 0x80 for i in range(size - 1)) + bytes([value >> 7 * (size - 1)])

    name = run.mark()
    span = varint(5 << 3 | 2) + padded(len(name), 5) + name.encode() + padded(6 << 3, 4) + padded(2, 10)
    run.take("traces", otlp.request([otlp.span(name="not this") + span]))


@check("B-10", SECTION, MUST, "enums are open: a number that a later version defines is no error", BINARY)
def open_enums(run):
    with run.part("span"):
        enums = number(6, 99) + message(15, number(3, 99))
        run.take("traces", otlp.request([wire_record("traces", run.mark(), enums)]))
    with run.part("log record"):
        run.take("logs", otlp.request([wire_record("logs", run.mark(), number(2, 99))]))
    with run.part("metric"):
        run.take("metrics", otlp.request([message(1, run.mark()) + message(
            7, message(1, point(double(4, 1.0))) + number(2, 99))]))


@check("B-11", SECTION, SHOULD, "a known field of another wire type is like an unknown field", BINARY)
def other_wire_types(run):
    with run.part("span"):
        others = number(3, 5) + fixed32(9, 1) + message(6, b"x")
        run.take("traces", otlp.request([wire_record("traces", run.mark(), others)]))
    with run.part("log record"):
        others = number(3, 5) + message(2, b"x") + fixed64(6, 1)
        run.take("logs", otlp.request([wire_record("logs", run.mark(), others)]))


@check("B-12", SECTION, MUST, "negative numbers, in each of protobuf's ways to write them", BINARY)
def negative_numbers(run):
    with run.part("int64 of a value"):
        run.take("traces", otlp.request([wire_record("traces", run.mark(), key_value("k", number(3, -5), 9))]))
    with run.part("sfixed64 of a point"):
        run.take("metrics", otlp.request([otlp.gauge([point(fixed64(6, 2**64 - 9))], name=run.mark())]))
    with run.part("sint32 of scale and offset"):
        negative = number(6, 3) + message(9, number(1, 15) + number(2, 1))
        run.take("metrics", otlp.request([message(1, run.mark()) + message(10, message(1, point(negative)))]))


@check("B-13", SECTION, MUST, "a default value that is written out is like one that is not", BINARY)
def written_defaults(run):
    with run.part("span"):
        zeros = (message(3, b"") + message(4, b"") + number(6, 0) + number(10, 0) + number(12, 0) + fixed32(16, 0)
                 + message(15, message(2, b"") + number(3, 0)))
        run.take("traces", otlp.request([wire_record("traces", run.mark(), zeros)]))
    with run.part("log record"):
        zeros = number(2, 0) + message(3, b"") + number(7, 0) + fixed32(8, 0) + message(9, b"") + message(10, b"")
        run.take("logs", otlp.request([wire_record("logs", run.mark(), zeros + fixed64(11, 0))]))


@check("B-14", "proto: reserved fields", MUST, "fields of earlier versions, now reserved, are ignored", BINARY)
def reserved_fields(run):
    old = message(1, key_value("old", TEXT, 1))
    with run.part("traces"):  # Instrumentation library spans; the status code that was deprecated.
        record = wire_record("traces", run.mark(), message(15, number(1, 2) + message(2, "new")))
        run.take("traces", message(1, message(1, resource()) + message(2, message(2, record)) + message(1000, old)))
    with run.part("logs"):  # The record's name.
        run.take("logs", otlp.request([wire_record("logs", run.mark(), message(4, "old name"))]))
    with run.part("metrics"):  # Int gauge, int sum, int histogram; string labels of points and exemplars.
        exemplar = message(5, message(1, b"\x0a\x01k") + fixed64(2, TIME) + double(3, 1.0))
        record = wire_record("metrics", run.mark(), message(1, b"\x0a\x01k\x12\x01v") + exemplar)
        run.take("metrics", otlp.request([message(4, b"") + message(6, b"") + record + message(8, b"")]))


@check("B-15", SECTION, MUST, "messages of no bytes are messages: resource, scope, status, value, buckets", BINARY)
def empty_messages(run):
    with run.part("span"):
        more = message(15, b"") + message(9, message(1, "k") + message(2, b"")) + message(11, b"")
        run.take("traces", message(1, message(1, b"") + message(2, message(1, b"") + message(
            2, wire_record("traces", run.mark(), more)))))
    with run.part("log record"):
        record = fixed64(1, TIME) + message(12, run.mark()) + message(5, b"") + message(6, b"")
        run.take("logs", otlp.request([record]))
    with run.part("exponential histogram"):
        run.take("metrics", otlp.request([message(1, run.mark()) + message(
            10, message(1, point(message(8, b""), message(9, b""))))]))
