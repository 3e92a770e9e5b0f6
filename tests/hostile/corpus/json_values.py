# SPDX-License-Identifier: Apache-2.0
"""OTLP/JSON that is JSON: each field with each kind of value, ids, numbers, enums, base64, keys that come twice.

Source: the ProtoJSON format, and OTLP's exceptions from it (ids in hex, enums as numbers or names).
"""

import base64
import json

import otlp
from corpus.inputs import Input, Marks, good_json_record, refused, taken
from otlp import JSON, SPAN_ID, TRACE_ID

TEXT, LONG, INT, DOUBLE, BOOL, ENUM, OBJECT, LIST, NUMBERS = \
    "text", "long", "int", "double", "bool", "enum", "object", "list", "list of numbers"
VALUES = {"null": None, "true": True, "false": False, "7": 7, "1.5": 1.5, "\"text\"": "text", "\"7\"": "7", "[]": [], "{}": {},
          "[1]": [1], "[null]": [None]}
SOUND = {
    TEXT: {"null", "\"text\"", "\"7\""}, LONG: {"null", "7", "\"7\""}, INT: {"null", "7", "\"7\""},
    DOUBLE: {"null", "7", "1.5", "\"7\""}, BOOL: {"null", "true", "false"}, ENUM: {"null", "7", "\"7\""}, OBJECT: {"null", "{}"},
    LIST: {"null", "[]", "[null]"}, NUMBERS: {"null", "[]", "[1]"},
}
RECORDS = {
    "span": ("traces", {"traceState": TEXT, "name": TEXT, "kind": ENUM, "startTimeUnixNano": LONG, "endTimeUnixNano": LONG,
                        "attributes": LIST, "droppedAttributesCount": INT, "events": LIST, "droppedEventsCount": INT,
                        "links": LIST, "droppedLinksCount": INT, "status": OBJECT, "flags": INT}),
    "event": ("traces", {"timeUnixNano": LONG, "name": TEXT, "attributes": LIST, "droppedAttributesCount": INT}),
    "link": ("traces", {"traceState": TEXT, "attributes": LIST, "droppedAttributesCount": INT, "flags": INT}),
    "status": ("traces", {"message": TEXT, "code": ENUM}),
    "any value": ("traces", {"stringValue": TEXT, "boolValue": BOOL, "intValue": LONG, "doubleValue": DOUBLE,
                             "arrayValue": OBJECT, "kvlistValue": OBJECT}),
    "log record": ("logs", {"timeUnixNano": LONG, "observedTimeUnixNano": LONG, "severityNumber": ENUM, "severityText": TEXT,
                            "body": OBJECT, "attributes": LIST, "droppedAttributesCount": INT, "flags": INT,
                            "eventName": TEXT}),
    "metric": ("metrics", {"description": TEXT, "unit": TEXT, "metadata": LIST}),
    "number point": ("metrics", {"startTimeUnixNano": LONG, "timeUnixNano": LONG, "asDouble": DOUBLE, "asInt": LONG,
                                 "exemplars": LIST, "attributes": LIST, "flags": INT}),
    "histogram point": ("metrics", {"count": LONG, "sum": DOUBLE, "bucketCounts": NUMBERS, "explicitBounds": NUMBERS,
                                    "min": DOUBLE, "max": DOUBLE}),
    "exponential point": ("metrics", {"scale": INT, "zeroCount": LONG, "positive": OBJECT, "negative": OBJECT,
                                      "zeroThreshold": DOUBLE}),
    "summary point": ("metrics", {"count": LONG, "sum": DOUBLE, "quantileValues": LIST}),
}
ENVELOPE = {"request": {"resourceSpans": LIST}, "resource spans": {"resource": OBJECT, "scopeSpans": LIST, "schemaUrl": TEXT},
            "resource": {"attributes": LIST, "droppedAttributesCount": INT},
            "scope spans": {"scope": OBJECT, "schemaUrl": TEXT},
            "scope": {"name": TEXT, "version": TEXT, "attributes": LIST, "droppedAttributesCount": INT}}


