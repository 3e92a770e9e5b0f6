# SPDX-License-Identifier: Apache-2.0
"""OTLP/JSON to messages: protobuf's JSON with ids in hex."""

import base64
import json

from google.protobuf import json_format

from send.by_hand import REQUEST_TYPE

HEX_FIELDS = ("traceId", "spanId", "parentSpanId")


def parse_otlp_json(signal, body):
    parsed = json.loads(body)
    _hex_to_base64(parsed)
    return json_format.ParseDict(parsed, REQUEST_TYPE[signal](), ignore_unknown_fields=True)


def to_otlp_json(message):
    """A message as OTLP/JSON text: lowerCamelCase, enums as numbers, ids in hex."""
    parsed = json_format.MessageToDict(message, use_integers_for_enums=True)
    _base64_to_hex(parsed)
    return json.dumps(parsed, ensure_ascii=False)


def _hex_to_base64(value):
    _each_id(value, lambda text: base64.b64encode(bytes.fromhex(text)).decode())


def _base64_to_hex(value):
    _each_id(value, lambda text: base64.b64decode(text).hex())


def _each_id(value, convert):
    if isinstance(value, dict):
        for name, member in value.items():
            if name in HEX_FIELDS and isinstance(member, str):
                value[name] = convert(member)
            else:
                _each_id(member, convert)
    elif isinstance(value, list):
        for member in value:
            _each_id(member, convert)
