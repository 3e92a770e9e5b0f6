# SPDX-License-Identifier: Apache-2.0
"""A program with the OpenTelemetry SDK as users write it: numbered spans, slowly, until its standard input ends.

usage: sdk_sender.py grpc HOST:PORT SERVICE | sdk_sender.py http URL SERVICE
Prints what it sent, and how many tries each export took, as one JSON line.
"""

import collections
import json
import sys
import threading

import requests
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

SPANS_PER_SECOND = 20
BATCH_DELAY_MS = 1000
FLUSH_MS = 60_000


class Counted:
    """Wraps an exporter's way to the server: each try counts, for the export under way."""

    def __init__(self):
        self.tries, self.exports, self.given_up = 0, collections.Counter(), 0

    def around(self, exporter):
        export = exporter.export

        def counted(spans):
            self.tries = 0
            result = export(spans)
            self.exports[self.tries] += 1
            self.given_up += result is not SpanExportResult.SUCCESS
            return result
        exporter.export = counted
        return exporter

    def one(self, call):
        def counted(*arguments, **named):
            self.tries += 1
            return call(*arguments, **named)
        return counted


def http_exporter(endpoint, counted):
    session = requests.Session()
    session.request = counted.one(session.request)
    return HttpSpanExporter(f"{endpoint}/v1/traces", session=session)


def grpc_exporter(endpoint, counted):
    exporter = GrpcSpanExporter(endpoint=endpoint, insecure=True)
    connect = exporter._initialize_channel_and_stub  # It connects anew after the first UNAVAILABLE.

    def connected():
        connect()
        exporter._client.Export = counted.one(exporter._client.Export)
    exporter._initialize_channel_and_stub = connected
    exporter._client.Export = counted.one(exporter._client.Export)
    return exporter


def main():
    protocol, endpoint, service = sys.argv[1:]
    counted, ended, sent = Counted(), threading.Event(), 0
    exporter = counted.around((grpc_exporter if protocol == "grpc" else http_exporter)(endpoint, counted))
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=BATCH_DELAY_MS))
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    tracer = provider.get_tracer("overload")
    while not ended.wait(1 / SPANS_PER_SECOND):
        tracer.start_span(f"{service} {sent:06d}").end()
        sent += 1
    provider.force_flush(FLUSH_MS)
    provider.shutdown()
    print(json.dumps({"service": service, "sent": sent, "tries": counted.exports, "given_up": counted.given_up}))


main()
