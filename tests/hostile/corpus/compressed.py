# SPDX-License-Identifier: Apache-2.0
"""Compressed bodies: cut, flipped, of another format, mixed, with something behind, and bombs. Over HTTP and gRPC."""

import gzip
import struct
import zlib

import zstd_frames
from corpus.inputs import TOO_LARGE, Answer, Input, Marks, call, good_json, good_request, refused, taken
from otlp import JSON, SIGNALS

INVALID_ARGUMENT, RESOURCE_EXHAUSTED = 3, 8
PACK = {"gzip": lambda wire: gzip.compress(wire, mtime=0), "deflate": zlib.compress, "zstd": zstd_frames.frame}
HEAD = {"gzip": 10, "deflate": 2, "zstd": 6}
TAIL = {"gzip": 8, "deflate": 4, "zstd": 0}
MIB = 1 << 20


def _both(family, name, why, encoding, body, answer, signal="traces"):
    """The same bytes as the body of a POST and as the message of a call."""
    yield Input(family, f"{name}, HTTP", why, body, answer, signal=signal, headers=(("Content-Encoding", encoding),))
    status = {200: 0, 400: INVALID_ARGUMENT, TOO_LARGE: RESOURCE_EXHAUSTED}[answer.status]
    yield call(family, f"{name}, gRPC", why, body, Answer(status, answer.rows, answer.rejected, answer.says), signal, 1,
               (("grpc-encoding", encoding),))


def cut():
    for encoding, pack in PACK.items():
        body = pack(good_request("traces", "cut"))
        ends = {*range(0, len(body), 9), HEAD[encoding] - 1, HEAD[encoding], len(body) - TAIL[encoding],
                len(body) - TAIL[encoding] + 1, len(body) - 1}
        for size in sorted(each for each in ends if 0 < each < len(body)):
            yield from _both("compressed, cut", f"{encoding}: first {size} of {len(body)} bytes", "it does not end", encoding,
                             body[:size], refused(""))


def flipped():
    """Each byte that says how the rest is to be read."""
    for encoding, pack in PACK.items():
        body = pack(good_request("traces", "flipped"))
        magic = {"gzip": 3, "deflate": 2, "zstd": 4}[encoding]
        for at in range(magic):
            for bit in (0, 7):
                wrong = bytearray(body)
                wrong[at] ^= 1 << bit
                yield from _both("compressed, flipped", f"{encoding}: bit {bit} of byte {at}", "the magic is not there", encoding,
                                 bytes(wrong), refused(""))
        for at in range(len(body) - TAIL[encoding], len(body)):
            wrong = bytearray(body)
            wrong[at] ^= 1
            yield from _both("compressed, flipped", f"{encoding}: bit 0 of byte {at}, in the checksum",
                             "checksum and size are compared", encoding, bytes(wrong), refused(""))


def mixed():
    for encoding, pack in PACK.items():
        for other, other_pack in PACK.items():
            if other == encoding:
                continue
            half = len(good_request("traces", "mixed")) // 2
            wire = good_request("traces", "mixed")
            yield from _both("compressed, mixed", f"{other} under the name {encoding}", "the magic is not there", encoding,
                             other_pack(wire), refused(""))
            yield from _both("compressed, mixed", f"{encoding}, then {other}", "what follows is not of the same format", encoding,
                             pack(wire[:half]) + other_pack(wire[half:]), refused(""))
        for name, rubbish in {"a byte": b"x", "a NUL": b"\0", "text": b"rubbish", "1000 NULs": bytes(1000), "its own magic":
                              pack(b"")[:4]}.items():
            yield from _both("compressed, mixed", f"{encoding} and {name} behind", "nothing may follow", encoding,
                             pack(good_request("traces", "behind")) + rubbish, refused(""))
        yield from _both("compressed, mixed", f"nothing at all as {encoding}", "an empty request, however packed", encoding, b"",
                         taken(0))
        if encoding == "zstd":
            continue  # Its magic happens to read as fields that nobody knows.
        yield from _both("compressed, mixed", f"{encoding} within {encoding}", "once is what the header says", encoding,
                         pack(pack(good_request("traces", "twice"))), refused(""))


