# SPDX-License-Identifier: Apache-2.0
"""What can be measured: each method starts its own servers and gives values."""

import hashlib
import pathlib
import shutil
import subprocess
import sys

from harness import compaction, cores, freshness, memory, report
from harness.case import STANDARD, Case
from harness.goals import DISTINCT, REPEATED, Found
from harness.load import Generator
from harness.measure import measure, measure_requests
from harness.perf_profile import profile
from harness.process import Failure, pinned
from harness.servers import Collector, Weir

SKIP_EXIT_CODE = 3  # of ./dev env: it cannot be had on this machine
ENVIRONMENT_SECONDS_MAX = 1800
# Of the goals' short set.
FRESHNESS_SECONDS, MEMORY_SECONDS, DISTINCT_REQUESTS, CORES_SECONDS, CORES_RUNS = 15, 90, 300, 12, 1
JSON_PAIRS_MAX = 2


def environment(root, name):
    """The program or folder that `./dev env name` prints, or None where it cannot be had."""
    done = subprocess.run([root / "dev", "env", name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          timeout=ENVIRONMENT_SECONDS_MAX)
    if done.returncode == SKIP_EXIT_CODE:
        return None
    if done.returncode != 0:
        raise Failure(f"./dev env {name} failed with {done.returncode}")
    return done.stdout.strip()


class Bench:
    """One thread. Owns the folder of all runs and the programs."""

    def __init__(self, args, root, folder):
        self.args, self.root, self.folder, self.count, self.failed = args, root, folder, 0, 0
        self.otlpblast = environment(root, "otlpblast")
        if self.otlpblast is None:
            raise Failure("there is no load generator here: see ./dev env otlpblast")
        self.generator = self.generator_on(args.generator_cpus, args.pool)
        self.rival = environment(root, "collector") if args.with_rival else None
        if self.rival is None and args.with_rival:
            print("SKIPPED the Collector: ./dev env collector cannot bring it here; no ratios", file=sys.stderr)

    def generator_on(self, cpus, pool=0):
        return Generator(self.otlpblast, cpus, pool)

    def systems(self):
        return ["weir"] + (["collector"] if self.rival else [])

    def server(self, system, cpus=None, settings=()):
        self.count += 1
        folder, cpus = self.folder / f"{self.count:03d}-{system}", cpus or self.args.server_cpus
        if system == "weir":
            return Weir(folder, cpus, self.args.weir, [*self.args.set, *settings])
        return Collector(folder, cpus, self.rival)

    def on_weir(self, work, cpus=None, settings=()):
        """What `work(server)` gives; the server's folder goes with it."""
        with self.server("weir", cpus, settings) as server:
            result = work(server)
        shutil.rmtree(server.folder)
        return result

    def tried(self, what, work):
        """A part that fails says so; the other parts may still do."""
        try:
            return work()
        except Failure as failure:
            self.failed += 1
            print(f"bench: {what} FAILED: {failure}", file=sys.stderr)
            return None

    def compare(self, case, has_half=frozenset({"weir", "collector"}), pairs=None):
        """A B A B …: neighbours in time share the machine's mood, so their ratio is worth more than the figures."""
        runs, pairs = {system: [] for system in self.systems()}, pairs or self.args.runs
        for number in range(pairs):
            for system in runs:
                with self.server(system) as server:
                    figures = self.measured(server, case, system in has_half)
                runs[system].append(figures)
                print(f"{case.name} {number + 1}/{pairs} {system}: {figures['items_per_s']:,.0f} "
                      f"{case.item}s/s, load average {figures['load_average']:.1f}", file=sys.stderr)
                shutil.rmtree(server.folder)
        return {"case": case, "runs": runs}

    def measured(self, server, case, has_half):
        if self.args.requests:
            return measure_requests(server, self.generator, case, self.args.requests)
        return measure(server, self.generator, case, self.args.seconds, has_half)

    def profile(self, case, kept):
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir()
        self.on_weir(lambda server: profile(server, self.generator, case, self.args.seconds, kept))
        print(f"\nthe whole of it: {kept.relative_to(self.root)}")

    def freshness(self, seconds, case=Case()):
        home = environment(self.root, "engines")
        if home is None:
            raise Failure("there are no engines here: see ./dev env engines")
        probe = freshness.Probe(home, seconds)
        return self.on_weir(lambda server: freshness.watch(server, self.generator, case, probe))

    def memory(self, seconds, case=Case()):
        full, samples = self.on_weir(lambda server: memory.watch(server, self.generator, case, seconds))
        return memory.summary(samples, full["seconds"]) | {"items_per_s": full["items_per_s"], "samples": samples}

    def compaction(self):
        """{what was sent: figures}, as compaction.watch gives them."""
        found = {}
        for load in compaction.LOADS:
            generator = self.generator_on(self.args.generator_cpus, load.pool)
            found[load.title] = self.on_weir(lambda server: compaction.watch(server, generator, load),
                                             settings=compaction.SETTINGS)
        return found

    def cores(self, counts, runs, seconds):
        available = self.args.server_cpus | self.args.generator_cpus
        case, runs_of = Case(clients=cores.CLIENTS_A_CORE * max(counts)), {count: [] for count in counts}
        for _ in range(runs):
            for count, server_cpus, generator_cpus in cores.layout(counts, available):
                generator = self.generator_on(generator_cpus)
                # This script's own time must not depend on the count.
                with pinned(available):
                    runs_of[count].append(self.on_weir(
                        lambda server: cores.measure_on(server, generator, case, seconds),
                        server_cpus, cores.settings(count)))
        return cores.summary(runs_of)

    def bytes_a_span(self):
        """Of as many spans from few and from many distinct requests."""
        found = {}
        for what, pool in ((DISTINCT, DISTINCT_REQUESTS), (REPEATED, 64)):
            generator = self.generator_on(self.args.generator_cpus, pool)
            found[what] = self.on_weir(lambda server: measure_requests(
                server, generator, Case(), DISTINCT_REQUESTS))["disk_bytes_per_item"]
        return found

    def goals(self):
        """(Found, the cases' results): everything that has a goal, in about ten minutes."""
        results = []
        for case in STANDARD:
            has_half = {"weir"} if case == Case() else set()
            # Preparing JSON takes the generator longer than sending it.
            pairs = min(self.args.runs, JSON_PAIRS_MAX) if case.proto == "json" else self.args.runs
            results.append(self.tried(case.name, lambda: self.compare(case, has_half, pairs)))
        results = [result for result in results if result]
        found = Found({result["case"]: result["runs"] for result in results}, {}, {}, {}, {})
        found.bytes_a_span = self.tried("bytes a span", self.bytes_a_span) or {}
        found.cores = self.tried("two cores", lambda: self.cores([1, 2], CORES_RUNS, CORES_SECONDS)) or {}
        found.freshness = self.tried("freshness", lambda: self.freshness(FRESHNESS_SECONDS)) or {}
        found.memory = self.tried("memory", lambda: self.memory(MEMORY_SECONDS)) or {}
        return found, results

    def facts(self):
        args = self.args
        with open(args.weir, "rb") as binary:
            digest = hashlib.file_digest(binary, "sha256").hexdigest()[:12]
        return {
            "commit": report.commit_of(self.root), "weir_sha256": digest, "machine": report.machine(),
            "command": " ".join(["bench/run", *sys.argv[1:]]), "runs": args.runs, "seconds": args.seconds,
            "requests": args.requests, "pool": args.pool, "settings": args.set,
            "server_cpus": sorted(args.server_cpus), "generator_cpus": sorted(args.generator_cpus),
            "generator": pathlib.Path(self.otlpblast).parent.name,
            "rival": pathlib.Path(self.rival).parent.name if self.rival else None,
        }
