# SPDX-License-Identifier: Apache-2.0
"""A server on a data folder with many spans."""
import http.client
import json
import os
import pathlib
import subprocess
import time

from harness import traces_load
from harness.process import Failure, check_alive, start, stop, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
ITEMS = 1000
QUIET_SECONDS, QUIET_SECONDS_MAX = 15, 1800


def environment(name):
    done = subprocess.run([ROOT / "dev", "env", name], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"./dev env {name}: {done.stderr.strip()[-300:]}")
    return done.stdout.splitlines()[-1]


class Server:
    """A server on a folder. Use as a context manager."""

    def __init__(self, weir, data, settings=()):
        flags = [part for setting in settings for part in ("--set", setting)]
        self.data, self.log = data, data.parent / "weir.log"
        self.command = [weir, "serve", "--data", data, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", *flags]

    def __enter__(self):
        (self.data / "server.json").unlink(missing_ok=True)
        self.process = start(self.command, os.sched_getaffinity(0), self.log)
        wait_until(self._is_ready, 120, f"weir to be ready, see {self.log}")
        return self

    def __exit__(self, *_):
        stop(self.process)

    def _is_ready(self):
        check_alive(self.process, self.log)
        try:
            self.http = json.loads((self.data / "server.json").read_text())["http"]
            self.connection = http.client.HTTPConnection(self.http, timeout=120)
            return self.ask("/ready")[0] == 200
        except (OSError, ValueError, http.client.HTTPException):
            return False

    def ask(self, path, body=None, content_type="application/sql"):
        self.connection.request("POST" if body else "GET", path, body, {"content-type": content_type} if body else {})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def tables(self):
        return {found["name"]: found for found in json.loads(self.ask("/api/v1/tables")[1])["tables"]}

    def metric(self, name):
        lines = self.ask("/metrics")[1].decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def fill(weir, data, spans, rate, settings=(), genai=0):
    """Sends the spans as fast as they are taken, and waits until compaction has nothing more to do."""
    requests = -(-spans // ITEMS)
    with Server(weir, data, settings) as server:
        took = traces_load.send(environment("otlpblast"), data.parent, server.http, requests, ITEMS, rate, genai)
        print(f"sent {requests * ITEMS:,} spans in {took:.0f} s", flush=True)
        wait_until(lambda: server.ask("/api/v1/status") and server.metric("weir_buffered_bytes") < 1e6, 600, "the last rows", 0.5)
        last, since, deadline = None, time.monotonic(), time.monotonic() + QUIET_SECONDS_MAX
        while time.monotonic() - since < QUIET_SECONDS and time.monotonic() < deadline:
            now = server.metric("weir_compacted_files_total")
            if now != last:
                last, since = now, time.monotonic()
            time.sleep(1)
