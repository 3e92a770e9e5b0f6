#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes Arrow's C++ headers and the two libraries we link out of a pyarrow wheel.

usage: unpack_arrow.py WHEEL FOLDER
"""
import pathlib
import shutil
import sys
import zipfile

LIBRARIES = ("pyarrow/libarrow.so.2600", "pyarrow/libparquet.so.2600")


def wanted(name):
    return name in LIBRARIES or (name.startswith("pyarrow/include/") and not name.endswith("/"))


def unpack(wheel, folder):
    with zipfile.ZipFile(wheel) as archive:
        for name in filter(wanted, archive.namelist()):
            target = folder / pathlib.PurePosixPath(name).relative_to("pyarrow")
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out)
    for library in LIBRARIES:
        (folder / pathlib.PurePosixPath(library).name).chmod(0o755)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    unpack(sys.argv[1], pathlib.Path(sys.argv[2]))
