# SPDX-License-Identifier: Apache-2.0
"""OTLP/HTTP as HTTP/1.1 clients speak it: connections, chunks, Expect. Concurrency also for gRPC."""

from concurrent.futures import ThreadPoolExecutor

import http1
import http2

import exchange
from check import GRPC, HTTP, MUST, SHOULD, check, require
from exchange import CONTENT_TYPE, grpc_answer, http_answer

REQUESTS_MANY, CONNECTIONS_MANY, STREAMS_MANY = 20, 32, 100


class Talk:
    """One HTTP/1.1 connection, for requests written by hand."""

    def __init__(self, run):
        self._run, self.address = run, run.scene.main.http
        self._connection = http1.connect(self.address)
        self._reader = http1.Reader(self._connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def write(self, data):
        http1.send_all(self._connection, data)

    def head(self, *headers, target="/v1/traces"):
        return http1.head("POST", target, [("Content-Type", CONTENT_TYPE[self._run.protocol]), *headers], self.address)

    def sized(self, body):
        return self.head(("Content-Length", str(len(body)))) + body

    def peek(self, seconds):
        """The bytes that come next, before any answer is read."""
        self._connection.settimeout(seconds)
        return self._connection.recv(4096)

    def read(self):
        return http_answer(self._run.protocol, self._reader.read())

    def is_closed(self):
        return self._reader.read(5) is None


def take_by_hand(run, write):
    """A request that `write(talk, body)` puts on a connection must be taken and stored."""
    payload = run.request("traces")
    with Talk(run) as talk:
        write(talk, exchange.wire_of(run.protocol, payload))
        run.require_full_success("traces", talk.read())
    run.must_store("traces", payload)


@check("H-1", "OTLP/HTTP Connection", SHOULD, "a connection serves one request after the other")
def keep_alive(run):
    payloads = [run.request("traces") for _ in range(REQUESTS_MANY)]
    wires = [exchange.wire_of(run.protocol, payload) for payload in payloads]
    if run.protocol is GRPC:
        with http2.Connection(run.scene.main.grpc) as connection:
            for number, wire in enumerate(wires):
                call = connection.unary(http2.EXPORT_PATH["traces"], http2.grpc_message(wire), stream=2 * number + 1)
                run.require_full_success("traces", grpc_answer(call))
    else:
        with Talk(run) as talk:
            for wire in wires:
                talk.write(talk.sized(wire))
                run.require_full_success("traces", talk.read())
    for payload in payloads:
        run.must_store("traces", payload)


@check("H-2", "Concurrent Requests", SHOULD, "requests are taken concurrently, in gRPC on 100 streams")
def concurrent(run):
    if run.protocol is GRPC:
        return concurrent_streams(run)
    payloads = [run.request("logs") for _ in range(2 * CONNECTIONS_MANY)]
    with ThreadPoolExecutor(CONNECTIONS_MANY) as pool:
        answers = list(pool.map(lambda payload: run.send("logs", payload), payloads))
    for payload, answer in zip(payloads, answers):
        run.require_full_success("logs", answer)
        run.must_store("logs", payload)


def concurrent_streams(run):
    payloads = {2 * number + 1: run.request("logs") for number in range(STREAMS_MANY)}
    with http2.Connection(run.scene.main.grpc) as connection:
        connection.await_settings()
        for stream in payloads:
            connection.open(stream, http2.EXPORT_PATH["logs"])
        for stream, payload in payloads.items():
            connection.send_data(stream, http2.grpc_message(payload.SerializeToString()))
        for stream, payload in payloads.items():
            run.require_full_success("logs", grpc_answer(connection.wait(stream)))
            run.must_store("logs", payload)


@check("H-3", "RFC 9112, 9.3.2", MUST, "pipelined requests are answered in their order", HTTP)
def pipelined(run):
    payload = run.request("traces")
    good, bad = exchange.wire_of(run.protocol, payload), run.bad_body()
    empty = exchange.wire_of(run.protocol, type(payload)())
    with Talk(run) as talk:
        talk.write(talk.sized(good) + talk.sized(bad) + talk.sized(empty) + talk.sized(bad))
        codes = [talk.read().http_status for _ in range(4)]
    require(codes == [200, 400, 200, 400], f"answers were {codes}")
    run.must_store("traces", payload)


@check("H-4", "RFC 9112, 7.1", MUST, "bodies may be chunked, with extensions and trailers", HTTP)
def chunked(run):
    def write(talk, body):
        talk.write(talk.head(("Transfer-Encoding", "chunked")))
        talk.write(b"5;ext=1\r\n" + body[:5] + b"\r\n%X\r\n" % len(body[5:]) + body[5:] + b"\r\n0\r\nX-Sum: 1\r\n\r\n")

    take_by_hand(run, write)


@check("H-5", "RFC 9110, 10.1.1", MUST, "a client that expects 100 Continue gets it before it sends the body", HTTP)
def expect_continue(run):
    def write(talk, body):
        talk.write(talk.head(("Content-Length", str(len(body))), ("Expect", "100-continue")))
        found = talk.peek(5)
        require(found.startswith(b"HTTP/1.1 100"), f"expected 100 Continue, got {found[:60]!r}")
        talk.write(body)

    take_by_hand(run, write)


@check("H-6", "RFC 9110, 10.1.1", MUST, "a refusal for the head comes instead of 100 Continue", HTTP)
def expect_refusal(run):
    with Talk(run) as talk:
        talk.write(talk.head(("Content-Length", "1000"), ("Expect", "100-continue"), ("Content-Encoding", "snappier")))
        found = talk.peek(5)
    require(found.startswith(b"HTTP/1.1 4"), f"expected a refusal, got {found[:60]!r}")


@check("H-7", "RFC 9112, 9.6", MUST, "Connection: close is honoured, after the answer", HTTP)
def connection_close(run):
    payload = run.request("traces")
    body = exchange.wire_of(run.protocol, payload)
    with Talk(run) as talk:
        talk.write(talk.head(("Content-Length", str(len(body))), ("Connection", "close")) + body)
        run.require_full_success("traces", talk.read())
        require(talk.is_closed(), "the connection stayed open")
    run.must_store("traces", payload)


@check("H-8", "RFC 9110, 5.1", MUST, "names of header fields have no case", HTTP)
def header_names(run):
    def write(talk, body):
        talk.write(f"POST /v1/traces HTTP/1.1\r\nhOST: {talk.address}\r\ncontent-TYPE: {CONTENT_TYPE[run.protocol]}\r\n"
                   f"CONTENT-length: {len(body)}\r\n\r\n".encode() + body)

    take_by_hand(run, write)


@check("H-9", "RFC 9112, 3.2.2", MUST, "the request's target may be in absolute form", HTTP)
def absolute_form(run):
    def write(talk, body):
        target = f"http://{talk.address}/v1/traces"
        talk.write(talk.head(("Content-Length", str(len(body))), target=target) + body)

    take_by_hand(run, write)


@check("H-10", "RFC 9112, 2.2", MUST, "a request may arrive in any pieces", HTTP)
def pieces(run):
    def write(talk, body):
        data = talk.sized(body)
        for at in range(0, len(data), 7):
            talk.write(data[at:at + 7])

    take_by_hand(run, write)
