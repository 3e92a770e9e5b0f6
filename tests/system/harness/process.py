# SPDX-License-Identifier: Apache-2.0
"""Child processes: never left behind, their output in a file, waiting bounded by a deadline."""

import contextlib
import socket
import subprocess
import time


def wait_until(condition, seconds, what, interval=0.02):
    """Polls until `condition()` gives something true and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(interval)


@contextlib.contextmanager
def running(command, log_path, **options):
    """The process while the block runs; killed after it, if it still lives."""
    with open(log_path, "ab") as log:
        process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=subprocess.STDOUT, **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def run_to_end(command, log_path, seconds, **options):
    """Runs a command that must end by itself, with exit code 0."""
    with running(command, log_path, **options) as process:
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{command[0]} still ran after {seconds} s, see {log_path}") from None
    if code != 0:
        tail = "\n".join(open(log_path, errors="replace").read().strip().splitlines()[-8:])
        raise AssertionError(f"{command[0]} exited with {code}, see {log_path}\n{tail}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def steady_endpoint(chance):
    """host:port that stays free while nobody listens: from below the ports that outgoing connections get."""
    while True:
        port = chance.randrange(20_000, 30_000)
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return f"127.0.0.1:{port}"


def can_connect(port):
    with socket.socket() as client:
        client.settimeout(0.5)
        return client.connect_ex(("127.0.0.1", port)) == 0
