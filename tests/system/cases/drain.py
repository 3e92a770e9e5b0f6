# SPDX-License-Identifier: Apache-2.0
"""SIGTERM: the server takes leave in order."""

import contextlib
import time

from cases.protocol import one_good_record
from expect import SIGNALS, TABLE_OF
from harness.load import Load, acked_tags, assert_exactly_the_acked
from harness.process import wait_until
from harness.registry import case
from harness.weir_server import WeirServer
from send.transport import http1

ENOUGH_ACKS = 20  # of every signal, before the server is told to end


@case
def an_idle_server_ends_soon(folder, options):
    with WeirServer(options.binary, folder) as weir:
        started = time.monotonic()
        weir.stop()
        assert time.monotonic() - started < 5, "an idle server has nothing to wait for"


@case
def rows_acked_just_before_the_end_are_in_the_tables(folder, options):
    """The commit interval is an hour: only the drain can have committed them."""
    with WeirServer(options.binary, folder, "--set", "commit.interval_ms=3600000") as weir:
        for signal in SIGNALS:
            answer = http1(weir.http, f"/v1/{signal}", one_good_record(signal, 1).SerializeToString())
            assert answer.status == 200, answer
        weir.stop()
        weir.start()
        for signal in SIGNALS:
            weir.wait_rows(TABLE_OF[signal], 1)


@case
def nothing_acked_under_load_is_lost(folder, options):
    with WeirServer(options.binary, folder) as weir, contextlib.ExitStack() as stack:
        for signal, proto in zip(SIGNALS, ("grpc", "http", "json")):
            load = Load(signal, proto, first=0)
            stack.enter_context(load.in_background(weir, folder, "-seconds", 30, "-rate", 200, "-pool", 8))
        wait_until(lambda: all(len(acked_tags(folder, signal)) >= ENOUGH_ACKS for signal in SIGNALS), 20,
                   f"{ENOUGH_ACKS} acknowledgements of every signal")
        weir.stop()
        stack.close()  # the senders end: nobody sends to the server that comes back
        weir.start()
        for signal in SIGNALS:
            weir.wait_rows_settle(TABLE_OF[signal])
        assert_exactly_the_acked(weir, SIGNALS, folder)
