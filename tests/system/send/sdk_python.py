# SPDX-License-Identifier: Apache-2.0
"""A program with the OpenTelemetry SDK for Python as users write it: traces, logs and metrics over one protocol.

usage: sdk_python.py grpc HOST:PORT | sdk_python.py http URL | sdk_python.py http-gzip URL
"""

import logging
import sys

from openinference.semconv.trace import SpanAttributes
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider, UpDownCounter
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

RESOURCE = Resource.create({"service.name": "python-sdk", "service.version": "3.1", "host.name": "laptop",
                            "deployment.environment.name": "test", "process.pid": 1})
DELTA = {Counter: AggregationTemporality.DELTA, Histogram: AggregationTemporality.DELTA,
         UpDownCounter: AggregationTemporality.CUMULATIVE}


def exporters(protocol, endpoint):
    """Exporters of spans, logs and metrics."""
    if protocol == "grpc":
        common = {"endpoint": endpoint, "insecure": True}
        return (GrpcSpanExporter(**common), GrpcLogExporter(**common),
                GrpcMetricExporter(**common, preferred_temporality=DELTA))
    compression = Compression.Gzip if protocol == "http-gzip" else Compression.NoCompression
    return (HttpSpanExporter(f"{endpoint}/v1/traces", compression=compression),
            HttpLogExporter(f"{endpoint}/v1/logs", compression=compression),
            HttpMetricExporter(f"{endpoint}/v1/metrics", compression=compression))


def send_traces(provider):
    tracer = trace.get_tracer("shop.checkout", "1.0", tracer_provider=provider,
                              schema_url="https://opentelemetry.io/schemas/1.37.0", attributes={"scope.key": "v"})
    with tracer.start_as_current_span("GET /cart", kind=trace.SpanKind.SERVER,
                                      attributes={"http.request.method": "GET", "http.route": "/cart"}) as server:
        server.set_attribute("http.response.status_code", 200)
        server.set_attribute("list", ["a", "b"])
        server.set_attribute("numbers", [1, 2, 3])
        server.set_attribute("half", 0.5)
        with tracer.start_as_current_span("chat gpt-5", kind=trace.SpanKind.CLIENT) as chat:
            chat.set_attributes({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai",
                                 "gen_ai.request.model": "gpt-5", "gen_ai.usage.input_tokens": 120,
                                 "gen_ai.usage.output_tokens": 30, "gen_ai.conversation.id": "conv-9"})
            chat.add_event("gen_ai.choice", {"index": 0, "finish_reason": "stop"})
        link = trace.Link(chat.get_span_context(), {"why": "retry"})
        with tracer.start_as_current_span("agent", links=[link]) as agent:
            agent.set_attributes({SpanAttributes.OPENINFERENCE_SPAN_KIND: "AGENT", SpanAttributes.SESSION_ID: "s-2",
                                  SpanAttributes.LLM_TOKEN_COUNT_PROMPT: 11, SpanAttributes.LLM_MODEL_NAME: "claude",
                                  SpanAttributes.INPUT_VALUE: "What's in my cart? 🛒"})
        try:
            with tracer.start_as_current_span("fails"):
                raise ValueError("no such cart")
        except ValueError:
            pass


def send_logs(provider, tracer_provider):
    logger = logging.getLogger("shop")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(LoggingHandler(logger_provider=provider))
    logger.propagate = False
    logger.info("plain message")
    with tracer_provider.get_tracer("shop.logs").start_as_current_span("with logs"):
        logger.warning("inside a span", extra={"order.id": 17, "ratio": 0.25, "ok": True, "tags": ["x", "y"]})
        try:
            raise KeyError("missing")
        except KeyError:
            logger.exception("failed with ünïcode ✓")


def send_metrics(provider):
    meter = provider.get_meter("shop.metrics", "2.0", schema_url="https://example.org/schema")
    counter = meter.create_counter("requests", unit="{request}", description="Requests served.")
    meter.create_up_down_counter("queue.length").add(-5, {"queue": "orders"})
    duration = meter.create_histogram("duration", unit="s", explicit_bucket_boundaries_advisory=[0.1, 1.0, 10.0])
    exponential = meter.create_histogram("exponential.size", unit="By")
    meter.create_gauge("temperature").set(21.5, {"room": "a"})
    meter.create_observable_gauge("load", [lambda _: [_observation(0.75)]])
    meter.create_observable_counter("ticks", [lambda _: [_observation(12)]])
    with trace.get_tracer("shop.exemplars").start_as_current_span("measured"):
        for number in range(1, 20):
            counter.add(number, {"route": f"/r{number % 3}", "user": f"u{number}"})
            duration.record(number / 7, {"route": "/cart"})
            exponential.record(1.5**number, {"zero": number % 2 == 0})
        exponential.record(0, {"zero": True})


def _observation(value):
    from opentelemetry.metrics import Observation

    return Observation(value, {"source": "callback"})


def main():
    spans, logs, metrics = exporters(*sys.argv[1:3])
    tracer_provider = TracerProvider(resource=RESOURCE)
    tracer_provider.add_span_processor(BatchSpanProcessor(spans))
    trace.set_tracer_provider(tracer_provider)
    logger_provider = LoggerProvider(resource=RESOURCE)
    logger_provider.add_log_record_processor(BatchLogRecordProcessor(logs))
    views = [
        View(instrument_name="exponential.*", aggregation=ExponentialBucketHistogramAggregation()),
        View(instrument_name="requests", attribute_keys={"route"}),  # what it drops goes to exemplars
    ]
    reader = PeriodicExportingMetricReader(metrics, export_interval_millis=3_600_000)
    meter_provider = MeterProvider([reader], resource=RESOURCE, views=views)

    send_traces(tracer_provider)
    send_logs(logger_provider, tracer_provider)
    send_metrics(meter_provider)

    sound = [provider.force_flush() for provider in (tracer_provider, logger_provider, meter_provider)]
    for provider in (tracer_provider, logger_provider, meter_provider):
        provider.shutdown()
    sys.exit(0 if all(sound) else 1)


main()
