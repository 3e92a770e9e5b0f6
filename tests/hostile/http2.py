# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 by hand: a gRPC call that can be wrong in any way, and single frames.

Source: RFC 9113; https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
"""

import struct
import time
from dataclasses import dataclass, field

import hpack
import http1

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1
FRAME_MAX = 16384
EXPORT_PATH = {
    signal: f"/opentelemetry.proto.collector.{package}.v1.{service}Service/Export"
    for signal, package, service in (("traces", "trace", "Trace"), ("logs", "logs", "Logs"),
                                     ("metrics", "metrics", "Metrics"))}


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def grpc_message(payload, compressed=0):
    return bytes([compressed]) + struct.pack(">I", len(payload)) + payload


def grpc_headers(path, more=()):
    fixed = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
             ("content-type", "application/grpc"), ("te", "trailers")]
    names = {name for name, _ in more}
    return [(name, value) for name, value in fixed if name not in names] + list(more)


@dataclass
class Call:
    """What came back on one stream."""
    headers: dict = field(default_factory=dict)  # And trailers.
    blocks: list = field(default_factory=list)  # Each header block for itself: headers, then trailers.
    data: bytes = b""
    done: bool = False
    reset: int | None = None

    @property
    def grpc_status(self):
        status = self.headers.get("grpc-status")
        return None if status is None else int(status)

    @property
    def http_status(self):
        return int(self.headers.get(":status", 0))


class Connection:
    """One client connection. `pump` reads frames; what belongs to a stream lands in `calls`."""

    def __init__(self, address):
        self._socket = http1.connect(address)
        self._buffer = b""
        self._block = b""
        self.calls = {}
        self.settings = {}  # The server's, by number.
        self.pongs = []
        self.closed = False
        self.goaway = None
        self._window = 65535
        self._stream_window = {}
        self._initial_window = 65535
        # No dynamic header table, no push, a large window for what comes back.
        settings = struct.pack(">HIHIHI", 1, 0, 2, 0, 4, 1 << 20)
        self.send(PREFACE + frame(SETTINGS, 0, 0, settings))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, data):
        try:
            self._socket.settimeout(http1.ANSWER_SECONDS)
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            self.closed = True

    def pump(self, seconds):
        """Handles one read's worth of frames. False when nothing came in time or the connection is closed."""
        try:
            self._socket.settimeout(max(seconds, 0.001))
            chunk = self._socket.recv(1 << 16)
        except TimeoutError:
            return False
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            self.closed = True
            return False
        self._buffer += chunk
        while len(self._buffer) >= 9:
            size = int.from_bytes(self._buffer[:3], "big")
            if len(self._buffer) < 9 + size:
                break
            kind, flags = self._buffer[3], self._buffer[4]
            stream = int.from_bytes(self._buffer[5:9], "big") & 0x7FFFFFFF
            payload, self._buffer = self._buffer[9:9 + size], self._buffer[9 + size:]
            self._take(kind, flags, stream, payload)
        return True

    def _take(self, kind, flags, stream, payload):
        call = self.calls.setdefault(stream, Call())
        if kind == SETTINGS and not flags & ACK:
            for at in range(0, len(payload), 6):
                key, value = struct.unpack(">HI", payload[at:at + 6])
                self.settings[key] = value
                if key == 4:
                    self._initial_window = value
            self.send(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self.send(frame(PING, ACK, 0, payload))
        elif kind == PING:
            self.pongs.append(payload)
        elif kind == WINDOW_UPDATE:
            size = int.from_bytes(payload, "big")
            if stream == 0:
                self._window += size
            else:
                self._stream_window[stream] = self._stream_window.get(stream, 0) + size
        elif kind == GOAWAY:
            self.goaway = int.from_bytes(payload[4:8], "big")
        elif kind == RST_STREAM:
            call.reset, call.done = int.from_bytes(payload, "big"), True
        elif kind in (HEADERS, CONTINUATION):
            self._block += payload
            if flags & END_HEADERS:
                call.blocks.append(hpack.decode(self._block))
                call.headers.update(call.blocks[-1])
                self._block = b""
        elif kind == DATA:
            call.data += payload
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            call.done = True

    def room(self, stream):
        """How many bytes of DATA the server allows now."""
        return min(self._window, self._initial_window + self._stream_window.get(stream, 0), FRAME_MAX)

    def send_data(self, stream, data, end=True):
        """Sends within the server's windows; stops when the stream has its answer already."""
        call = self.calls.setdefault(stream, Call())
        deadline = time.monotonic() + http1.ANSWER_SECONDS
        at = 0
        while not call.done and not self.closed:
            size = min(self.room(stream), len(data) - at)
            if size > 0 or at == len(data):
                last = at + size == len(data)
                self.send(frame(DATA, END_STREAM if end and last else 0, stream, data[at:at + size]))
                at += size
                self._window -= size
                self._stream_window[stream] = self._stream_window.get(stream, 0) - size
                if last:
                    return
            elif not self.pump(deadline - time.monotonic()):
                return

    def wait(self, stream, seconds=http1.ANSWER_SECONDS):
        call = self.calls.setdefault(stream, Call())
        deadline = time.monotonic() + seconds
        while not call.done and not self.closed and time.monotonic() < deadline:
            self.pump(deadline - time.monotonic())
        return call

    def await_settings(self):
        """The server's SETTINGS come first."""
        while self.goaway is None and not self.closed and 0 not in self.calls:
            self.pump(http1.CONNECT_SECONDS)

    def open(self, stream, path, more_headers=()):
        """The head of a call."""
        self.send(frame(HEADERS, END_HEADERS, stream, hpack.encode(grpc_headers(path, more_headers))))

    def unary(self, path, data, more_headers=(), stream=1):
        """One call whose request stream carries exactly `data`."""
        self.await_settings()
        self.open(stream, path, more_headers)
        self.send_data(stream, data)
        return self.wait(stream)

    def drain(self, seconds):
        """Reads until the server closes; true when it did within the time."""
        deadline = time.monotonic() + seconds
        while not self.closed and time.monotonic() < deadline:
            self.pump(deadline - time.monotonic())
        return self.closed
