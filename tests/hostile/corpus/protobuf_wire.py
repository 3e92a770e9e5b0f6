# SPDX-License-Identifier: Apache-2.0
"""Protobuf that is no protobuf, at the end of every message of OTLP; and what looks odd but is sound.

An envelope that can't be read costs the request; a record costs itself, a resource or a scope its records.
"""

import struct

import otlp
from corpus.inputs import Input, Marks, good_record, good_request, refused, taken
from corpus.messages import FIELDS, PLACE_OF, PLACES, WIRE_TYPE
from otlp import varint

# A field number that OTLP gives to nothing.
FREE = 100


def _tag(wire_type, field=FREE):
    return varint(field << 3 | wire_type)


BROKEN = {
    "a tag that is cut": b"\x80",
    "a tag of 11 bytes": b"\xff" * 10 + b"\x01",
    "field number 0": b"\x02\x00",
    "wire type 6": _tag(6) + b"\0",
    "wire type 7": _tag(7) + b"\0",
    "a varint that is cut": _tag(0) + b"\x80",
    "a varint of 11 bytes": _tag(0) + b"\xff" * 10 + b"\x01",
    "a fixed32 that is cut": _tag(5) + b"\1\2\3",
    "a fixed64 that is cut": _tag(1) + b"\1\2\3\4\5\6\7",
    "a length that is cut": _tag(2) + b"\xff",
    "no length": _tag(2),
    "a length one past the end": _tag(2) + b"\3ab",
    "a length of 2^31-1": _tag(2) + varint((1 << 31) - 1),
    "a length of 2^31": _tag(2) + varint(1 << 31),
    "a length of 2^32": _tag(2) + varint(1 << 32) + b"x",
    "a length of 2^63": _tag(2) + varint(1 << 63) + b"x",
    "a length of 2^64-1": _tag(2) + varint((1 << 64) - 1),
    "a group": _tag(3) + _tag(4),
    "a group that does not end": _tag(3),
    "an end of no group": _tag(4),
}

SOUND = {
    "an unknown varint": _tag(0) + b"\1",
    "an unknown varint of 10 bytes": _tag(0) + varint((1 << 64) - 1),
    "an unknown varint with zeros in front": _tag(0) + b"\x80\x80\x00",
    "an unknown fixed32": _tag(5) + bytes(4),
    "an unknown fixed64": _tag(1) + bytes(8),
    "unknown bytes": _tag(2) + b"\3\xff\xff\xff",
    "no unknown bytes": _tag(2) + b"\0",
    "the largest field number": varint((1 << 29) - 1 << 3) + b"\1",
}


def _broken(place, name, bytes_, mark):
    body = place.request(mark(), bytes_)
    if place.is_envelope:
        answer, why = refused(""), "an envelope that is malformed costs the request"
    else:
        body += good_request(place.signal, mark())
        answer, why = taken(1, rejected=1), "a record that is malformed costs itself, a resource or a scope its records"
    return Input("protobuf, broken", f"{name} in {place.message}", why, body, answer, signal=place.signal)


def broken():
    mark = Marks("protobuf, broken")
    for place in PLACES:
        for name, bytes_ in BROKEN.items():
            yield _broken(place, name, bytes_, mark)


def sound():
    mark = Marks("protobuf, odd but sound")
    for place in PLACES:
        for name, bytes_ in SOUND.items():
            yield Input("protobuf, odd but sound", f"{name} in {place.message}",
                        "readers pass over fields that they do not know", place.request(mark(), bytes_), taken(),
                        signal=place.signal)


def wrong_wire_types():
    """A field that comes with another wire type than its own is one that is not known."""
    mark = Marks("protobuf, wire types")
    content = {0: b"\1", 1: bytes(8), 2: b"\2ab", 5: bytes(4)}
    for message, fields in FIELDS.items():
        place = PLACE_OF[message]
        for field, (number, kind) in fields.items():
            for wire_type, bytes_ in content.items():
                if wire_type == WIRE_TYPE[kind]:
                    continue
                yield Input("protobuf, wire types", f"{field} of {message} with wire type {wire_type}",
                            "known by number and wire type; else passed over",
                            place.request(mark(), _tag(wire_type, number) + bytes_), taken(), signal=place.signal)


def cut():
    """Every beginning of a request: its outermost length goes past the end."""
    for signal in otlp.SIGNALS:
        whole = good_request(signal, "cut")
        for size in range(1, len(whole), 2):
            yield Input("protobuf, cut", f"first {size} of {len(whole)} bytes of {signal}",
                        "the outermost length goes past the end", whole[:size], refused(""), signal=signal)


def lengths():
    """The length of each message on the way to a record, too large by some: it takes from what follows, or the end."""
    mark = Marks("protobuf, lengths")
    for signal in otlp.SIGNALS:
        for add in (1, 2, 127, 1 << 20, (1 << 32) - 1):
            record = good_record(signal, mark())
            levels = {"record": _wrong_length(2, record, add), "scope": otlp.message(2, record)}
            inner = levels["record"]
            body = otlp.message(1, otlp.message(2, inner))
            yield Input("protobuf, lengths", f"{signal}: record longer by {add}", "past the end of its scope", body,
                        refused(""), signal=signal)
            body = otlp.message(1, _wrong_length(2, otlp.message(2, record), add))
            yield Input("protobuf, lengths", f"{signal}: scope longer by {add}", "past the end of its resource", body,
                        refused(""), signal=signal)
            body = _wrong_length(1, otlp.message(2, otlp.message(2, record)), add)
            yield Input("protobuf, lengths", f"{signal}: resource longer by {add}", "past the end of the request",
                        body, refused(""), signal=signal)


def _wrong_length(field, content, add):
    return varint(field << 3 | 2) + varint(len(content) + add) + content


def inputs():
    for part in (broken, sound, wrong_wire_types, cut, lengths):
        yield from part()
