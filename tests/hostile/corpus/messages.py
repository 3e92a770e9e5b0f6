# SPDX-License-Identifier: Apache-2.0
"""OTLP's messages: their fields, and a request in which some bytes stand at the end of one of them.

Numbers and types: opentelemetry-proto v1.x, {common,resource,trace,logs,metrics}/v1/*.proto.
"""

from dataclasses import dataclass
from typing import Callable

import otlp
from otlp import fixed64, key_value, message

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

TEXT, ID16, ID8, MESSAGE, PACKED = "text", "id of 16", "id of 8", "message", "packed"
WIRE_TYPE = {TEXT: BYTES, ID16: BYTES, ID8: BYTES, MESSAGE: BYTES, PACKED: BYTES, "bytes": BYTES, "varint": VARINT,
             "fixed64": FIXED64, "time": FIXED64, "count": FIXED64, "double": FIXED64, "fixed32": FIXED32}

_POINT = {"start": (2, "time"), "time": (3, "time")}
FIELDS = {
    "resource spans": {"resource": (1, MESSAGE), "scope spans": (2, MESSAGE), "schema url": (3, TEXT)},
    "resource": {"attributes": (1, MESSAGE), "dropped attributes": (2, "varint")},
    "scope spans": {"scope": (1, MESSAGE), "spans": (2, MESSAGE), "schema url": (3, TEXT)},
    "scope": {"name": (1, TEXT), "version": (2, TEXT), "attributes": (3, MESSAGE), "dropped attributes": (4, "varint")},
    "span": {"trace id": (1, ID16), "span id": (2, ID8), "trace state": (3, TEXT), "parent span id": (4, ID8),
             "name": (5, TEXT), "kind": (6, "varint"), "start": (7, "time"), "end": (8, "time"),
             "attributes": (9, MESSAGE), "dropped attributes": (10, "varint"), "events": (11, MESSAGE),
             "dropped events": (12, "varint"), "links": (13, MESSAGE), "dropped links": (14, "varint"),
             "status": (15, MESSAGE), "flags": (16, "fixed32")},
    "event": {"time": (1, "time"), "name": (2, TEXT), "attributes": (3, MESSAGE), "dropped attributes": (4, "varint")},
    "link": {"trace id": (1, ID16), "span id": (2, ID8), "trace state": (3, TEXT), "attributes": (4, MESSAGE),
             "dropped attributes": (5, "varint"), "flags": (6, "fixed32")},
    "status": {"message": (2, TEXT), "code": (3, "varint")},
    "attribute": {"key": (1, TEXT), "value": (2, MESSAGE)},
    "any value": {"string": (1, TEXT), "bool": (2, "varint"), "int": (3, "varint"), "double": (4, "double"),
                  "array": (5, MESSAGE), "kvlist": (6, MESSAGE), "bytes": (7, "bytes")},
    "log record": {"time": (1, "time"), "severity": (2, "varint"), "severity text": (3, TEXT), "body": (5, MESSAGE),
                   "attributes": (6, MESSAGE), "dropped attributes": (7, "varint"), "flags": (8, "fixed32"),
                   "trace id": (9, ID16), "span id": (10, ID8), "observed time": (11, "time"),
                   "event name": (12, TEXT)},
    "metric": {"name": (1, TEXT), "description": (2, TEXT), "unit": (3, TEXT), "metadata": (12, MESSAGE)},
    "gauge": {"points": (1, MESSAGE)},
    "number point": {**_POINT, "as double": (4, "double"), "exemplars": (5, MESSAGE), "as int": (6, "fixed64"),
                     "attributes": (7, MESSAGE), "flags": (8, "varint")},
    "exemplar": {"time": (2, "time"), "as double": (3, "double"), "span id": (4, ID8), "trace id": (5, ID16),
                 "as int": (6, "fixed64"), "attributes": (7, MESSAGE)},
    "histogram point": {**_POINT, "count": (4, "count"), "sum": (5, "double"), "exemplars": (8, MESSAGE),
                        "attributes": (9, MESSAGE), "flags": (10, "varint"), "min": (11, "double"),
                        "max": (12, "double")},
    "exponential point": {"attributes": (1, MESSAGE), **_POINT, "count": (4, "count"), "sum": (5, "double"),
                          "scale": (6, "varint"), "zero count": (7, "count"), "positive": (8, MESSAGE),
                          "negative": (9, MESSAGE), "flags": (10, "varint"), "exemplars": (11, MESSAGE),
                          "min": (12, "double"), "max": (13, "double"), "zero threshold": (14, "double")},
    "buckets": {"offset": (1, "varint")},
    "summary point": {**_POINT, "count": (4, "count"), "sum": (5, "double"), "quantiles": (6, MESSAGE),
                      "attributes": (7, MESSAGE), "flags": (8, "varint")},
    "quantile": {"quantile": (1, "double"), "value": (2, "double")},
}


