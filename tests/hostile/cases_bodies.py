# SPDX-License-Identifier: Apache-2.0
"""Bodies that are cut, flipped, oversized, compressed wrongly, or of another type than they say."""

import gzip
import json
import random
import zlib

import otlp
import zstd_frames
from case import export, plain
from otlp import JSON, PROTOBUF, SIGNALS

LIMIT = 20 << 20
# The inflating, not the work after it, must be what stops a bomb.
BOMB_SECONDS_MAX = 5


def _deflated_zeros(mib, window_bits):
    """`window_bits` picks the format: 31 gzip, 15 zlib."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window_bits)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(mib)) + packer.flush()


def _whole():
    for signal in SIGNALS:
        yield export(f"good {signal}, protobuf", signal, otlp.good(signal), status=200, rejected=0)
        yield export(f"good {signal}, JSON", signal, otlp.good_json(signal), status=200, rejected=0, content_type=JSON)
        yield export(f"empty {signal}, protobuf", signal, b"", status=200, rejected=0)
        yield export(f"empty {signal}, JSON", signal, b"{}", status=200, rejected=0, content_type=JSON)
        yield export(f"{signal}: unknown fields, protobuf", signal,
                     otlp.good(signal) + otlp.message(9999, b"?") + otlp.number(77, 1), status=200, rejected=0)


def _cut_and_flipped():
    chance = random.Random(20260101)
    for signal in SIGNALS:
        wire, text = otlp.good(signal), otlp.good_json(signal)
        for size in range(1, len(wire), 3):
            yield export(f"{signal}: first {size} bytes, protobuf", signal, wire[:size], status=400)
        for size in range(0, len(text), 7):
            yield export(f"{signal}: first {size} bytes, JSON", signal, text[:size], status=400, content_type=JSON)
        for turn in range(60):
            for content_type, body in ((PROTOBUF, wire), (JSON, text)):
                flipped = bytearray(body)
                for _ in range(chance.choice((1, 1, 2, 8))):
                    flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
                yield export(f"{signal}: bits flipped #{turn}, {content_type}", signal, bytes(flipped),
                             status=(200, 400), content_type=content_type)
        for turn in range(20):
            noise = chance.randbytes(chance.randrange(1, 400))
            yield export(f"{signal}: noise #{turn}, JSON", signal, noise, status=400, content_type=JSON)
            yield export(f"{signal}: noise #{turn}, protobuf", signal, noise, status=(200, 400))


def _not_json():
    deep = {"arrays": b"[", "objects": b'{"a":', "values": b'{"arrayValue":{"values":['}
    prefix = b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":'
    for name, part in deep.items():
        count = min(1_000_000, (LIMIT - 1000) // len(part))
        yield export(f"JSON: {count} {name} deep", "traces", lambda p=part, c=count: p * c, status=400,
                     content_type=JSON, seconds_max=BOMB_SECONDS_MAX)
        yield export(f"JSON: {count} {name} deep in an attribute", "traces",
                     lambda p=part, c=count: prefix + p * c, status=400, content_type=JSON,
                     seconds_max=BOMB_SECONDS_MAX)
    bad = {"an array": b"[]", "a string": b'"x"', "a number": b"1", "null": b"null", "two values": b"{}{}",
           "text after": b"{} x", "a trailing comma": b'{"a":1,}', "single quotes": b"{'a':1}",
           "a comment": b"/**/{}", "NaN": b'{"a":NaN}', "leading zero": b'{"a":01}',
           "bad UTF-8": b'{"a":"\xc3\x28"}', "overlong UTF-8": b'{"a":"\xc0\xaf"}',
           "surrogate in UTF-8": b'{"a":"\xed\xa0\x80"}', "UTF-16": "{}".encode("utf-16"),
           "raw newline in a string": b'{"a":"x\ny"}', "bad escape": b'{"resourceSpans":[{"schemaUrl":"\\x"}]}',
           "resourceSpans an object": b'{"resourceSpans":{}}', "scopeSpans a number": b'{"resourceSpans":[{"scopeSpans":1}]}',
           "NUL bytes": bytes(16)}
    for name, body in bad.items():
        yield export(f"JSON: {name}", "traces", body, status=400, content_type=JSON)
    yield export("JSON: byte order mark", "traces", b"\xef\xbb\xbf{}", status=(200, 400), content_type=JSON)
    yield export("JSON: unknown fields of any shape", "traces", json.dumps(
        {"x": [{"y": [1, None, True, "z"]}], "resourceSpans": None}).encode(), status=200, rejected=0, content_type=JSON)
    many = b'{"x":1,"resourceSpans":[' + b",".join([b"{}"] * 200_000) + b"]}"
    yield export("JSON: 200000 empty resources", "traces", many, status=200, rejected=0, content_type=JSON)


def _not_protobuf():
    bad = {"tag 0": b"\0", "field 0": b"\2\0", "wire type 7": b"\x0f", "lone end of group": b"\x0c",
           "varint of 11 bytes": b"\x08" + b"\xff" * 10 + b"\1", "length past the end": b"\x0a\x7f",
           "length of 2^64-1": b"\x0a" + otlp.varint((1 << 64) - 1), "length of 2^31": b"\x0a" + otlp.varint(1 << 31),
           "resource cut": otlp.message(1, b"\x0a\x05"), "scope cut": otlp.message(1, otlp.message(2, b"\x0a\x05")),
           "JSON": otlp.good_json("traces")}
    for name, body in bad.items():
        yield export(f"protobuf: {name}", "traces", body, status=400)
    yield export("JSON type, protobuf body", "traces", otlp.good("traces"), status=400, content_type=JSON)


def _too_large():
    yield export("body of 20 MiB and 1 byte", "traces", lambda: bytes(LIMIT + 1), status=413)
    yield export("body of 64 MiB", "traces", lambda: bytes(64 << 20), status=413)
    big = otlp.span(more=otlp.key_value("k", otlp.message(1, b"x" * (LIMIT // 2)), 9))
    yield export("one attribute of 10 MiB", "traces", lambda: otlp.request([big]), status=(200, 413))
    for mib in (21, 200):
        for encoding, bits in (("gzip", 31), ("deflate", 15)):
            yield export(f"{encoding} bomb of {mib} MiB", "traces", lambda m=mib, b=bits: _deflated_zeros(m, b),
                         status=413, encoding=encoding, seconds_max=BOMB_SECONDS_MAX)
    for mib in (21, 1000, 100_000):
        yield export(f"zstd bomb of {mib} MiB", "traces", lambda m=mib: zstd_frames.bomb(m << 20), status=413,
                     encoding="zstd", seconds_max=BOMB_SECONDS_MAX)
    yield export("gzip bomb of many members", "traces", lambda: _deflated_zeros(1, 31) * 64, status=413,
                 encoding="gzip")
    yield export("zstd bomb of many frames", "traces", lambda: zstd_frames.bomb(1 << 20) * 64, status=413,
                 encoding="zstd")
    yield export("zstd bomb of 1000 MiB, JSON", "logs", lambda: zstd_frames.bomb(1000 << 20), status=413,
                 encoding="zstd", content_type=JSON, seconds_max=BOMB_SECONDS_MAX)
    yield export("zstd that claims 2^60 bytes", "traces", zstd_frames.lying_content_size(1 << 60, b"x"),
                 status=(400, 413), encoding="zstd")
    for window_log in (31, 41):
        yield export(f"zstd window of 2^{window_log}", "traces",
                     zstd_frames.frame(otlp.good("traces"), window_log), status=(400, 413), encoding="zstd")


def _compressed():
    wire = otlp.good("traces")
    half = len(wire) // 2
    packed = gzip.compress(wire, mtime=0)
    good = {"gzip": packed, "zstd": zstd_frames.frame(wire), "deflate": zlib.compress(wire), "identity": wire}
    for encoding, body in good.items():
        yield export(f"good {encoding}", "traces", body, status=200, rejected=0, encoding=encoding)
        if encoding != "identity":
            yield export(f"{encoding} that is cut", "traces", body[:-3], status=400, encoding=encoding)
            yield export(f"{encoding} that is not", "traces", wire, status=400, encoding=encoding)
            yield export(f"{encoding} with rubbish behind", "traces", body + b"rubbish", status=400, encoding=encoding)
    yield export("gzip of two members", "traces",
                 gzip.compress(wire[:half], mtime=0) + gzip.compress(wire[half:], mtime=0), status=200, rejected=0,
                 encoding="gzip")
    yield export("zstd of two frames", "traces", zstd_frames.frame(wire[:half]) + zstd_frames.frame(wire[half:]),
                 status=200, rejected=0, encoding="zstd")
    yield export("gzip of 20000 empty members and a good one", "traces",
                 lambda: gzip.compress(b"", mtime=0) * 20_000 + packed, status=(200, 400), encoding="gzip")
    wrong_crc = packed[:-8] + bytes(4) + packed[-4:]
    yield export("gzip with a wrong checksum", "traces", wrong_crc, status=400, encoding="gzip")
    yield export("gzip in upper case", "traces", packed, status=(200, 415), encoding="GZIP")
    yield export("gzip, undeclared", "traces", packed, status=400)
    for encoding in ("br", "compress", "lz4", "gzip, gzip", "gzip;q=1", "x" * 1000):
        yield export(f"content-encoding {encoding[:20]}", "traces", packed, status=415, encoding=encoding)


def _types_and_routes():
    for content_type in ("text/plain", "application/xml", "application/octet-stream", "application/x-protobuffer",
                         "application", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""):
        yield plain(f"content-type {content_type!r}", "POST", "/v1/traces", status=415,
                    headers=[("Content-Type", content_type)], body=otlp.good("traces"))
    yield plain("no content-type", "POST", "/v1/traces", status=415, body=otlp.good("traces"))
    for content_type in ("application/json; charset=utf-8", "Application/JSON"):
        yield plain(f"content-type {content_type!r}", "POST", "/v1/traces", status=200,
                    headers=[("Content-Type", content_type)], body=otlp.good_json("traces"))
    for signal in SIGNALS:
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            yield plain(f"{method} /v1/{signal}", method, f"/v1/{signal}", status=405)
    for target in ("/v1/trace", "/v1/traces/x", "/v2/traces", "/v1/../v1/traces", "/v1/traces%00", "//v1/traces",
                   "/V1/TRACES", "/v1/profiles"):
        yield plain(f"POST {target}", "POST", target, status=(404, 400), headers=[("Content-Type", PROTOBUF)])


def cases():
    for part in (_whole, _cut_and_flipped, _not_json, _not_protobuf, _compressed, _too_large, _types_and_routes):
        yield from part()
