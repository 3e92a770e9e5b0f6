# SPDX-License-Identifier: Apache-2.0
"""A disk that takes nothing for a while: every call that changes it fails, in every thread of the release binary.

Meanwhile all is refused in a way that clients retry; when the disk is well again, or after a kill in the middle of it,
everything goes on and no row is lost.
"""

import contextlib
import shutil
import time

from harness.registry import Skip
from matrix import Bench
from oracle import check
from server import Client
from syscalls import Script

CALLS = "pwritev,pwrite64,fallocate,mkdir,rename,link"
SYNCS = ",fsync,fdatasync"
CASES = (("ENOSPC", CALLS, "recovers"), ("ENOSPC", CALLS, "is killed"), ("EIO", CALLS + SYNCS, "recovers"),
         ("EIO", CALLS + SYNCS, "is killed"))
# What was written can neither be made durable nor taken back, so that a refused request comes back after a kill.
NOT_PROMISED = (("EIO", "fdatasync,fsync,ftruncate", "is killed"),)
WAVES, PAUSE_SECONDS = 6, 0.08  # long enough for several commits to be tried


def fail_the_disk(options, lake):
    """(passed, failed) over the cases."""
    if shutil.which("strace") is None:
        raise Skip("strace is not installed")
    bench = Bench(options.release, options.folder / "disk", lake)
    cases = CASES + NOT_PROMISED if options.not_promised else CASES
    results = [_one(bench, *case) for case in cases]
    return sum(results), len(results) - sum(results)


def _one(bench, error, calls, end):
    script = Script(bench, "stop", ["-f", "-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when=1+"])
    bench.begin(is_empty=False)
    try:
        seconds = _run(script, end == "recovers")
        problems = check(bench.lake, bench.data, script.requests).problems
    except AssertionError as problem:
        problems = [str(problem)]
    if problems:
        print(f"FAIL {error} everywhere, and the server {end}", *problems[:8], sep="\n     ", flush=True)
        return False
    print(f"{error} everywhere, and the server {end}: requests are taken again after {seconds:.2f} s", flush=True)
    return True


def _run(script, recovers):
    with script.server() as server:
        server.must_start()
        with contextlib.closing(Client(server.http, 1)) as client:
            script.wave(client)
            script.attach(server)
            healthy = len(script.requests)
            for _ in range(WAVES):
                script.wave(client)
                time.sleep(PAUSE_SECONDS)
        assert server.is_alive, f"it ended with {server.process.returncode}"
        acked = [request.number for request in script.requests[healthy:] if request.outcome == "acked"]
        assert not acked, f"acknowledged with no disk to keep them: requests {acked}"
        started = time.monotonic()
        if recovers:
            script.detach()
            script.must_ack(server)
            seconds = time.monotonic() - started
            script.stop_or_die(server)
        else:
            server.kill()
            script.detach()
    with script.server() as server:
        ready = server.must_start()
        server.wait_recovered()
        script.must_ack(server)
        server.stop()
    return seconds if recovers else ready
