# SPDX-License-Identifier: Apache-2.0
"""The five kinds of metrics, and what metrics.proto asks of who reads data points."""

from opentelemetry.proto.metrics.v1 import metrics_pb2
from otlp import TIME
from send.by_hand import key_values

import records
from check import MUST, SHOULD, check
from records import number_point

DELTA, CUMULATIVE = 1, 2
NO_RECORDED_VALUE = 1
ATTRIBUTES = key_values([("route", "/cart"), ("status", 200)])
POINT = {"start_time_unix_nano": TIME - 60, "time_unix_nano": TIME, "attributes": ATTRIBUTES}
EXEMPLAR = metrics_pb2.Exemplar(time_unix_nano=TIME - 1, as_double=0.5, trace_id=records.TRACE_ID,
                                span_id=records.SPAN_ID, filtered_attributes=key_values([("user", "u1")]))


def take(run, **fields):
    """A metric with this data must be taken and stored."""
    run.take("metrics", records.request("metrics", metrics_pb2.Metric(name=run.mark(), **fields)))


@check("M-1", "metrics.proto: Gauge, Sum", MUST, "gauges and sums are taken, of doubles and integers")
def numbers(run):
    for value in ({"as_double": -1.25}, {"as_int": -(2**63)}, {"as_int": 2**63 - 1}, {"as_double": 0.0}, {"as_int": 0}):
        point = metrics_pb2.NumberDataPoint(**POINT, **value, exemplars=[EXEMPLAR])
        with run.part(str(value)):
            take(run, gauge=metrics_pb2.Gauge(data_points=[point]), unit="By", description="bytes")
            for temporality in (DELTA, CUMULATIVE):
                take(run, sum=metrics_pb2.Sum(data_points=[point], aggregation_temporality=temporality,
                                              is_monotonic=temporality == DELTA))


@check("M-2", "metrics.proto: Histogram", MUST, "histograms are taken, with buckets and without, min and max optional")
def histograms(run):
    full = metrics_pb2.HistogramDataPoint(**POINT, count=6, sum=9.5, min=0.1, max=4.0, bucket_counts=[1, 2, 3],
                                          explicit_bounds=[1.0, 2.5], exemplars=[EXEMPLAR])
    bare = metrics_pb2.HistogramDataPoint(**POINT, count=6)
    zeros = metrics_pb2.HistogramDataPoint(**POINT, count=0, sum=0.0, min=0.0, max=0.0, bucket_counts=[0])
    for temporality in (DELTA, CUMULATIVE):
        take(run, histogram=metrics_pb2.Histogram(data_points=[full, bare, zeros], aggregation_temporality=temporality))


@check("M-3", "metrics.proto: ExponentialHistogram", MUST, "exponential histograms are taken, of any scale and offset")
def exponential_histograms(run):
    buckets = metrics_pb2.ExponentialHistogramDataPoint.Buckets
    points = [metrics_pb2.ExponentialHistogramDataPoint(
        **POINT, count=9, sum=-3.5, scale=scale, zero_count=2, zero_threshold=0.001, min=-4.0, max=3.0,
        positive=buckets(offset=-5, bucket_counts=[1, 0, 300]), negative=buckets(offset=7, bucket_counts=[4]),
        exemplars=[EXEMPLAR]) for scale in (-10, 0, 20)]
    take(run, exponential_histogram=metrics_pb2.ExponentialHistogram(data_points=points, aggregation_temporality=DELTA))


@check("M-4", "metrics.proto: Summary", MUST, "summaries are taken, with quantiles and without")
def summaries(run):
    quantiles = [metrics_pb2.SummaryDataPoint.ValueAtQuantile(quantile=q, value=v) for q, v in ((0.0, 1.0), (1.0, 9.0))]
    points = [metrics_pb2.SummaryDataPoint(**POINT, count=6, sum=9.5, quantile_values=chosen)
              for chosen in (quantiles, [])]
    take(run, summary=metrics_pb2.Summary(data_points=points))


@check("M-5", "metrics.proto: DataPointFlags", MUST, "a point that says it has no recorded value is valid without one")
def no_recorded_value(run):
    point = metrics_pb2.NumberDataPoint(**POINT, flags=NO_RECORDED_VALUE)
    take(run, gauge=metrics_pb2.Gauge(data_points=[point]))
    point = metrics_pb2.HistogramDataPoint(**POINT, flags=NO_RECORDED_VALUE)
    take(run, histogram=metrics_pb2.Histogram(data_points=[point], aggregation_temporality=CUMULATIVE))


@check("M-7", "metrics.proto: Metric", MUST, "metadata attributes are no error")
def metadata(run):
    take(run, gauge=metrics_pb2.Gauge(data_points=[number_point()]), metadata=key_values([("source", "prometheus")]))


@check("M-8", "metrics.proto: Gauge", MUST, "points of one time and metric that differ in attributes are all stored")
def several_series(run):
    points = [number_point(attributes=key_values([("series", number)])) for number in range(5)]
    take(run, gauge=metrics_pb2.Gauge(data_points=points))
