# SPDX-License-Identifier: Apache-2.0
"""Which files of a folder hold one of some byte strings, as they lie on disk or unpacked: JSON in gzip, Avro's blocks,
Parquet's rows.

A program of the engines environment.
"""

import gzip
import pathlib
import zlib

from child import serve_task


def zigzag(data, at):
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (number >> 1) ^ -(number & 1), at


def avro_blocks(data):
    at = 4
    while True:  # the header's map
        count, at = zigzag(data, at)
        if count == 0:
            break
        for _ in range(abs(count)):
            for _ in range(2):
                size, at = zigzag(data, at)
                at += size
    at += 16
    while at < len(data):
        _, at = zigzag(data, at)
        size, at = zigzag(data, at)
        block = data[at:at + size]
        try:
            yield zlib.decompress(block, -15)
        except zlib.error:
            yield block  # not compressed
        at += size + 16


def forms(path):
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return
    yield data
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    elif data[:4] == b"Obj\x01":
        yield from avro_blocks(data)
    elif data[:4] == b"PAR1" and data[-4:] == b"PAR1":
        import pyarrow.parquet

        for row in pyarrow.parquet.read_table(path).to_pylist():
            yield b"".join(value if isinstance(value, bytes) else repr(value).encode() for value in row.values())


def find(task):
    needles = [bytes.fromhex(needle) for needle in task["needles"]]
    found, searched = set(), 0
    for path in sorted(pathlib.Path(task["root"]).rglob("*")):
        if not path.is_file():
            continue
        searched += 1
        for form in forms(path):
            if any(needle in form for needle in needles):
                found.add(str(path.relative_to(task["root"])))
    return {"found": sorted(found), "searched": searched}


serve_task({"find": find})
