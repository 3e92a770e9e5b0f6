# SPDX-License-Identifier: Apache-2.0
"""A journal with little room and commits that come late: refusals say when to come back, and it goes on."""

import contextlib

from cores import pinned
from harness.process import wait_until
from harness.weir_server import WeirServer
from overload import RECOVERED_SECONDS, Blasts, make_bodies, recovered_seconds
from sampling import Sampling
from table import Check, at_least, at_most, none_of, told

JOURNAL_MIB, COMMIT_SECONDS = 64, 8
LOAD_SECONDS, CLIENTS = 3 * COMMIT_SECONDS, 8
# What was admitted before it was full, and segments that are kept to be written over.
DISK_FACTOR = 1.5
SAMPLE_SECONDS = 0.1
SETTINGS = (f"limits.journal_mib={JOURNAL_MIB}", f"commit.interval_ms={COMMIT_SECONDS * 1000}", "workers=1")


class DiskUse(Sampling):
    """The most that a folder held inside the block, in MiB."""

    def __init__(self, folder):
        super().__init__(SAMPLE_SECONDS)
        self.folder, self.most_mib = folder, 0.0

    def sample(self):
        total = 0
        for path in self.folder.rglob("*"):
            with contextlib.suppress(OSError):  # Gone meanwhile.
                total += path.stat().st_size
        self.most_mib = max(self.most_mib, total / 2**20)


def refused_for(weir, reason):
    text = weir.get("/metrics").read().decode()
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines()
               if line.startswith("weir_ingest_refused_total") and f'reason="{reason}"' in line)


def run(options, folder, cpus, checks):
    flags = [part for setting in SETTINGS for part in ("--set", setting)]
    with contextlib.ExitStack() as stack:
        with pinned(cpus[0]):
            weir = stack.enter_context(WeirServer(options.binary, folder, *flags))
        blasts = Blasts(weir, make_bodies(folder), folder)
        with DiskUse(weir.data / "journal") as disk:
            report = blasts.run(LOAD_SECONDS, "--clients", CLIENTS)
            recovery = recovered_seconds(blasts)
        acked = sum(report["acked_rows"] for report in blasts.reports)
        wait_until(lambda: weir.rows("otel_spans") >= acked, 60, f"{acked} rows in the table")
        rows = weir.rows("otel_spans")
        checks += [
            at_least(f"refused because a journal of {JOURNAL_MIB} MiB is full, a commit every {COMMIT_SECONDS} s",
                     refused_for(weir, "journal"), 1),
            told("HTTP answers, by status", str(report["statuses"])),
            none_of("refusals without Retry-After, or not 429 or 503", report["unfit"]),
            at_most("the journal on disk", disk.most_mib, JOURNAL_MIB * DISK_FACTOR, " MiB"),
            at_most("taken at the first try again, after the end", recovery, COMMIT_SECONDS + RECOVERED_SECONDS, " s"),
            Check("rows in the table", f"{acked:,}", f"{rows:,}", rows == acked),
        ]
        weir.stop()
