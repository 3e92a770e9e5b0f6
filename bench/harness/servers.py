# SPDX-License-Identifier: Apache-2.0
"""The two servers that are compared: each starts on a folder of its own and knows when it can acknowledge.

Both have: name, process, ready_ms, ready_cpu_ms, endpoint(proto), rows(table), wait_stored(table, rows) and
disk_bytes(table).
"""

import http.client
import json
import socket
import time

from harness.process import Failure, check_alive, start, stop, tail, thread_cpu_seconds, wait_until

READY_SECONDS_MAX = 30
# Acknowledged rows wait in the journal; more than this means that the server does not keep up at all.
DRAIN_SECONDS_MAX = 120
POLL_SECONDS = 0.002
NAMESPACE = "telemetry"


def ask(address, method, path, body=None, headers={}):
    """(status, body), or None where nobody answers yet."""
    host, _, port = address.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class Server:
    """Use as a context manager: it runs inside the block."""

    def __init__(self, folder, cpus):
        self.folder, self.cpus, self.log_path = folder, cpus, folder / f"{self.name}.log"
        self.process = self.ready_ms = self.ready_cpu_ms = self.grpc = self.http = None

    def __enter__(self):
        self.folder.mkdir(parents=True)
        command = self.command()
        started = time.monotonic()
        self.process = start(command, self.cpus, self.log_path)
        try:
            wait_until(self._is_ready, READY_SECONDS_MAX, f"{self.name} to be ready", POLL_SECONDS)
        except BaseException:
            stop(self.process)
            raise
        self.ready_ms = (time.monotonic() - started) * 1e3
        self.ready_cpu_ms = thread_cpu_seconds(self.process.pid) * 1e3
        return self

    def __exit__(self, *_):
        stop(self.process)

    def _is_ready(self):
        check_alive(self.process, self.log_path)
        return self.is_ready()

    def endpoint(self, proto):
        return self.grpc if proto == "grpc" else f"http://{self.http}"


class Weir(Server):
    name = "weir"

    def __init__(self, folder, cpus, binary, settings):
        super().__init__(folder, cpus)
        self.binary, self.settings, self.data = binary, settings, folder / "data"

    def command(self):
        self.data.mkdir()
        flags = [part for setting in self.settings for part in ("--set", setting)]
        return [self.binary, "serve", "--data", self.data, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", *flags]

    def is_ready(self):
        try:
            ports = json.loads((self.data / "server.json").read_text())
        except (FileNotFoundError, ValueError):
            return False
        self.grpc, self.http = ports["grpc"], ports["http"]
        answer = ask(self.http, "GET", "/ready")
        return answer is not None and answer[0] == 200

    def rows(self, table):
        answer = ask(self.http, "GET", "/api/v1/tables")
        if answer is None or answer[0] != 200:
            raise Failure(f"/api/v1/tables answered {answer}")
        return next(int(found["rows"]) for found in json.loads(answer[1])["tables"] if found["name"] == table)

    def wait_stored(self, table, rows):
        """Until engines can read that many rows."""
        def is_stored():
            check_alive(self.process, self.log_path)
            return self.rows(table) >= rows

        try:
            wait_until(is_stored, DRAIN_SECONDS_MAX, f"{rows} rows in {table}", 0.05)
        except Failure as failure:
            raise Failure(f"{failure}; there are {self.rows(table)}:\n{tail(self.log_path)}") from None

    def disk_bytes(self, table):
        """All data files of a table, also those that a compaction has replaced and not yet removed."""
        files = (self.data / "tables" / NAMESPACE / table / "data").rglob("*.parquet")
        return sum(path.stat().st_size for path in files)


class Collector(Server):
    """The OpenTelemetry Collector that receives, decodes and drops: it stores nothing and syncs nothing."""

    name = "collector"

    def __init__(self, folder, cpus, binary):
        super().__init__(folder, cpus)
        self.binary = binary

    def command(self):
        self.grpc, self.http = (f"127.0.0.1:{port}" for port in free_ports(2))
        protocols = {"grpc": {"endpoint": self.grpc, "max_recv_msg_size_mib": 16}, "http": {"endpoint": self.http}}
        pipeline = {"receivers": ["otlp"], "exporters": ["nop"]}
        config = {
            "receivers": {"otlp": {"protocols": protocols}},
            "exporters": {"nop": {}},
            "service": {
                "pipelines": {signal: pipeline for signal in ("traces", "logs", "metrics")},
                "telemetry": {"metrics": {"level": "none"}, "logs": {"level": "warn"}},
            },
        }
        path = self.folder / "collector.json"  # JSON is YAML
        path.write_text(json.dumps(config, indent=1))
        return [self.binary, "--config", path]

    def is_ready(self):
        answer = ask(self.http, "POST", "/v1/traces", b"", {"Content-Type": "application/x-protobuf"})
        return answer is not None and answer[0] == 200

    def rows(self, table):
        return 0

    def wait_stored(self, table, rows):
        pass

    def disk_bytes(self, table):
        return None


def free_ports(count):
    listeners = [socket.socket() for _ in range(count)]
    try:
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()