def record_with(message, change, mark):
    """A good record in which `change` stands in a message of this kind."""
    timed = {"timeUnixNano": str(otlp.TIME)}
    if message in ("span", "log record"):
        return {**good_json_record("traces" if message == "span" else "logs", mark), **change}
    if message in ("event", "link", "status", "any value"):
        ids = {"traceId": TRACE_ID, "spanId": SPAN_ID}
        more = {"event": {"events": [{**timed, "name": "e", **change}]}, "link": {"links": [{**ids, **change}]},
                "status": {"status": {**change}}, "any value": {"attributes": [{"key": "k", "value": change}]}}[message]
        return {**good_json_record("traces", mark), **more}
    data = {"number point": "gauge", "histogram point": "histogram", "exponential point": "exponentialHistogram",
            "summary point": "summary", "metric": "gauge"}[message]
    point = {**timed, **({"asDouble": 1.5} if data == "gauge" else {}), **(change if message != "metric" else {})}
    if "asInt" in change:
        point.pop("asDouble", None)
    temporality = {} if data in ("gauge", "summary") else {"aggregationTemporality": 2}
    return {"name": mark, data: {"dataPoints": [point], **temporality}, **(change if message == "metric" else {})}


def _input(family, name, why, message, change, is_sound, mark, says="", good=True):
    signal = RECORDS[message][0] if message in RECORDS else "traces"
    records = [record_with(message, change, mark())]
    if not is_sound and good:
        records.append(good_json_record(signal, mark()))
    answer = taken(1) if is_sound else taken(1, 1, says)
    return Input(family, name, why, otlp.json_request(signal, records), answer, signal=signal, content_type=JSON)


def kinds():
    mark = Marks("JSON, kinds")
    for message, (_, fields) in RECORDS.items():
        for field, kind in fields.items():
            for shown, value in VALUES.items():
                is_sound = shown in SOUND[kind]
                why = f"{field} is {kind}; null is as if it were not there"
                yield _input("JSON, kinds", f"{field} of {message}: {shown}", why, message, {field: value}, is_sound, mark)


def envelope():
    mark = Marks("JSON, kinds in the envelope")
    for message, fields in ENVELOPE.items():
        for field, kind in fields.items():
            for shown, value in VALUES.items():
                body = _envelope(message, field, value, mark())
                is_sound = shown in SOUND[kind]
                rows = 0 if field in ("resourceSpans", "scopeSpans") else 1
                yield Input("JSON, kinds in the envelope", f"{field} of {message}: {shown}", f"{field} is {kind}",
                            json.dumps(body).encode(), taken(rows) if is_sound else refused(""), content_type=JSON)


def _envelope(message, field, value, mark):
    scope, resource = {"name": "s"}, {"attributes": []}
    inner = {"scope": scope, "spans": [good_json_record("traces", mark)]}
    outer = {"resource": resource, "scopeSpans": [inner]}
    request = {"resourceSpans": [outer]}
    {"request": request, "resource spans": outer, "resource": resource, "scope spans": inner, "scope": scope}[message][
        field] = value
    return request


