# SPDX-License-Identifier: Apache-2.0
"""A server killed with a large journal not committed: how soon it is ready again, and how soon all rows are in."""

import http.client
import random
import shutil
import time

from matrix import Bench
from send.by_hand import REQUEST_TYPE, fill_resource, key_values
from send.transport import PROTOBUF
from server import Client, Server

READY_GOAL_SECONDS, RECOVERED_LIMIT_SECONDS = 5, 600
RECORDS = 8_000  # About 4 MiB of a request.
# Nothing may be committed before the kill: neither by time nor because memory fills.
UNCOMMITTED = ("--set", "commit.interval_ms=3600000", "--set", "limits.memory_mib=65536", "--set",
               "limits.journal_mib=16384")
WORDS = ("order", "cart", "payment", "checkout", "refused", "shipped", "customer", "stock", "retry", "timeout")


def recover(options, lake):
    """(passed, failed) of three claims; prints both times."""
    bench = Bench(options.release, options.folder / "journal", lake)
    bench.begin(is_empty=False)
    requests, sent_bytes = _leave_a_journal(bench, options.journal_mib << 20)
    with Server(bench.binary, bench.data, bench.log) as server:
        ready = server.must_start()
        last = _request(requests, _records(random.Random("last"), 1))
        with_connection = Client(server.http, 1)
        with_connection.wave([last])
        accepting = time.monotonic() - server.started
        with_connection.close()
        recovered = server.wait_recovered(RECOVERED_LIMIT_SECONDS)
        server.stop()
    counted = lake.ask({"count": str(bench.data)})["telemetry.otel_logs"]
    wanted = requests * (RECORDS + 1) + 2  # and the last request's own two
    print(f"{sent_bytes / (1 << 20):.0f} MiB of journal, {wanted} rows: ready after {ready:.2f} s, a request "
          f"acknowledged after {accepting:.2f} s, all rows in both tables after {recovered:.1f} s")
    claims = {f"ready and accepting within {READY_GOAL_SECONDS} s": accepting <= READY_GOAL_SECONDS,
              f"the request was acknowledged ({last.outcome})": last.outcome == "acked",
              f"{wanted} rows, each once, in both formats: {counted}": counted == {
                  "iceberg": wanted, "delta": wanted, "distinct": wanted}}
    for claim, holds in claims.items():
        if not holds:
            print(f"FAIL {claim}")
    shutil.rmtree(bench.data, ignore_errors=True)
    return sum(claims.values()), len(claims) - sum(claims.values())


def _leave_a_journal(bench, bytes_wanted):
    """Requests of the same records behind a resource of their own, until the journal is that large; then the kill."""
    bulk = _records(random.Random("bulk"), RECORDS)
    requests = sent = 0
    with Server(bench.binary, bench.data, bench.log, UNCOMMITTED) as server:
        server.must_start()
        connection = http.client.HTTPConnection(server.http, timeout=60)
        while sent < bytes_wanted:
            body = _body(requests, bulk)
            connection.request("POST", "/v1/logs", body, {"content-type": PROTOBUF})
            response = connection.getresponse()
            assert response.status == 200, (response.status, response.read())
            response.read()
            requests, sent = requests + 1, sent + len(body)
        figures = server.get_json("/api/v1/status")["figures"]
        assert figures["journal_bytes"] >= bytes_wanted, f"the journal was committed early: {figures}"
        server.kill()
        connection.close()
    return requests, sent


def _records(chance, count):
    request = REQUEST_TYPE["logs"]()
    group = request.resource_logs.add()
    fill_resource(group, "bulk")
    scope = group.scope_logs.add()
    for row in range(count):
        record = scope.log_records.add(time_unix_nano=1_790_000_000_000_000_000 + chance.randrange(10**12),
                                       severity_number=9, severity_text="INFO", trace_id=chance.randbytes(16),
                                       span_id=chance.randbytes(8))
        record.body.string_value = " ".join(chance.choices(WORDS, k=20))
        record.attributes.extend(key_values((("row", row), ("user.id", f"user-{chance.randrange(10**6)}"),
                                             ("http.route", "/api/v1/orders/{id}"), ("text", chance.choice(WORDS)))))
    return request.SerializeToString()


def _body(number, bulk):
    """Protobuf joins what is joined: a record of its own tells this request from all others."""
    own = REQUEST_TYPE["logs"]()
    own.resource_logs.add().scope_logs.add().log_records.add(time_unix_nano=1_790_000_000_000_000_000 + number)
    return own.SerializeToString() + bulk


def _request(number, bulk):
    from mix import Request

    return Request(number, "logs", object(), _body(number, bulk), {"content-type": PROTOBUF})
