# SPDX-License-Identifier: Apache-2.0
"""OpenTelemetry's own Python exporters as a steady load that outlives the server: they retry as they do for any user.

usage: sdk_load.py GRPC_TARGET HTTP_URL ACKS_FOLDER

Numbers requests and notes acknowledgements as otlpblast does (harness/load.py). Ends on SIGTERM, when no export is
under way any more; the last line is a JSON object: exports acknowledged, of these after a retry, and given up.
"""

import json
import logging
import pathlib
import signal
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import Counter as MetricCounter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

ITEMS, TAGGED_POINTS = 30, 10  # as harness/load.py counts them
FIRST = 0x800000  # otlpblast's runs are numbered below
SENDERS_EACH, PAUSE_SECONDS = 2, 0.1  # of each signal and protocol; they wait for most of a second after a kill
RESOURCE = Resource.create({"service.name": "sdk-load", "host.name": "laptop"})


class TaggedIds(RandomIdGenerator):
    """Trace ids with a request's number where otlpblast has it."""

    tag = 0

    def generate_trace_id(self):
        return trace_id_of(self.tag)


def trace_id_of(tag):
    return tag << 64 | 1


class Traces:
    """Requests of one sender, made by the SDK."""

    def __init__(self):
        self._ids = TaggedIds()
        self._tracer = TracerProvider(resource=RESOURCE, id_generator=self._ids).get_tracer("sdk.load")

    def request(self, tag):
        self._ids.tag = tag
        spans = [self._tracer.start_span(f"GET /{n}", attributes={"n": n}) for n in range(ITEMS)]
        for span in spans:
            span.end()
        return spans


class Logs:
    def __init__(self):
        self._kept, provider = InMemoryLogRecordExporter(), LoggerProvider(resource=RESOURCE)
        provider.add_log_record_processor(SimpleLogRecordProcessor(self._kept))
        self._logger = provider.get_logger("sdk.load")

    def request(self, tag):
        for n in range(ITEMS):
            self._logger.emit(LogRecord(timestamp=time.time_ns(), context=context_of(tag), body=f"line {n}",
                                        severity_number=SeverityNumber.INFO, attributes={"n": n}))
        records = self._kept.get_finished_logs()
        self._kept.clear()
        return records


class Metrics:
    """Points of a delta counter; some are counted within a span, whose trace id their exemplar has."""

    def __init__(self):
        self._reader = InMemoryMetricReader({MetricCounter: AggregationTemporality.DELTA})
        meter = MeterProvider([self._reader], resource=RESOURCE).get_meter("sdk.load")
        self._counter = meter.create_counter("requests")

    def request(self, tag):
        for n in range(ITEMS):
            self._counter.add(n, {"n": n}, context_of(tag) if n < TAGGED_POINTS else None)
        return self._reader.get_metrics_data()


def context_of(tag):
    """The context of a sampled span of a request."""
    span = trace.SpanContext(trace_id_of(tag), 1, is_remote=False, trace_flags=trace.TraceFlags(1))
    return trace.set_span_in_context(trace.NonRecordingSpan(span))


SIGNALS = {"traces": (Traces, GrpcSpanExporter, HttpSpanExporter), "logs": (Logs, GrpcLogExporter, HttpLogExporter),
           "metrics": (Metrics, GrpcMetricExporter, HttpMetricExporter)}


class Retries(logging.Handler):
    """Knows of each thread whether its export was tried again: the exporters tell by a warning."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.of_thread = threading.local()

    def emit(self, record):
        if record.levelno == logging.WARNING:
            self.of_thread.seen = True


def send_until(ended, requests, exporter, tags, acks, retries):
    """One sender: an export after the other, a line in `acks` for each that was acknowledged. Returns the counts."""
    counts = Counter(acked=0, after_retry=0, given_up=0)
    while not ended.wait(PAUSE_SECONDS):
        tag = next(tags)
        retries.of_thread.seen = False
        if exporter.export(requests.request(tag)).name != "SUCCESS":
            counts["given_up"] += 1
            continue
        acks.write(f"{tag:06x} {ITEMS}\n")
        acks.flush()
        counts["acked"] += 1
        counts["after_retry"] += retries.of_thread.seen
    return counts


def senders(grpc_target, http_url, folder):
    """(requests, exporter, tags, acks) of each."""
    for name, (requests, grpc_exporter, http_exporter) in SIGNALS.items():
        for number in range(2 * SENDERS_EACH):
            exporter = (grpc_exporter(endpoint=grpc_target, insecure=True) if number % 2 else
                        http_exporter(f"{http_url}/v1/{name}", compression=Compression.Gzip))
            tags = iter(range(FIRST + number, 1 << 24, 2 * SENDERS_EACH))
            yield requests(), exporter, tags, open(pathlib.Path(folder) / f"acks-{name}-sdk-{number}.txt", "a")


def main():
    ended, retries = threading.Event(), Retries()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    logging.getLogger("opentelemetry").addHandler(retries)
    every = list(senders(*sys.argv[1:4]))
    with ThreadPoolExecutor(len(every)) as threads:
        running = [threads.submit(send_until, ended, *sender, retries) for sender in every]
    counts = [sender.result() for sender in running]  # of one that failed: its exception
    print(json.dumps({name: sum(count[name] for count in counts) for name in counts[0]}))


main()
