# SPDX-License-Identifier: Apache-2.0
"""Sound protobuf with values that can't be: texts that are not UTF-8, ids of wrong lengths, numbers out of range, depth."""

import struct

import otlp
from corpus.inputs import Input, Marks, good_request, taken
from corpus.messages import FIELDS, ID8, ID16, PLACE_OF, TEXT
from otlp import fixed64, message, number, varint

NOT_UTF8 = {
    "a lone continuation": b"ab\x80",
    "a sequence that is cut": b"ab\xe2\x82",
    "a wrong continuation": b"\xc3\x28",
    "an overlong slash": b"\xc0\xaf",
    "an overlong NUL": b"\xe0\x80\x80",
    "a surrogate": b"\xed\xa0\x80",
    "past U+10FFFF": b"\xf4\x90\x80\x80",
    "a byte FE": b"a\xfeb",
}
# docs/limits.md: limits.nesting_depth.
DEPTH_MAX = 64


def _one(family, name, why, place, more, mark, answer):
    body = place.request(mark(), more)
    if answer.rejected:
        body += good_request(place.signal, mark())
    return Input(family, name, why, body, answer, signal=place.signal)


def texts():
    mark = Marks("not UTF-8")
    for place_name, fields in FIELDS.items():
        place = PLACE_OF[place_name]
        for field, (field_number, kind) in fields.items():
            if kind != TEXT:
                continue
            for name, bytes_ in NOT_UTF8.items():
                body = place.request(mark(), message(field_number, bytes_)) + good_request(place.signal, mark())
                yield Input("not UTF-8", f"{name} in {field} of {place_name}", "texts are UTF-8: proto3, string", body,
                            taken(1, 1, "UTF-8"), signal=place.signal)


def ids():
    mark = Marks("ids")
    for place_name, fields in FIELDS.items():
        place = PLACE_OF[place_name]
        for field, (field_number, kind) in fields.items():
            if kind not in (ID16, ID8):
                continue
            right = 16 if kind == ID16 else 8
            for size in (1, 2, 4, 7, 8, 9, 12, 15, 16, 17, 20, 24, 31, 32, 33, 64, 1000):
                # logs.proto: a log record whose ids are invalid is one without a trace.
                is_kept = size == right or place_name == "log record"
                yield _one("ids", f"{field} of {place_name}: {size} bytes", f"it has {right} bytes or none", place,
                           message(field_number, b"\x11" * size), mark, taken(1) if is_kept else taken(1, 1, "bytes, not"))
    for name, more in {"trace id": dict(trace_id=None), "span id": dict(span_id=None),
                       "trace id of zeros": dict(trace_id=bytes(16)), "span id of zeros": dict(span_id=bytes(8)),
                       "both": dict(trace_id=None, span_id=None)}.items():
        body = otlp.request([otlp.span(name=mark()), otlp.span(name=mark(), **more)])
        yield Input("ids", f"span without {name}", "a span must have both ids, and not of zeros", body,
                    taken(1, 1, "missing or all zero"))


def numbers():
    mark = Marks("numbers")
    for place_name, fields in FIELDS.items():
        place = PLACE_OF[place_name]
        for field, (field_number, kind) in fields.items():
            if kind not in ("time", "count"):
                continue
            for name, value in {"2^63-1": (1 << 63) - 1, "2^63": 1 << 63, "2^64-1": (1 << 64) - 1}.items():
                is_sound = value < 1 << 63
                yield _one("numbers", f"{field} of {place_name}: {name}", "columns are signed: above 2^63-1 is refused",
                           place, fixed64(field_number, value), mark, taken(1) if is_sound else taken(1, 1, "2^63-1"))
    for place_name, fields in FIELDS.items():
        for field, (field_number, kind) in fields.items():
            if not field.startswith("dropped"):
                continue
            says = "malformed" if place_name in ("resource", "scope") else "2^31-1"
            for name, value in {"2^31-1": (1 << 31) - 1, "2^32-1": (1 << 32) - 1}.items():
                answer = taken(1) if value < 1 << 31 else taken(1, 1, says)
                yield _one("numbers", f"{field} of {place_name}: {name}", "columns are signed: above 2^31-1 is refused",
                           PLACE_OF[place_name], number(field_number, value), mark, answer)
    for name, bits in {"NaN": 0x7FF8 << 48, "a signalling NaN": (0x7FF0 << 48) + 1, "Infinity": 0x7FF0 << 48,
                       "-Infinity": 0xFFF0 << 48, "-0": 1 << 63, "the smallest": 1, "the largest": (0x7FF0 << 48) - 1
                       }.items():
        for place_name, field in (("number point", 4), ("exemplar", 3), ("histogram point", 5),
                                  ("exponential point", 14), ("summary point", 5), ("quantile", 2)):
            yield _one("numbers", f"double {name} in {place_name}", "every double is sound", PLACE_OF[place_name],
                       fixed64(field, bits), mark, taken(1))


