// SPDX-License-Identifier: Apache-2.0
// Lines to paste. Pure; those for Python, the environment, curl, PyIceberg, delta-rs and DuckDB are run by tests as they stand here.

export interface Snippet {
  name: string;
  note: string;
  text: string;
}

/// `origin`: as this page was reached, `http://127.0.0.1:4318`. `grpc`: host and port of the other listener.
export function senders(origin: string, grpc: string): Snippet[] {
  return [
    {
      name: "Python",
      note: "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http",
      text: `from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider(resource=Resource.create({"service.name": "my-service"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint="${origin}/v1/traces")))
trace.set_tracer_provider(provider)

with trace.get_tracer("hello").start_as_current_span("hello, weir"):
    pass
provider.shutdown()  # sends what is left
`,
    },
    {
      name: "Environment",
      note: "For any OpenTelemetry SDK or agent: no line of code changes.",
      text: `export OTEL_SERVICE_NAME=my-service
export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
`,
    },
    {
      name: "Collector",
      note: "A fragment of the Collector's configuration; gRPC works as well.",
      text: `exporters:
  otlphttp/weir:
    endpoint: ${origin}
  # or: otlp/weir: {endpoint: "${grpc}", tls: {insecure: true}}
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [otlphttp/weir]}
    logs: {receivers: [otlp], exporters: [otlphttp/weir]}
    metrics: {receivers: [otlp], exporters: [otlphttp/weir]}
`,
    },
    {
      name: "curl",
      note: "One span, now.",
      text: `now=$(date +%s%N)
curl ${origin}/v1/traces -H 'content-type: application/json' -d '{"resourceSpans":[{
  "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"my-service"}}]},
  "scopeSpans":[{"spans":[{"traceId":"'$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')'",
    "spanId":"'$(od -An -N8 -tx1 /dev/urandom | tr -d ' \\n')'","name":"hello, weir","kind":2,
    "startTimeUnixNano":"'$now'","endTimeUnixNano":"'$((now + 250000000))'"}]}]}]}'
`,
    },
  ];
}

export interface TableRef {
  origin: string;
  catalog: string;
  schema: string;
  name: string;
  deltaPath: string; // file://…
}

/// How engines open a table. Versions are those that the system tests read with.
export function readers({ origin, catalog, schema, name, deltaPath }: TableRef): Snippet[] {
  const table = `${schema}.${name}`;
  return [
    {
      name: "DuckDB",
      note: "By the Iceberg REST catalog.",
      text: `INSTALL iceberg; LOAD iceberg;
ATTACH '' AS ${catalog} (TYPE iceberg, ENDPOINT '${origin}/iceberg', AUTHORIZATION_TYPE 'none');
SELECT * FROM ${catalog}.${table} LIMIT 10;
`,
    },
    {
      name: "PyIceberg",
      note: 'pip install "pyiceberg[pyarrow]"',
      text: `from pyiceberg.catalog import load_catalog

catalog = load_catalog("${catalog}", type="rest", uri="${origin}/iceberg")
print(catalog.load_table("${table}").scan(limit=10).to_arrow())
`,
    },
    {
      name: "Spark",
      note: "Spark 4.1 with Iceberg's runtime.",
      text: `spark-sql --packages org.apache.iceberg:iceberg-spark-runtime-4.1_2.13:1.12.0 \\
  --conf spark.sql.catalog.${catalog}=org.apache.iceberg.spark.SparkCatalog \\
  --conf spark.sql.catalog.${catalog}.type=rest \\
  --conf spark.sql.catalog.${catalog}.uri=${origin}/iceberg \\
  -e "SELECT * FROM ${catalog}.${table} LIMIT 10"
`,
    },
    {
      name: "Trino",
      note: `In etc/catalog/${catalog}.properties; then SELECT * FROM ${catalog}.${table} LIMIT 10.`,
      text: `connector.name=iceberg
iceberg.catalog.type=rest
iceberg.rest-catalog.uri=${origin}/iceberg
fs.hadoop.enabled=true
`,
    },
    {
      name: "Delta",
      note: "pip install deltalake; the same files, by Delta's log. Also polars.scan_delta, DuckDB's delta_scan, Spark.",
      text: `from deltalake import DeltaTable

print(DeltaTable("${deltaPath}").to_pyarrow_dataset().head(10))
`,
    },
  ];
}
