// SPDX-License-Identifier: Apache-2.0
// A program with the OpenTelemetry SDK for JavaScript: traces, logs and metrics over HTTP.
// usage: node send.mjs json|protobuf URL, in a folder with the packages of package.json
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { OTLPLogExporter as JsonLogs } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufLogs } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter as JsonMetrics } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtobufMetrics } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as JsonTraces } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufTraces } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const [, , encoding, url] = process.argv;
const [Traces, Logs, Metrics] =
  encoding === "json" ? [JsonTraces, JsonLogs, JsonMetrics] : [ProtobufTraces, ProtobufLogs, ProtobufMetrics];
const resource = resourceFromAttributes({
  "service.name": "node-sdk", "service.namespace": "web", "k8s.pod.name": "web-1", "process.pid": 7,
});

async function sendTraces() {
  const provider = new NodeTracerProvider({
    resource, spanProcessors: [new BatchSpanProcessor(new Traces({ url: `${url}/v1/traces` }))],
  });
  const tracer = provider.getTracer("web", "0.1");
  const parent = tracer.startSpan("POST /order", { kind: SpanKind.SERVER, attributes: {
    "http.request.method": "POST", "http.response.status_code": 503, ratio: 0.5, whole: 3, list: ["a", "é"], ok: false,
  } });
  const inside = trace.setSpan(context.active(), parent);
  const child = tracer.startSpan("publish", { kind: SpanKind.PRODUCER, links: [{ context: parent.spanContext() }],
    attributes: { "messaging.system": "kafka", "messaging.destination.name": "orders" } }, inside);
  child.recordException(new Error("broker away"));
  child.setStatus({ code: SpanStatusCode.ERROR, message: "broker away" });
  child.end();
  parent.addEvent("retry", { attempt: 2 });
  parent.end();
  await provider.forceFlush();
  await provider.shutdown();
}

async function sendLogs() {
  const provider = new LoggerProvider({
    resource, processors: [new BatchLogRecordProcessor({ exporter: new Logs({ url: `${url}/v1/logs` }) })],
  });
  const logger = provider.getLogger("web.logs");
  logger.emit({ severityNumber: SeverityNumber.WARN, severityText: "WARN", body: "a text", attributes: { n: 1 } });
  logger.emit({ eventName: "page.view", body: { url: "/order", took: 1.25, tags: ["x", null], nested: { deep: true } },
    attributes: { bytes: new Uint8Array([0, 255]), map: { a: 1 } } });
  await provider.forceFlush();
  await provider.shutdown();
}

async function sendMetrics() {
  const reader = new PeriodicExportingMetricReader({
    exporter: new Metrics({ url: `${url}/v1/metrics` }), exportIntervalMillis: 3_600_000,
  });
  const provider = new MeterProvider({ resource, readers: [reader], views: [
    { instrumentName: "size", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
  ] });
  const meter = provider.getMeter("web.metrics");
  meter.createCounter("orders", { unit: "{order}" }).add(3, { shop: "a" });
  meter.createUpDownCounter("open").add(-1.5);
  meter.createHistogram("latency", { unit: "ms" }).record(12.5, { route: "/order" });
  const size = meter.createHistogram("size", { unit: "By" });
  for (const value of [0, 1, 10, 1000]) size.record(value);
  meter.createObservableGauge("heap").addCallback((result) => result.observe(1_000_000));
  await provider.forceFlush();
  await provider.shutdown();
}

await sendTraces();
await sendLogs();
await sendMetrics();
