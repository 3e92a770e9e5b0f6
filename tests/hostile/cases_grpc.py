# SPDX-License-Identifier: Apache-2.0
"""gRPC calls that are wrong in their message, their frame or their headers, and HTTP/2 floods."""

import gzip
import struct
import zlib

import hpack
import http2
import otlp
import zstd_frames
from case import Case, frames, grpc
from http2 import CONTINUATION, DATA, END_HEADERS, END_STREAM, EXPORT_PATH, HEADERS, PING, RST_STREAM, SETTINGS, \
    WINDOW_UPDATE, frame, grpc_message
from otlp import SIGNALS

INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL = 3, 8, 12, 13
GOOD = otlp.good("traces")


def _calls():
    for signal in SIGNALS:
        yield grpc(f"gRPC: good {signal}", signal, grpc_message(otlp.good(signal)), code=0, rejected=0)
        yield grpc(f"gRPC: empty {signal}", signal, grpc_message(b""), code=0, rejected=0)
        for size in range(1, len(otlp.good(signal)), 9):
            yield grpc(f"gRPC: first {size} bytes of {signal}", signal, grpc_message(otlp.good(signal)[:size]),
                       code=INVALID_ARGUMENT)
    yield grpc("gRPC: JSON as protobuf", "traces", grpc_message(otlp.good_json("traces")), code=INVALID_ARGUMENT)
    for path in ("/opentelemetry.proto.collector.trace.v1.TraceService/Import", "/no.such.Service/Export", "/",
                 "/opentelemetry.proto.collector.profiles.v1.ProfilesService/Export"):
        yield grpc(f"gRPC: path {path}", "traces", grpc_message(GOOD), code=UNIMPLEMENTED, path=path)


def _compressed():
    def encoded(encoding):
        return [("grpc-encoding", encoding)]

    for encoding, body in (("gzip", gzip.compress(GOOD, mtime=0)), ("zstd", zstd_frames.frame(GOOD)),
                           ("deflate", zlib.compress(GOOD))):
        yield grpc(f"gRPC: good {encoding}", "traces", grpc_message(body, 1), code=0, rejected=0,
                   headers=encoded(encoding))
        yield grpc(f"gRPC: {encoding} that is not", "traces", grpc_message(GOOD, 1),
                   code=(INVALID_ARGUMENT, INTERNAL), headers=encoded(encoding))
    yield grpc("gRPC: declared gzip, sent plain", "traces", grpc_message(GOOD, 0), code=0, rejected=0,
               headers=encoded("gzip"))
    yield grpc("gRPC: compressed without an encoding", "traces", grpc_message(gzip.compress(GOOD, mtime=0), 1),
               code=(INVALID_ARGUMENT, UNIMPLEMENTED, INTERNAL))
    yield grpc("gRPC: unknown encoding", "traces", grpc_message(GOOD, 1), code=UNIMPLEMENTED,
               headers=encoded("lz77"))
    yield grpc("gRPC: gzip bomb of 200 MiB", "traces",
               lambda: grpc_message(gzip.compress(bytes(200 << 20), 6, mtime=0), 1), code=RESOURCE_EXHAUSTED,
               headers=encoded("gzip"))
    yield grpc("gRPC: zstd bomb of 1000 MiB", "traces", lambda: grpc_message(zstd_frames.bomb(1000 << 20), 1),
               code=RESOURCE_EXHAUSTED, headers=encoded("zstd"))
    yield grpc("gRPC: message of 21 MiB", "traces", lambda: grpc_message(bytes(21 << 20)), code=RESOURCE_EXHAUSTED)


def _message_frames():
    broken = (INVALID_ARGUMENT, UNIMPLEMENTED, INTERNAL)
    # A length that cannot be kept may be refused for its size before the rest is missed.
    cut = (*broken, RESOURCE_EXHAUSTED)
    whole = grpc_message(GOOD)
    yield grpc("gRPC: no message", "traces", b"", code=broken)
    yield grpc("gRPC: frame of 3 bytes", "traces", whole[:3], code=broken)
    yield grpc("gRPC: message cut", "traces", whole[:-4], code=broken)
    yield grpc("gRPC: length of 4 GiB", "traces", b"\0\xff\xff\xff\xff" + GOOD, code=cut)
    yield grpc("gRPC: bytes behind the message", "traces", whole + b"xx", code=broken)
    yield grpc("gRPC: two messages", "traces", whole * 2, code=broken)
    yield grpc("gRPC: compressed flag 7", "traces", b"\7" + whole[1:], code=broken)


def _refused_head(more, allowed):
    """A request head that is no gRPC call: by status, by reset or by closing, never served as one."""

    def play(connection):
        call = connection.unary(EXPORT_PATH["traces"], grpc_message(GOOD), more)
        if call.grpc_status == 0:
            return "served as if it were right"
        if call.http_status in allowed or call.grpc_status or call.reset is not None or connection.closed:
            return None
        return f"expected status {allowed}, a reset or a close, got {call}"

    return play


def _survives(data, seconds=2):
    """The server may do as it likes with these frames on this connection."""

    def play(connection):
        connection.send(data)
        connection.drain(seconds)
        return None

    return play


