# SPDX-License-Identifier: Apache-2.0
"""Rows back to OTLP: the claim that the tables lose nothing, as code.

Requests are compared as multisets of *singles*: resource group messages (ResourceSpans and siblings) that hold one
scope group with one record or data point each, so that grouping doesn't matter. What protobuf peers may not rely on is
made equal on both sides: an empty Status and none, a key with an empty AnyValue and one without, ids of zeros and none.
The types of a metric's `metadata` values have no column; they are compared as texts.
"""

import base64
import json

from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.logs.v1 import logs_pb2
from opentelemetry.proto.metrics.v1 import metrics_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

from expect.values import any_value


def uint32(number):
    return number & 0xFFFFFFFF


def set_any_value(value, text, letter):
    """Fills an AnyValue from its text and letter."""
    if text is None:
        return
    if letter == "s":
        value.string_value = text
    elif letter == "b":
        value.bool_value = text == "true"
    elif letter == "i":
        value.int_value = int(text)
    elif letter == "d":
        value.double_value = float(text)
    elif letter == "y":
        value.bytes_value = base64.b64decode(text)
    elif letter in "am":
        _set_plain(value, json.loads(text, object_pairs_hook=_Pairs))
    elif letter in "AM":
        _set_typed(value, json.loads(text))
    else:
        raise ValueError(f"unknown type letter {letter!r}")


class _Pairs(list):
    """A JSON object that keeps order and equal keys."""


def _set_plain(value, parsed):
    if isinstance(parsed, _Pairs):
        value.kvlist_value.SetInParent()
        for key, member in parsed:
            _set_plain(value.kvlist_value.values.add(key=key).value, member)
    elif isinstance(parsed, list):
        value.array_value.SetInParent()
        for member in parsed:
            _set_plain(value.array_value.values.add(), member)
    elif isinstance(parsed, bool):
        value.bool_value = parsed
    elif isinstance(parsed, int):
        value.int_value = parsed
    elif isinstance(parsed, float):
        value.double_value = parsed
    elif parsed is not None:
        value.string_value = parsed


def _set_typed(value, parsed):
    for kind, content in parsed.items():
        if kind == "arrayValue":
            value.array_value.SetInParent()
            for member in content["values"]:
                _set_typed(value.array_value.values.add(), member)
        elif kind == "kvlistValue":
            value.kvlist_value.SetInParent()
            for pair in content["values"]:
                _set_typed(value.kvlist_value.values.add(key=pair["key"]).value, pair["value"])
        elif kind == "bytesValue":
            value.bytes_value = base64.b64decode(content)
        else:
            name, convert = {"stringValue": ("string_value", str), "boolValue": ("bool_value", bool),
                             "intValue": ("int_value", int), "doubleValue": ("double_value", float)}[kind]
            setattr(value, name, convert(content))


def add_attributes(attributes, pairs, types):
    """Fills a repeated KeyValue from a map column and its types."""
    types = types or "s" * len(pairs)
    if len(types) != len(pairs):
        raise ValueError(f"{len(pairs)} attributes but {len(types)} type letters")
    for (key, text), letter in zip(pairs, types):
        attribute = attributes.add(key=key)
        attribute.value.SetInParent()
        set_any_value(attribute.value, text, letter)


def _add_counted(message, columns):
    add_attributes(message.attributes, columns["attributes"], columns["attributes_types"])
    message.dropped_attributes_count = columns["dropped_attributes_count"]


def _start_single(group, scope_groups, row, schema_url_column):
    """Fills what a resource group message says of resource and scope; returns its scope group."""
    group.schema_url = row["resource_schema_url"] or ""
    if row["resource"] is not None:
        group.resource.SetInParent()
        _add_counted(group.resource, row["resource"])
    scope_group = scope_groups.add(schema_url=row[schema_url_column] or "")
    if (scope := row["instrumentation_scope"]) is not None:
        scope_group.scope.SetInParent()
        scope_group.scope.name = scope["name"] or ""
        scope_group.scope.version = scope["version"] or ""
        _add_counted(scope_group.scope, scope)
    return scope_group


def _enum(enum, name):
    found = enum.DESCRIPTOR.values_by_name.get(name)
    return found.number if found else int(name)


def _id(text):
    return bytes.fromhex(text or "")


def span_single(row):
    single = trace_pb2.ResourceSpans()
    span = _start_single(single, single.scope_spans, row, "span_schema_url").spans.add()
    for name in ("trace_id", "span_id", "parent_span_id"):
        setattr(span, name, _id(row[name]))
    for name in ("trace_state", "name"):
        setattr(span, name, row[name] or "")
    for name in ("start_time_unix_nano", "end_time_unix_nano", "dropped_events_count", "dropped_links_count"):
        setattr(span, name, row[name])
    span.flags = uint32(row["flags"])
    span.kind = _enum(trace_pb2.Span.SpanKind, row["kind"])
    span.status.code = _enum(trace_pb2.Status.StatusCode, row["status_code"])
    span.status.message = row["status_message"] or ""
    _add_counted(span, row)
    for columns in row["events"]:
        event = span.events.add(time_unix_nano=columns["time_unix_nano"], name=columns["name"] or "")
        _add_counted(event, columns)
    for columns in row["links"]:
        link = span.links.add(trace_id=_id(columns["trace_id"]), span_id=_id(columns["span_id"]),
                              trace_state=columns["trace_state"] or "", flags=uint32(columns["flags"]))
        _add_counted(link, columns)
    return single