def packed():
    mark = Marks("packed numbers")
    place = PLACE_OF["histogram point"]
    for field, what in ((6, "bucket counts"), (7, "bounds")):
        for size in (1, 3, 4, 7, 9, 12, 15, 17, 8001):
            yield _one("packed numbers", f"{what} of {size} bytes", "eight bytes each", place,
                       message(field, b"\1" * size), mark, taken(1, 1))
    for name, bytes_ in {"cut": b"\x80", "of 11 bytes": b"\xff" * 10 + b"\1", "above 2^63-1": varint(1 << 63)}.items():
        yield _one("packed numbers", f"varint bucket count {name}", "sound varints up to 2^63-1", PLACE_OF["buckets"],
                   message(2, bytes_), mark, taken(1, 1))
    yield _one("packed numbers", "bucket count above 2^63-1", "columns are signed", place,
               message(6, struct.pack("<Q", 1 << 63)), mark, taken(1, 1, "2^63-1"))


def depth():
    """AnyValues within each other: limits.nesting_depth of them are taken."""
    mark = Marks("depth")
    shapes = {"array": lambda inner: message(5, message(1, inner)),
              "kvlist": lambda inner: message(6, message(1, message(1, "k") + message(2, inner)))}
    for shape, wrap in shapes.items():
        for levels in (DEPTH_MAX - 1, DEPTH_MAX, DEPTH_MAX + 1, DEPTH_MAX + 2, 200, 5_000):
            value = message(1, "x")
            for _ in range(levels - 1):
                value = wrap(value)
            answer = taken(1) if levels <= DEPTH_MAX else taken(1, 1, "deep")
            attribute = message(1, "k") + message(2, value)
            for place_name, field in (("span", 9), ("event", 3), ("link", 4), ("log record", 6), ("number point", 7),
                                      ("exemplar", 7)):
                yield _one("depth", f"{shape} of {levels} in an attribute of {place_name}",
                           "limits.nesting_depth AnyValues", PLACE_OF[place_name], message(field, attribute), mark,
                           answer)
            yield _one("depth", f"{shape} of {levels} as a log's body", "limits.nesting_depth AnyValues",
                       PLACE_OF["log record"], message(5, value), mark, answer)


def counts():
    """Huge counts: each costs its record, not the server."""
    mark = Marks("counts")
    for attributes, answer in ((4096, taken(1)), (4097, taken(1, 1, "limits.attributes_per_record")),
                               (50_000, taken(1, 1, "limits.attributes_per_record"))):
        for place_name, field in (("span", 9), ("log record", 6), ("number point", 7)):
            yield _one("counts", f"{attributes} attributes of {place_name}", "limits.attributes_per_record",
                       PLACE_OF[place_name], b"".join(otlp.key_value(f"k{i}", number(3, i), field)
                                                      for i in range(attributes)), mark, answer)
    for signal, bad in (("traces", otlp.span(trace_id=b"\1")), ("logs", otlp.log(time=1 << 63)),
                        ("metrics", otlp.gauge([otlp.number_point(time=1 << 63)]))):
        for count in (1, 2, 10, 1000):
            body = otlp.request([bad] * count) + good_request(signal, mark())
            yield Input("counts", f"{count} bad records of {signal} and a good one", "each bad record counts", body,
                        taken(1, count), signal=signal)
    points = otlp.gauge([otlp.number_point(), *[otlp.number_point(time=1 << 63)] * 7], name=mark())
    yield Input("counts", "7 bad points of 8 in a metric", "data points are what counts", otlp.request([points]),
                taken(1, 7), signal="metrics")
    points = otlp.gauge([otlp.number_point()] * 5, name=b"\xff")
    yield Input("counts", "5 points in a metric that can't be read", "data points are what counts",
                otlp.request([points]) + good_request("metrics", mark()), taken(1, 5), signal="metrics")


def inputs():
    for part in (texts, ids, numbers, packed, depth, counts):
        yield from part()
