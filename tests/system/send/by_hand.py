# SPDX-License-Identifier: Apache-2.0
"""Export requests made by hand, so that every field and every odd value of OTLP is met once."""

from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.proto.common.v1 import common_pb2

TIME = 1_790_000_000_123_456_789
DAY = 86_400_000_000_000
INT64_MAX, INT64_MIN = 2**63 - 1, -(2**63)
NAN, INFINITY = float("nan"), float("inf")
EMPTY = object()

REQUEST_TYPE = {
    "traces": trace_service_pb2.ExportTraceServiceRequest,
    "logs": logs_service_pb2.ExportLogsServiceRequest,
    "metrics": metrics_service_pb2.ExportMetricsServiceRequest,
}
RESPONSE_TYPE = {
    "traces": trace_service_pb2.ExportTraceServiceResponse,
    "logs": logs_service_pb2.ExportLogsServiceResponse,
    "metrics": metrics_service_pb2.ExportMetricsServiceResponse,
}


def any_value(value):
    """A Python value as AnyValue: lists are arrays, lists of pairs inside a tuple are maps, EMPTY holds nothing."""
    message = common_pb2.AnyValue()
    if isinstance(value, str):
        message.string_value = value
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, int):
        message.int_value = value
    elif isinstance(value, float):
        message.double_value = value
    elif isinstance(value, bytes):
        message.bytes_value = value
    elif isinstance(value, list):
        message.array_value.SetInParent()
        message.array_value.values.extend(any_value(member) for member in value)
    elif isinstance(value, tuple):
        message.kvlist_value.SetInParent()
        message.kvlist_value.values.extend(key_values(value))
    return message


def key_values(pairs):
    return [common_pb2.KeyValue(key=key, value=any_value(value)) for key, value in pairs]


ODD_VALUES = (
    ("text", "plain"),
    ("text.empty", ""),
    ("text.unicode", "héllo, wörld 🌊 \u0000 \u200b 𝔘𝔫𝔦"),
    ("text.quotes", 'a "quoted" \\ back\\slash\nnew line\ttab\r\b\f\u0001\u001f\u007f'),
    ("text.looks.like.number", "42"),
    ("text.long", "x" * 70_000),
    ("bool.true", True),
    ("bool.false", False),
    ("int.zero", 0),
    ("int.max", INT64_MAX),
    ("int.min", INT64_MIN),
    ("double", 637.704),
    ("double.whole", 5.0),
    ("double.tenth", 0.1),
    ("double.large", 1e22),
    ("double.exact", 123456789012345680000.0),
    ("double.small", 5e-324),
    ("double.max", 1.7976931348623157e308),
    ("double.negative.zero", -0.0),
    ("double.nan", NAN),
    ("double.infinity", INFINITY),
    ("double.negative.infinity", -INFINITY),
    ("bytes", bytes(range(256))),
    ("bytes.empty", b""),
    ("empty", EMPTY),
    ("array", ["a", 1, 2.0, 2.5, True, EMPTY, ["nested", []]]),
    ("array.empty", []),
    ("array.bytes", ["a", b"\x00\xff", 1, 2.5, True, EMPTY]),
    ("array.nan", [NAN, INFINITY, -INFINITY, 1.0]),
    ("map", (("k", "v"), ("n", 1), ("d", 1e300), ("m", (("deep", (("x", EMPTY),)), ("", "empty key"))),
             ("k", "again"))),
    ("map.empty", ()),
    ("map.bytes", (("b", b"bytes"), ("s", "text"))),
    ("map.of.arrays", (("a", [1, [2, [3, [4]]]]), ('quo"te', "é"))),
    ("", "empty key"),
    ("same.key", "first"),
    ("same.key", 2),
    ("clé.ünïcode", "yes"),
)


def fill_resource(group, service, more=()):
    """Any of ResourceSpans, ResourceLogs, ResourceMetrics."""
    pairs = (("service.name", service), ("service.namespace", "shop"), ("service.version", "1.2.3"),
             ("service.instance.id", "pod-1"), ("deployment.environment.name", "test"), ("host.name", "h1"),
             ("cloud.region", "eu-central-1"), ("k8s.cluster.name", "c"), ("k8s.namespace.name", "n"),
             ("k8s.pod.name", "p"), ("process.pid", 4711), *more)
    group.resource.attributes.extend(key_values(pairs))
    group.resource.dropped_attributes_count = 3
    group.schema_url = "https://opentelemetry.io/schemas/1.37.0"


def fill_scope(group, name):
    group.scope.name, group.scope.version = name, "0.1.0"
    group.scope.attributes.extend(key_values((("scope.attribute", 1.5), ("scope.flag", True))))
    group.scope.dropped_attributes_count = 1
    group.schema_url = "https://example.org/schemas/scope/1"


def trace_id(number):
    return number.to_bytes(16, "big")


def span_id(number):
    return number.to_bytes(8, "big")


def odd_logs():
    """Bodies of every kind, times missing, ids missing, exceptions and events by field and by attribute."""
    request = REQUEST_TYPE["logs"]()
    group = request.resource_logs.add()
    fill_resource(group, "by-hand-logs")
    scope = group.scope_logs.add()
    fill_scope(scope, "logs")
    full = scope.log_records.add(
        time_unix_nano=TIME, observed_time_unix_nano=TIME + 1, severity_number=17, severity_text="ERROR",
        event_name="device.app.lifecycle", dropped_attributes_count=4, flags=0x80000101, trace_id=trace_id(77),
        span_id=span_id(78), body=any_value("an error"))
    full.attributes.extend(key_values((
        *ODD_VALUES, ("exception.type", "ValueError"), ("exception.message", "no"), ("event.name", "not this"),
        ("session.id", "s1"), ("user.email", "a@example.org"), ("model", "claude-opus"), ("input_tokens", 100),
        ("cache_read_tokens", 20), ("cache_creation_tokens", 3), ("output_tokens", "17"), ("cost_usd", "0.25"))))
    for number, (_, value) in enumerate(ODD_VALUES):
        scope.log_records.add(time_unix_nano=TIME + number, body=any_value(value))
    bare = request.resource_logs.add().scope_logs.add()
    bare.log_records.add(observed_time_unix_nano=TIME + DAY)
    bare.log_records.add(time_unix_nano=1, severity_number=24)
    by_attribute = bare.log_records.add(time_unix_nano=TIME, observed_time_unix_nano=INT64_MAX)
    by_attribute.attributes.extend(key_values((("event.name", "claude_code.api_request"),)))
    return request
