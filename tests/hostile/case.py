# SPDX-License-Identifier: Apache-2.0
"""A hostile request with what must come of it, and the kinds of request that the tables are made of."""

import time
from dataclasses import dataclass
from typing import Callable

import http1
import http2
import otlp


@dataclass(frozen=True)
class Targets:
    http: str
    grpc: str


@dataclass(frozen=True)
class Case:
    """`act` does it and returns None when all is as expected, else what was wrong."""
    name: str
    act: Callable[[Targets], str | None]


def _wrong_status(answer, allowed):
    if answer is None:
        return f"expected status {allowed}, the connection was closed without an answer"
    if answer.status not in allowed:
        return f"expected status {allowed}, got {answer.status}: {answer.body[:200]!r}"
    return None


def _wrong_outcome(signal, content_type, body, rejected):
    try:
        count, reason = otlp.partial_success(signal, content_type, body)
    except (ValueError, KeyError, AttributeError) as error:
        return f"the answer is no export response ({error}): {body[:200]!r}"
    if rejected is not None and count != rejected:
        return f"expected {rejected} rejected, got {count} ({reason!r})"
    if count and not reason:
        return f"{count} rejected and no errorMessage"
    return None


def _wrong_error(content_type, answer):
    """Refusals of what is malformed explain themselves as google.rpc.Status in the request's own encoding."""
    if not answer.content_type.startswith(content_type):
        return f"{answer.status} answered as {answer.content_type!r}, the request was {content_type!r}"
    try:
        said = otlp.rpc_status_message(content_type, answer.body)
    except (ValueError, KeyError) as error:
        return f"{answer.status} without a google.rpc.Status ({error!r}): {answer.body[:200]!r}"
    return None if said else f"{answer.status} with an empty message"


def export(name, signal, body, *, status, rejected=None, content_type=otlp.PROTOBUF, encoding=None, headers=(),
           seconds_max=http1.ANSWER_SECONDS):
    """POST /v1/<signal>. `status`: one, or all that are right. `body` may be a function: made when it is run."""
    allowed = status if isinstance(status, tuple) else (status,)

    def act(targets):
        payload = body() if callable(body) else body
        sent = [("Content-Type", content_type), *([("Content-Encoding", encoding)] if encoding else []), *headers]
        # Making the body is not the server's time.
        start = time.monotonic()
        answer = http1.exchange(targets.http, "POST", f"/v1/{signal}", sent, payload)
        if time.monotonic() - start > seconds_max:
            return f"took {time.monotonic() - start:.1f} s, {seconds_max} s is the limit"
        wrong = _wrong_status(answer, allowed)
        if wrong is None and answer.status == 200:
            return _wrong_outcome(signal, content_type, answer.body, rejected)
        if wrong is None and answer.status == 400:
            return _wrong_error(content_type, answer)
        return wrong

    return Case(name, act)


def plain(name, method, target, *, status, headers=(), body=b""):
    """Any HTTP request; only the status counts."""
    allowed = status if isinstance(status, tuple) else (status,)
    return Case(name, lambda targets: _wrong_status(
        http1.exchange(targets.http, method, target, headers, body), allowed))


def raw(name, data, *, status=(400,), silence=True, answers_max=1, half_close=False):
    """Bytes on a socket. `data` gets the address; `silence`: closing without an answer is right as well."""

    def act(targets):
        answers, closed = http1.raw_exchange(targets.http, data(targets.http), half_close)
        if len(answers) > answers_max:
            return f"{len(answers)} answers to one request: {[a.status for a in answers]}"
        if not answers:
            return None if closed and silence else f"no answer; closed: {closed}"
        return _wrong_status(answers[0], status)

    return Case(name, act)


def grpc(name, signal, data, *, code, rejected=None, headers=(), path=None):
    """A unary call with these bytes as the request stream's data. `code`: the grpc-status, one or all that are right."""
    allowed = code if isinstance(code, tuple) else (code,)

    def act(targets):
        payload = data() if callable(data) else data
        with http2.Connection(targets.grpc) as connection:
            call = connection.unary(path or http2.EXPORT_PATH[signal], payload, headers)
        if call.grpc_status is None:
            return f"expected grpc-status {allowed}, got {call}"
        if call.grpc_status not in allowed:
            return f"expected grpc-status {allowed}, got {call.grpc_status} ({call.headers.get('grpc-message')})"
        if call.grpc_status != 0:
            return None if call.headers.get("grpc-message") else "no grpc-message"
        return _wrong_outcome(signal, otlp.PROTOBUF, call.data[5:], rejected)

    return Case(name, act)


def frames(name, play):
    """HTTP/2 frames; the server may answer with whatever the protocol allows, within the time, and must survive."""

    def act(targets):
        with http2.Connection(targets.grpc) as connection:
            return play(connection)

    return Case(name, act)
