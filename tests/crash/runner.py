# SPDX-License-Identifier: Apache-2.0
"""Kills, failures and planted faults, each followed by a check of every row that was sent.

parts: points    every fault point's name stands once in src, and an ordinary run passes all of them
       matrix    every point, killed and failed there, by seeds
       syscalls  the release binary under strace: killed at every N-th write, sync, rename …; EIO and ENOSPC likewise
       disk      every change of the disk fails for a while
       full      a small disk fills up and is relieved, again and again
       planted   the check itself: faults planted into sound tables must be found
       journal   start-up with a large journal left behind
"""

import argparse
import contextlib
import fnmatch
import os
import pathlib
import signal
import sys
import time
import traceback

import paths  # noqa: F401
from harness.environment import OUTPUT, REPOSITORY
from harness.registry import Skip
from matrix import Bench, Result, Run
from oracle import Lake
from passed_points import check_points
from points import cells
from table import print_cell, print_head, print_sum

PARTS = ("points", "matrix", "syscalls", "disk", "full", "planted", "journal")
SHOWN_PROBLEMS = 12


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"of {' '.join(PARTS)}; all but journal without a name")
    parser.add_argument("--binary", default=str(REPOSITORY / "build" / "weir_faults"), help="built with fault points")
    parser.add_argument("--release", default=str(REPOSITORY / "build" / "weir"), help="what users run")
    parser.add_argument("--seeds", type=int, default=2, help="runs of each cell of the matrix (2)")
    parser.add_argument("--seed", type=int, default=1, help="the first of them (1)")
    parser.add_argument("--cells", default="*",
                        help="only cells that match: 'journal.sync.* serving kill'; of syscalls: 'stop * error=EIO*'")
    parser.add_argument("--actions", default="kill,fail,pause", help="what happens at a point (all)")
    parser.add_argument("--retry", action=argparse.BooleanOptionalAction, default=True,
                        help="send again what nobody answered; it must count once")
    parser.add_argument("--not-promised", action="store_true", help="also what docs/reliability.md does not promise")
    parser.add_argument("--stride", type=int, default=16, help="of syscalls only every so many (16); 1 is all")
    parser.add_argument("--first", type=int, default=1, help="the first of those calls (1)")
    parser.add_argument("--cycles", type=int, default=10, help="how often full fills the disk (10)")
    parser.add_argument("--journal-mib", type=int, default=1024, help="size of the journal to recover (1024)")
    parser.add_argument("--folder", type=pathlib.Path, default=OUTPUT / "crash", help="for data and logs")
    return parser.parse_args()


def matrix(options, lake):
    """(passed, failed) over the cells; prints their table."""
    print_head()
    bench = Bench(options.binary, options.folder / "matrix", lake)
    rows, started = {}, time.monotonic()
    for cell in cells(options.actions.split(",")):
        if not fnmatch.fnmatch(str(cell), options.cells):
            continue
        rows[cell] = results = []
        for seed in range(options.seed, options.seed + options.seeds):
            results.append(one_run(bench, cell, seed, options))
        print_cell(cell, results)
    print_sum(rows, time.monotonic() - started)
    failed = sum(any(result.problems for result in results) for results in rows.values())
    return len(rows) - failed, failed


def one_run(bench, cell, seed, options):
    run = Run(bench, cell, seed, options.retry)
    try:
        result = run.go()
    except Exception as error:
        if not isinstance(error, AssertionError):
            traceback.print_exc()
        result = Result(problems=[f"{type(error).__name__}: {error}"])
    if result.problems:
        kept = keep(bench.folder, f"{cell}-{seed}".replace(" ", "-"))
        retry = "" if options.retry else " --no-retry"
        print(f"FAIL {cell}, seed {seed}; again with: tests/crash/run matrix --cells '{cell}' --seed {seed} --seeds 1"
              f"{retry}\n     kept in {kept}")
        for problem in result.problems[:SHOWN_PROBLEMS]:
            print(f"     {problem}")
        sys.stdout.flush()
    return result


def keep(folder, name):
    """Moves the data and the log of a failed run aside."""
    kept = folder / "failed" / name
    kept.mkdir(parents=True, exist_ok=True)
    for part in ("data", "weir.log"):
        with contextlib.suppress(OSError):
            os.replace(folder / part, kept / part)
    return kept


def syscalls(options, lake):
    from syscalls import inject_everywhere

    return inject_everywhere(options, lake)


def disk(options, lake):
    from failing_disk import fail_the_disk

    return fail_the_disk(options, lake)


def full(options, lake):
    from full_disk import fill_and_relieve

    return fill_and_relieve(options, lake)


def planted(options, lake):
    from planted import find_every_fault

    return find_every_fault(options, lake)


def journal(options, lake):
    from large_journal import recover

    return recover(options, lake)


def points(options, lake):
    return check_points(Bench(options.binary, options.folder / "points", lake))


def main():
    options = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped on the way out
    missing = [path for path in (options.binary, options.release) if not os.access(path, os.X_OK)]
    if missing:
        print(f"FAIL there is no {' and no '.join(missing)}: build weir and weir_faults\n"
              "0 passed, 1 failed, 0 skipped")
        return 1
    options.folder.mkdir(parents=True, exist_ok=True)
    passed = failed = skipped = 0
    with contextlib.closing(Lake(options.folder / "lake.log")) as lake:
        for name in options.parts or PARTS[:-1]:
            print(f"--- {name}", flush=True)
            try:
                one = globals()[name](options, lake)
            except Skip as skip:
                print(f"SKIP {name}: {skip}")
                skipped += 1
                continue
            passed, failed = passed + one[0], failed + one[1]
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