@dataclass(frozen=True)
class Place:
    """`request(mark, more)`: a request whose only record carries `mark`, with `more` at the end of this message.

    `is_envelope`: what is malformed here costs the request, elsewhere it costs the records that it belongs to.
    """
    message: str
    signal: str
    is_envelope: bool
    request: Callable[[str, bytes], bytes]


def _around_span(name, build, is_envelope=True):
    return Place(name, "traces", is_envelope, build)


def _in_span(name, field):
    return Place(name, "traces", False, lambda mark, more: otlp.request([otlp.span(name=mark, more=field(more))]))


def _in_metric(name, data):
    return Place(name, "metrics", False,
                 lambda mark, more: otlp.request([message(1, mark) + data(more)]))


def _request(mark, request=b"", resource_spans=b"", resource=b"", scope_spans=b"", scope=b""):
    service = key_value("service.name", message(1, "hostile"), 1)
    inner = message(1, message(1, "scope") + scope) + message(2, otlp.span(name=mark)) + scope_spans
    return message(1, message(1, service + resource) + message(2, inner) + resource_spans) + request


TIMED = fixed64(3, otlp.TIME)

PLACES = (
    _around_span("request", lambda mark, more: _request(mark, request=more)),
    _around_span("resource spans", lambda mark, more: _request(mark, resource_spans=more)),
    _around_span("resource", lambda mark, more: _request(mark, resource=more), is_envelope=False),
    _around_span("scope spans", lambda mark, more: _request(mark, scope_spans=more)),
    _around_span("scope", lambda mark, more: _request(mark, scope=more), is_envelope=False),
    _in_span("span", lambda more: more),
    _in_span("event", lambda more: message(11, fixed64(1, otlp.TIME) + message(2, "e") + more)),
    _in_span("link", lambda more: message(13, message(1, b"\1" * 16) + message(2, b"\2" * 8) + more)),
    _in_span("status", lambda more: message(15, message(2, "m") + more)),
    _in_span("attribute", lambda more: message(9, message(1, "k") + message(2, message(1, "v")) + more)),
    _in_span("any value", lambda more: message(9, message(1, "k") + message(2, message(1, "v") + more))),
    Place("log record", "logs", False, lambda mark, more: otlp.request(
        [fixed64(1, otlp.TIME) + message(5, message(1, mark)) + more])),
    _in_metric("metric", lambda more: message(5, message(1, otlp.number_point())) + more),
    _in_metric("gauge", lambda more: message(5, message(1, otlp.number_point()) + more)),
    _in_metric("number point", lambda more: message(5, message(1, otlp.number_point(more=more)))),
    _in_metric("exemplar", lambda more: message(5, message(1, otlp.number_point(
        more=message(5, fixed64(2, otlp.TIME) + otlp.double(3, 1.5) + more))))),
    _in_metric("histogram point", lambda more: message(9, message(1, TIMED + more) + otlp.number(2, 2))),
    _in_metric("exponential point", lambda more: message(10, message(1, TIMED + more) + otlp.number(2, 2))),
    _in_metric("buckets", lambda more: message(10, message(1, TIMED + message(8, more)) + otlp.number(2, 2))),
    _in_metric("summary point", lambda more: message(11, message(1, TIMED + more))),
    _in_metric("quantile", lambda more: message(11, message(1, TIMED + message(6, otlp.double(1, 0.5) + more)))),
)
PLACE_OF = {place.message: place for place in PLACES}
