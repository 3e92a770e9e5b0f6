# SPDX-License-Identifier: Apache-2.0
"""AnyValues as canonical text plus a letter of their type."""

import base64
import json
import math
from decimal import Decimal


def double_text(number):
    """The shortest text that reads back as `number`: digits from 1e-6 to below 1e21, else scientific."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "-0" if math.copysign(1, number) < 0 else "0"
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    exponent += len(digits) - len(text)
    is_plain = 1e-6 <= abs(number) < 1e21
    return "-" * sign + (_fixed(number, text, exponent) if is_plain else _scientific(text, exponent))


def _fixed(number, digits, exponent):
    if exponent >= 0:
        return f"{abs(int(number))}"
    point = len(digits) + exponent
    if point > 0:
        return digits[:point] + "." + digits[point:]
    return "0." + "0" * -point + digits


def _scientific(digits, exponent):
    exponent += len(digits) - 1
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def any_value(value):
    """(text, letter) of an AnyValue; text is None where it holds nothing."""
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return value.string_value, "s"
    if kind == "bool_value":
        return ("true" if value.bool_value else "false"), "b"
    if kind == "int_value":
        return str(value.int_value), "i"
    if kind == "double_value":
        return double_text(value.double_value), "d"
    if kind == "bytes_value":
        return base64.b64encode(value.bytes_value).decode(), "y"
    if kind == "array_value":
        return _nested(value, "a")
    if kind == "kvlist_value":
        return _nested(value, "m")
    return None, "s"


def _nested(value, letter):
    # Plain JSON can't tell bytes, NaN and infinities from texts: such a value is OTLP/JSON, and its letter a capital.
    if _needs_types(value):
        return _typed_json(value), letter.upper()
    return _plain_json(value), letter


def _members(value):
    if value.WhichOneof("value") == "array_value":
        return list(value.array_value.values)
    return [member.value for member in value.kvlist_value.values]


def _needs_types(value):
    kind = value.WhichOneof("value")
    if kind in ("array_value", "kvlist_value"):
        return any(_needs_types(member) for member in _members(value))
    return kind == "bytes_value" or kind == "double_value" and not math.isfinite(value.double_value)


def _quoted(text):
    return json.dumps(text, ensure_ascii=False)


def _plain_json(value):
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return _quoted(value.string_value)
    if kind == "double_value":
        text = double_text(value.double_value)
        return text if "." in text or "e" in text else text + ".0"
    if kind == "array_value":
        return "[" + ",".join(_plain_json(v) for v in value.array_value.values) + "]"
    if kind == "kvlist_value":
        pairs = (_quoted(p.key) + ":" + _plain_json(p.value) for p in value.kvlist_value.values)
        return "{" + ",".join(pairs) + "}"
    return any_value(value)[0] or "null"


def _typed_json(value):
    kind = value.WhichOneof("value")
    text = any_value(value)[0] if kind not in ("array_value", "kvlist_value") else None
    if kind == "string_value":
        return f'{{"stringValue":{_quoted(text)}}}'
    if kind == "bool_value":
        return f'{{"boolValue":{text}}}'
    if kind == "int_value":
        return f'{{"intValue":"{text}"}}'
    if kind == "double_value":
        return f'{{"doubleValue":{text if math.isfinite(value.double_value) else _quoted(text)}}}'
    if kind == "bytes_value":
        return f'{{"bytesValue":"{text}"}}'
    if kind == "array_value":
        return '{"arrayValue":{"values":[' + ",".join(map(_typed_json, value.array_value.values)) + "]}}"
    if kind == "kvlist_value":
        pairs = (f'{{"key":{_quoted(p.key)},"value":{_typed_json(p.value)}}}' for p in value.kvlist_value.values)
        return '{"kvlistValue":{"values":[' + ",".join(pairs) + "]}}"
    return "{}"


def attribute_map(attributes):
    """(map, types) of a list of KeyValue; types is None when all values are texts (or nothing)."""
    pairs, letters = [], ""
    for attribute in attributes:
        text, letter = any_value(attribute.value)
        pairs.append([attribute.key, text])
        letters += letter
    return pairs, (letters if letters.strip("s") else None)


def text_or_none(text):
    """Protobuf can't tell an empty text from none; the tables have null for both."""
    return text or None


def hex_or_none(id_bytes):
    """An id of zeros means none, as in W3C trace context."""
    return id_bytes.hex() if id_bytes.strip(b"\0") else None


def int32(number):
    """An unsigned 32-bit field in a signed column."""
    return number - (1 << 32) if number >= 1 << 31 else number


def enum_name(enum, number):
    """The proto name, or the number where this version of the proto has none."""
    found = enum.DESCRIPTOR.values_by_number.get(number)
    return found.name if found else str(number)