def log_single(row):
    single = logs_pb2.ResourceLogs()
    record = _start_single(single, single.scope_logs, row, "log_schema_url").log_records.add()
    for name in ("time_unix_nano", "observed_time_unix_nano", "severity_number"):
        setattr(record, name, row[name])
    record.severity_text = row["severity_text"] or ""
    record.flags = uint32(row["flags"])
    record.trace_id, record.span_id = _id(row["trace_id"]), _id(row["span_id"])
    _add_counted(record, row)
    has_attribute = any(key == "event.name" and text == row["event_name"] for key, text in row["attributes"])
    record.event_name = "" if has_attribute else row["event_name"] or ""
    if row["body"] is not None:
        set_any_value(record.body, row["body"], row["body_type"])
    return single


def metric_single(row):
    single = metrics_pb2.ResourceMetrics()
    metric = _start_single(single, single.scope_metrics, row, "metric_schema_url").metrics.add()
    for name in ("name", "description", "unit"):
        setattr(metric, name, row[name] or "")
    add_attributes(metric.metadata, row["metadata"], None)
    data = getattr(metric, row["metric_type"])
    data.SetInParent()
    if row["is_monotonic"] is not None:
        data.is_monotonic = row["is_monotonic"]
    if row["aggregation_temporality"] is not None:
        data.aggregation_temporality = _enum(metrics_pb2.AggregationTemporality, row["aggregation_temporality"])
    _fill_point(data.data_points.add(), row)
    return single


def _fill_point(point, row):
    fields = point.DESCRIPTOR.fields_by_name
    for name in ("start_time_unix_nano", "time_unix_nano", "count", "sum", "min", "max", "scale", "zero_count",
                 "zero_threshold"):
        if name in fields and row[name] is not None:
            setattr(point, name, row[name])
    point.flags = uint32(row["flags"])
    add_attributes(point.attributes, row["attributes"], row["attributes_types"])
    if "as_int" in fields:
        _set_number(point, row)
    for name in ("bucket_counts", "explicit_bounds"):
        if name in fields:
            getattr(point, name).extend(row[name])
    for side in ("positive", "negative"):
        if side in fields and row[f"{side}_offset"] is not None:
            getattr(point, side).offset = row[f"{side}_offset"]
            getattr(point, side).bucket_counts.extend(row[f"{side}_bucket_counts"])
            getattr(point, side).SetInParent()
    if "quantile_values" in fields:
        for quantile in row["quantiles"]:
            point.quantile_values.add(**quantile)
    for columns in row["exemplars"]:
        exemplar = point.exemplars.add(time_unix_nano=columns["time_unix_nano"], span_id=_id(columns["span_id"]),
                                       trace_id=_id(columns["trace_id"]))
        _set_number(exemplar, columns)
        add_attributes(exemplar.filtered_attributes, columns["filtered_attributes"],
                       columns["filtered_attributes_types"])


def _set_number(message, columns):
    if columns["value_int"] is not None:
        message.as_int = columns["value_int"]
    elif columns["value"] is not None:
        message.as_double = columns["value"]


SINGLE_OF = {"traces": span_single, "logs": log_single, "metrics": metric_single}


def restored_singles(signal, rows):
    return sorted(_bytes(SINGLE_OF[signal](row)) for row in rows)


def sent_singles(signal, message):
    return sorted(_bytes(single) for single in SPLIT_OF[signal](message))


def _bytes(single):
    _make_comparable(single)
    return single.SerializeToString(deterministic=True)


def _make_comparable(message):
    """Evens out, at any depth, what the module's docstring says."""
    if isinstance(message, common_pb2.KeyValue):
        message.value.SetInParent()
    if isinstance(message, trace_pb2.Span) and message.status == trace_pb2.Status():
        message.ClearField("status")
    if isinstance(message, logs_pb2.LogRecord) and not message.body.WhichOneof("value"):
        message.ClearField("body")
    for field, value in message.ListFields():
        if field.name.endswith(("trace_id", "span_id")) and not value.strip(b"\0"):
            message.ClearField(field.name)
        if isinstance(message, metrics_pb2.Metric) and field.name == "metadata":
            for attribute in value:
                text, _ = any_value(attribute.value)
                attribute.value.Clear()
                set_any_value(attribute.value, text, "s")
        if field.message_type is not None:
            for child in value if field.is_repeated else [value]:
                _make_comparable(child)


def _split(groups, group_type, scope_groups_name, records_name, add_record):
    for group in groups:
        for scope_group in getattr(group, scope_groups_name):
            for record in getattr(scope_group, records_name):
                single = group_type()
                single.CopyFrom(group)
                del getattr(single, scope_groups_name)[:]
                only = getattr(single, scope_groups_name).add()
                only.CopyFrom(scope_group)
                del getattr(only, records_name)[:]
                yield from add_record(single, getattr(only, records_name), record)


def _add_whole(single, records, record):
    records.add().CopyFrom(record)
    yield single


def _add_points(single, metrics, metric):
    kind = metric.WhichOneof("data")
    for point in getattr(metric, kind).data_points if kind else []:
        del metrics[:]
        only = metrics.add()
        only.CopyFrom(metric)
        points = getattr(only, kind).data_points
        del points[:]
        points.add().CopyFrom(point)
        copy = type(single)()
        copy.CopyFrom(single)
        yield copy


SPLIT_OF = {
    "traces": lambda m: _split(m.resource_spans, trace_pb2.ResourceSpans, "scope_spans", "spans", _add_whole),
    "logs": lambda m: _split(m.resource_logs, logs_pb2.ResourceLogs, "scope_logs", "log_records", _add_whole),
    "metrics": lambda m: _split(m.resource_metrics, metrics_pb2.ResourceMetrics, "scope_metrics", "metrics",
                                _add_points),
}
