# SPDX-License-Identifier: Apache-2.0
"""A greedy gRPC client that judges each refusal: retryable, and with a RetryInfo that says when."""

import threading

import grpc
from google.rpc import error_details_pb2, status_pb2

from blast import numbered_span
from send.tee import grpc_method

CLIENTS, ANSWER_SECONDS, PAUSE_SECONDS = 4, 30, 0.2
RETRYABLE = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED)
FIRST = 1 << 50


class GrpcRefusals:
    """Sends inside its block, all on one connection, until `stop`."""

    def __init__(self, address, bodies, first):
        self.address, self.body = address, next(iter(sorted(bodies.glob("*.pb")))).read_bytes()
        self.first, self.refused, self.unfit, self.acked = FIRST + first, [], [], 0
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(CLIENTS)]

    def __enter__(self):
        self._channel = grpc.insecure_channel(self.address, options=[("grpc.max_send_message_length", -1)])
        self._export = self._channel.unary_unary(grpc_method("traces"))
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self._channel.close()

    def stop(self):
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number):
        number = self.first + (number << 32)
        while not self._ended.wait(PAUSE_SECONDS):
            number += 1
            try:
                self._export(self.body + numbered_span(number), timeout=ANSWER_SECONDS)
                self.acked += 1
            except grpc.RpcError as error:
                self.refused.append(error.code())
                if not is_fit(error):
                    self.unfit.append(f"{error.code()} {error.details()} {error.trailing_metadata()}")


def is_fit(error):
    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
    retry = error_details_pb2.RetryInfo()
    hints = [detail.Unpack(retry) for detail in status_pb2.Status.FromString(details).details]
    return error.code() in RETRYABLE and any(hints) and retry.retry_delay.seconds > 0