def sound():
    mark = Marks("compressed, sound")
    for encoding, pack in PACK.items():
        for signal in SIGNALS:
            yield Input("compressed, sound", f"{encoding} of {signal}", "sound", pack(good_request(signal, mark())), taken(),
                        signal=signal, headers=(("Content-Encoding", encoding),))
            yield Input("compressed, sound", f"{encoding} of {signal} in JSON", "sound", pack(good_json(signal, mark())), taken(),
                        signal=signal, content_type=JSON, headers=(("Content-Encoding", encoding),))
            yield call("compressed, sound", f"{encoding} of {signal}, gRPC", "sound", pack(good_request(signal, mark())),
                       Answer(0, 1), signal, 1, (("grpc-encoding", encoding),))


def heads():
    wire = good_request("traces", "heads")
    raw = gzip.compress(wire, mtime=0)[10:]
    for name, head in {"method 7": b"\x1f\x8b\x07\0\0\0\0\0\0\3", "reserved flags": b"\x1f\x8b\x08\xe0\0\0\0\0\0\3",
                       "an extra field past the end": b"\x1f\x8b\x08\x04\0\0\0\0\0\3\xff\xff",
                       "a name that does not end": b"\x1f\x8b\x08\x08\0\0\0\0\0\3" + b"n" * 50,
                       "a wrong head checksum": b"\x1f\x8b\x08\x02\0\0\0\0\0\3\0\0"}.items():
        body = head + (raw if "past" not in name and "not end" not in name else b"")
        yield from _both("compressed, heads", f"gzip with {name}", "RFC 1952", "gzip", body, refused(""))
    packed = zlib.compress(wire)
    for name, head in {"a preset dictionary": b"\x78\xbb", "a window of 2^16": b"\x88\x1c", "method 9": b"\x79\x9e",
                       "a wrong check": b"\x78\x9d"}.items():
        yield from _both("compressed, heads", f"deflate with {name}", "RFC 1950", "deflate", head + packed[2:], refused(""))
    body = zstd_frames.frame(wire)
    for name, wrong in {"a block of a reserved kind": zstd_frames.head() + b"\x07\0\0", "a block that is cut":
                        zstd_frames.head() + b"\x41\x06\0abc", "a reserved bit": body[:4] + bytes([body[4] | 8]) + body[5:],
                        "a dictionary": zstd_frames.MAGIC + b"\x01\x38\x07" + body[6:],
                        "a content size that is too large": zstd_frames.lying_content_size(len(wire) + 1, wire),
                        "a content size that is too small": zstd_frames.lying_content_size(len(wire) - 1, wire),
                        "a skippable frame that is cut": struct.pack("<II", 0x184D2A50, 100) + b"x"}.items():
        yield from _both("compressed, heads", f"zstd with {name}", "RFC 8878", "zstd", wrong, refused(""))


def bombs():
    """20 MiB is what may come out over HTTP, 16 over gRPC."""
    def zeros(mib, bits):
        packer = zlib.compressobj(9, zlib.DEFLATED, bits)
        return b"".join(packer.compress(bytes(MIB)) for _ in range(mib)) + packer.flush()

    for mib in (21, 100):
        for encoding, body in (("gzip", zeros(mib, 31)), ("deflate", zeros(mib, 15)), ("zstd", zstd_frames.bomb(mib * MIB))):
            yield from _both("compressed, bombs", f"{encoding} of {mib} MiB of zeros", "max_request_body_size", encoding, body,
                             refused("larger than", TOO_LARGE))
    yield from _both("compressed, bombs", "gzip of 30 members of 1 MiB", "members add up", "gzip", zeros(1, 31) * 30,
                     refused("larger than", TOO_LARGE))
    yield from _both("compressed, bombs", "zstd of 30 frames of 1 MiB", "frames add up", "zstd", zstd_frames.bomb(MIB) * 30,
                     refused("larger than", TOO_LARGE))
    yield from _both("compressed, bombs", "zstd of 10 GiB of zeros", "max_request_body_size", "zstd", zstd_frames.bomb(10_240 * MIB),
                     refused("larger than", TOO_LARGE))


def inputs():
    for part in (cut, flipped, mixed, sound, heads, bombs):
        yield from part()


