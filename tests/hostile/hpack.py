# SPDX-License-Identifier: Apache-2.0
"""Header blocks: written as plain literals, read without a dynamic table (our SETTINGS forbid one).

Source: RFC 7541.
"""

STATIC = (
    (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"),
    (":scheme", "http"), (":scheme", "https"), (":status", "200"), (":status", "204"), (":status", "206"),
    (":status", "304"), (":status", "400"), (":status", "404"), (":status", "500"), ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""),
    ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""),
    ("cache-control", ""), ("content-disposition", ""), ("content-encoding", ""), ("content-language", ""),
    ("content-length", ""), ("content-location", ""), ("content-range", ""), ("content-type", ""),
    ("cookie", ""), ("date", ""), ("etag", ""), ("expect", ""), ("expires", ""), ("from", ""), ("host", ""),
    ("if-match", ""), ("if-modified-since", ""), ("if-none-match", ""), ("if-range", ""),
    ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""), ("location", ""), ("max-forwards", ""),
    ("proxy-authenticate", ""), ("proxy-authorization", ""), ("range", ""), ("referer", ""), ("refresh", ""),
    ("retry-after", ""), ("server", ""), ("set-cookie", ""), ("strict-transport-security", ""),
    ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""), ("via", ""), ("www-authenticate", ""))

# The code is canonical, so the symbols of each length say it all. Printable ASCII without '\\' is enough here.
SYMBOLS_BY_BITS = {5: "012aceiost", 6: " %-./3456789=A_bdfghlmnpru", 7: ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz",
                   8: "&*,;XZ", 10: "!\"()?", 11: "'+|", 12: "#>", 13: "\0$@[]~", 14: "^}", 15: "<`{"}


def _huffman_codes():
    codes, code, bits_before = {}, 0, 0
    for bits, symbols in SYMBOLS_BY_BITS.items():
        code <<= bits - bits_before
        for symbol in symbols:
            codes[bits, code] = symbol
            code += 1
        bits_before = bits
    return codes


CODES = _huffman_codes()


def _huffman(data):
    text, code, bits = "", 0, 0
    for byte in data:
        for shift in range(7, -1, -1):
            code, bits = code << 1 | byte >> shift & 1, bits + 1
            if (bits, code) in CODES:
                text += CODES[bits, code]
                code, bits = 0, 0
    if bits > 7:  # More than padding.
        raise ValueError(f"a symbol that is not printable ASCII, after {text!r}")
    return text


def string(text):
    data = text if isinstance(text, bytes) else text.encode("latin-1")
    return integer(len(data), 7, 0) + data


def integer(value, prefix_bits, first):
    limit = (1 << prefix_bits) - 1
    if value < limit:
        return bytes([first | value])
    out = [first | limit]
    value -= limit
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + [value])


def encode(headers):
    return b"".join(b"\0" + string(name) + string(value) for name, value in headers)


def decode(block):
    headers, at = {}, 0

    def read_integer(prefix_bits):
        nonlocal at
        value = block[at] & (1 << prefix_bits) - 1
        at += 1
        if value < (1 << prefix_bits) - 1:
            return value
        shift = 0
        while True:
            byte = block[at]
            at += 1
            value += (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def read_string():
        nonlocal at
        is_huffman = block[at] & 0x80
        size = read_integer(7)
        data = block[at:at + size]
        at += size
        return _huffman(data) if is_huffman else data.decode("latin-1")

    while at < len(block):
        first = block[at]
        if first & 0x80:
            name, value = STATIC[read_integer(7) - 1]
        elif first & 0xE0 == 0x20:
            read_integer(5)
            continue
        else:
            index = read_integer(6 if first & 0x40 else 4)
            name = STATIC[index - 1][0] if index else read_string()
            value = read_string()
        headers[name] = value
    return headers
