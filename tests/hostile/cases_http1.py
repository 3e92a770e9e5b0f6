# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 that is broken or means two things at once, sent byte by byte as written here."""

import http1
import otlp
from case import Case, raw
from otlp import PROTOBUF

BODY = otlp.good("traces")


def _post(headers, body=BODY, target="/v1/traces", version="HTTP/1.1"):
    """A POST whose headers are these lines, as they are, behind Host and Content-Type."""

    def data(address):
        lines = [f"POST {target} {version}", f"Host: {address}", f"Content-Type: {PROTOBUF}", *headers]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body

    return data


def _chunked(*parts):
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


def _smuggling():
    length = f"Content-Length: {len(BODY)}"
    hidden = b"0\r\n\r\nGET /live HTTP/1.1\r\nHost: x\r\n\r\n"
    te = "Transfer-Encoding: chunked"
    shapes = {
        "Content-Length and Transfer-Encoding": _post([f"Content-Length: {len(hidden)}", te], hidden),
        "Transfer-Encoding and Content-Length": _post([te, "Content-Length: 5"], hidden),
        "two Content-Lengths that differ": _post([length, "Content-Length: 5"]),
        "Content-Length as a list that differs": _post([f"Content-Length: {len(BODY)}, 5"]),
        "Content-Length with a plus": _post([f"Content-Length: +{len(BODY)}"]),
        "Content-Length negative": _post(["Content-Length: -1"]),
        "Content-Length in hex": _post(["Content-Length: 0x10"]),
        "Content-Length in words": _post(["Content-Length: many"]),
        "Content-Length empty": _post(["Content-Length:"]),
        "Content-Length of 2^64 + 1": _post(["Content-Length: 18446744073709551617"]),
        "space before the colon": _post([f"Content-Length : {len(BODY)}"]),
        "Transfer-Encoding xchunked": _post(["Transfer-Encoding: xchunked"], _chunked(BODY)),
        "Transfer-Encoding chunked, identity": _post(["Transfer-Encoding: chunked, identity"], _chunked(BODY)),
        "Transfer-Encoding with space before the colon": _post(["Transfer-Encoding : chunked"], _chunked(BODY)),
        "Transfer-Encoding twice": _post([te, "Transfer-Encoding: identity"], _chunked(BODY)),
        "Transfer-Encoding folded": _post(["Transfer-Encoding:\r\n chunked"], _chunked(BODY)),
        "header folded": _post([length, "X-A: b\r\n c: d"]),
        "NUL in a header": _post([length, "X-A: b\0c"]),
        "bare CR in a header": _post([length, "X-A: b\rX-C: d"]),
        "header without a colon": _post([length, "nonsense"]),
        "header name with a space": _post([length, "X A: b"]),
        "header name empty": _post([length, ": b"]),
        "chunk size in words": _post([te], b"zz\r\n" + BODY + b"\r\n0\r\n\r\n"),
        "chunk size negative": _post([te], b"-1\r\n\r\n0\r\n\r\n"),
        "chunk size of 2^64": _post([te], b"10000000000000000\r\n" + BODY),
        "chunk size with 0x": _post([te], b"0x5\r\nhello\r\n0\r\n\r\n"),
        "chunk longer than its size": _post([te], b"2\r\nhello\r\n0\r\n\r\n"),
    }
    for name, data in shapes.items():
        # 413 fits a length that is too large to be kept, 501 a coding that is not known.
        yield raw(f"smuggling: {name}", data, status=(400, 413, 501))
    endless = b"5;" + b"x" * (1 << 20)
    yield raw("chunk extension of 1 MiB", _post([te], endless), status=(400, 413, 431))
    trailers = b"0\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(50_000)) + b"\r\n"
    yield raw("50000 trailers", _post([te], trailers), status=(400, 413, 431))


def _heads():
    def line(text):
        return lambda address: text + b"\r\nHost: " + address.encode() + b"\r\n\r\n"

    for name, text in {"nonsense": b"hello", "two words": b"GET /live", "HTTP/9.9": b"GET /live HTTP/9.9",
                       "no version": b"GET /live HTTP/", "method with a NUL": b"G\0T /live HTTP/1.1",
                       "target with a space": b"GET /li ve HTTP/1.1", "absolute nonsense": b"GET nowhere HTTP/1.1",
                       "no method": b" /live HTTP/1.1"}.items():
        yield raw(f"request line: {name}", line(text), status=(400, 404, 405, 501, 505))
    yield raw("request line of 1 MiB", line(b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1"), status=(400, 414, 431))
    yield raw("header of 1 MiB", _post(["X-A: " + "a" * (1 << 20)]), status=(400, 431))
    yield raw("20000 headers", _post([f"X-{i}: y" for i in range(20_000)]), status=(400, 431))
    yield raw("no Host", lambda _: b"GET /live HTTP/1.1\r\n\r\n")
    yield raw("two Hosts", lambda a: f"GET /live HTTP/1.1\r\nHost: {a}\r\nHost: other\r\n\r\n".encode())
    yield raw("TLS hello", lambda _: bytes.fromhex("1603010200010001fc0303") + b"\x55" * 501, half_close=True)
    yield raw("bytes of every value", lambda _: bytes(range(256)) * 64, half_close=True)
    yield raw("only newlines", lambda _: b"\r\n" * 5000, half_close=True)


def _halves():
    """The client goes away in the middle: no answer is owed, but the connection must not be kept."""
    whole = _post([f"Content-Length: {len(BODY)}"])
    chunked = _post(["Transfer-Encoding: chunked"], _chunked(BODY))
    head_size = len(whole("127.0.0.1:4318")) - len(BODY)
    for name, data in (("length", whole), ("chunked", chunked)):
        for cut in (1, 4, 20, head_size - 3, head_size - 1, head_size + 1, head_size + 30):
            yield raw(f"half a request: {name}, {cut} bytes", lambda a, d=data, c=cut: d(a)[:c], status=(400, 408),
                      half_close=True)
    yield raw("Content-Length of 1 GiB and no body", _post([f"Content-Length: {1 << 30}"], b""), status=(413,),
              silence=False)
    yield raw("Content-Length of 1 GiB, asked first", _post([f"Content-Length: {1 << 30}", "Expect: 100-continue"], b""),
              status=(413, 417), silence=False)
    yield raw("chunks of 24 MiB in all", _post(["Transfer-Encoding: chunked"], _chunked(*[bytes(1 << 20)] * 24)),
              status=(413,), silence=False)
    yield raw("one byte a chunk", _post(["Transfer-Encoding: chunked"], _chunked(*[BODY[i:i + 1] for i in range(len(BODY))])),
              status=(200,), silence=False)


def _pipelined(targets):
    data = _post([f"Content-Length: {len(BODY)}"])(targets.http) * 20
    answers, _ = http1.raw_exchange(targets.http, data)
    statuses = [answer.status for answer in answers]
    return None if statuses == [200] * 20 else f"expected 20 answers of 200, got {statuses}"


def _many_idle(targets):
    """Connections that never say a word must not keep others from being served."""
    idle = [http1.connect(targets.http) for _ in range(200)]
    try:
        answer = http1.exchange(targets.http, "POST", "/v1/traces", [("Content-Type", PROTOBUF)], BODY)
        return None if answer is not None and answer.status == 200 else f"beside 200 idle connections: {answer}"
    finally:
        for connection in idle:
            connection.close()


def cases():
    yield from _smuggling()
    yield from _heads()
    yield from _halves()
    yield Case("20 requests in one write", _pipelined)
    yield Case("200 idle connections", _many_idle)
