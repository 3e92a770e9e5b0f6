# SPDX-License-Identifier: Apache-2.0
"""The release binary under strace: killed at, or failed by, the N-th system call of a thread in a short scripted run.

The calls are counted first, then each is met in a run of its own, which ends with the same check of every row.
"""

import contextlib
import fnmatch
import itertools
import os
import re
import shutil
import signal
import subprocess
import time
import traceback
from collections import Counter
from dataclasses import dataclass

from expect import SIGNALS
from harness.registry import Skip
from matrix import Bench
from mix import Mix
from oracle import check
from server import Client, Server

CHANGES = ("write", "pwrite64", "pwritev", "fsync", "fdatasync", "rename", "link", "unlink", "unlinkat", "rmdir",
           "mkdir", "ftruncate", "fallocate", "openat")
# Which thread is traced, which of its calls. An ingest writes to its journal with pwritev; its write wakes a thread,
# and has no file that could fail.
TARGETS = {
    "start": CHANGES,
    "ingest": ("pwritev", "fdatasync", "fsync", "openat", "fallocate", "ftruncate", "rename", "unlink"),
    "commit": CHANGES,
    "network": ("sendmsg", "recvfrom", "accept"),
    "recovery": CHANGES,
    "stop": CHANGES,
}
KILL, EIO, ENOSPC = "signal=KILL:when={n}", "error=EIO:when={n}", "error=ENOSPC:when={n}+"
# A socket does not have these errors.
ACTIONS = {"start": (KILL, EIO), "ingest": (KILL, EIO, ENOSPC), "commit": (KILL, EIO, ENOSPC), "network": (KILL,),
           "recovery": (KILL, EIO), "stop": (KILL, EIO)}
MAY_GIVE_UP = ("start", "recovery", "stop")  # with a failing disk: by an exit code, and nothing is lost
FLAGS = ("--set", "commit.interval_ms=50", "--set", "workers=1")
NEVER_COMMIT = ("--set", "commit.interval_ms=3600000", "--set", "workers=1")
ATTACH_SECONDS, COMMIT_SECONDS, FAILING_SECONDS, TAKEN_AGAIN_SECONDS, POLL_SECONDS = 10, 10, 0.3, 10, 0.004
EPOLL_WAIT = "232"  # the number of that call on x86_64


@dataclass(frozen=True)
class Injection:
    target: str
    call: str
    action: str
    n: int

    def __str__(self):
        return f"{self.target} {self.call} {self.action.format(n=self.n)}"


def inject_everywhere(options, lake):
    """(passed, failed) over the runs; prints a line for each target, call and action."""
    if shutil.which("strace") is None:
        raise Skip("strace is not installed")
    bench = Bench(options.release, options.folder / "syscalls", lake)
    passed = failed = 0
    for target in TARGETS:
        counts = _count(bench, target)
        for call, action in itertools.product(TARGETS[target], ACTIONS[target]):
            if not fnmatch.fnmatch(f"{target} {call} {action}", options.cells):
                continue
            numbers = range(options.first, counts[call] + 1, options.stride)
            runs = {n: _one(bench, Injection(target, call, action, n)) for n in numbers}
            broken = [n for n, run in runs.items() if run.problems]
            # The last calls of a thread depend on how its work was divided, so a run may have fewer.
            met = sum(run.is_met for run in runs.values())
            passed, failed = passed + len(runs) - len(broken), failed + len(broken)
            if runs:
                print(f"{target:9} {call:10} {action.format(n='N'):22} {len(runs):4} of {counts[call]:3} calls, "
                      f"{met} met{f', failed at {broken}' if broken else ''}", flush=True)
    return passed, failed


def _count(bench, target):
    """How often the traced thread makes each call when nothing fails."""
    script = Script(bench, target, ["-e", f"trace={','.join(TARGETS[target])}"])
    script.go()
    assert not script.problems, script.problems
    return Counter(re.findall(r"^(?:\d+ +)?(\w+)\(", script.trace.read_text(errors="replace"), re.M))


def _one(bench, injection):
    """The script of one injection, run to its end or its first problem."""
    script = Script(bench, injection.target,
                    ["-e", f"trace={injection.call}",
                     "-e", f"inject={injection.call}:{injection.action.format(n=injection.n)}"],
                    is_kill=injection.action is KILL, lasts=injection.action is ENOSPC,
                    may_give_up=injection.action is EIO and injection.target in MAY_GIVE_UP)
    try:
        script.go()
    except Exception as error:
        script.problems.append(f"{type(error).__name__}: {error}")
        if not isinstance(error, AssertionError):
            traceback.print_exc()
    if script.problems:
        print(f"FAIL {injection}", *script.problems[:8], sep="\n     ", flush=True)
        kept = bench.folder / "failed" / re.sub(r"\W+", "-", str(injection))
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        for part in (bench.data, bench.log):
            with contextlib.suppress(OSError):
                os.replace(part, kept / part.name)
    return script


