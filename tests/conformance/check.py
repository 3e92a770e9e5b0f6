# SPDX-License-Identifier: Apache-2.0
"""What a check is, and the list that the modules checks_*.py fill by decorating functions."""

import enum
from dataclasses import dataclass
from typing import Callable

MUST, SHOULD = "MUST", "SHOULD"
SIGNALS = ("traces", "logs", "metrics")


class Protocol(enum.Enum):
    """The value heads the table's column."""
    GRPC = "gRPC"
    PROTOBUF = "protobuf"
    JSON = "JSON"


GRPC, PROTOBUF, JSON = Protocol
ALL = (GRPC, PROTOBUF, JSON)
HTTP = (PROTOBUF, JSON)
BINARY = (GRPC, PROTOBUF)


@dataclass(frozen=True)
class Check:
    """`act(run)` raises AssertionError where the server does not do what is required."""
    id: str
    section: str  # Of the OTLP specification, unless it names another document.
    level: str  # MUST also where the specification states a fact in the indicative.
    requirement: str
    protocols: tuple
    act: Callable


CHECKS = []


def check(id, section, level, requirement, protocols=ALL):
    """Registers `function(run)`, to be called once for each of `protocols`."""

    def register(function):
        CHECKS.append(Check(id, section, level, requirement, protocols, function))
        return function

    return register


def require(condition, what):
    """An assertion that stays under `python -O`."""
    if not condition:
        raise AssertionError(what)
