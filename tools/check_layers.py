#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks every #include of src/ against layers.txt and against who owns which library. Exit code 1 on a finding."""
import pathlib
import re
import sys

from cpp_text import ROOT

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
# The program stands on top: it may include any room, and no room may include it.
TOP = {"main.cc"}
# A library is included by one room, so that replacing it is that room's business; tests may use any.
OWNERS = (
    (re.compile(r"parquet/"), {"datafile"}),
    (re.compile(r"boost/(asio|beast)\b"), {"net", "cli"}),
    (re.compile(r"nghttp2/"), {"net"}),
    (re.compile(r"openssl/"), {"net"}),
    (re.compile(r"sqlite3\.h$"), {"catalog"}),
    (re.compile(r"simdjson"), {"columnar"}),
    (re.compile(r"duckdb"), {"query"}),
    (re.compile(r"zstd\.h$|spdlog/"), {"base"}),
    (re.compile(r"zlib\.h$"), {"base", "table"}),  # Avro's blocks are raw deflate, HTTP's bodies are not.
    (re.compile(r"CLI/"), {"cli", "node", "main.cc"}),
    (re.compile(r"yaml-cpp/"), {"cli"}),
)
# Two table formats over one table change: neither may lean on the other.
STRANGERS = (("table/iceberg/", "table/delta/"), ("table/delta/", "table/iceberg/"))


def read_layers(text):
    """Returns {room: rooms it may include}, and what is wrong with the list itself."""
    allowed, problems = {}, []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        room, _, others = line.partition(":")
        for other in others.split():
            # Only rooms named above: so the graph cannot have a cycle.
            if other not in allowed:
                problems.append(f"layers.txt: {room} names {other}, which is not a room above it")
        allowed[room] = set(others.split())
    return allowed, problems


def layer_problem(path, included, allowed):
    """What is wrong with one quoted include of the file `path` (both relative to src/), or None."""
    room, other = path.split("/")[0], included.split("/")[0]
    for ours, theirs in STRANGERS:
        if path.startswith(ours) and included.startswith(theirs):
            return f"{ours} must not include {theirs}"
    if room in TOP or room == other or path.endswith("_bench.cc"):  # A benchmark is a program of its own, on top.
        return None
    if room not in allowed:
        return f"room {room} has no line in layers.txt"
    if other in allowed[room]:
        return None
    return f"room {room} may not include {other} (layers.txt)"


def owner_problem(path, included):
    room = path.split("/")[0]
    if re.search(r"_(test|fuzz|bench)\.(cc|h)$", path):
        return None
    for library, owners in OWNERS:
        if library.match(included) and room not in owners:
            return f"only {' and '.join(sorted(owners))} may include <{included}>"
    return None


def problems_of(path, text, allowed):
    for match in INCLUDE.finditer(text):
        quoted, included = match.group(1) == '"', match.group(2)
        if quoted and "/" not in included:
            problem = f'"{included}" needs its full path from src/'
        elif quoted:
            problem = layer_problem(path, included, allowed)
        else:
            problem = owner_problem(path, included)
        if problem:
            yield f"src/{path}:{text.count(chr(10), 0, match.start(2)) + 1}: {problem}"


def main(root=ROOT):
    allowed, problems = read_layers((root / "layers.txt").read_text())
    source = root / "src"
    for path in sorted(p for p in source.rglob("*") if p.suffix in (".h", ".cc")):
        problems += problems_of(str(path.relative_to(source)), path.read_text(), allowed)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT))