class Script:
    """The same few requests and two commits each time; strace on one thread of the part of it that `target` names."""

    def __init__(self, bench, target, strace, is_kill=False, lasts=False, may_give_up=False):
        self.bench, self.target, self.trace = bench, target, bench.folder / "strace.txt"
        self.strace = ["strace", "-q", "-o", str(self.trace), *strace]
        self.is_kill, self.lasts, self.may_give_up = is_kill, lasts, may_give_up
        self.requests, self.problems = [], []
        self._mixes = {signal_name: Mix(f"script {signal_name}", (signal_name,), 1000 * i, is_plain=True)
                       for i, signal_name in enumerate(SIGNALS, 1)}
        self._tracer = None
        self.is_met = False

    def go(self):
        self.bench.begin(is_empty=False)
        if self.target == "recovery":
            self._leave_a_journal()
        self._traced_run()
        self.is_met |= "(INJECTED)" in self.trace.read_text(errors="replace")
        with self.server() as server:
            server.must_start()
            server.wait_recovered()
            self.must_ack(server)
            server.stop()
        self.problems += check(self.bench.lake, self.bench.data, self.requests).problems

    def server(self, flags=FLAGS, prefix=()):
        return Server(self.bench.binary, self.bench.data, self.bench.log, flags, prefix=prefix)

    def wave(self, client):
        for mix in self._mixes.values():
            request = mix.next()
            self.requests.append(request)
            client.wave([request])

    def _leave_a_journal(self):
        with self.server(NEVER_COMMIT) as server:
            server.must_start()
            with contextlib.closing(Client(server.http, 1)) as client:
                self.wave(client)
            server.kill()

    def _traced_run(self):
        at_start = {"start": (*self.strace,), "recovery": (*self.strace, "-f")}.get(self.target, ())
        with self.server(prefix=at_start) as server:
            is_ready = server.wait_ready()
            assert is_ready or at_start and self._may_end_with(server.process.returncode), (
                f"it did not start, and ended with {server.process.returncode}, see {self.bench.log}")
            if is_ready and at_start:
                # What is traced is over when it has recovered; the tracer goes with its tracee.
                with contextlib.suppress(OSError, ValueError):
                    server.wait_recovered()
                    server.kill()
                    return
            elif is_ready:
                self._serve(server)
            self.is_met |= self.is_kill and server.process.wait() == -9

    def _serve(self, server):
        with contextlib.closing(Client(server.http, 1)) as client, contextlib.ExitStack() as tracing:
            if self.target == "stop":
                self._two_commits(server, client)
            tracing.callback(self.detach)
            self.attach(server)
            if self.target != "stop":
                self._two_commits(server, client)
            if not self.is_kill and self.target != "stop":
                self.detach()
                self.must_ack(server)
            if self.target == "stop" or server.is_alive:
                self.stop_or_die(server)

    def stop_or_die(self, server):
        server.process.send_signal(signal.SIGTERM)
        assert server.wait_end(COMMIT_SECONDS), f"it still ran {COMMIT_SECONDS} s after SIGTERM"
        code = server.process.returncode
        assert code == 0 or self._may_end_with(code), f"it ended with {code}, see {self.bench.log}"

    def _may_end_with(self, code):
        """A kill is one; giving up is an exit code, not a crash."""
        return self.is_kill and code == -9 or self.may_give_up and code > 0

    def _two_commits(self, server, client):
        for _ in range(2):
            before = self._delta_entries()
            self.wave(client)
            # A disk that goes on failing lets no commit end.
            limit = FAILING_SECONDS if self.lasts else COMMIT_SECONDS
            deadline = time.monotonic() + limit
            while server.is_alive and self._delta_entries() < before + len(SIGNALS):
                if time.monotonic() > deadline:
                    has_acked = any(request.outcome == "acked" for request in self.requests)
                    assert self.lasts or not has_acked, f"no commit within {limit} s"
                    break
                time.sleep(POLL_SECONDS)
        assert self.is_kill or server.is_alive, f"it ended with {server.process.returncode}, see {self.bench.log}"

    def _delta_entries(self):
        return sum(1 for _ in self.bench.data.glob("tables/*/*/data/_delta_log/*.json"))

    def must_ack(self, server):
        deadline = time.monotonic() + TAKEN_AGAIN_SECONDS
        while time.monotonic() < deadline:
            with contextlib.closing(Client(server.http, 1)) as client:
                first = len(self.requests)
                self.wave(client)
            if all(request.outcome == "acked" for request in self.requests[first:]):
                return
            time.sleep(0.02)
        raise AssertionError(f"requests are not taken again after {TAKEN_AGAIN_SECONDS} s, see {self.bench.log}")

    def attach(self, server):
        thread = self._thread(server.process.pid)
        self._tracer = subprocess.Popen([*(part for part in self.strace if part != "-q"), "-p", thread],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        line = self._tracer.stderr.readline().decode()
        assert "attached" in line, f"strace: {line}"

    def _thread(self, pid):
        """The id of the thread to trace; the network's has no name of its own, but waits for its sockets."""
        if self.target == "stop":
            return str(pid)
        deadline = time.monotonic() + ATTACH_SECONDS
        while time.monotonic() < deadline:
            for thread in os.listdir(f"/proc/{pid}/task"):
                with contextlib.suppress(OSError):
                    folder = f"/proc/{pid}/task/{thread}"
                    name, call = open(f"{folder}/comm").read().strip(), open(f"{folder}/syscall").read().split()[0]
                    if name == self.target or self.target == "network" and call == EPOLL_WAIT:
                        return thread
        raise AssertionError(f"no {self.target} thread")

    def detach(self):
        if self._tracer is not None:
            self._tracer.terminate()
            self._tracer.communicate()
            self._tracer = None
