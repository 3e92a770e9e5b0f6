# SPDX-License-Identifier: Apache-2.0
"""One input of the corpus: bytes, where they are sent, the answer they must get, and the rule that says so."""

from dataclasses import dataclass, field

import otlp
from http2 import grpc_message
from otlp import JSON, PROTOBUF

HTTP, GRPC, SOCKET = "http", "grpc", "socket"
OK, BAD_REQUEST, TOO_LARGE = 200, 400, 413


@dataclass(frozen=True)
class Answer:
    """`status`: of HTTP, or the grpc-status. `says`: a part of the message, where one is owed."""
    status: int
    rows: int = 0  # That must be in the table afterwards.
    rejected: int = 0
    says: str = ""


@dataclass(frozen=True)
class Input:
    """`door`: http and grpc carry an export request, socket is what a connection's bytes are."""
    family: str
    name: str
    why: str
    content: bytes
    answer: Answer
    door: str = HTTP
    signal: str = "traces"
    content_type: str = PROTOBUF
    headers: tuple = field(default_factory=tuple)

    @property
    def title(self):
        return f"{self.family}: {self.name}"


def taken(rows=1, rejected=0, says=""):
    return Answer(OK, rows, rejected, says)


def refused(says, status=BAD_REQUEST):
    return Answer(status, says=says)


class Marks:
    """A text of its own for each request: equal requests would be recognised as one that is sent again."""

    def __init__(self, family):
        self._family, self._count = family, 0

    def __call__(self):
        self._count += 1
        return f"{self._family} {self._count}"


def good_record(signal, mark):
    """One row."""
    if signal == "traces":
        return otlp.span(name=mark)
    if signal == "logs":
        return otlp.fixed64(1, otlp.TIME) + otlp.message(5, otlp.message(1, mark))
    return otlp.gauge([otlp.number_point()], name=mark)


def good_request(signal, mark):
    return otlp.request([good_record(signal, mark)])


def good_json_record(signal, mark):
    record = otlp.json_record(signal)
    if signal == "logs":
        record["body"] = {"stringValue": mark}
    else:
        record["name"] = mark
    return record


def good_json(signal, mark):
    return otlp.json_request(signal, [good_json_record(signal, mark)])


def call(family, name, why, message, answer, signal="traces", flag=0, headers=()):
    return Input(family, name, why, grpc_message(message, flag), answer, GRPC, signal, "application/grpc", headers)


__all__ = ["Answer", "Input", "Marks", "JSON", "PROTOBUF", "HTTP", "GRPC", "SOCKET", "taken", "refused", "good_record",
           "good_request", "good_json_record", "good_json", "call"]
