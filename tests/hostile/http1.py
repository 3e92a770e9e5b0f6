# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 over a bare socket: what is sent is exactly what the case says."""

import socket
import time
from dataclasses import dataclass

CONNECT_SECONDS = 5
ANSWER_SECONDS = 20


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def content_type(self):
        return self.headers.get("content-type", "")


def connect(address):
    host, _, port = address.rpartition(":")
    connection = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def head(method, target, headers, address):
    lines = [f"{method} {target} HTTP/1.1"]
    if not any(name.lower() == "host" for name, _ in headers):
        lines.append(f"Host: {address}")
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def send_all(connection, data):
    """Sends until done or until the server has had enough: it may answer before it has read all."""
    try:
        connection.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass


class Reader:
    """Answers off one connection."""

    def __init__(self, connection):
        self._connection = connection
        self._buffer = b""

    def _more(self, seconds):
        self._connection.settimeout(max(seconds, 0.01))
        try:
            chunk = self._connection.recv(65536)
        except ConnectionResetError:
            chunk = b""
        self._buffer += chunk
        return bool(chunk)

    def _until(self, mark, deadline):
        while mark not in self._buffer:
            if not self._more(deadline - time.monotonic()):
                return None
        part, self._buffer = self._buffer.split(mark, 1)
        return part

    def _exactly(self, size, deadline):
        while len(self._buffer) < size:
            if not self._more(deadline - time.monotonic()):
                raise ValueError("connection closed within an answer's body")
        part, self._buffer = self._buffer[:size], self._buffer[size:]
        return part

    def _chunks(self, deadline):
        body = b""
        while True:
            size = int(self._until(b"\r\n", deadline).split(b";")[0], 16)
            body += self._exactly(size, deadline)
            self._exactly(2, deadline)
            if size == 0:
                return body

    def read(self, seconds=ANSWER_SECONDS):
        """The next final answer, None where the server closed without one; TimeoutError where it does neither."""
        deadline = time.monotonic() + seconds
        while True:
            block = self._until(b"\r\n\r\n", deadline)
            if block is None:
                return None
            lines = block.decode("latin-1").split("\r\n")
            status = int(lines[0].split(" ")[1])
            if status >= 200:
                break
        headers = {name.strip().lower(): value.strip() for name, _, value in (l.partition(":") for l in lines[1:])}
        if "chunked" in headers.get("transfer-encoding", ""):
            return Answer(status, headers, self._chunks(deadline))
        if status in (204, 304):
            return Answer(status, headers, b"")
        if "content-length" in headers:
            return Answer(status, headers, self._exactly(int(headers["content-length"]), deadline))
        while self._more(deadline - time.monotonic()):
            pass
        body, self._buffer = self._buffer, b""
        return Answer(status, headers, body)


def exchange(address, method, target, headers, body):
    """One request and its answer on a connection of its own."""
    headers = list(headers) + [("Content-Length", str(len(body))), ("Connection", "close")]
    with connect(address) as connection:
        connection.settimeout(ANSWER_SECONDS)
        send_all(connection, head(method, target, headers, address) + body)
        return Reader(connection).read()


def raw_exchange(address, data, half_close=False, quiet_seconds=0.4, seconds=12):
    """Every answer to `data`, and whether the server closed. After an answer, waits that long for one more."""
    answers = []
    with connect(address) as connection:
        connection.settimeout(ANSWER_SECONDS)
        send_all(connection, data)
        if half_close:
            try:
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        reader = Reader(connection)
        try:
            while True:
                answer = reader.read(quiet_seconds if answers else seconds)
                if answer is None:
                    return answers, True
                answers.append(answer)
        except TimeoutError:
            return answers, False
