# SPDX-License-Identifier: Apache-2.0
"""How bodies and messages may be compressed."""

import gzip
import zlib

import http2
import zstd_frames

import exchange
import records
from check import ALL, GRPC, HTTP, MUST, SHOULD, SIGNALS, check, require
from exchange import INTERNAL, UNIMPLEMENTED


@check("C-1", "Protocol Details", MUST, "requests without compression are taken")
def plain_requests(run):
    for signal in SIGNALS:
        run.take(signal, run.request(signal))


@check("C-2", "Protocol Details", MUST, "requests compressed with gzip are taken")
def gzip_requests(run):
    for signal in SIGNALS:
        run.take(signal, run.request(signal), encoding="gzip")


@check("C-3", "RFC 1952, 2.2", MUST, "a gzip stream of several members is one body")
def gzip_members(run):
    payload = run.request("traces")
    wire = exchange.wire_of(run.protocol, payload)
    body = gzip.compress(wire[:30], mtime=0) + gzip.compress(wire[30:], mtime=0)
    if run.protocol is GRPC:
        answer = raw_call(run, body, 1, [("grpc-encoding", "gzip")])
    else:
        answer = run.send("traces", body, headers=[("Content-Encoding", "gzip")])
    run.require_full_success("traces", answer)
    run.must_store("traces", payload)


@check("C-4", "RFC 9110, 8.4.1", MUST, "names of content codings have no case", HTTP)
def codings_have_no_case(run):
    for name in ("GZIP", "Gzip"):
        with run.part(name):
            payload = run.request("logs")
            body = gzip.compress(exchange.wire_of(run.protocol, payload), mtime=0)
            answer = run.send("logs", body, headers=[("Content-Encoding", name)])
            run.require_full_success("logs", answer)
            run.must_store("logs", payload)


@check("C-5", "RFC 9110, 8.4; gRPC compression", MUST, "a coding that is not supported is 415, UNIMPLEMENTED in gRPC")
def unknown_coding(run):
    payload = run.request("traces")
    answer = run.send("traces", payload, encoding="snappier")
    run.require_refusal(answer, http=415, grpc=UNIMPLEMENTED)
    run.must_not_store("traces", payload.resource_spans[0].scope_spans[0].spans[0].name)


@check("C-6", "RFC 9110, 12.5.3; gRPC compression", SHOULD, "the refusal of a coding lists those that are supported")
def refusal_lists_codings(run):
    answer = run.send("traces", run.request("traces"), encoding="snappier")
    name = "grpc-accept-encoding" if run.protocol is GRPC else "accept-encoding"
    require("gzip" in answer.headers.get(name, ""), f"{name} is {answer.headers.get(name)!r}: {answer}")


@check("C-7", "gRPC compression", MUST, "the refusal's message names the coding and what is supported", (GRPC,))
def refusal_describes_codings(run):
    answer = run.send("traces", run.request("traces"), encoding="snappier")
    require("snappier" in answer.message and "gzip" in answer.message, f"the message is {answer.message!r}")


@check("C-8", "gRPC compression", MUST, "a coding that a message was taken in is in grpc-accept-encoding", (GRPC,))
def supported_codings_are_disclosed(run):
    for coding, compress in {"gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstd_frames.frame}.items():
        with run.part(coding):
            payload = run.request("traces")
            answer = raw_call(run, compress(payload.SerializeToString()), 1, [("grpc-encoding", coding)])
            if answer.grpc_status == UNIMPLEMENTED and coding != "gzip":
                continue
            require(answer.is_success, str(answer))
            run.must_store("traces", payload)
            disclosed = answer.headers.get("grpc-accept-encoding", "")
            require(coding in disclosed, f"was taken, grpc-accept-encoding is {disclosed!r}")


@check("C-9", "gRPC Message-Encoding", MUST, "grpc-encoding identity is no compression", (GRPC,))
def identity(run):
    run.take("metrics", run.request("metrics"), encoding="identity")


@check("C-10", "gRPC Compressed-Flag", MUST, "flag 0 means not compressed, in spite of grpc-encoding", (GRPC,))
def flag_zero(run):
    payload = run.request("traces")
    answer = raw_call(run, payload.SerializeToString(), 0, [("grpc-encoding", "gzip")])
    run.require_full_success("traces", answer)
    run.must_store("traces", payload)


@check("C-11", "gRPC compression", MUST, "flag 1 without a grpc-encoding is INTERNAL, with a message about it", (GRPC,))
def flag_without_encoding(run):
    for headers in ([], [("grpc-encoding", "identity")]):
        answer = raw_call(run, gzip.compress(run.request("traces").SerializeToString()), 1, headers)
        run.require_refusal(answer, http=None, grpc=INTERNAL)
        require("compress" in answer.message.lower(), f"the message is {answer.message!r}")


@check("C-12", "gRPC Compressed-Flag", MUST, "a flag other than 0 and 1 is an error that is not retried", (GRPC,))
def unknown_flag(run):
    answer = raw_call(run, run.request("traces").SerializeToString(), 2, [])
    require(not answer.is_success and not answer.is_retryable, str(answer))


@check("C-13", "Failures: Bad Data", MUST, "what says gzip and is not is bad data", ALL)
def not_gzip(run):
    payload = run.request("logs")
    wire = exchange.wire_of(run.protocol, payload)
    packed = gzip.compress(wire, mtime=0)
    bad = {"plain bytes": wire, "cut": packed[:-9], "wrong checksum": packed[:-8] + bytes(4) + packed[-4:]}
    for name, body in bad.items():
        with run.part(name):
            if run.protocol is GRPC:
                answer = raw_call(run, body, 1, [("grpc-encoding", "gzip")], "logs")
            else:
                answer = run.send("logs", body, headers=[("Content-Encoding", "gzip")])
            run.require_refusal(answer, http=400, grpc=(exchange.INVALID_ARGUMENT, INTERNAL))
    run.must_not_store("logs", records.marks(payload, "logs")[0])


@check("C-14", "OTLP/HTTP Response", MUST, "an answer is compressed only for a client that accepts it, and says so")
def compressed_answers(run):
    name, coding = ("grpc-accept-encoding", "grpc-encoding") if run.protocol is GRPC else (
        "Accept-Encoding", "content-encoding")
    answer = run.take("traces", run.request("traces"))
    require(answer.headers.get(coding, "identity") == "identity", f"nobody asked for {answer.headers.get(coding)}")
    answer = run.send("traces", run.request("traces"), headers=[(name, "gzip")])
    if answer.headers.get(coding) == "gzip" and run.protocol is not GRPC:
        answer.body = gzip.decompress(answer.body)
    run.require_full_success("traces", answer)


def raw_call(run, body, flag, headers, signal="traces"):
    """A gRPC call with this message frame."""
    with http2.Connection(run.scene.main.grpc) as connection:
        return exchange.grpc_answer(
            connection.unary(http2.EXPORT_PATH[signal], http2.grpc_message(body, flag), headers))
