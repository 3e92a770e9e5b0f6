# SPDX-License-Identifier: Apache-2.0
"""A server that can take no more now: its journal is full of what it has acknowledged."""

import email.utils
import time

from google.rpc import error_details_pb2

from check import GRPC, HTTP, MUST, SHOULD, SIGNALS, check, require
from exchange import CONTENT_TYPE, RESOURCE_EXHAUSTED, UNAVAILABLE

# Longer, and clients drop data while they wait.
DELAY_SECONDS_MAX = 60


def throttled(run, signal="traces", to=None):
    answer = run.send(signal, run.request(signal), to=to or run.scene.overloaded)
    require(not answer.is_success, "an overloaded server was expected to refuse")
    return answer


@check("T-1", "Throttling", SHOULD, "overload is 429 or 503, UNAVAILABLE in gRPC: codes that are tried again")
def overload(run):
    for signal in SIGNALS:
        with run.part(signal):
            answer = throttled(run, signal)
            allowed = (UNAVAILABLE, RESOURCE_EXHAUSTED) if run.protocol is GRPC else (429, 503)
            require(answer.code in allowed and answer.is_retryable, str(answer))


@check("T-2", "Throttling", SHOULD, "the hint when to try again, Retry-After or RetryInfo, is well-formed and bearable")
def hint(run):
    answer = throttled(run)
    if run.protocol is GRPC:
        info = answer.detail(error_details_pb2.RetryInfo)
        require(info is not None, "no RetryInfo")
        delay = info.retry_delay.seconds + info.retry_delay.nanos / 1e9
    else:
        text = answer.headers.get("retry-after", "")
        delay = int(text) if text.isdigit() else email.utils.parsedate_to_datetime(text).timestamp() - time.time()
    require(0 < delay <= DELAY_SECONDS_MAX, f"the delay is {delay} s")


@check("T-3", "Failures", MUST, "the body of a 503 is a google.rpc.Status in the request's encoding", HTTP)
def status_body(run):
    answer = throttled(run)
    require(answer.content_type.split(";")[0] == CONTENT_TYPE[run.protocol], f"answered as {answer.content_type!r}")
    require(answer.status().message, "the Status has no message")


@check("T-4", "Failures; Throttling", MUST, "what was refused is not stored; tried again later it is, once")
def retry(run):
    weir = run.scene.start_overloaded(f"retry-{run.protocol.value}")
    payload = run.request("traces")
    answer = run.send("traces", payload, to=weir)
    require(answer.is_retryable, str(answer))
    # Ending commits what was acknowledged, so that there is room again.
    weir.stop()
    before = weir.start().rows("otel_spans")
    run.require_full_success("traces", run.send("traces", payload, to=weir))
    weir.stop()
    after = weir.start().rows("otel_spans")
    weir.kill()
    require(after - before == 1, f"{after - before} rows more")
