# SPDX-License-Identifier: Apache-2.0
"""otel_metrics: one row a data point.

Columns that a kind of metric doesn't have are null; quantiles and exemplars are empty lists then.
"""

from opentelemetry.proto.metrics.v1 import metrics_pb2

from expect import frame
from expect.values import attribute_map, enum_name, hex_or_none, int32, text_or_none

# In the order of the table; every kind fills some of them.
POINT_COLUMNS = (
    "is_monotonic", "aggregation_temporality", "value", "value_int", "count", "sum", "min", "max", "bucket_counts",
    "explicit_bounds", "scale", "zero_count", "zero_threshold", "positive_offset", "positive_bucket_counts",
    "negative_offset", "negative_bucket_counts",
)


def metric_rows(message):
    return [
        _row(resource_metrics, scope_metrics, metric, point)
        for resource_metrics in message.resource_metrics
        for scope_metrics in resource_metrics.scope_metrics
        for metric in scope_metrics.metrics
        if metric.WhichOneof("data")
        for point in getattr(metric, metric.WhichOneof("data")).data_points
    ]


def _row(resource_metrics, scope_metrics, metric, point):
    kind = metric.WhichOneof("data")
    attributes, attributes_types = attribute_map(point.attributes)
    return {
        **frame.identity(point.time_unix_nano, resource_metrics.resource),
        "start_time_unix_nano": point.start_time_unix_nano,
        "time_unix_nano": point.time_unix_nano,
        "name": text_or_none(metric.name),
        "description": text_or_none(metric.description),
        "unit": text_or_none(metric.unit),
        "metric_type": kind,
        **frame.resource_promoted(resource_metrics.resource),
        "attributes": attributes,
        "attributes_types": attributes_types,
        "flags": int32(point.flags),
        **dict.fromkeys(POINT_COLUMNS),
        "quantiles": [],
        "exemplars": [],
        **_aggregation(getattr(metric, kind)),
        **POINT_OF[kind](point),
        "metadata": attribute_map(metric.metadata)[0],
        **frame.origin(resource_metrics, scope_metrics, "metric_schema_url"),
    }


def _aggregation(data):
    fields = data.DESCRIPTOR.fields_by_name
    columns = {}
    if "is_monotonic" in fields:
        columns["is_monotonic"] = data.is_monotonic
    if "aggregation_temporality" in fields:
        columns["aggregation_temporality"] = enum_name(metrics_pb2.AggregationTemporality, data.aggregation_temporality)
    return columns


def _number(point):
    kind = point.WhichOneof("value")
    if kind == "as_int":
        return {"value": float(point.as_int), "value_int": point.as_int}
    return {"value": point.as_double if kind else None, "value_int": None}


def _number_point(point):
    return {**_number(point), "exemplars": _exemplars(point)}


def _optional(point, *names):
    return {name: getattr(point, name) if point.HasField(name) else None for name in names}


def _histogram_point(point):
    return {
        "count": point.count,
        **_optional(point, "sum", "min", "max"),
        "bucket_counts": list(point.bucket_counts),
        "explicit_bounds": list(point.explicit_bounds),
        "exemplars": _exemplars(point),
    }


def _exponential_point(point):
    columns = {
        "count": point.count,
        **_optional(point, "sum", "min", "max"),
        "scale": point.scale,
        "zero_count": point.zero_count,
        "zero_threshold": point.zero_threshold,
        "exemplars": _exemplars(point),
    }
    for side in ("positive", "negative"):
        if point.HasField(side):
            columns[f"{side}_offset"] = getattr(point, side).offset
            columns[f"{side}_bucket_counts"] = list(getattr(point, side).bucket_counts)
    return columns


def _summary_point(point):
    quantiles = [{"quantile": q.quantile, "value": q.value} for q in point.quantile_values]
    return {"count": point.count, "sum": point.sum, "quantiles": quantiles}


def _exemplars(point):
    return [_exemplar(exemplar) for exemplar in point.exemplars]


def _exemplar(exemplar):
    attributes, types = attribute_map(exemplar.filtered_attributes)
    return {
        "time_unix_nano": exemplar.time_unix_nano,
        **_number(exemplar),
        "span_id": hex_or_none(exemplar.span_id),
        "trace_id": hex_or_none(exemplar.trace_id),
        "filtered_attributes": attributes,
        "filtered_attributes_types": types,
    }


POINT_OF = {
    "gauge": _number_point,
    "sum": _number_point,
    "histogram": _histogram_point,
    "exponential_histogram": _exponential_point,
    "summary": _summary_point,
}
