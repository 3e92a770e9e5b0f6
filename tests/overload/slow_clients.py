# SPDX-License-Identifier: Apache-2.0
"""Many connections with little to say: idle ones, and ones that send a byte a second. Until its input ends.

Prints "open" when all are connected, then what became of them as one JSON line.
"""

import argparse
import collections
import json
import os
import selectors
import socket
import sys
import time

from sockets import read_some

BODY = b"x" * 100_000
HTTP1_IDLE = b"GET /live HTTP/1.1\r\nhost: weir\r\n\r\n"
# HTTP/2's preface and empty SETTINGS.
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5)
# A request's head, a header at a time and never complete.
SLOW_HEAD = b"POST /v1/traces HTTP/1.1\r\nhost: weir\r\nx-slow: " + BODY
SLOW_BODY = (b"POST /v1/traces HTTP/1.1\r\nhost: weir\r\ncontent-type: application/x-protobuf\r\n"
             b"content-length: 100000\r\n\r\n")
# HEADERS of gRPC's Export to the trace service, literal and never indexed; then DATA.
GRPC_HEADERS = ((":method", "POST"), (":scheme", "http"), (":authority", "weir"), ("te", "trailers"),
                (":path", "/opentelemetry.proto.collector.trace.v1.TraceService/Export"),
                ("content-type", "application/grpc"))


def frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def literal(name, value):
    return b"\x10" + bytes((len(name),)) + name.encode() + bytes((len(value),)) + value.encode()


def grpc_request():
    ordered = sorted(GRPC_HEADERS, key=lambda header: not header[0].startswith(":"))
    head = b"".join(literal(*header) for header in ordered)
    return PREFACE + frame(1, 0x4, 1, head), frame(0, 0, 1, b"\0" + len(BODY).to_bytes(4, "big") + BODY[:16_000])


# name: (sent at once, then byte by byte)
IDLE = {"http1 kept alive": (HTTP1_IDLE, b""), "http2": (PREFACE, b"")}
SLOW = {"slow head": (b"", SLOW_HEAD), "slow body": (SLOW_BODY, BODY), "slow frames": grpc_request()}


class Client:
    def __init__(self, crowd, kind, at_once, slowly):
        self.crowd, self.kind, self.at_once, self.slowly = crowd, kind, at_once, slowly
        self.open()

    def open(self):
        self.sent, self.received = 0, b""
        self.socket = socket.create_connection(self.crowd.address, timeout=20)
        self.socket.sendall(self.at_once)
        self.socket.setblocking(False)
        self.crowd.selector.register(self.socket, selectors.EVENT_READ, self)

    def send_one(self):
        try:
            self.sent += self.socket.send(self.slowly[self.sent : self.sent + 1])
        except OSError:
            pass  # It is readable then.

    def read(self):
        data = read_some(self.socket)
        if data is None:
            return
        self.received = (self.received + data)[-1000:]
        if data:
            return
        self.crowd.ended[f"{self.kind}: {said(self.received)}"] += 1
        self.crowd.selector.unregister(self.socket)
        self.socket.close()
        self.open()


def said(received):
    return received[9:12].decode() if received.startswith(b"HTTP/1.1 ") else "closed"


class Crowd:
    def __init__(self, address, idle, slow):
        host, _, port = address.rpartition(":")
        self.address, self.selector, self.ended = (host, int(port)), selectors.DefaultSelector(), collections.Counter()
        self.idle = [Client(self, *member(IDLE, number)) for number in range(idle)]
        self.slow = [Client(self, *member(SLOW, number)) for number in range(slow)]

    def run(self):
        self.selector.register(sys.stdin, selectors.EVENT_READ, None)
        due = time.monotonic()
        while True:
            for key, _ in self.selector.select(max(0.0, due - time.monotonic())):
                if key.data is None:
                    return
                key.data.read()
            if time.monotonic() >= due:
                due += 1
                for client in self.slow:
                    client.send_one()


def member(kinds, number):
    kind = list(kinds)[number % len(kinds)]
    return kind, *kinds[kind]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--idle", type=int, required=True)
    parser.add_argument("--slow", type=int, required=True)
    options = parser.parse_args()
    crowd = Crowd(options.address, options.idle, options.slow)
    print("open", flush=True)
    crowd.run()
    print(json.dumps(crowd.ended), flush=True)
    sys.stdout.flush()
    os._exit(0)  # Closing thousands of sockets one by one takes its time.


main()
