# SPDX-License-Identifier: Apache-2.0
"""Hand-made metrics: the five kinds, with and without their optional parts, extremes of every number."""

from send.by_hand import (INFINITY, INT64_MAX, INT64_MIN, NAN, ODD_VALUES, REQUEST_TYPE, TIME, fill_resource,
                          fill_scope, key_values, span_id, trace_id)

TIMES = {"start_time_unix_nano": TIME - 60_000_000_000, "time_unix_nano": TIME}


def odd_metrics():
    request = REQUEST_TYPE["metrics"]()
    group = request.resource_metrics.add()
    fill_resource(group, "by-hand-metrics")
    scope = group.scope_metrics.add()
    fill_scope(scope, "metrics")
    for add in (_gauges, _sums, _histograms, _exponential_histograms, _summaries):
        add(scope)
    scope.metrics.add(name="no data at all")
    scope.metrics.add(name="no points").gauge.SetInParent()
    bare = request.resource_metrics.add().scope_metrics.add().metrics.add()
    bare.gauge.data_points.add(time_unix_nano=TIME)
    return request


def _gauges(scope):
    metric = scope.metrics.add(name="gauge", description="Of every kind.", unit="{thing}")
    metric.metadata.extend(key_values((("prometheus.type", "gauge"), ("number", 1))))
    for number in (0.0, -0.0, 1.5, NAN, INFINITY, -INFINITY, 5e-324):
        metric.gauge.data_points.add(time_unix_nano=TIME, as_double=number)
    for number in (0, 1, INT64_MAX, INT64_MIN, 2**53 + 1):
        metric.gauge.data_points.add(time_unix_nano=TIME, as_int=number)
    point = metric.gauge.data_points.add(**TIMES, as_int=3, flags=0xFFFFFFFF)
    point.attributes.extend(key_values(ODD_VALUES))
    _exemplars(point)
    metric.gauge.data_points.add(time_unix_nano=TIME, flags=1)  # no recorded value


def _exemplars(point):
    exemplar = point.exemplars.add(time_unix_nano=TIME, as_double=0.25, trace_id=trace_id(7), span_id=span_id(8))
    exemplar.filtered_attributes.extend(key_values((("k", "v"), ("n", 1), ("d", 2.5))))
    point.exemplars.add(time_unix_nano=TIME + 1, as_int=INT64_MIN)
    point.exemplars.add()


def _sums(scope):
    for temporality in range(4):
        for is_monotonic in (False, True):
            metric = scope.metrics.add(name="sum", unit="1")
            metric.sum.aggregation_temporality = temporality
            metric.sum.is_monotonic = is_monotonic
            _exemplars(metric.sum.data_points.add(**TIMES, as_int=temporality))


def _histograms(scope):
    metric = scope.metrics.add(name="histogram", unit="s")
    metric.histogram.aggregation_temporality = 1
    points = metric.histogram.data_points
    full = points.add(**TIMES, count=6, sum=-1.5, min=-2.0, max=9.5, flags=1, bucket_counts=[1, 2, 3],
                      explicit_bounds=[0.5, 1e300])
    full.attributes.extend(key_values((("k", "v"),)))
    _exemplars(full)
    points.add(**TIMES)
    points.add(**TIMES, count=INT64_MAX, sum=0.0, min=0.0, max=0.0, bucket_counts=[INT64_MAX])
    points.add(**TIMES, count=1, sum=NAN, min=-INFINITY, max=INFINITY, bucket_counts=[0, 1],
               explicit_bounds=[-INFINITY])


def _exponential_histograms(scope):
    metric = scope.metrics.add(name="exponential", unit="s")
    metric.exponential_histogram.aggregation_temporality = 2
    points = metric.exponential_histogram.data_points
    full = points.add(**TIMES, count=10, sum=1.0, min=-1.0, max=5.0, scale=-3, zero_count=2, zero_threshold=1e-9,
                      flags=1)
    full.positive.offset, full.negative.offset = -(2**31), 2**31 - 1
    full.positive.bucket_counts.extend([1, 0, 2**40])
    full.negative.bucket_counts.extend([INT64_MAX])
    _exemplars(full)
    points.add(**TIMES, scale=20)
    one_sided = points.add(**TIMES)
    one_sided.positive.SetInParent()


def _summaries(scope):
    metric = scope.metrics.add(name="summary")
    point = metric.summary.data_points.add(**TIMES, count=5, sum=2.5, flags=1)
    point.quantile_values.add(quantile=0.0, value=-1.0)
    point.quantile_values.add(quantile=0.99, value=NAN)
    point.quantile_values.add(quantile=1.0, value=INFINITY)
    metric.summary.data_points.add(**TIMES)
