# SPDX-License-Identifier: Apache-2.0
"""otel_logs: one row a log record."""

from expect import frame, promoted
from expect.values import any_value, hex_or_none, int32, text_or_none


def log_rows(message):
    return [
        _row(resource_logs, scope_logs, record)
        for resource_logs in message.resource_logs
        for scope_logs in resource_logs.scope_logs
        for record in scope_logs.log_records
    ]


def _row(resource_logs, scope_logs, record):
    body, body_type = any_value(record.body)
    return {
        **frame.identity(record.time_unix_nano or record.observed_time_unix_nano, resource_logs.resource),
        "event_name": text_or_none(record.event_name) or _event_name_attribute(record),
        "trace_id": hex_or_none(record.trace_id),
        "span_id": hex_or_none(record.span_id),
        "time_unix_nano": record.time_unix_nano,
        "observed_time_unix_nano": record.observed_time_unix_nano,
        "severity_number": record.severity_number,
        "severity_text": text_or_none(record.severity_text),
        "body": body,
        "body_type": None if body is None else body_type,
        "flags": int32(record.flags),
        **frame.resource_promoted(resource_logs.resource),
        **promoted.columns(promoted.LOG, record.attributes),
        **frame.counted_attributes(record),
        **frame.origin(resource_logs, scope_logs, "log_schema_url"),
    }


def _event_name_attribute(record):
    texts = [any_value(a.value)[0] for a in record.attributes if a.key == "event.name"]
    return text_or_none(texts[-1]) if texts else None
