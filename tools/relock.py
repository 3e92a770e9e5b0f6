#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tools/lock/NAME.txt from tools/lock/NAME.in: exact versions and sha256 of what pip would install.

usage: relock.py NAME...        run it with Python 3.11 on Linux x86_64; the locks are for that platform alone
No index address is written, so that every reader's own pip configuration decides where packages come from.
"""
import json
import pathlib
import subprocess
import sys

LOCKS = pathlib.Path(__file__).resolve().parent / "lock"


def resolve(requirements):
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet",
               "--report", "-", "-r", str(requirements)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["install"]


def pin(item):
    """One requirement line; pip names the digest of the very file it would download."""
    name, version = item["metadata"]["name"], item["metadata"]["version"]
    digest = item["download_info"]["archive_info"]["hashes"]["sha256"]
    return f"{name.lower().replace('_', '-')}=={version} --hash=sha256:{digest}"


def relock(name):
    pins = sorted(pin(item) for item in resolve(LOCKS / f"{name}.in"))
    head = ["# SPDX-License-Identifier: Apache-2.0",
            f"# Written by tools/relock.py from {name}.in; do not edit."]
    (LOCKS / f"{name}.txt").write_text("\n".join(head + pins) + "\n")
    print(f"{name}: {len(pins)} packages")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for argument in sys.argv[1:]:
        relock(argument)
