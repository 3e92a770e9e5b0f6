#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""embed_page.py FOLDER OUT.cc: the web page's built files as C++ constants, compressed.

An empty FOLDER gives a binary without the page. Fails when the page is larger than PAGE_BYTES_MAX.
"""
import gzip
import hashlib
import pathlib
import sys

PAGE_BYTES_MAX = 600_000  # Compressed, of all files together: it travels with every binary.
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
LINE_BYTES = 64

HEAD = """// Made by tools/embed_page.py.
#include "serve/page/files.h"

#include <array>

namespace weir::serve::page {
"""


def built_files(folder):
    """(path, compressed bytes), the document first."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    # The same bytes from the same contents: no time, no name.
    return [(p.relative_to(folder).as_posix(), gzip.compress(p.read_bytes(), 9, mtime=0))
            for p in sorted(files, key=lambda p: p.name != "index.html")]


def literal(data):
    """Octal escapes of three digits: what follows never belongs to them."""
    lines = (data[at:at + LINE_BYTES] for at in range(0, len(data), LINE_BYTES))
    return "\n".join('    "' + "".join(f"\\{byte:03o}" for byte in line) + '"' for line in lines)


def source_of(files):
    text = HEAD
    for number, (_, data) in enumerate(files):
        text += f"static constexpr char kBytes{number}[] =\n{literal(data)};\n"
    text += f"static constexpr std::array<File, {len(files)}> kFiles = {{\n"
    for number, (path, data) in enumerate(files):
        tag = hashlib.sha256(data).hexdigest()[:16]
        text += (f'    File{{"{path}", "{TYPES[pathlib.Path(path).suffix]}", "\\"{tag}\\"",\n'
                 f'             {{kBytes{number}, {len(data)}}}}},\n')
    return text + "};\nstd::span<const File> Files() { return kFiles; }\n}  // namespace weir::serve::page\n"


def main():
    folder, out = sys.argv[1:3]
    files = built_files(pathlib.Path(folder)) if folder else []
    size = sum(len(data) for _, data in files)
    if size > PAGE_BYTES_MAX:
        sys.exit(f"the page is {size} bytes compressed, at most {PAGE_BYTES_MAX}: take something out of ui/")
    if folder and (not files or files[0][0] != "index.html"):
        sys.exit(f"{folder} has no index.html: build the page with ./dev build")
    pathlib.Path(out).write_text(source_of(files))


if __name__ == "__main__":
    main()
