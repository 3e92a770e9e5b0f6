# SPDX-License-Identifier: Apache-2.0
"""gRPC over HTTP/2 as other implementations speak it."""

import struct

import grpc
import hpack
import http2
import otlp
from http2 import DATA, END_STREAM, PING, frame
from send.by_hand import RESPONSE_TYPE

from check import GRPC, MUST, SHOULD, SIGNALS, check, require
from exchange import grpc_answer

PADDED = 8
CLIENT_SECONDS = 10


def take_by_hand(run, write, headers=()):
    """A call whose message frame `write(connection, data)` sends on stream 1 must be taken and stored."""
    payload = run.request("traces")
    with http2.Connection(run.scene.main.grpc) as connection:
        connection.await_settings()
        connection.open(1, http2.EXPORT_PATH["traces"], headers)
        write(connection, http2.grpc_message(payload.SerializeToString()))
        answer = grpc_answer(connection.wait(1))
    run.require_full_success("traces", answer)
    run.must_store("traces", payload)
    return answer


@check("G-1", "gRPC Responses", MUST, "success is headers, one message, then trailers with grpc-status 0", (GRPC,))
def response_shape(run):
    for signal in SIGNALS:
        with run.part(signal), http2.Connection(run.scene.main.grpc) as connection:
            payload = run.request(signal)
            call = connection.unary(http2.EXPORT_PATH[signal], http2.grpc_message(payload.SerializeToString()))
            require(len(call.blocks) == 2, f"{len(call.blocks)} header blocks: {call.blocks}")
            require(call.blocks[0].get(":status") == "200", f"headers are {call.blocks[0]}")
            require(call.blocks[0].get("content-type", "").startswith("application/grpc"), f"headers: {call.blocks[0]}")
            require("grpc-status" not in call.blocks[0] and call.blocks[1].get("grpc-status") == "0", str(call.blocks))
            require(call.data[:1] == b"\0" and len(call.data) >= 5, f"the message frame is {call.data!r}")
            run.must_store(signal, payload)


@check("G-2", "OTLP/gRPC", MUST, "the clients of another implementation are served, with and without gzip", (GRPC,))
def grpc_core_client(run):
    for compression in (grpc.Compression.NoCompression, grpc.Compression.Gzip):
        with grpc.insecure_channel(run.scene.main.grpc) as channel:
            for signal in SIGNALS:
                payload = run.request(signal)
                call = channel.unary_unary(http2.EXPORT_PATH[signal], type(payload).SerializeToString,
                                           RESPONSE_TYPE[signal].FromString)
                response = call(payload, timeout=CLIENT_SECONDS, compression=compression)
                require(not response.partial_success.ListFields(), f"{signal}: {response}")
                run.must_store(signal, payload)


@check("G-3", "gRPC Data Frames", MUST, "a message may be in any DATA frames, also empty ones", (GRPC,))
def split_message(run):
    def write(connection, data):
        for byte in data[:7]:
            connection.send_data(1, bytes([byte]), end=False)
        connection.send(frame(DATA, 0, 1))
        connection.send_data(1, data[7:], end=False)
        connection.send(frame(DATA, END_STREAM, 1))

    take_by_hand(run, write)


@check("G-4", "RFC 9113, 6.1", MUST, "DATA frames may be padded", (GRPC,))
def padded_data(run):
    take_by_hand(run, lambda connection, data: connection.send(
        frame(DATA, END_STREAM | PADDED, 1, bytes([9]) + data + bytes(9))))


@check("G-5", "gRPC Timeout", MUST, "grpc-timeout is understood in every unit", (GRPC,))
def timeouts(run):
    for text in ("1H", "5M", "30S", "30000m", "30000000u", "99999999n", "99999999S"):
        with run.part(text):
            run.take("traces", run.request("traces"), headers=[("grpc-timeout", text)])


@check("G-6", "gRPC Custom-Metadata", MUST, "metadata of any name is no error, binary ones padded or not", (GRPC,))
def metadata(run):
    run.take("traces", run.request("traces"), headers=[
        ("user-agent", "grpc-go/1.76.0"), ("grpc-accept-encoding", "identity,gzip"), ("authorization", "Bearer x"),
        ("x-tenant", "a"), ("x-tenant", "b"), ("trace-proto-bin", "AQID/w"), ("other-bin", "AQID/w==,AA=="),
        ("grpc-trace-bin", "AAA"), ("baggage", "k=v;p, l=w"), ("x-odd", "caf\xe9")])


@check("G-7", "gRPC Requests", MUST, "header order and the te header's place do not matter", (GRPC,))
def header_order(run):
    take_by_hand(run, lambda connection, data: connection.send_data(1, data),
                 headers=[("te", "trailers"), ("content-type", "application/grpc")])


@check("G-8", "gRPC PING Frame", MUST, "a PING is answered with its payload, also during calls", (GRPC,))
def pings(run):
    def write(connection, data):
        connection.send(frame(PING, 0, 0, b"before!!"))
        connection.send_data(1, data[:9], end=False)
        connection.send(frame(PING, 0, 0, b"during!!"))
        connection.send_data(1, data[9:])
        while len(connection.pongs) < 2 and connection.pump(CLIENT_SECONDS):
            pass
        require(connection.pongs == [b"before!!", b"during!!"], f"PINGs were answered with {connection.pongs}")

    take_by_hand(run, write)


@check("G-9", "RFC 9113, 6.5.2", SHOULD, "a connection allows at least 100 streams at once", (GRPC,))
def stream_limit(run):
    with http2.Connection(run.scene.main.grpc) as connection:
        connection.await_settings()
        limit = connection.settings.get(3)
    require(limit is None or limit >= 100, f"SETTINGS_MAX_CONCURRENT_STREAMS is {limit}")


@check("G-10", "RFC 9113, 6.9", MUST, "a call larger than the flow-control window is read to its end", (GRPC,))
def flow_control(run):
    payload = run.request("traces")
    wire = payload.SerializeToString() + otlp.message(9999, bytes(6 << 20))
    run.require_full_success("traces", run.send("traces", wire))
    run.must_store("traces", payload)


@check("G-11", "gRPC Client Cancellation", MUST, "a cancelled call leaves the others of its connection alone", (GRPC,))
def cancellation(run):
    def write(connection, data):
        connection.open(3, http2.EXPORT_PATH["traces"])
        connection.send_data(3, data[:20], end=False)
        connection.send(frame(http2.RST_STREAM, 0, 3, struct.pack(">I", 8)))
        connection.send_data(1, data)

    take_by_hand(run, write)


@check("G-12", "RFC 9113, 6.10", MUST, "a head may come in CONTINUATION frames", (GRPC,))
def continuation(run):
    payload = run.request("traces")
    with http2.Connection(run.scene.main.grpc) as connection:
        connection.await_settings()
        block = hpack.encode(http2.grpc_headers(http2.EXPORT_PATH["traces"]))
        connection.send(frame(http2.HEADERS, 0, 1, block[:11]) + frame(http2.CONTINUATION, 0, 1, block[11:40])
                        + frame(http2.CONTINUATION, http2.END_HEADERS, 1, block[40:]))
        connection.send_data(1, http2.grpc_message(payload.SerializeToString()))
        run.require_full_success("traces", grpc_answer(connection.wait(1)))
    run.must_store("traces", payload)
