#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes DuckDB's library out of its npm package and the headers out of its source distribution, once both have the
checksums that the lock names.

usage: unpack_duckdb.py LOCK DOWNLOADS FOLDER
"""
import hashlib
import pathlib
import sys
import tarfile

HEADERS = "/external/duckdb/src/include/"


def locked(lock):
    """{client: (package, version, sha256)} of the lock's lines."""
    lines = [line.split() for line in lock.read_text().splitlines() if line and not line.startswith("#")]
    return {client: (package, version, digest) for client, package, version, digest in lines}


def checked(downloads, pattern, digest):
    """The one download of that name. Whatever else it holds is not looked at before the checksum is right."""
    path = next(iter(downloads.glob(pattern)), None)
    if path is None:
        sys.exit(f"dev: {pattern} is not among what was downloaded: run this again")
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        sys.exit(f"dev: {path.name} is not the file the lock names: do not use it; see tools/lock/README.md")
    return path


def target_of(name):
    """Where a member of either archive goes, or None."""
    if name == "package/libduckdb.so":
        return "libduckdb.so"
    if HEADERS in name and name.endswith((".h", ".hpp")):
        return "include/" + name.split(HEADERS, 1)[1]
    return None


def unpack(archive, folder):
    with tarfile.open(archive) as members:
        for member in members:
            target = target_of(member.name) if member.isfile() else None
            if target:
                path = folder / target
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(members.extractfile(member).read())


def main(lock, downloads, folder):
    packages = locked(lock)
    unpack(checked(downloads, "duckdb-node-bindings-*.tgz", packages["npm"][2]), folder)
    unpack(checked(downloads, "duckdb-*.tar.gz", packages["pip"][2]), folder)
    (folder / "libduckdb.so").chmod(0o755)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*map(pathlib.Path, sys.argv[1:]))
