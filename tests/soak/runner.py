# SPDX-License-Identifier: Apache-2.0
"""Lets simulated days pass over a server that gets telemetry every second, while three engines read, and kills it now
and then; then looks at what is there. Prints one table: what was wanted, what was found.

Examples:
  tests/soak/run                          some simulated hours in a few minutes
  tests/soak/run --days 7 --rate 60       a week, in about three hours
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

import paths  # noqa: F401  Before what it makes importable.
from harness.environment import OUTPUT, REPOSITORY
from harness.weir_server import NAMESPACE, WeirServer

import figures
from simulated_time import SimulatedTime
from telemetry import PER_SECOND, Sender

DAY = 86_400
ENGINES = ("pyiceberg", "duckdb", "delta-rs")
CONTROL_SECONDS = 20
SAMPLE_SECONDS = 15
READER_STOP_SECONDS = 120
COMMIT_MS_MIN = 10
METADATA_BYTES_MAX, MANIFESTS_MAX, PLANNING_SECONDS_MAX = 1 << 20, 200, 0.1
SPANS, INDEX = "otel_spans", "trace_index"
ORPHANS_MAX = 0.01


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(REPOSITORY / "build" / "weir_faults"),
                        help="a server with fault points, whose time can be told (build/weir_faults)")
    parser.add_argument("--days", type=float, default=0.25, help="to simulate (0.25)")
    parser.add_argument("--rate", type=int, default=60, help="simulated seconds a second (60)")
    parser.add_argument("--kill-hours", type=float, default=1.5, help="simulated, between two kills (1.5)")
    parser.add_argument("--folder", type=pathlib.Path, default=OUTPUT / "soak", help="for data and logs")
    parser.add_argument("--keep", action="store_true", help="keep the data")
    return parser.parse_args()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def server(options, folder, *flags):
    interval = max(COMMIT_MS_MIN, 1000 // options.rate)
    weir = WeirServer(options.binary, folder, "--set", f"commit.interval_ms={interval}", *flags)
    weir.endpoints = (free_port(), free_port())
    return weir


def commits_without_maintenance(options, simulated):
    """How long commits take on this machine with nothing beside them."""
    folder = options.folder / "control"
    folder.mkdir(parents=True)
    latency = figures.CommitLatency()
    with server(options, folder, "--set", "maintenance.compaction=false") as weir:
        sender = Sender(weir.http, simulated)
        sender.seconds = int(simulated.passed_seconds())
        sender.start()
        time.sleep(CONTROL_SECONDS)
        sender.stop()
        latency.add(weir)
    shutil.rmtree(folder)
    return latency.p99_bound()


class Readers:
    """One process an engine."""

    def __init__(self, weir, folder):
        self.processes = {}
        home = str(pathlib.Path(sys.executable).parent.parent)
        for engine in ENGINES:
            task = {"engine": engine, "iceberg_uri": weir.iceberg_uri, "namespace": NAMESPACE, "home": home,
                    "tables": list(PER_SECOND), "delta_paths": {name: str(weir.delta_path(name)) for name in PER_SECOND}}
            task_path = folder / f"{engine}.json"
            task_path.write_text(json.dumps(task))
            with open(folder / f"{engine}.log", "wb") as log:
                self.processes[engine] = subprocess.Popen(
                    ["nice", sys.executable, str(paths.SOAK / "reader.py"), str(task_path)], stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, stderr=log)

    def stop(self):
        """What each did."""
        found = {}
        for process in self.processes.values():
            process.stdin.close()
            process.stdin = None
        for engine, process in self.processes.items():
            out, _ = process.communicate(timeout=READER_STOP_SECONDS)
            found[engine] = json.loads(out.decode().splitlines()[-1]) if out else {"failed": 1, "failures": ["it ended"]}
        return found

    def kill(self):
        for process in self.processes.values():
            process.kill()
            process.wait()


class Soak:
    def __init__(self, options, simulated):
        self.options, self.simulated = options, simulated
        self.latency, self.kills, self.checks = figures.CommitLatency(), 0, []

    def check(self, what, wanted, found, is_ok):
        self.checks.append((what, wanted, found, is_ok))

    def run(self):
        control = commits_without_maintenance(self.options, self.simulated)
        folder = self.options.folder / "main"
        folder.mkdir()
        began = self.simulated.passed_seconds()
        with server(self.options, folder) as weir:
            sender = Sender(weir.http, self.simulated)
            sender.seconds = first = int(began)
            readers = Readers(weir, folder)
            try:
                sender.start()
                self.pass_time(weir, sender, began)
                sender.stop()
                read = readers.stop()
            finally:
                readers.kill()
            self.look(weir, sender, first)
            self.latency.add(weir)
            tables = [figures.load(weir, NAMESPACE, name) for name in (*PER_SECOND, INDEX)]
            weir.stop()
            self.after(weir, tables)
        self.judge_readers(read)
        self.check("p99 of a commit, and without maintenance", f"≤ 2 × {control} s", f"{self.latency.p99_bound()} s",
                   self.latency.p99_bound() <= 2 * control)
        if not self.options.keep:
            shutil.rmtree(folder / "data", ignore_errors=True)

    def pass_time(self, weir, sender, began):
        end = began + self.options.days * DAY
        next_kill = began + self.options.kill_hours * 3600
        next_sample = time.monotonic() + SAMPLE_SECONDS
        while (now := self.simulated.passed_seconds()) < end:
            if now >= next_kill:
                next_kill += self.options.kill_hours * 3600
                self.latency.add(weir)
                weir.kill()
                weir.start()
                self.kills += 1
            if time.monotonic() >= next_sample:
                next_sample += SAMPLE_SECONDS
                files = {name: weir.table(name)["files"] for name in PER_SECOND if weir.table(name)}
                behind = self.simulated.passed_seconds() - sender.seconds
                print(f"{(now - began) / 3600:.2f} h of {self.options.days * 24:.1f}: files {files}, "
                      f"commits {weir.metric('weir_commits_total')}, sender behind {behind:.0f} s, {self.kills} kills",
                      flush=True)
            time.sleep(0.2)

    def look(self, weir, sender, first):
        """With the server running, all that was acknowledged visible."""
        seconds = sender.seconds - first
        self.check("simulated time; requests acknowledged, tries, slowest", "",
                   f"{seconds / 3600:.1f} h; {sender.acked:,}, {sender.tries:,}, {sender.slowest:.2f} s", True)
        for name, count in PER_SECOND.items():
            weir.wait_rows(name, seconds * count, seconds=60)
        now_us = self.simulated.now_ns() // 1000
        for name in PER_SECOND:
            table = figures.load(weir, NAMESPACE, name)
            files = figures.live_files(table)
            crowded = figures.crowded_partitions(files, now_us)
            self.check(f"{name}: partitions with more than a file for 5 minutes, older than an hour", "none",
                       str(crowded or "none"), not crowded)
            size, count = figures.metadata_bytes(table), len(figures.manifests(table))
            self.check(f"{name}: metadata, manifests, snapshots; live files", f"≤ 1 MiB, ≤ {MANIFESTS_MAX}",
                       f"{size / 1024:.0f} KiB, {count}, {len(table.metadata.snapshots)}; {len(files)}",
                       size <= METADATA_BYTES_MAX and count <= MANIFESTS_MAX)
            took, planned = figures.planning_seconds(table, now_us)
            self.check(f"{name}: planning ten minutes in PyIceberg", f"≤ {PLANNING_SECONDS_MAX * 1000:.0f} ms",
                       f"{took * 1000:.0f} ms, {planned} files", took <= PLANNING_SECONDS_MAX)
            self.check_numbers(weir, name, first, seconds)

        self.check_index(weir, seconds * PER_SECOND[SPANS])

    @staticmethod
    def sources(weir, name):
        """A connection of DuckDB's, and how it calls the table in each format."""
        import duckdb

        connection = duckdb.connect(config={"extension_directory": str(
            pathlib.Path(sys.executable).parent.parent / "duckdb_ext"), "autoinstall_known_extensions": "false"})
        for extension in ("avro", "httpfs", "iceberg", "delta"):
            connection.execute(f"load {extension}")
        connection.execute(f"attach '' as weir (type iceberg, endpoint '{weir.iceberg_uri}', authorization_type 'none')")
        return connection, (("Iceberg", f"weir.{NAMESPACE}.{name}"), ("Delta", f"delta_scan('{weir.delta_path(name)}')"))

    def check_index(self, weir, spans):
        """Every span is counted in the index once, whatever was merged or killed."""
        connection, sources = self.sources(weir, INDEX)
        for what, source in sources:
            found = connection.execute(f"select sum(span_count) from {source}").fetchone()[0]
            self.check(f"{INDEX}, {what}: spans that it counts", f"{spans}", f"{found}", found == spans)

    def check_numbers(self, weir, name, first, seconds):
        connection, sources = self.sources(weir, name)
        count = PER_SECOND[name]
        wanted = (seconds * count, seconds * count, first * count + 1, (first + seconds) * count)
        for what, source in sources:
            found = figures.numbers_in(connection, source, name)
            self.check(f"{name}, {what}: rows, distinct, first and last number", f"{wanted}", f"{found}",
                       tuple(found) == wanted)

    def after(self, weir, tables):
        total, unnamed = figures.unnamed_bytes(weir.data, tables)
        self.check("bytes of files that nothing names", f"≤ {ORPHANS_MAX:.0%}",
                   f"{unnamed:,} of {total:,}: {unnamed / max(1, total):.2%}", unnamed <= ORPHANS_MAX * total)
        try:
            weir.verify()
            proof = "passed"
        except AssertionError as error:
            proof = str(error)[:200]
        self.check("weir table verify", "passed", proof, proof == "passed")
        self.check("kills", "", str(self.kills), True)

    def judge_readers(self, read):
        for engine, found in read.items():
            self.check(f"{engine}: reads of kept versions that failed", "0",
                       f"{found['failed']} of {found.get('reads')} ({found.get('expired')} expired meanwhile, "
                       f"{found.get('away')} with the server away) {found['failures'] or ''}",
                       found["failed"] == 0 and found.get("reads", 0) > 0)


def print_table(checks):
    for what, wanted, found, is_ok in checks:
        print(f"{'ok  ' if is_ok else 'MISS'}  {what}: {found}" + (f" (wanted {wanted})" if wanted else ""))
    missed = sum(not check[3] for check in checks)
    print(f"{len(checks) - missed} passed, {missed} failed, 0 skipped", flush=True)
    return missed


def main():
    options = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # So that what was started is ended on the way out.
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    simulated = SimulatedTime(options.rate)
    os.environ.update(simulated.environment())
    soak = Soak(options, simulated)
    try:
        soak.run()
    except Exception as error:
        soak.check("the run came to its end", "yes", f"{type(error).__name__}: {error}", False)
    return 1 if print_table(soak.checks) else 0


if __name__ == "__main__":
    sys.exit(main())
