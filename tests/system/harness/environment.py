# SPDX-License-Identifier: Apache-2.0
"""Where things are: the repository, the output folder, and the environments that `./dev env` brings."""

import functools
import pathlib
import subprocess

from harness.registry import Skip

SYSTEM_TESTS = pathlib.Path(__file__).resolve().parent.parent
REPOSITORY = SYSTEM_TESTS.parent.parent
OUTPUT = REPOSITORY / "build" / "tests-output"
SKIP_EXIT_CODE = 3  # of `./dev env`: it can't be had on this machine


@functools.cache
def environment(name):
    """The path that `./dev env name` prints: a folder, or a program."""
    done = subprocess.run([REPOSITORY / "dev", "env", name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=1800)
    if done.returncode == SKIP_EXIT_CODE:
        raise Skip(f"./dev env {name}: {done.stderr.strip().splitlines()[-1]}")
    if done.returncode != 0:
        raise RuntimeError(f"./dev env {name} failed: {done.stderr.strip()[-500:]}")
    return pathlib.Path(done.stdout.strip())
