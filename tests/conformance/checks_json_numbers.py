# SPDX-License-Identifier: Apache-2.0
"""Numbers in OTLP's JSON: integers as numbers or texts, doubles in all their spellings."""

from otlp import TIME
from send.by_hand import key_values

from check import JSON, MUST, check
from checks_json import attribute, expected_log
from records import json_record, json_request

MAPPING = "ProtoJSON"
INT64_MAX, INT64_MIN = 2**63 - 1, -(2**63)


def take_value(run, kind, text, value):
    """A log record with this attribute, its value written as `text`."""
    mark = run.mark()
    body = json_request("logs", json_record("logs", mark, attributes=[attribute("n", **{kind: "HERE"})]))
    run.take("logs", body.replace(b'"HERE"', text.encode()), expected=expected_log(mark, key_values([("n", value)])))


def take_histogram(run, write):
    """A histogram whose 64-bit integers are written by `write`."""
    point = {"startTimeUnixNano": write(TIME - 5), "timeUnixNano": write(TIME), "count": write(6), "sum": 9.5,
             "bucketCounts": [write(1), write(2), write(3)], "explicitBounds": [1, 2.5]}
    run.take("metrics", json_request("metrics", {"name": run.mark(), "histogram": {
        "dataPoints": [point], "aggregationTemporality": 2}}))


@check("N-1", "JSON Protobuf Encoding", MUST, "64-bit integers may be decimal texts", (JSON,))
def texts(run):
    take_histogram(run, str)
    take_value(run, "intValue", '"-12"', -12)


@check("N-2", "JSON Protobuf Encoding", MUST, "64-bit integers may be numbers", (JSON,))
def numbers(run):
    take_histogram(run, int)
    take_value(run, "intValue", "-12", -12)
    run.take("traces", json_request("traces", json_record(
        "traces", run.mark(), startTimeUnixNano=TIME, endTimeUnixNano=TIME + 1)))


@check("N-3", MAPPING, MUST, "64-bit integers lose no digit, as texts and as numbers", (JSON,))
def all_digits(run):
    for value in (INT64_MAX, INT64_MIN, 2**53 + 1):
        for text in (f'"{value}"', f"{value}"):
            with run.part(text):
                take_value(run, "intValue", text, value)


@check("N-4", MAPPING, MUST, "32-bit integers may be texts as well", (JSON,))
def small_integers(run):
    run.take("traces", json_request("traces", json_record(
        "traces", run.mark(), droppedAttributesCount="7", droppedEventsCount="8", flags="257")))


@check("N-5", MAPPING, MUST, "an integer may be written with an exponent or a fraction of zeros", (JSON,))
def exponents(run):
    for text, value in (("1e2", 100), ("7.0", 7), ("1.5e1", 15), ("-2E0", -2)):
        with run.part(text):
            take_value(run, "intValue", text, value)


@check("N-6", MAPPING, MUST, "doubles may be texts: numbers, NaN and the infinities", (JSON,))
def double_texts(run):
    for text in ("1.5", "-0.25", "1e3", "NaN", "Infinity", "-Infinity"):
        with run.part(text):
            take_value(run, "doubleValue", f'"{text}"', float(text))


@check("N-7", MAPPING, MUST, "doubles keep every bit: extremes, a negative zero, whole numbers", (JSON,))
def double_numbers(run):
    for text in ("0.1", "5e-324", "1.7976931348623157e308", "-0.0", "1", "123456789012345680000", "1E+2"):
        with run.part(text):
            take_value(run, "doubleValue", text, float(text))


@check("N-8", MAPPING, MUST, "booleans are true and false", (JSON,))
def booleans(run):
    take_value(run, "boolValue", "true", True)
    take_value(run, "boolValue", "false", False)
