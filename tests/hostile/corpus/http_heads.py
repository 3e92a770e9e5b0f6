# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 heads and chunks as bytes on a connection: broken in one place each. Closing without a word is right as well.

Source: RFC 9110, RFC 9112.
"""

from corpus.inputs import SOCKET, Answer, Input, good_request

BODY = good_request("traces", "heads")
HOST = "Host: x"
TYPE = "Content-Type: application/x-protobuf"
LENGTH = f"Content-Length: {len(BODY)}"
CHUNKED = "Transfer-Encoding: chunked"
NOT_TOKEN = "\"(),/;<=>?@[\\]{}"


def _head(line, *headers):
    return "\r\n".join([line, *headers]).encode("latin-1") + b"\r\n\r\n"


def _post(*headers, body=BODY):
    return _head("POST /v1/traces HTTP/1.1", HOST, TYPE, *headers) + body


def _broken(name, why, content, status=400):
    return Input(f"HTTP, {why}", name, why, content, Answer(status), SOCKET)


def lines():
    why = "method SP target SP version"
    for name, line in {
            "nothing but a method": "POST", "no version": "POST /v1/traces", "no target": "POST  HTTP/1.1",
            "two blanks": "POST  /v1/traces HTTP/1.1", "a tab": "POST\t/v1/traces HTTP/1.1", "a blank in the target":
            "POST /v1/ traces HTTP/1.1", "a blank in front": " POST /v1/traces HTTP/1.1", "a blank behind": "POST /v1/traces HTTP/1.1 ",
            "HTTP/1": "POST /v1/traces HTTP/1", "HTTP/1.": "POST /v1/traces HTTP/1.", "HTTP/11": "POST /v1/traces HTTP/11",
            "HTTP/1.2": "POST /v1/traces HTTP/1.2", "HTTP/0.9": "POST /v1/traces HTTP/0.9", "HTTP/2.0": "POST /v1/traces HTTP/2.0",
            "HTTP/3": "POST /v1/traces HTTP/3", "http/1.1": "POST /v1/traces http/1.1", "HTTP 1.1": "POST /v1/traces HTTP 1.1",
            "HTTPS/1.1": "POST /v1/traces HTTPS/1.1", "a target without a slash": "POST v1/traces HTTP/1.1",
            "a fragment": "POST /v1/traces#x HTTP/1.1", "an asterisk": "POST * HTTP/1.1", "ftp": "POST ftp://x/v1/traces HTTP/1.1",
    }.items():
        yield _broken(name, why, _head(line, HOST, TYPE, LENGTH) + BODY)
    for char in NOT_TOKEN + "\0\1\x7f\x80\xff:":
        yield _broken(f"method with {char!r}", why, _head(f"PO{char}ST /v1/traces HTTP/1.1", HOST, TYPE, LENGTH) + BODY)
    for code in (0, 1, 9, 11, 12, 27, 31, 127):
        yield _broken(f"target with byte {code}", why, _head(f"POST /v1/{chr(code)}traces HTTP/1.1", HOST, TYPE, LENGTH) + BODY)


def names():
    why = "a header's name is a token"
    for char in NOT_TOKEN + " \t\0\1\x0b\x0c\x1b\x7f\x80\xff":
        yield _broken(f"{char!r} within", why, _post(LENGTH, f"X{char}A: b"))
        yield _broken(f"{char!r} first", why, _post(LENGTH, f"{char}XA: b"))
        yield _broken(f"{char!r} before the colon", why, _post(LENGTH, f"XA{char}: b"))
    yield _broken("no name", why, _post(LENGTH, ": b"))
    yield _broken("no colon", why, _post(LENGTH, "XA b"))


def values():
    why = "a header's value has no control characters"
    for code in (0, 1, 8, 11, 12, 14, 27, 31, 127):
        yield _broken(f"byte {code} within", why, _post(LENGTH, f"X-A: b{chr(code)}c"))
    yield _broken("a bare CR", why, _post(LENGTH, "X-A: b\rc"))
    yield _broken("a bare LF", why, _post(LENGTH, "X-A: b\nX-C: d"))
    yield _broken("a folded line", why, _post(LENGTH, "X-A: b\r\n c"))
    yield _broken("a folded line, tab", why, _post(LENGTH, "X-A: b\r\n\tc"))
    yield _broken("LF for all ends", why, _post(LENGTH).replace(b"\r\n", b"\n"))
    yield _broken("CR for all ends", why, _post(LENGTH).replace(b"\r\n", b"\r") + b"\r\n\r\n")


def lengths():
    why = "one Content-Length, of digits"
    for text in ("", "-1", "+5", "0x10", "5 5", "5,5", "5, 6", "5;", "5.0", "1e3", "five", "５", "\"5\"", "5 x", "- 1",
                 "9223372036854775808", "18446744073709551615", "18446744073709551616", "9" * 40):
        yield _broken(f"Content-Length: {text[:24]}", why, _post(f"Content-Length: {text}".encode().decode("latin-1")))
    yield _broken("twice, the same", why, _post(LENGTH, LENGTH))
    yield _broken("twice, not the same", why, _post(LENGTH, "Content-Length: 5"))
    yield _broken("beside chunked", why, _post(LENGTH, CHUNKED, body=b"0\r\n\r\n"))
    yield _broken("chunked beside it", why, _post(CHUNKED, LENGTH, body=b"0\r\n\r\n"))
    yield _broken("a blank before the colon", why, _post(f"Content-Length : {len(BODY)}"))


def codings():
    why = "chunked is the one transfer coding"
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
    for text in ("", "identity", "gzip", "xchunked", "chunkedx", "chunked, chunked", "chunked, identity", "identity, chunked",
                 "gzip, chunked", "chunked;q=1", "\"chunked\"", "chunked,", ", chunked", "\x0bchunked"):
        yield _broken(f"Transfer-Encoding: {text!r}", why, _post(f"Transfer-Encoding: {text}", body=chunks))
    yield _broken("twice", why, _post(CHUNKED, CHUNKED, body=chunks))
    yield _broken("in HTTP/1.0", why, _head("POST /v1/traces HTTP/1.0", HOST, TYPE, CHUNKED) + chunks)


def chunks():
    why = "size in hex, CRLF, so many bytes, CRLF"
    for name, body in {
            "no size": b"\r\n", "a word": b"zz\r\nab\r\n", "negative": b"-1\r\na\r\n", "plus": b"+5\r\nhello\r\n", "0x": b"0x5\r\nhello\r\n",
            "a blank in front": b" 5\r\nhello\r\n", "a blank within": b"1 0\r\nhello\r\n", "2^64": b"10000000000000000\r\nhello\r\n",
            "2^64-1": b"ffffffffffffffff\r\nhello\r\n", "40 digits": b"1" * 40 + b"\r\nhello\r\n", "an underscore": b"1_0\r\nhello\r\n",
            "LF behind the size": b"5\nhello\r\n", "CR behind the size": b"5\rhello\r\n", "longer than its size": b"2\r\nhello\r\n",
            "no CRLF behind": b"5\r\nhello5\r\nhello\r\n", "LF behind": b"5\r\nhello\n", "quotes": b"\"5\"\r\nhello\r\n",
            "a NUL": b"5\0\r\nhello\r\n", "full width": "５".encode() + b"\r\nhello\r\n", "decimal point": b"5.0\r\nhello\r\n",
    }.items():
        is_long = name in ("2^64", "2^64-1", "40 digits")
        yield _broken(name, why, _post(CHUNKED, body=body + b"0\r\n\r\n"), 413 if is_long else 400)


def hosts():
    why = "one Host"
    for name, content in {"none": _head("GET /live HTTP/1.1"), "two": _head("GET /live HTTP/1.1", HOST, HOST),
                          "two that differ": _head("GET /live HTTP/1.1", HOST, "Host: y"),
                          "two, one behind the other": _head("GET /live HTTP/1.1", HOST, "X-A: b", "host: y")}.items():
        yield _broken(name, why, content)


def sizes():
    why = "line and headers up to 32 KiB"
    for name, content in {"a target of 40000 bytes": _head("GET /" + "a" * 40_000 + " HTTP/1.1", HOST),
                          "a header of 40000 bytes": _head("GET /live HTTP/1.1", HOST, "X-A: " + "b" * 40_000),
                          "a name of 40000 bytes": _head("GET /live HTTP/1.1", HOST, "X" * 40_000 + ": b"),
                          "5000 headers": _head("GET /live HTTP/1.1", HOST, *[f"X-{i}: b" for i in range(5000)]),
                          "a head that does not end": b"GET /live HTTP/1.1\r\n" + b"X-A: b\r\n" * 6_000}.items():
        yield _broken(name, why, content, 431)


def inputs():
    for part in (lines, names, values, lengths, codings, chunks, hosts, sizes):
        yield from part()
