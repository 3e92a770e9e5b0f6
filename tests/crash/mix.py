# SPDX-License-Identifier: Apache-2.0
"""The scripted requests of one run: all from a seed, each row told apart from every other by its request's number."""

import gzip
import random
from dataclasses import dataclass, field

from expect import SIGNALS, rows_of
from send.by_hand import EMPTY, REQUEST_TYPE, fill_resource, fill_scope, key_values, span_id, trace_id
from send.otlp_json import to_otlp_json
from send.transport import JSON, PROTOBUF

TIME, DAY = 1_790_000_000_123_456_789, 86_400_000_000_000
ENCODINGS = ("protobuf", "protobuf", "json", "gzip")
TEXTS = ("", "plain", "héllo 🌊", 'a "quoted" \\ text\n', "x" * 300, "42", "\u0000")
MALFORMED_SHARE, BAD_RECORD_SHARE, LARGE_SHARE = 0.08, 0.1, 0.1
LARGE_BYTES = 12_000
MALFORMED = b"\xff\xff\xff"  # a request's number follows


@dataclass
class Request:
    """One export request: what is sent, and the message whose rows it stands for (None: it must be refused)."""

    number: int
    signal: str
    message: object
    body: bytes
    headers: dict
    outcome: str = "unsent"  # acked, refused, unknown
    detail: str = field(default="", repr=False)
    is_as_expected: bool = True  # the answer was a success, a retryable refusal, or 400 to what is malformed
    letter: str = ""  # the reason of the dead letter that it leaves

    def rows(self):
        return rows_of(self.signal, self.message) if self.message is not None else []


class Mix:
    """An endless row of requests; the same for the same seed and signals."""

    def __init__(self, seed, signals=SIGNALS, first=1, is_plain=False):
        """`is_plain`: sound requests only, for runs whose every step is counted."""
        self._chance, self._signals, self._number = random.Random(f"mix {seed}"), signals, first
        self._is_plain = is_plain

    def next(self):
        number, self._number = self._number, self._number + 1
        chance = self._chance
        signal = chance.choice(self._signals)
        encoding = chance.choice(ENCODINGS)
        if not self._is_plain and chance.random() < MALFORMED_SHARE:
            return Request(number, signal, None, MALFORMED + b"%d" % number, {"content-type": PROTOBUF},
                           letter="invalid_request")
        message = make_message(signal, number, chance)
        sent = REQUEST_TYPE[signal]()
        sent.CopyFrom(message)
        letter = ""
        if not self._is_plain and signal == "traces" and chance.random() < BAD_RECORD_SHARE:
            # An id of three bytes costs its own record alone.
            sent.resource_spans[0].scope_spans[0].spans.add(trace_id=b"abc", span_id=span_id(1), name=f"{number}")
            letter = "invalid_record"
        return Request(number, signal, message, *encode(sent, encoding), letter=letter)


def number_of(letter):
    """The number of the request that left this row of dead letters."""
    original = letter["original"]
    if letter["reason"] == "invalid_request":
        return int(original.removeprefix(MALFORMED))
    return int(REQUEST_TYPE[letter["signal"]].FromString(original).resource_spans[0].scope_spans[0].spans[0].name)


def encode(message, encoding):
    """(body, headers) of an HTTP request."""
    if encoding == "json":
        return to_otlp_json(message).encode(), {"content-type": JSON}
    body = message.SerializeToString()
    if encoding == "gzip":
        return gzip.compress(body, 1), {"content-type": PROTOBUF, "content-encoding": "gzip"}
    return body, {"content-type": PROTOBUF}


def make_message(signal, number, chance):
    request = REQUEST_TYPE[signal]()
    group = {"traces": "resource_spans", "logs": "resource_logs", "metrics": "resource_metrics"}[signal]
    resource = getattr(request, group).add()
    fill_resource(resource, f"crash-{number % 3}")
    scope = getattr(resource, group.replace("resource", "scope")).add()
    fill_scope(scope, "mix")
    count = chance.choice((1, 1, 2, 3, 5, 12))
    large = chance.random() < LARGE_SHARE
    for row in range(count):
        record = ADD_RECORD[signal](scope, number, row, chance)
        record.attributes.extend(key_values(_attributes(number, row, chance, large and row == 0)))
    return request


def _attributes(number, row, chance, is_large):
    pairs = [("request", number), ("row", row), ("text", chance.choice(TEXTS)), ("flag", chance.random() < 0.5),
             ("double", chance.choice((0.1, -0.0, 1e22, 5e-324))), ("map", (("k", ["v", chance.randrange(9)]),))]
    if chance.random() < 0.3:
        pairs += [("http.request.method", "GET"), ("http.response.status_code", 200), ("empty", EMPTY)]
    if is_large:
        # Not to be shortened by anyone's compression.
        pairs.append(("large", chance.randbytes(LARGE_BYTES).hex()))
    return pairs


def _time(chance, row):
    return TIME + chance.randrange(1_000_000_000) + row + (DAY if chance.random() < 0.03 else 0)


def _add_span(scope, number, row, chance):
    start = _time(chance, row)
    span = scope.spans.add(trace_id=trace_id(1 << 90 | number), span_id=span_id(1 << 40 | number << 8 | row),
                           name=f"span {row}", kind=chance.randrange(6), start_time_unix_nano=start,
                           end_time_unix_nano=start + chance.randrange(10**9))
    span.status.code = chance.randrange(3)
    for _ in range(chance.choice((0, 0, 1, 2))):
        span.events.add(time_unix_nano=start + 5, name="event").attributes.extend(key_values((("e", number),)))
    return span


def _add_log(scope, number, row, chance):
    at = _time(chance, row)
    record = scope.log_records.add(time_unix_nano=at, observed_time_unix_nano=at + 1, severity_number=9,
                                   severity_text=chance.choice(("INFO", "")), trace_id=trace_id(number))
    record.body.string_value = chance.choice(TEXTS)
    return record


def _add_point(scope, number, row, chance):
    metric = scope.metrics.add(name=f"metric.{row % 2}", unit="1")
    if chance.random() < 0.5:
        metric.sum.is_monotonic, metric.sum.aggregation_temporality = True, 2
        return metric.sum.data_points.add(time_unix_nano=_time(chance, row), as_int=number * 1000 + row)
    metric.histogram.aggregation_temporality = 1
    return metric.histogram.data_points.add(time_unix_nano=_time(chance, row), count=3, sum=1.5,
                                            bucket_counts=[1, 2], explicit_bounds=[0.5])


ADD_RECORD = {"traces": _add_span, "logs": _add_log, "metrics": _add_point}