def ids():
    mark = Marks("JSON, ids")
    places = {"traceId of span": ("span", "traceId", 32, True), "spanId of span": ("span", "spanId", 16, True),
              "parentSpanId of span": ("span", "parentSpanId", 16, False), "traceId of link": ("link", "traceId", 32, False),
              "spanId of link": ("link", "spanId", 16, False), "traceId of log record": ("log record", "traceId", 32, False),
              "spanId of log record": ("log record", "spanId", 16, False)}
    for name, (message, field, digits, is_needed) in places.items():
        values = {"empty": "", "null": None, "zeros": "0" * digits, "upper case": "AB" * (digits // 2)}
        for count in (1, 2, digits - 2, digits - 1, digits + 1, digits + 2, 2 * digits, 1000):
            values[f"{count} digits"] = "1" * count
        values.update({"a letter g": "1" * (digits - 1) + "g", "a blank": " " + "1" * (digits - 1), "0x": "0x" + "1" * (digits - 2),
                       "dashes": "1-" * (digits // 2), "a number": 7, "an array": [1] * 16, "base64": base64.b64encode(
                           bytes(range(digits // 2))).decode()})
        for shown, value in values.items():
            is_absent = shown in ("empty", "null", "zeros")
            is_sound = shown == "upper case" or (is_absent and not is_needed)
            # logs.proto: a log record whose ids are invalid is one without a trace. They must be hex all the same.
            if message == "log record" and shown.endswith("digits"):
                is_sound = len(value) % 2 == 0
            yield _input("JSON, ids", f"{name}: {shown}", f"{digits} hex digits" + (", not zeros" if is_needed else " or none"),
                         message, {field: value}, is_sound, mark)


def numbers():
    mark = Marks("JSON, numbers")
    longs = {"2^63-1": (1 << 63) - 1, "\"2^63-1\"": str((1 << 63) - 1), "0": 0, "\"007\"": "007", "1e3": 1000.0}
    wrong_longs = {"2^63": 1 << 63, "\"2^63\"": str(1 << 63), "2^64": 1 << 64, "\"2^64\"": str(1 << 64), "-1": -1, "\"-1\"": "-1",
                   "1e30": 1e30, "\"\"": "", "\"1.5\"": "1.5", "\"1 \"": "1 ", "\" 1\"": " 1", "\"0x1\"": "0x1", "\"1_0\"": "1_0",
                   "\"NaN\"": "NaN", "\"one\"": "one", "\"2026-01-01T00:00:00Z\"": "2026-01-01T00:00:00Z",
                   "20 digits": "9" * 20, "1000 digits": "9" * 1000}
    for shown, value in {**wrong_longs, "2^63-1": (1 << 63) - 1, "\"2^63-1\"": str((1 << 63) - 1), "0": 0}.items():
        for message, field in (("span", "startTimeUnixNano"), ("span", "endTimeUnixNano"), ("event", "timeUnixNano"),
                               ("log record", "timeUnixNano"), ("log record", "observedTimeUnixNano"),
                               ("number point", "timeUnixNano"), ("histogram point", "count")):
            yield _input("JSON, numbers", f"{field} of {message}: {shown}", "an unsigned number up to 2^63-1", message,
                         {field: value}, shown in longs, mark)
    for shown, value in {"2^32-1": (1 << 32) - 1, "0": 0, "2^32": 1 << 32, "-1": -1, "0.5": 0.5, "\"x\"": "x"}.items():
        for message in ("span", "log record", "link"):
            yield _input("JSON, numbers", f"flags of {message}: {shown}", "32 bits", message, {"flags": value},
                         shown in ("2^32-1", "0"), mark)


def doubles():
    mark = Marks("JSON, doubles")
    sound = ['"NaN"', '"Infinity"', '"-Infinity"', "0", "-0", "1e308", "1e-400", "5e-324", '"1.5"', '"-1e3"', "123456789012345678901234567890"]
    wrong = ['"nan"', '"NAN"', '"+NaN"', '"-NaN"', '"inf"', '"-inf"', '"INF"', '"infinity"', '"+Infinity"', '"Inf"', '"1e999"',
             '"-1e999"', "1e999", '""', '" 1"', '"1 "', '"1,5"', '"0x1p3"', '"1f"', '"1e"', '"."', '"--1"', '"one"', "true", "[]", "{}"]
    for message, field in (("number point", "asDouble"), ("histogram point", "sum"), ("exponential point", "zeroThreshold"),
                           ("any value", "doubleValue")):
        for shown in sound + wrong:
            signal = RECORDS[message][0]
            records = [record_with(message, {field: "@"}, mark())]
            is_sound = shown in sound
            if not is_sound:
                records.append(good_json_record(signal, mark()))
            body = otlp.json_request(signal, records).replace(b'"@"', shown.encode(), 1)
            yield Input("JSON, doubles", f"{field} of {message}: {shown}", "a number, or NaN, Infinity, -Infinity as a text", body,
                        taken(1) if is_sound else taken(1, 1), signal=signal, content_type=JSON)


def enums():
    mark = Marks("JSON, enums")
    places = {"kind": ("span", "SPAN_KIND_SERVER"), "code": ("status", "STATUS_CODE_ERROR"),
              "severityNumber": ("log record", "SEVERITY_NUMBER_WARN")}
    for field, (message, name) in places.items():
        for shown, value, is_sound in ((name, name, True), ("no such number", 99, True), ("lower case", name.lower(), False),
                                       ("no such name", name + "_X", False), ("short", name.rsplit("_", 1)[1], False),
                                       ("empty", "", False), ("2^31", 1 << 31, False), ("2^40", 1 << 40, False), ("1.5", 1.5, False),
                                       ("a list", [2], False)):
            yield _input("JSON, enums", f"{field}: {shown}", "the name or the number of an enumerator", message, {field: value},
                         is_sound, mark)


def base64_values():
    mark = Marks("JSON, base64")
    sound = ["", "AA==", "AAA=", "AAAA", "+/+/", "-_-_", "AA", "AAA"]
    wrong = ["A", "A===", "!", "AA=A", "AAAA=", "=", "AA =", "AA\n=", "A-+_/", "AAAAA"]
    for text in sound + wrong:
        yield _input("JSON, base64", f"bytesValue {text!r}", "base64, of either alphabet, padded or not: ProtoJSON", "any value",
                     {"bytesValue": text}, text in sound, mark)


def inputs():
    for part in (kinds, envelope, ids, numbers, doubles, enums, base64_values):
        yield from part()
