# SPDX-License-Identifier: Apache-2.0
"""What OTLP asks of a receiver, on every protocol that both ports speak."""

import itertools
import json
import shutil

from google.protobuf import json_format

from expect import SIGNALS, TABLE_OF
from harness.environment import OUTPUT
from harness.registry import case, cases_of, shared
from harness.weir_server import EACH_REQUEST_COUNTS, WeirServer
from send.by_hand import REQUEST_TYPE, RESPONSE_TYPE, TIME, any_value, key_values, span_id, trace_id
from send.otlp_json import to_otlp_json
from send.transport import JSON, PROTOBUF, Answer, google_status, grpc_by_hand, grpcio, http1, http2

INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNIMPLEMENTED = 3, 8, 12
ITEMS = {"traces": "spans", "logs": "log_records", "metrics": "data_points"}
# Transport to the encodings it can send.
ENCODINGS = {
    "http1-protobuf": (None, "gzip", "zstd"),
    "http1-json": (None, "gzip", "zstd"),
    "http2-protobuf": (None, "gzip", "zstd"),
    "http2-json": (None, "gzip", "zstd"),
    "grpc": (None, "gzip"),
    "grpc-by-hand": (None, "identity", "gzip", "zstd"),
}


def server(options):
    """One for all cases of this module."""
    def start():
        folder = OUTPUT / "protocol-server"
        shutil.rmtree(folder, ignore_errors=True)
        return WeirServer(options.binary, folder, *EACH_REQUEST_COUNTS).start()

    return shared("protocol server", start)


def send(address, transport, signal, message, encoding):
    if transport == "grpc":
        return grpcio(address, signal, message.SerializeToString(), encoding)
    if transport == "grpc-by-hand":
        return grpc_by_hand(address, signal, message.SerializeToString(), encoding)
    exchange = http1 if transport.startswith("http1") else http2
    if transport.endswith("json"):
        return exchange(address, f"/v1/{signal}", to_otlp_json(message).encode(), JSON, encoding)
    return exchange(address, f"/v1/{signal}", message.SerializeToString(), PROTOBUF, encoding)


def response_of(answer: Answer, transport, signal):
    """The export response of an answer that must be a success."""
    if transport.startswith("grpc"):
        assert answer.grpc_status == 0, f"gRPC status {answer.grpc_status}: {answer.grpc_message}"
        return RESPONSE_TYPE[signal].FromString(answer.body)
    assert answer.status == 200, f"HTTP {answer.status}: {answer.body[:300]}"
    if transport.endswith("json"):
        assert answer.content_type.startswith(JSON), answer.content_type
        return json_format.Parse(answer.body, RESPONSE_TYPE[signal]())
    assert answer.content_type == PROTOBUF, answer.content_type
    return RESPONSE_TYPE[signal].FromString(answer.body)


def one_good_record(signal, number):
    request = REQUEST_TYPE[signal]()
    if signal == "traces":
        spans = request.resource_spans.add().scope_spans.add().spans
        spans.add(trace_id=trace_id(number + 1), span_id=span_id(1), start_time_unix_nano=TIME, name="good")
    elif signal == "logs":
        request.resource_logs.add().scope_logs.add().log_records.add(time_unix_nano=TIME, body=any_value("good"))
    else:
        metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="good")
        metric.gauge.data_points.add(time_unix_nano=TIME, as_int=number)
    return request


def good_and_bad(signal):
    """A sound record and one that no table can hold."""
    request = one_good_record(signal, 1)
    if signal == "traces":
        request.resource_spans[0].scope_spans[0].spans.add(trace_id=b"abc", span_id=span_id(2), name="bad id")
    elif signal == "logs":
        request.resource_logs[0].scope_logs[0].log_records.add(time_unix_nano=2**63, body=any_value("bad time"))
    else:
        metric = request.resource_metrics[0].scope_metrics[0].metrics.add(name="bad count")
        metric.histogram.data_points.add(time_unix_nano=TIME, count=2**63)
    return request


def empty_requests_succeed(transport, _folder, options):
    ports = (server(options).http, server(options).grpc)
    for address, signal, encoding in itertools.product(ports, SIGNALS, ENCODINGS[transport]):
        answer = send(address, transport, signal, REQUEST_TYPE[signal](), encoding)
        assert not response_of(answer, transport, signal).HasField("partial_success"), (address, signal, encoding)


def every_port_takes_records(transport, _folder, options):
    weir = server(options)
    before = {signal: weir.rows(TABLE_OF[signal]) for signal in SIGNALS}
    sent = 0
    for address, encoding in itertools.product((weir.http, weir.grpc), ENCODINGS[transport]):
        sent += 1
        for signal in SIGNALS:
            answer = send(address, transport, signal, one_good_record(signal, sent), encoding)
            assert not response_of(answer, transport, signal).HasField("partial_success"), (signal, encoding)
    for signal in SIGNALS:
        weir.wait_rows(TABLE_OF[signal], before[signal] + sent)


