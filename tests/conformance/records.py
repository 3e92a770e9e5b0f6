# SPDX-License-Identifier: Apache-2.0
"""Records that are found again in the tables by a mark: a span's or metric's name, a log record's event name."""

import otlp
from opentelemetry.proto.logs.v1 import logs_pb2
from opentelemetry.proto.metrics.v1 import metrics_pb2
from opentelemetry.proto.trace.v1 import trace_pb2
from otlp import TIME
from send.by_hand import REQUEST_TYPE, any_value, key_values

TRACE_ID, SPAN_ID = bytes.fromhex(otlp.TRACE_ID), bytes.fromhex(otlp.SPAN_ID)
MARK_COLUMN = {"traces": "name", "logs": "event_name", "metrics": "name"}
GROUPS = {"traces": ("resource_spans", "scope_spans", "spans"), "logs": ("resource_logs", "scope_logs", "log_records"),
          "metrics": ("resource_metrics", "scope_metrics", "metrics")}
SERVICE = key_values([("service.name", "conformance")])


def span(mark, **fields):
    return trace_pb2.Span(**{"trace_id": TRACE_ID, "span_id": SPAN_ID, "name": mark, "start_time_unix_nano": TIME,
                             "end_time_unix_nano": TIME + 1000} | fields)


def log(mark, **fields):
    return logs_pb2.LogRecord(**{"time_unix_nano": TIME, "event_name": mark, "body": any_value("said")} | fields)


def gauge(mark, *points):
    return metrics_pb2.Metric(name=mark, gauge=metrics_pb2.Gauge(data_points=points or [number_point()]))


def number_point(**fields):
    return metrics_pb2.NumberDataPoint(**{"time_unix_nano": TIME, "as_double": 1.5} | fields)


RECORD = {"traces": span, "logs": log, "metrics": gauge}


def add_group(request, signal, records, attributes=SERVICE, scope="conformance"):
    """One more resource with one scope that has these records."""
    outer, inner, leaf = GROUPS[signal]
    group = getattr(request, outer).add()
    group.resource.attributes.extend(attributes)
    scope_group = getattr(group, inner).add()
    scope_group.scope.name = scope
    getattr(scope_group, leaf).extend(records)
    return group


def request(signal, *records):
    message = REQUEST_TYPE[signal]()
    add_group(message, signal, records)
    return message


def with_attributes(signal, mark, attributes):
    """A record, a data point in the case of a metric, with these attributes."""
    if signal == "metrics":
        return gauge(mark, number_point(attributes=attributes))
    return RECORD[signal](mark, attributes=attributes)


def wire_record(signal, mark, more=b""):
    """The record's bytes written by hand; `more` are further fields of it, in the case of a metric of its point."""
    if signal == "traces":
        return otlp.span(name=mark, more=more)
    if signal == "logs":
        return otlp.log(more=otlp.message(12, mark) + more)
    return otlp.gauge([otlp.number_point(more=more)], name=mark)


def json_record(signal, mark, **members):
    """The record as a JSON object; `members` are of the data point in the case of a metric."""
    if signal == "traces":
        return {"traceId": otlp.TRACE_ID, "spanId": otlp.SPAN_ID, "name": mark, "startTimeUnixNano": str(TIME),
                "endTimeUnixNano": str(TIME + 1000)} | members
    if signal == "logs":
        return {"timeUnixNano": str(TIME), "eventName": mark, "body": {"stringValue": "said"}} | members
    return {"name": mark, "gauge": {"dataPoints": [{"timeUnixNano": str(TIME), "asDouble": 1.5} | members]}}


def json_request(signal, *records):
    return otlp.json_request(signal, records)


def marks(message, signal):
    """The marks of a request's records."""
    outer, inner, leaf = GROUPS[signal]
    return [getattr(record, MARK_COLUMN[signal]) for group in getattr(message, outer)
            for scope in getattr(group, inner) for record in getattr(scope, leaf)]
