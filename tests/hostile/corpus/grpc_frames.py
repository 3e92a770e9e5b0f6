# SPDX-License-Identifier: Apache-2.0
"""gRPC messages within their five bytes of flag and length, and what a call says about its message."""

import gzip
import struct
import zlib

import zstd_frames
from corpus.inputs import GRPC, Answer, Input, Marks, call, good_json, good_request
from otlp import SIGNALS

INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL = 3, 8, 12, 13
MESSAGE_MAX = 16 << 20


def _raw(name, why, stream, answer, signal="traces", headers=()):
    """`stream`: all that the call sends, its frame as well."""
    return Input("gRPC, frames", name, why, stream, answer, GRPC, signal, "application/grpc", headers)


def _frame(flag, length, payload):
    return bytes([flag]) + struct.pack(">I", length) + payload


def flags():
    wire = good_request("traces", "flags")
    for flag in (2, 3, 4, 7, 8, 16, 32, 64, 127, 128, 254, 255):
        yield _raw(f"flag {flag}", "0 or 1", _frame(flag, len(wire), wire), Answer(INTERNAL))
    yield _raw("flag 1 without an encoding", "compressed by what?", _frame(1, len(wire), wire), Answer(INTERNAL))
    for encoding in ("identity",):
        yield _raw(f"flag 1 with encoding {encoding}", "compressed by what?", _frame(1, len(wire), wire), Answer(INTERNAL),
                   headers=(("grpc-encoding", encoding),))
    for encoding in ("br", "lz4", "snappy", "GZIP2", "x"):
        yield _raw(f"flag 1 with encoding {encoding}", "it is not spoken", _frame(1, len(wire), wire), Answer(UNIMPLEMENTED),
                   headers=(("grpc-encoding", encoding),))


def sound():
    mark = Marks("gRPC, sound")
    for signal in SIGNALS:
        yield call("gRPC, sound", f"plain {signal}", "sound", good_request(signal, mark()), Answer(0, 1), signal)
        for encoding in ("gzip", "zstd", "deflate", "identity"):
            yield call("gRPC, sound", f"{signal}, {encoding} declared and flag 0", "the flag decides",
                       good_request(signal, mark()), Answer(0, 1), signal, 0, (("grpc-encoding", encoding),))
        yield call("gRPC, sound", f"no byte of {signal}", "an empty request", b"", Answer(0), signal)


def lengths():
    for signal in SIGNALS:
        wire = good_request(signal, "lengths")
        size = len(wire)
        for head in range(1, 5):
            yield _raw(f"{signal}: {head} bytes of the head", "five are owed", _frame(0, size, wire)[:head], Answer(INTERNAL), signal)
        for add in (1, 2, 100, 1 << 20):
            yield _raw(f"{signal}: length larger by {add}", "the message does not end", _frame(0, size + add, wire),
                       Answer(INTERNAL), signal)
        for less in (1, 2, size // 2, size):
            yield _raw(f"{signal}: length smaller by {less}", "a unary call has one message", _frame(0, size - less, wire),
                       Answer(INTERNAL), signal)
        for length in (MESSAGE_MAX + 1, 1 << 30, (1 << 31) - 1, 1 << 31, (1 << 32) - 1):
            yield _raw(f"{signal}: length {length}", "max_recv_msg_size_mib", _frame(0, length, wire), Answer(RESOURCE_EXHAUSTED),
                       signal)
        yield _raw(f"{signal}: no frame", "a unary call has one message", b"", Answer(INTERNAL), signal)
        yield _raw(f"{signal}: two frames", "a unary call has one message", _frame(0, size, wire) * 2, Answer(INTERNAL), signal)
        yield _raw(f"{signal}: an empty frame and a good one", "a unary call has one message",
                   _frame(0, 0, b"") + _frame(0, size, wire), Answer(INTERNAL), signal)
        for behind in (b"\0", b"xx", bytes(5), b"\r\n"):
            yield _raw(f"{signal}: {behind!r} behind", "a unary call has one message", _frame(0, size, wire) + behind,
                       Answer(INTERNAL), signal)


def other_contents():
    for signal in SIGNALS:
        for name, content in {"JSON": good_json(signal, "x"), "text": b"hello", "gzip": gzip.compress(b"x", mtime=0),
                              "zlib": zlib.compress(b"x"), "zstd": zstd_frames.frame(b"x"), "a byte": b"\x0a",
                              "an HTTP head": b"GET / HTTP/1.1\r\n\r\n", "FF": b"\xff" * 64}.items():
            yield call("gRPC, contents", f"{name} as {signal}", "it is no protobuf", content, Answer(INVALID_ARGUMENT), signal)
        wire = good_request(signal, "cut")
        for size in range(1, len(wire), 7):
            yield call("gRPC, contents", f"first {size} of {len(wire)} bytes of {signal}", "the outermost length goes past the end",
                       wire[:size], Answer(INVALID_ARGUMENT), signal)


def inputs():
    for part in (flags, sound, lengths, other_contents):
        yield from part()
