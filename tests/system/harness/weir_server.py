# SPDX-License-Identifier: Apache-2.0
"""The server under test on a data folder of its own: started, asked, ended or killed, by its own process id only."""

import json
import signal
import subprocess
import time
import urllib.error
import urllib.request

from harness.process import run_to_end, wait_until

READY_SECONDS = 30
DRAIN_SECONDS = 30
VISIBLE_SECONDS = 30
RECOVERED_SECONDS = 60
VERIFY_SECONDS = 120
ANY_PORT = "127.0.0.1:0"
NAMESPACE = "telemetry"


# Cases that send the same bytes more than once, over several protocols or to a server that starts again, count each.
EACH_REQUEST_COUNTS = ("--set", "receivers.otlp.retry_window_s=0")


class WeirServer:
    """Use as a context manager; `start` may be called again after `kill` or `stop`, on the same data."""

    def __init__(self, binary, folder, *flags):
        self.binary, self.folder, self.flags = str(binary), folder, [str(flag) for flag in flags]
        self.data = folder / "data"
        self.log_path = folder / "weir.log"
        self.process = None
        self.grpc = self.http = None  # host:port
        self.endpoints = (ANY_PORT, ANY_PORT)  # for gRPC and HTTP; others where senders outlive the server

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()

    def start(self):
        assert self.process is None, "the server runs already"
        self.data.mkdir(parents=True, exist_ok=True)
        (self.data / "server.json").unlink(missing_ok=True)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT)
        try:
            ports = wait_until(self._ports, READY_SECONDS, f"server.json, see {self.log_path}", interval=0.005)
            self.grpc, self.http = ports["grpc"], ports["http"]
            wait_until(self._is_ready, READY_SECONDS, f"/ready, see {self.log_path}", interval=0.005)
        except BaseException:
            self.kill()
            raise
        return self

    def command(self):
        grpc, http = self.endpoints
        return [self.binary, "serve", "--data", str(self.data), "--grpc", grpc, "--http", http, *self.flags]

    def _ports(self):
        self._check_alive()
        try:
            ports = json.loads((self.data / "server.json").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return ports if ports.get("pid") == self.process.pid else None

    def _is_ready(self):
        self._check_alive()
        try:
            return self.get("/ready").status == 200
        except (urllib.error.URLError, ConnectionError):
            return False

    def _check_alive(self):
        code = self.process.poll()
        if code is not None:
            tail = "\n".join(self.log_path.read_text(errors="replace").splitlines()[-8:])
            raise AssertionError(f"the server ended with {code}, see {self.log_path}\n{tail}")

    def kill(self):
        """SIGKILL: no chance to tidy up."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    close = kill  # for harness.registry.shared

    def stop(self):
        """SIGTERM: must drain and end with exit code 0."""
        self._check_alive()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(DRAIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server still ran {DRAIN_SECONDS} s after SIGTERM") from None
        self.process = None
        assert code == 0, f"exit code {code} after SIGTERM, see {self.log_path}"

    def wait_recovered(self):
        """Until the rows that killed runs left in their journals are in the tables."""
        wait_until(lambda: self.get_json("/api/v1/status")["figures"]["recovered"], RECOVERED_SECONDS,
                   f"recovery, see {self.log_path}")

    def verify(self):
        """`weir table verify`: both formats say the same, and it is on disk. Returns what it printed."""
        log_path = self.folder / "verify.log"
        log_path.unlink(missing_ok=True)
        run_to_end([self.binary, "table", "verify", "--data", self.data], log_path, VERIFY_SECONDS)
        return log_path.read_text()

    def get(self, path):
        return urllib.request.urlopen(f"http://{self.http}{path}", timeout=10)

    def get_json(self, path):
        return json.load(self.get(path))

    @property
    def iceberg_uri(self):
        return f"http://{self.http}/iceberg"

    def delta_path(self, table):
        return self.data / "tables" / NAMESPACE / table / "data"

    def table(self, name):
        """What /api/v1/tables says of a table, or None where there is none."""
        try:
            return self.get_json(f"/api/v1/tables/{NAMESPACE}/{name}")
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def rows(self, name):
        return int((self.table(name) or {}).get("rows") or 0)

    def wait_rows(self, name, count, seconds=VISIBLE_SECONDS):
        """Waits until the table has `count` rows; more is an error at once."""
        deadline = time.monotonic() + seconds
        while (rows := self.rows(name)) != count:
            assert rows < count, f"{name} has {rows} rows, expected {count}"
            assert time.monotonic() < deadline, f"{name} has {rows} rows after {seconds} s, expected {count}"
            time.sleep(0.05)

    def wait_rows_settle(self, name, still_seconds=3.0, seconds=60):
        """Waits until the count has not changed for a while; returns it. For when no count can be expected."""
        deadline, since, last = time.monotonic() + seconds, time.monotonic(), self.rows(name)
        while time.monotonic() - since < still_seconds:
            time.sleep(0.1)
            rows = self.rows(name)
            if rows != last:
                since, last = time.monotonic(), rows
            assert time.monotonic() < deadline, f"the rows of {name} still change after {seconds} s"
        return last

    def metric(self, name):
        """The sum of a Prometheus metric over its labels; None where it isn't exposed."""
        values = []
        for line in self.get("/metrics").read().decode().splitlines():
            series, _, value = line.rpartition(" ")
            if series.partition("{")[0] in (name, name + "_total"):
                values.append(float(value))
        return sum(values) if values else None
