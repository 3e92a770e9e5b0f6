# SPDX-License-Identifier: Apache-2.0
"""Large requests: what is refused for its size, and how."""

import http1
import otlp

import exchange
from check import HTTP, JSON, MUST, SHOULD, check, require
from exchange import CONTENT_TYPE, RESOURCE_EXHAUSTED, http_answer
from scene import LIMIT_MIB

SECTION = "OTLP/gRPC Request, OTLP/HTTP Request"
LIMIT = LIMIT_MIB << 20


def padded(run, size):
    """A request of exactly so many bytes: most of them in a field that nobody knows."""
    wire = exchange.wire_of(run.protocol, run.request("traces"))
    if run.protocol is JSON:
        head = wire[:-1] + b',"unknown":"'
        return head + b"x" * (size - len(head) - 2) + b'"}'
    head_bytes = len(wire) + len(otlp.varint(9999 << 3 | 2)) + len(otlp.varint(size))
    body = wire + otlp.message(9999, bytes(size - head_bytes))
    require(len(body) == size, f"made {len(body)} bytes for {size}")
    return body


@check("L-1", SECTION, SHOULD, "the limit can be configured: a request of that size is taken")
def at_the_limit(run):
    run.require_full_success("traces", run.send("traces", padded(run, LIMIT), to=run.scene.limited))


@check("L-2", SECTION, MUST, "a byte over the limit is 413, RESOURCE_EXHAUSTED in gRPC, not retried")
def over_the_limit(run):
    answer = run.send("traces", padded(run, LIMIT + 1), to=run.scene.limited)
    run.require_refusal(answer, http=413, grpc=RESOURCE_EXHAUSTED)


@check("L-3", SECTION, MUST, "the size after decompression has the same limit")
def over_the_limit_unpacked(run):
    with run.part("at the limit"):
        answer = run.send("traces", padded(run, LIMIT), to=run.scene.limited, encoding="gzip")
        run.require_full_success("traces", answer)
    for name, size in {"a byte over it": LIMIT + 1, "twenty times the limit": 20 * LIMIT}.items():
        with run.part(name):
            answer = run.send("traces", padded(run, size), to=run.scene.limited, encoding="gzip")
            run.require_refusal(answer, http=413, grpc=RESOURCE_EXHAUSTED)


@check("L-4", "OTLP/HTTP Request", MUST, "a body whose size is not declared has the limit as well", HTTP)
def chunked_over_the_limit(run):
    weir = run.scene.limited
    headers = [("Content-Type", CONTENT_TYPE[run.protocol]), ("Transfer-Encoding", "chunked")]
    for size, wanted in ((LIMIT, 200), (LIMIT + 1, 413)):
        body = padded(run, size)
        chunks = b"%x\r\n" % size + body + b"\r\n0\r\n\r\n"
        answers, _ = http1.raw_exchange(weir.http, http1.head("POST", "/v1/traces", headers, weir.http) + chunks,
                                        quiet_seconds=0.01)
        answer = http_answer(run.protocol, answers[0] if answers else None)
        require(answer.http_status == wanted, f"{size} bytes: expected {wanted}, got {answer}")


@check("L-5", "Failures", MUST, "the body of a 413 is a google.rpc.Status in the request's encoding", HTTP)
def status_body(run):
    for name, options in {"declared": {}, "unpacked": {"encoding": "gzip"}}.items():
        with run.part(name):
            answer = run.send("traces", padded(run, LIMIT + 1), to=run.scene.limited, **options)
            require(answer.content_type.split(";")[0] == CONTENT_TYPE[run.protocol], answer.content_type)
            require(answer.status().message, "the Status has no message")
