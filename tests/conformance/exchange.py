# SPDX-License-Identifier: Apache-2.0
"""One export request over any of the three protocols, and its answer in one shape."""

import base64
import gzip
import json
import urllib.parse
from dataclasses import dataclass, field

import http1
import http2
from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2
from send.by_hand import REQUEST_TYPE, RESPONSE_TYPE
from send.otlp_json import parse_otlp_json, to_otlp_json

from check import GRPC, JSON, PROTOBUF, require

CONTENT_TYPE = {GRPC: "application/grpc", PROTOBUF: "application/x-protobuf", JSON: "application/json"}
PROFILES = "/v1development/profiles"
PROFILES_PATH = {GRPC: "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
                 PROTOBUF: PROFILES, JSON: PROFILES}
# What the specification's two tables call retryable; RESOURCE_EXHAUSTED is with RetryInfo only.
RETRYABLE_HTTP = {429, 502, 503, 504}
OK, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE = 0, 3, 8, 12, 13, 14
RETRYABLE_GRPC = {1, 4, 10, 11, UNAVAILABLE, 15}


def wire_of(protocol, payload):
    """A message in the protocol's encoding; bytes stay as they are, other values are JSON."""
    if isinstance(payload, bytes):
        return payload
    if isinstance(payload, Message):
        return to_otlp_json(payload).encode() if protocol is JSON else payload.SerializeToString()
    return json.dumps(payload).encode()


def message_of(protocol, signal, wire):
    """What the reference implementation of protobuf, or of its JSON, makes of a request's bytes."""
    return parse_otlp_json(signal, wire) if protocol is JSON else REQUEST_TYPE[signal].FromString(wire)


@dataclass
class Answer:
    protocol: object
    http_status: int
    headers: dict
    body: bytes  # Of gRPC: the one message without its frame.
    grpc_status: int | None = None
    trailers: dict = field(default_factory=dict)

    def __str__(self):
        if self.protocol is GRPC:
            return f"grpc-status {self.grpc_status} {self.trailers.get('grpc-message', '')!r}"
        return f"HTTP {self.http_status} {self.body[:160]!r}"

    @property
    def content_type(self):
        return self.headers.get("content-type", "")

    @property
    def is_success(self):
        return self.http_status == 200 and (self.protocol is not GRPC or self.grpc_status == OK)

    @property
    def code(self):
        """The HTTP status, or gRPC's where that is the protocol."""
        return self.grpc_status if self.protocol is GRPC else self.http_status

    @property
    def is_retryable(self):
        if self.protocol is not GRPC:
            return self.http_status in RETRYABLE_HTTP
        has_hint = self.grpc_status == RESOURCE_EXHAUSTED and self.detail(error_details_pb2.RetryInfo) is not None
        return self.grpc_status in RETRYABLE_GRPC or has_hint

    def export_response(self, signal):
        """The Export…ServiceResponse; AssertionError where the body is not exactly one."""
        try:
            if self.protocol is JSON:
                return json_format.Parse(self.body, RESPONSE_TYPE[signal]())
            response = RESPONSE_TYPE[signal].FromString(self.body)
            require(response.SerializeToString() == self.body, f"no plain export response: {self.body[:100]!r}")
            return response
        except (json_format.ParseError, DecodeError, UnicodeDecodeError) as error:
            raise AssertionError(f"the answer is no export response ({error}): {self.body[:100]!r}") from None

    def status(self):
        """The google.rpc.Status that tells of a failure; AssertionError where there is none."""
        try:
            if self.protocol is GRPC:
                text = self.trailers.get("grpc-status-details-bin", "")
                padded = text + "=" * (-len(text) % 4)
                return status_pb2.Status.FromString(base64.b64decode(padded, validate=True))
            if self.content_type.split(";")[0] == CONTENT_TYPE[JSON]:
                return json_format.Parse(self.body, status_pb2.Status())
            return status_pb2.Status.FromString(self.body)
        except (json_format.ParseError, DecodeError, UnicodeDecodeError, ValueError) as error:
            raise AssertionError(f"{self} has no google.rpc.Status ({str(error)[:80]})") from None

    @property
    def message(self):
        """The error in words."""
        if self.protocol is GRPC:
            return urllib.parse.unquote(self.trailers.get("grpc-message", ""))
        return self.status().message

    def detail(self, kind):
        """The detail of this type in the status, or None."""
        for detail in self.status().details:
            if detail.Is(kind.DESCRIPTOR):
                found = kind()
                detail.Unpack(found)
                return found
        return None


def http_answer(protocol, answer):
    require(answer is not None, "the connection was closed without an answer")
    return Answer(protocol, answer.status, answer.headers, answer.body)


def grpc_answer(call):
    """Of a call that has ended. Trailers-Only is one block, and both headers and trailers."""
    require(call.blocks, f"no answer: {call}")
    body = call.data
    if body:
        require(len(body) >= 5 and int.from_bytes(body[1:5], "big") == len(body) - 5, "not one message in the answer")
        is_packed = body[0] == 1 and call.blocks[0].get("grpc-encoding") == "gzip"
        body = gzip.decompress(body[5:]) if is_packed else body[5:]
    return Answer(GRPC, call.http_status, call.blocks[0], body, call.grpc_status, call.blocks[-1])


def send(targets, protocol, signal, wire, *, encoding=None, headers=(), path=None, content_type=None):
    """`encoding`: also compresses where it is gzip. `headers` may name what is sent anyway, and replaces it then."""
    body = gzip.compress(wire, mtime=0) if encoding == "gzip" else wire
    if protocol is GRPC:
        more = [*headers, *([("grpc-encoding", encoding)] if encoding else []),
                *([("content-type", content_type)] if content_type else [])]
        framed = http2.grpc_message(body, compressed=int(encoding not in (None, "identity")))
        with http2.Connection(targets.grpc) as connection:
            return grpc_answer(connection.unary(path or http2.EXPORT_PATH[signal], framed, more))
    sent = [("Content-Type", content_type or CONTENT_TYPE[protocol]), *headers,
            *([("Content-Encoding", encoding)] if encoding else [])]
    return http_answer(protocol, http1.exchange(targets.http, "POST", path or f"/v1/{signal}", sent, body))