def _closes(data, seconds=5):
    """A connection error by RFC 9113: GOAWAY or a close must follow."""

    def play(connection):
        connection.send(data)
        closed = connection.drain(seconds)
        return None if closed or connection.goaway is not None else "the connection was kept"

    return play


def _head(stream, flags=END_HEADERS, more=()):
    return frame(HEADERS, flags, stream, hpack.encode(http2.grpc_headers(EXPORT_PATH["traces"], more)))


def _heads():
    yield frames("HTTP/2: content-type text/plain", _refused_head([("content-type", "text/plain")], (415,)))
    yield frames("HTTP/2: GET of a call", _refused_head([(":method", "GET")], (405, 400, 415)))
    yield frames("HTTP/2: upper-case header", _refused_head([("X-Upper", "y")], (400,)))
    yield frames("HTTP/2: connection header", _refused_head([("connection", "close")], (400,)))
    yield frames("HTTP/2: header with a newline", _refused_head([("x-a", "b\r\nx-c: d")], (400,)))
    yield frames("HTTP/2: header with a NUL", _refused_head([("x-a", "b\0c")], (400,)))
    yield frames("HTTP/2: no path", _refused_head([(":path", "")], (400, 404)))
    yield frames("HTTP/2: header of 1 MiB", _many_continuations(64))


def _many_continuations(count):
    """One header block in so many frames, without an end."""
    part = hpack.encode([("x-a", "a" * 16_000)])
    first = frame(HEADERS, 0, 1, hpack.encode(http2.grpc_headers(EXPORT_PATH["traces"])))
    return _closes(first + frame(CONTINUATION, 0, 1, part) * count)


def _floods():
    resets = b"".join(_head(2 * i + 1) + frame(RST_STREAM, 0, 2 * i + 1, struct.pack(">I", 8)) for i in range(2000))
    yield frames("HTTP/2: 2000 streams opened and reset", _survives(resets))
    yield frames("HTTP/2: 20000 pings", _survives(frame(PING, 0, 0, bytes(8)) * 20_000))
    yield frames("HTTP/2: 20000 settings", _survives(frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 1 << 16)) * 20_000))
    yield frames("HTTP/2: 20000 empty data frames",
                 _survives(_head(1) + frame(DATA, 0, 1) * 20_000))
    yield frames("HTTP/2: 500 streams that never end", _survives(b"".join(_head(2 * i + 1) for i in range(500))))
    yield frames("HTTP/2: 1000 continuations", _many_continuations(1000))
    # Each byte of the block repeats one 3 KiB header: 16 KiB on the wire, 48 MiB unpacked.
    entry = b"\x40" + hpack.string("x-a") + hpack.string("a" * 3000)
    bomb = hpack.encode(http2.grpc_headers(EXPORT_PATH["traces"])) + entry
    bomb += b"\xbe" * (http2.FRAME_MAX - len(bomb))
    yield frames("HTTP/2: header table bomb", _refused_by_size(frame(HEADERS, END_HEADERS | END_STREAM, 1, bomb)))


def _refused_by_size(data):
    def play(connection):
        connection.send(data)
        call = connection.wait(1, 5)
        if call.http_status in (400, 413, 431) or call.grpc_status or call.reset is not None or connection.closed:
            return None
        return f"expected a refusal, got {call}"

    return play


def _broken_frames():
    yield frames("HTTP/2: data on stream 0", _closes(frame(DATA, 0, 0, b"x")))
    yield frames("HTTP/2: data on a stream that is not open", _closes(frame(DATA, 0, 5, b"x")))
    yield frames("HTTP/2: headers on stream 0", _closes(_head(0)))
    yield frames("HTTP/2: frame larger than allowed", _closes(frame(DATA, 0, 1, bytes(1 << 20))))
    yield frames("HTTP/2: settings of 5 bytes", _closes(frame(SETTINGS, 0, 0, bytes(5))))
    yield frames("HTTP/2: ping of 7 bytes", _closes(frame(PING, 0, 0, bytes(7))))
    yield frames("HTTP/2: window update of 0", _closes(frame(WINDOW_UPDATE, 0, 0, bytes(4))))
    yield frames("HTTP/2: window past 2^31", _closes(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 0x7FFFFFFF)) * 2))
    yield frames("HTTP/2: continuation of nothing", _closes(frame(CONTINUATION, END_HEADERS, 1, b"")))
    yield frames("HTTP/2: header block that is none", _closes(frame(HEADERS, END_HEADERS, 1, b"\xff" * 20)))
    yield frames("HTTP/2: noise", _closes(bytes(range(256)) * 100))


def _interrupted(targets):
    """A call whose client goes away in the middle of its message."""
    with http2.Connection(targets.grpc) as connection:
        connection.pump(2)
        connection.send(_head(1) + frame(DATA, 0, 1, grpc_message(GOOD)[:30]))
    return None


def cases():
    for part in (_calls, _compressed, _message_frames, _heads, _broken_frames, _floods):
        yield from part()
    yield Case("gRPC: client gone within a message", _interrupted)
