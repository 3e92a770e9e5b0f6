# SPDX-License-Identifier: Apache-2.0
"""Where requests go and what they call themselves: ports, paths, methods, content types."""

import subprocess

import http1
import http2

import exchange
import records
from check import GRPC, HTTP, JSON, MUST, PROTOBUF, SHOULD, SIGNALS, check, require
from exchange import CONTENT_TYPE, PROFILES_PATH, UNIMPLEMENTED, http_answer

PATHS = "OTLP/HTTP Request, proto services"
DEFAULT_PORT = {GRPC: "4317", PROTOBUF: "4318", JSON: "4318"}


@check("R-1", "Default Port", MUST, "the default port of gRPC is 4317, that of HTTP 4318")
def default_port(run):
    printed = subprocess.run([run.scene.main.binary, "config", "print"], capture_output=True, text=True, timeout=20)
    section = printed.stdout.partition("grpc:" if run.protocol is GRPC else "http:")[2]
    endpoint = section.partition("endpoint: ")[2].split()[0]
    require(endpoint.endswith(":" + DEFAULT_PORT[run.protocol]), f"the default endpoint is {endpoint}")


@check("R-2", PATHS, MUST, "every signal has its path, and its records their table")
def paths(run):
    for signal in SIGNALS:
        with run.part(signal):
            run.take(signal, records.request(signal, *(records.RECORD[signal](run.mark()) for _ in range(3))))


@check("R-3", "OTLP/HTTP Request", MUST, "on these paths other methods than POST are refused, as 405 with Allow", HTTP)
def methods(run):
    for signal in SIGNALS:
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            with run.part(f"{method} {signal}"):
                headers = [("Content-Type", CONTENT_TYPE[run.protocol])]
                answer = http1.exchange(run.scene.main.http, method, f"/v1/{signal}", headers, b"")
                answer = http_answer(run.protocol, answer)
                run.require_refusal(answer, http=405, grpc=None)
                require("POST" in answer.headers.get("allow", ""), f"Allow is {answer.headers.get('allow')!r}")


@check("R-4", "All Other Responses", MUST, "an unknown path is 404, an unknown gRPC method UNIMPLEMENTED")
def unknown_paths(run):
    grpc_paths = ("/opentelemetry.proto.collector.trace.v1.TraceService/Import", "/no.such.Service/Export",
                  http2.EXPORT_PATH["traces"].lower())
    for path in grpc_paths if run.protocol is GRPC else ("/v1/spans", "/v1/traces/", "/v1/Traces"):
        with run.part(path):
            answer = run.send("traces", run.request("traces"), path=path)
            run.require_refusal(answer, http=404, grpc=UNIMPLEMENTED)


@check("R-5", PATHS, MUST, "a signal that is not supported is refused and not tried again")
def profiles(run):
    answer = run.send("traces", b"{}" if run.protocol is JSON else b"", path=PROFILES_PATH[run.protocol])
    run.require_refusal(answer, http=(404, 501), grpc=UNIMPLEMENTED)


@check("R-6", "OTLP/HTTP Connection", SHOULD, "one port takes protobuf and JSON, told apart by Content-Type", HTTP)
def one_port(run):
    other = JSON if run.protocol is PROTOBUF else PROTOBUF
    weir = run.scene.main
    with http1.connect(weir.http) as connection:
        reader = http1.Reader(connection)
        for protocol in (run.protocol, other, run.protocol):
            payload = run.request("logs")
            body = exchange.wire_of(protocol, payload)
            headers = [("Content-Type", CONTENT_TYPE[protocol]), ("Content-Length", str(len(body)))]
            http1.send_all(connection, http1.head("POST", "/v1/logs", headers, weir.http) + body)
            answer = http_answer(protocol, reader.read())
            run.require_full_success("logs", answer)
            require(answer.content_type.startswith(CONTENT_TYPE[protocol]), f"answered as {answer.content_type!r}")
            run.must_store("logs", body, expected=payload)


@check("R-7", "OTLP/HTTP", SHOULD, "a client that would upgrade to HTTP/2 is served in HTTP/1.1", HTTP)
def upgrade(run):
    headers = [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAAQAAP__")]
    run.take("traces", run.request("traces"), headers=headers)


@check("R-8", "Protobuf and JSON Encoding", MUST, "the answer to a success has the request's Content-Type")
def answer_type(run):
    for signal in SIGNALS:
        answer = run.take(signal, run.request(signal))
        require(answer.content_type.split(";")[0].split("+")[0] == CONTENT_TYPE[run.protocol], answer.content_type)


@check("R-9", "RFC 9110, 8.3.1", MUST, "a media type has no case and may have parameters", HTTP)
def media_types(run):
    plain = CONTENT_TYPE[run.protocol]
    for name in (plain.upper(), plain + "; charset=utf-8", plain + ";charset=UTF-8", plain.title() + " ; a=b"):
        with run.part(name):
            run.take("metrics", run.request("metrics"), content_type=name)


@check("R-10", "RFC 9110, 15.5.16", MUST, "another or no Content-Type is refused as 415, with a Status", HTTP)
def wrong_types(run):
    body = exchange.wire_of(run.protocol, run.request("traces"))
    for headers in ([("Content-Type", "text/plain")], [("Content-Type", "application/xml")], []):
        with run.part(str(headers)):
            answer = http1.exchange(run.scene.main.http, "POST", "/v1/traces", headers, body)
            answer = http_answer(run.protocol, answer)
            run.require_refusal(answer, http=415, grpc=None)
            require(answer.status().message, "the Status has no message")


@check("R-11", "gRPC Content-Type", MUST, "application/grpc and application/grpc+proto are gRPC", (GRPC,))
def grpc_types(run):
    for name in ("application/grpc", "application/grpc+proto"):
        with run.part(name):
            run.take("traces", run.request("traces"), content_type=name)


@check("R-12", "gRPC Content-Type", SHOULD, "another content type on a method's path is HTTP 415", (GRPC,))
def not_grpc(run):
    for name in ("text/plain", "application/json"):
        with run.part(name), http2.Connection(run.scene.main.grpc) as connection:
            call = connection.unary(http2.EXPORT_PATH["traces"], b"{}", [("content-type", name)])
            require(call.http_status == 415, f"expected HTTP 415, got {call.blocks}")
