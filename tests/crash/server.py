# SPDX-License-Identifier: Apache-2.0
"""One server process of a run: started with a fault or without, asked, ended; and a client that knows each outcome."""

import http.client
import json
import os
import signal
import subprocess
import time

READY_SECONDS, RECOVERED_SECONDS, STOP_SECONDS, ANSWER_SECONDS = 20, 60, 30, 10
POLL_SECONDS = 0.002
RETRYABLE = (429, 503)


class Server:
    """Use as a context manager: whatever happens, the process is gone at the end."""

    def __init__(self, binary, data, log_path, flags=(), environment=None, prefix=()):
        """`prefix`: a command that runs the server, as strace."""
        (data / "server.json").unlink(missing_ok=True)
        self.data, self.log_path = data, log_path
        self.started = time.monotonic()
        command = [*prefix, binary, "serve", "--data", data, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", *flags]
        with open(log_path, "ab") as log:
            self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=os.environ | (environment or {}), start_new_session=True)
        self.http = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    @property
    def is_alive(self):
        return self.process.poll() is None

    def wait_ready(self, seconds=READY_SECONDS):
        """True when it serves, False when it has ended before."""
        deadline = time.monotonic() + seconds
        while self.is_alive:
            try:
                self.http = json.loads((self.data / "server.json").read_text())["http"]
                return True
            except (FileNotFoundError, ValueError):
                assert time.monotonic() < deadline, f"not ready after {seconds} s, see {self.log_path}"
            time.sleep(POLL_SECONDS)
        return False

    def must_start(self):
        assert self.wait_ready(), f"ended with {self.process.returncode} instead of starting, see {self.log_path}"
        return time.monotonic() - self.started

    def wait_recovered(self, seconds=RECOVERED_SECONDS):
        """Seconds from the start until the journals of earlier runs are in the tables."""
        deadline = time.monotonic() + seconds
        while not self.get_json("/api/v1/status")["figures"]["recovered"]:
            assert time.monotonic() < deadline, f"not recovered after {seconds} s, see {self.log_path}"
            time.sleep(POLL_SECONDS)
        return time.monotonic() - self.started

    def get_json(self, path):
        connection = http.client.HTTPConnection(self.http, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", path)
            return json.load(connection.getresponse())
        finally:
            connection.close()

    def wait_end(self, seconds):
        """True when it ended by itself."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self):
        """SIGKILL, to the whole session where a tracer stands between."""
        if self.is_alive:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.wait_end(STOP_SECONDS), f"still ran {STOP_SECONDS} s after SIGTERM, see {self.log_path}"
        assert self.process.returncode == 0, f"exit code {self.process.returncode}, see {self.log_path}"


class Client:
    """A few connections that stay open; a wave is one request on each, sent before any answer is read."""

    def __init__(self, address, connections):
        self._connections = [http.client.HTTPConnection(address, timeout=ANSWER_SECONDS) for _ in range(connections)]

    @property
    def width(self):
        return len(self._connections)

    def wave(self, requests):
        """Sends and sets each request's outcome."""
        sent = [(request, connection) for request, connection in zip(requests, self._connections)
                if _send(request, connection)]
        for request, connection in sent:
            _receive(request, connection)

    def close(self):
        for connection in self._connections:
            connection.close()


def _send(request, connection):
    try:
        if connection.sock is None:
            connection.connect()
    except OSError:
        return False  # nobody has seen it: it stays unsent
    request.outcome = "unknown"
    try:
        connection.request("POST", f"/v1/{request.signal}", request.body, request.headers)
    except OSError:
        connection.close()
        return False
    return True


def _receive(request, connection):
    try:
        response = connection.getresponse()
        status, body = response.status, response.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return
    request.outcome = "acked" if status == 200 else "refused"
    request.detail = f"HTTP {status} {body[:120]!r}"
    may_be_refused = request.message is None and status == 400
    request.is_as_expected = status == 200 and request.message is not None or may_be_refused or (
        status in RETRYABLE and response.getheader("retry-after") is not None)