def one_bad_record_costs_only_itself(transport, _folder, options):
    weir = server(options)
    for signal in SIGNALS:
        before = weir.rows(TABLE_OF[signal])
        answer = send(weir.http, transport, signal, good_and_bad(signal), None)
        partial = response_of(answer, transport, signal).partial_success
        assert getattr(partial, f"rejected_{ITEMS[signal]}") == 1, f"{signal}: {partial}"
        assert partial.error_message, f"{signal}: no reason is given"
        weir.wait_rows(TABLE_OF[signal], before + 1)


cases_of(ENCODINGS, empty_requests_succeed)
cases_of(ENCODINGS, every_port_takes_records)
cases_of(ENCODINGS, one_bad_record_costs_only_itself)


@case
def text_that_is_not_utf8_costs_one_record(_folder, options):
    request = one_good_record("logs", 1)
    request.resource_logs[0].scope_logs[0].log_records.add(time_unix_nano=TIME, body=any_value("REPLACE"))
    body = request.SerializeToString().replace(b"REPLACE", b"\xff\xfe\xfdLACE")
    answer = http1(server(options).http, "/v1/logs", body)
    partial = response_of(answer, "http1-protobuf", "logs").partial_success
    assert partial.rejected_log_records == 1, partial
    assert "UTF-8" in partial.error_message, partial


@case
def http_errors_are_google_statuses_in_the_requests_encoding(_folder, options):
    address = server(options).http
    for signal, (content_type, body) in itertools.product(SIGNALS, ((PROTOBUF, b"\x0a\xff\xff\xff"), (JSON, b"{]"))):
        for exchange in (http1, http2):
            answer = exchange(address, f"/v1/{signal}", body, content_type)
            assert answer.status == 400, f"{signal} {content_type}: HTTP {answer.status}"
            assert answer.content_type.startswith(content_type), answer.content_type
            status = google_status(answer)
            assert status.code == INVALID_ARGUMENT and status.message, status


@case
def grpc_errors_have_their_code_and_a_message(_folder, options):
    for address, signal in itertools.product((server(options).http, server(options).grpc), SIGNALS):
        answer = grpcio(address, signal, b"\x0a\xff\xff\xff")
        assert answer.grpc_status == INVALID_ARGUMENT and answer.grpc_message, answer
    unknown = grpcio(server(options).grpc, "traces", b"", path="/no.such.Service/Export")
    assert unknown.grpc_status == UNIMPLEMENTED, unknown
    encoding = grpc_by_hand(server(options).grpc, "traces", b"", "snappy")
    assert encoding.grpc_status == UNIMPLEMENTED, encoding


@case
def wrong_requests_get_the_status_that_says_why(_folder, options):
    address = server(options).http
    expected = (
        (404, http1(address, "/v1/profiles-of-nothing", b"")),
        (405, http1(address, "/v1/traces", b"", method="GET")),
        (405, http1(address, "/v1/logs", b"", method="PUT")),
        (415, http1(address, "/v1/traces", b"", "text/plain")),
        (415, http1(address, "/v1/metrics", b"", "application/xml")),
        (415, http1(address, "/v1/traces", b"", headers={"content-encoding": "br"})),
        (400, http1(address, "/v1/traces", b"not gzip at all", headers={"content-encoding": "gzip"})),
        (400, http1(address, "/v1/traces", b"not zstd at all", headers={"content-encoding": "zstd"})),
        (400, http1(address, "/v1/traces", b"[]", JSON)),
    )
    wrong = [f"expected {status}, found {answer.status}: {answer.body[:120]}" for status, answer in expected
             if answer.status != status]
    assert not wrong, "\n".join(wrong)


@case
def what_is_too_large_is_refused_with_the_code_for_it(_folder, options):
    weir = server(options)
    request = one_good_record("traces", 9)
    pairs = [("k", "x" * (1 << 20))] * 22
    request.resource_spans[0].scope_spans[0].spans[0].attributes.extend(key_values(pairs))
    body = request.SerializeToString()
    assert http1(weir.http, "/v1/traces", body).status == 413
    assert http1(weir.http, "/v1/traces", body, encoding="gzip").status == 413, "counted after decompression"
    assert http2(weir.http, "/v1/traces", body).status == 413
    for encoding in (None, "gzip"):
        answer = grpcio(weir.grpc, "traces", body, encoding)
        assert answer.grpc_status == RESOURCE_EXHAUSTED, answer


@case
def json_takes_names_numbers_and_ids_as_otlp_writes_them(_folder, options):
    weir = server(options)
    before = weir.rows("otel_spans")
    span = {"traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "eee19b7ec3c1b174", "name": "json",
            "kind": "SPAN_KIND_SERVER", "startTimeUnixNano": 1544712660000000000, "endTimeUnixNano":
            "1544712661000000000", "unknownField": {"deep": [1, {"x": None}]}, "status": {"code": 2},
            "attributes": [{"key": "n", "value": {"intValue": 12}}, {"key": "m", "value": {"intValue": "13"}}]}
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}], "also": "unknown"}).encode()
    answer = http1(weir.http, "/v1/traces", body, "application/json; charset=utf-8")
    assert not response_of(answer, "http1-json", "traces").HasField("partial_success"), answer.body
    weir.wait_rows("otel_spans", before + 1)
