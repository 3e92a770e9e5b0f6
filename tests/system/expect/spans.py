# SPDX-License-Identifier: Apache-2.0
"""otel_spans: one row a span."""

from opentelemetry.proto.trace.v1 import trace_pb2

from expect import frame, promoted
from expect.values import enum_name, hex_or_none, int32, text_or_none


def span_rows(message):
    return [
        _row(resource_spans, scope_spans, span)
        for resource_spans in message.resource_spans
        for scope_spans in resource_spans.scope_spans
        for span in scope_spans.spans
    ]


def _row(resource_spans, scope_spans, span):
    attributes = frame.counted_attributes(span)
    return {
        **frame.identity(span.start_time_unix_nano, resource_spans.resource),
        "trace_id": hex_or_none(span.trace_id),
        "span_id": hex_or_none(span.span_id),
        "parent_span_id": hex_or_none(span.parent_span_id),
        "trace_state": text_or_none(span.trace_state),
        "flags": int32(span.flags),
        "name": text_or_none(span.name),
        "kind": enum_name(trace_pb2.Span.SpanKind, span.kind),
        "start_time_unix_nano": span.start_time_unix_nano,
        "end_time_unix_nano": span.end_time_unix_nano,
        "duration_ns": max(0, span.end_time_unix_nano - span.start_time_unix_nano),
        "status_code": enum_name(trace_pb2.Status.StatusCode, span.status.code),
        "status_message": text_or_none(span.status.message),
        **frame.resource_promoted(resource_spans.resource),
        **promoted.columns(promoted.SPAN, span.attributes),
        **attributes,
        "events": [_event(event) for event in span.events],
        "dropped_events_count": span.dropped_events_count,
        "links": [_link(link) for link in span.links],
        "dropped_links_count": span.dropped_links_count,
        **frame.origin(resource_spans, scope_spans, "span_schema_url"),
    }


def _event(event):
    return {
        "time_unix_nano": event.time_unix_nano,
        "name": text_or_none(event.name),
        **frame.counted_attributes(event),
    }


def _link(link):
    return {
        "trace_id": hex_or_none(link.trace_id),
        "span_id": hex_or_none(link.span_id),
        "trace_state": text_or_none(link.trace_state),
        **frame.counted_attributes(link),
        "flags": int32(link.flags),
    }
