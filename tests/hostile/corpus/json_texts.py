# SPDX-License-Identifier: Apache-2.0
"""OTLP/JSON: what is no JSON at all, in the envelope and within a record, and good JSON that is cut."""

import json

from corpus.inputs import Input, Marks, good_json, refused, taken
from otlp import JSON, SIGNALS

# RFC 8259: as the value of a member that nobody knows.
NO_VALUE = {
    "nothing": b"", "a word": b"yes", "True": b"True", "NULL": b"NULL", "a cut literal": b"tru", "undefined": b"undefined",
    "NaN": b"NaN", "Infinity": b"Infinity", "-Infinity": b"-Infinity", "a plus": b"+1", "two minus": b"--1", "a minus": b"-",
    "a leading zero": b"01", "a leading dot": b".5", "a trailing dot": b"5.", "no exponent": b"1e", "no exponent, signed": b"1e+",
    "hex": b"0x10", "underscores": b"1_000", "two dots": b"1.2.3", "a letter behind": b"1f", "a full-width digit": "１".encode(),
    "single quotes": b"'x'", "backticks": b"`x`", "an open string": b'"x', "a raw newline": b'"x\ny"', "a raw tab": b'"x\ty"',
    "a raw NUL": b'"x\0y"', "a raw escape": b'"\x1b"', "a lone backslash": b'"\\"',
    "a lone continuation": b'"\x80"', "a wrong continuation": b'"\xc3\x28"', "an overlong slash": b'"\xc0\xaf"',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"', "past U+10FFFF": b'"\xf4\x90\x80\x80"', "a byte FF": b'"\xff"',
    "an open array": b"[", "a closed array": b"]", "an open object": b"{", "a wrong bracket": b"[}", "a comma alone": b"[,]",
    "a trailing comma": b"[1,]", "two commas": b"[1,,2]", "no comma": b"[1 2]", "a colon in an array": b'["a":1]',
    "a trailing comma in an object": b'{"a":1,}', "no colon": b'{"a" 1}', "two colons": b'{"a"::1}', "no value": b'{"a":}',
    "no key": b"{:1}", "a number for a key": b"{1:2}", "a bare key": b"{a:1}", "null for a key": b"{null:1}",
    "a comment": b"/* */1", "a line comment": b"1//x\n", "a semicolon": b"1;",
    "a no-break space": b"\xc2\xa01", "a form feed": b"\x0c1", "a byte order mark": b"\xef\xbb\xbf1",
}
# In a text that is kept; in others nobody looks at them.
NO_ESCAPE = {"\\x41": b'"\\x41"', "\\'": b'"\\\'"', "\\0": b'"\\0"', "\\u12": b'"\\u12"', "\\u00g0": b'"\\u00g0"',
             "\\U0041": b'"\\U0041"', "\\a": b'"\\a"', "\\u": b'"\\u"', "\\u{41}": b'"\\u{41}"'}
DEPTH_IGNORED = 10_000


def syntax():
    """A broken value costs the request wherever it stands: behind it nothing can be told apart."""
    for where, before, after in (("the envelope", b'{"x":', b"}"),
                                 ("a span", b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"x":', b"}]}]}]}")):
        for name, value in NO_VALUE.items():
            yield Input("JSON, syntax", f"{name} in {where}", "not JSON: RFC 8259", before + value + after, refused(""),
                        content_type=JSON)


def escapes():
    for name, value in NO_ESCAPE.items():
        yield Input("JSON, escapes", f"{name} in a schema URL", "not JSON: RFC 8259",
                    b'{"resourceSpans":[{"schemaUrl":' + value + b"}]}", refused("escapes"), content_type=JSON)
        text = good_json("traces", "escapes").replace(b'"spans":[', b'"spans":[{"traceState":' + value + b"},")
        yield Input("JSON, escapes", f"{name} in a trace state", "not JSON: RFC 8259", text, refused("escapes"),
                    content_type=JSON)


def whole():
    bodies = {"nothing": b"", "a blank": b" ", "an array": b"[]", "a string": b'"x"', "a number": b"1", "null": b"null",
              "true": b"true", "two values": b"{}{}", "text behind": b"{} x", "a comma behind": b"{},", "a NUL behind": b"{}\0",
              "NULs": bytes(16), "protobuf": b"\x0a\x02\x12\x00", "UTF-16": "{}".encode("utf-16"),
              "UTF-16 without a mark": "{}".encode("utf-16-le"), "UTF-32": "{}".encode("utf-32"), "two lines": b"{}\n{}",
              "XML": b"<a/>", "YAML": b"resourceSpans: []", "CBOR": b"\xa0", "gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\3\3\0" + bytes(8)}
    for signal in SIGNALS:
        for name, body in bodies.items():
            yield Input("JSON, whole", f"{name} for {signal}", "a request is one JSON object", body, refused(""),
                        signal=signal, content_type=JSON)


def cut():
    for signal in SIGNALS:
        text = good_json(signal, "cut")
        for size in range(1, len(text), 4):
            yield Input("JSON, cut", f"first {size} of {len(text)} bytes of {signal}", "brackets stay open", text[:size],
                        refused(""), signal=signal, content_type=JSON)


def odd():
    """Sound JSON that few write."""
    mark = Marks("JSON, odd but sound")
    for signal in SIGNALS:
        def text():
            return good_json(signal, mark())

        shapes = {
            "indented": json.dumps(json.loads(text()), indent=2).encode(),
            "blanks of all four kinds": b" \t\r\n" + text() + b" \t\r\n",
            "an unknown member first": b'{"x":[{"y":null}],' + text()[1:],
            "an unknown member last": text()[:-1] + b',"x":1e-400}',
            "an unknown huge number": text()[:-1] + b',"x":1e999}',
            "an empty key": text()[:-1] + b',"":0}',
            "an escaped key": text().replace(b'"scope', b'"\\u0073cope', 1),
            "an escaped slash": text()[:-1] + b',"\\/":"\\/"}',
            "a pair of surrogates": text()[:-1] + b',"x":"\\ud83d\\ude00"}',
            "a key of 100000 letters": text()[:-1] + b',"' + b"k" * 100_000 + b'":0}',
        }
        for name, body in shapes.items():
            yield Input("JSON, odd but sound", f"{signal}: {name}", "JSON: RFC 8259", body, taken(), signal=signal,
                        content_type=JSON)


def deep():
    """What nobody reads may not cost the stack either."""
    for name, opening in {"arrays": b"[", "objects": b'{"a":', "both": b'[{"a":'}.items():
        for levels in (1_000, DEPTH_IGNORED, 1_000_000):
            yield Input("JSON, deep", f"{levels} {name} that stay open", "brackets stay open", opening * levels,
                        refused(""), content_type=JSON)
            yield Input("JSON, deep", f"{levels} {name} in an unknown member", "brackets stay open",
                        b'{"x":' + opening * levels, refused(""), content_type=JSON)


def inputs():
    for part in (syntax, escapes, whole, cut, odd, deep):
        yield from part()
