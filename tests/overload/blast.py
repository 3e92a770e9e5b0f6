# SPDX-License-Identifier: Apache-2.0
"""A sender that honours nothing: OTLP over HTTP/1.1 on many connections, each answer read and judged.

One thread, one process; prepared bodies with a number at their end, so that it costs little and no two are equal.
Prints one JSON line.
"""

import argparse
import collections
import json
import pathlib
import selectors
import socket
import struct
import time

from sockets import read_some

RETRYABLE = (429, 503)
CONNECTIONS_MAX = 1000
# After the end, for answers that are still to come.
TAIL_SECONDS = 30
# A closed loop's client that was refused: it ignores the hint, but is not a busy loop.
PAUSE_SECONDS = 0.005
SHOWN = 3


def numbered_span(number):
    """ResourceSpans with one span that has the number in its trace id: appended to a request, it is part of it."""
    ids = struct.pack(">BB8sQBB8s", 0x0A, 16, b"overload", number, 0x12, 8, b"overload")
    scope = bytes((0x12, len(ids))) + ids
    group = bytes((0x12, len(scope))) + scope
    return bytes((0x0A, len(group))) + group


class Blast:
    """One run. Counts what became of each request."""

    def __init__(self, options, bodies):
        self.options, self.bodies = options, bodies
        self.address = (options.address.rpartition(":")[0], int(options.address.rpartition(":")[2]))
        self.selector = selectors.DefaultSelector()
        self.free, self.open, self.number = [], 0, options.first
        self.paused = collections.deque()  # (when, connection)
        self.counts = collections.Counter()
        self.statuses, self.unfit, self.latencies = collections.Counter(), [], []

    def run(self):
        self.started = time.monotonic()
        end = self.started + self.options.seconds
        due = 0
        while (now := time.monotonic()) < end:
            if self.options.rate:
                while self.started + due / self.options.rate <= now:
                    due += 1
                    self.send(now)
            else:
                while self.paused and self.paused[0][0] <= now:
                    self.free.append(self.paused.popleft()[1])
                while self.free or self.open < self.options.clients:
                    self.send(now)
            self.turn(0.002)
        self.elapsed = time.monotonic() - self.started
        while self.in_flight and time.monotonic() < end + TAIL_SECONDS:
            self.turn(0.05)
        self.counts["unanswered"] = self.in_flight
        return self.report()

    @property
    def in_flight(self):
        return self.open - len(self.free) - len(self.paused)

    def send(self, now):
        self.counts["due"] += 1
        if not self.free and self.open >= CONNECTIONS_MAX:
            self.counts["not_sent"] += 1  # It would have to hold back, which a sender of this kind can't.
            return
        connection = self.free.pop() if self.free else Connection(self)
        self.number += 1
        tail = numbered_span(self.number)
        body = self.bodies[self.number % len(self.bodies)]
        head = (f"POST /v1/traces HTTP/1.1\r\nhost: weir\r\ncontent-type: application/x-protobuf\r\n"
                f"content-length: {len(body) + len(tail)}\r\n\r\n")
        connection.start([memoryview(head.encode()), body, memoryview(tail)], now)

    def turn(self, seconds):
        for key, events in self.selector.select(seconds):
            key.data.ready(events)

    def answered(self, connection, status, headers, latency):
        self.statuses[status] += 1
        if status == 200:
            self.counts["acked"] += 1
            self.latencies.append(latency)
        elif status not in RETRYABLE or b"\r\nretry-after: " not in headers.lower():
            self.unfit.append(f"{status} {headers[:200]!r}")
        if b"connection: close" in headers.lower():
            connection.close()
        elif status == 200 or self.options.rate:
            self.free.append(connection)
        else:
            self.paused.append((time.monotonic() + PAUSE_SECONDS, connection))

    def broken(self, has_sent):
        self.counts["broken" if has_sent else "not_connected"] += 1

    def report(self):
        ordered = sorted(self.latencies)
        return {"seconds": self.elapsed, "offered_per_s": self.counts["due"] / self.elapsed,
                "acked_rows": self.counts["acked"] * (self.options.items + 1), "unfit": self.unfit[:SHOWN],
                "statuses": self.statuses, "p50_ms": 1e3 * ordered[len(ordered) // 2] if ordered else None,
                "p99_ms": 1e3 * ordered[int(0.99 * (len(ordered) - 1))] if ordered else None} | self.counts


class Connection:
    def __init__(self, blast):
        self.blast, self.is_open = blast, True
        blast.open += 1
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(blast.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        blast.selector.register(self.socket, selectors.EVENT_WRITE, self)
        self.has_sent = False

    def start(self, parts, now):
        self.parts, self.received, self.since = parts, b"", now
        self.blast.selector.modify(self.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self)
        if self.has_sent:
            self.write()

    def ready(self, events):
        if events & selectors.EVENT_READ:
            self.read()
        if events & selectors.EVENT_WRITE and self.is_open and self.parts:
            self.write()

    def write(self):
        try:
            sent = self.socket.sendmsg(self.parts)
        except BlockingIOError:
            return
        except OSError:
            return self.lost()
        self.has_sent = True
        while self.parts and sent >= len(self.parts[0]):
            sent -= len(self.parts.pop(0))
        if self.parts:
            self.parts[0] = self.parts[0][sent:]
        else:
            self.blast.selector.modify(self.socket, selectors.EVENT_READ, self)
            self.finish()

    def read(self):
        data = read_some(self.socket)
        if data is None:
            return
        if not data:
            return self.lost()
        self.received += data
        self.finish()

    def finish(self):
        """Done when answered, and all is sent: a body that is refused is still to be sent to its end."""
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end or len(body) < content_length(head) or self.parts:
            return False
        self.received = b""
        self.blast.answered(self, int(head[9:12]), head, time.monotonic() - self.since)
        return True

    def lost(self):
        """Closed by the server: while idle, after its answer, or without one."""
        if self in self.blast.free:
            self.blast.free.remove(self)
        elif not self.has_answer():
            self.blast.broken(self.has_sent)
        self.close()

    def has_answer(self):
        self.parts = []
        return self.finish() and (self not in self.blast.free or self.blast.free.remove(self) is None)

    def close(self):
        if self.is_open:
            self.is_open = False
            self.blast.open -= 1
            self.blast.selector.unregister(self.socket)
            self.socket.close()


def content_length(head):
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--bodies", type=pathlib.Path, required=True, help="folder of *.pb")
    parser.add_argument("--items", type=int, required=True, help="spans in each of them")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--rate", type=float, default=0, help="requests a second, answered or not (open loop)")
    parser.add_argument("--clients", type=int, default=4, help="without --rate: requests in flight (closed loop)")
    parser.add_argument("--first", type=int, default=0, help="number requests from here on")
    options = parser.parse_args()
    bodies = [memoryview(path.read_bytes()) for path in sorted(options.bodies.glob("*.pb"))]
    print(json.dumps(Blast(options, bodies).run()), flush=True)


if __name__ == "__main__":
    main()
