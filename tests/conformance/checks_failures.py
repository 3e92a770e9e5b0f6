# SPDX-License-Identifier: Apache-2.0
"""Requests that fail for good: their codes, and what the answer says."""

import re

import http1
import http2
from google.rpc import error_details_pb2

import exchange
import records
from check import GRPC, HTTP, MUST, SHOULD, SIGNALS, check, require
from exchange import CONTENT_TYPE, INTERNAL, INVALID_ARGUMENT, PROFILES_PATH, UNIMPLEMENTED, grpc_answer, http_answer


def permanent_failures(run):
    """(name, answer) of every kind of request that can never succeed."""
    yield "bad data", run.send("traces", run.bad_body())
    yield "signal that is not supported", run.send("traces", b"", path=PROFILES_PATH[run.protocol])
    yield "unknown coding", run.send("traces", b"", encoding="snappier")
    if run.protocol is GRPC:
        for name, frame in {"no message": b"", "cut message": http2.grpc_message(b"1234")[:-2],
                            "two messages": http2.grpc_message(b"") * 2, "flag 7": b"\7\0\0\0\0"}.items():
            with http2.Connection(run.scene.main.grpc) as connection:
                yield name, grpc_answer(connection.unary(http2.EXPORT_PATH["traces"], frame))
        return
    yield "content type", run.send("traces", b"", content_type="text/plain")
    for name, method, headers, body in (
            ("method", "GET", [], b""), ("chunk that is none", "POST", [("Transfer-Encoding", "chunked")], b"x\r\n")):
        headers = [("Content-Type", CONTENT_TYPE[run.protocol]), *headers]
        data = http1.head(method, "/v1/traces", headers, run.scene.main.http) + body
        answers, _ = http1.raw_exchange(run.scene.main.http, data, quiet_seconds=0.01)
        yield name, http_answer(run.protocol, answers[0] if answers else None)


@check("F-1", "Failures: Bad Data", MUST, "what cannot be decoded is 400, INVALID_ARGUMENT in gRPC, for every signal")
def bad_data(run):
    for signal in SIGNALS:
        with run.part(signal):
            run.require_refusal(run.send(signal, run.bad_body()), http=400, grpc=INVALID_ARGUMENT)


@check("F-2", "Failures: Bad Data", MUST, "nothing of a request that cannot be decoded is stored")
def nothing_of_bad_data(run):
    for signal in SIGNALS:
        payload = records.request(signal, *(records.RECORD[signal](run.mark()) for _ in range(3)))
        cut = exchange.wire_of(run.protocol, payload)[:-4]
        with run.part(signal):
            run.require_refusal(run.send(signal, cut), http=400, grpc=INVALID_ARGUMENT)
            for mark in records.marks(payload, signal):
                run.must_not_store(signal, mark)


@check("F-3", "Failures", MUST, "the body of every 4xx is a google.rpc.Status in the request's encoding", HTTP)
def status_bodies(run):
    for name, answer in permanent_failures(run):
        with run.part(name):
            require(400 <= answer.http_status < 500, f"{answer.http_status} is no 4xx")
            # A type that is neither has no encoding to answer in.
            wanted = CONTENT_TYPE.values() if name == "content type" else [CONTENT_TYPE[run.protocol]]
            require(answer.content_type.split(";")[0] in wanted, f"answered as {answer.content_type!r}: {answer}")
            answer.status()


@check("F-4", "Failures", SHOULD, "Status.message, grpc-message in gRPC, says what is wrong")
def messages(run):
    for name, answer in permanent_failures(run):
        with run.part(name):
            require(len(answer.message) > 10, f"the message is {answer.message!r}")


@check("F-5", "Failures: Bad Data", SHOULD, "the Status of a 400 has a BadRequest that describes what is bad", HTTP)
def bad_request_detail(run):
    detail = run.send("traces", run.bad_body()).detail(error_details_pb2.BadRequest)
    require(detail is not None, "Status.details has no google.rpc.BadRequest")
    require(any(violation.description for violation in detail.field_violations), f"it says nothing: {detail}")


@check("F-6", "Failures; Retryable Response Codes", MUST, "what can never succeed gets no code that is tried again")
def permanent_codes(run):
    for name, answer in permanent_failures(run):
        with run.part(name):
            require(not answer.is_success and not answer.is_retryable, str(answer))


@check("F-7", "gRPC Responses", MUST, "an error is HTTP 200, of gRPC's type, with grpc-status at its end", (GRPC,))
def trailers_only(run):
    for name, answer in permanent_failures(run):
        with run.part(name):
            require(answer.http_status == 200, f"HTTP {answer.http_status}")
            require(answer.content_type.startswith("application/grpc"), f"content type {answer.content_type!r}")
            require(re.fullmatch("0|[1-9][0-9]*", answer.trailers.get("grpc-status", "")), str(answer.trailers))
            require(not answer.body, "an error with a message")


@check("F-8", "gRPC Status-Message", MUST, "grpc-message is printable ASCII, the rest percent-encoded", (GRPC,))
def percent_encoding(run):
    encoding = "né%\u00fc".encode().decode("latin-1")
    for answer in (run.send("traces", b"", path="/sé/100%".encode().decode("latin-1")),
                   run.send("traces", b"", encoding=encoding), run.send("traces", run.bad_body())):
        text = answer.trailers.get("grpc-message", "")
        require(answer.grpc_status in (UNIMPLEMENTED, INVALID_ARGUMENT, INTERNAL), str(answer))
        require(re.fullmatch(r"([ -$&-~]|%[0-9A-F]{2})*", text), f"grpc-message is {text!r}")


@check("F-9", "Failures", MUST, "the details of an error are a Status with the same code and message", (GRPC,))
def status_details(run):
    for name, answer in permanent_failures(run):
        if "grpc-status-details-bin" not in answer.trailers:
            continue
        with run.part(name):
            status = answer.status()
            require((status.code, status.message) == (answer.grpc_status, answer.message), f"{status} in {answer}")


@check("F-10", "Failures", MUST, "after a failure the same connection serves the next request")
def connection_survives(run):
    weir, payload = run.scene.main, run.request("traces")
    wire = exchange.wire_of(run.protocol, payload)
    if run.protocol is GRPC:
        with http2.Connection(weir.grpc) as connection:
            grpc_answer(connection.unary(http2.EXPORT_PATH["traces"], http2.grpc_message(run.bad_body())))
            good = connection.unary(http2.EXPORT_PATH["traces"], http2.grpc_message(wire), stream=3)
            answer = grpc_answer(good)
    else:
        with http1.connect(weir.http) as connection:
            reader = http1.Reader(connection)
            for body in (run.bad_body(), wire):
                headers = [("Content-Type", CONTENT_TYPE[run.protocol]), ("Content-Length", str(len(body)))]
                http1.send_all(connection, http1.head("POST", "/v1/traces", headers, weir.http) + body)
                answer = http_answer(run.protocol, reader.read())
    run.require_full_success("traces", answer)
    run.must_store("traces", payload)
