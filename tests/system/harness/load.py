# SPDX-License-Identifier: Apache-2.0
"""otlpblast as a load whose acknowledgements are known one by one, and the check that tables hold exactly those.

Every request has a number; its six hex digits, the tag, stand in characters 11 to 16 of all its trace ids.
"""

import json
import pickle
from dataclasses import dataclass

from expect import TABLE_OF
from harness.environment import SYSTEM_TESTS, environment
from harness.process import run_to_end, running

COUNT_SECONDS = 180
# Only histogram points carry trace ids (in exemplars): the third ten of the thirty points of a request.
METRIC_ITEMS, METRIC_TAGGED_ITEMS = 30, 10


@dataclass(frozen=True)
class Load:
    """One run of otlpblast. `first` keeps the numbers of runs apart."""

    signal: str
    proto: str  # grpc, http or json
    first: int
    items: int = METRIC_ITEMS
    gzip: bool = False

    def command(self, server, folder, *flags):
        endpoint = server.grpc if self.proto == "grpc" else f"http://{server.http}"
        command = [environment("otlpblast"), "-signal", self.signal, "-proto", self.proto, "-endpoint", endpoint,
                   "-items", self.items, "-first", self.first, "-acks", self.acks_path(folder), *flags]
        return command + (["-gzip"] if self.gzip else [])

    def acks_path(self, folder):
        return folder / f"acks-{self.signal}-{self.first:08d}.txt"

    def log_path(self, folder):
        return folder / f"otlpblast-{self.signal}.log"

    def in_background(self, server, folder, *flags):
        return running(self.command(server, folder, *flags), self.log_path(folder))

    def to_end(self, server, folder, *flags, seconds=60):
        """Returns what otlpblast says of its run."""
        self.log_path(folder).unlink(missing_ok=True)
        run_to_end(self.command(server, folder, *flags), self.log_path(folder), seconds)
        return json.loads(self.log_path(folder).read_text().splitlines()[-1])


def acked_tags(folder, signal):
    """The tags of all acknowledged requests of a signal, of every run that left its acks in `folder`."""
    tags = set()
    for path in folder.glob(f"acks-{signal}-*.txt"):
        tags.update(line.split()[0] for line in path.read_text().splitlines() if line.endswith(f" {METRIC_ITEMS}"))
    return tags


def count_tags(server, signals, folder):
    """{format: {table: {rows, distinct_record_ids, record_ids, tags}}} as PyIceberg and delta-rs see the tables."""
    home = environment("engines")
    task = folder / "count-tags.json"
    task.write_text(json.dumps({
        "iceberg_uri": server.iceberg_uri,
        "tables": {TABLE_OF[signal]: str(server.delta_path(TABLE_OF[signal])) for signal in signals},
        "out": str(folder / "count-tags.pickle"),
    }))
    run_to_end([home / "bin" / "python", SYSTEM_TESTS / "readers" / "count_tags.py", task], folder / "count-tags.log",
               COUNT_SECONDS)
    return pickle.loads((folder / "count-tags.pickle").read_bytes())


def assert_exactly_the_acked(server, signals, folder):
    """Acked requests are there once; others once or not at all; none partly. In both formats alike. Returns how many
    rows there are."""
    counted = count_tags(server, signals, folder)
    for signal in signals:
        iceberg, delta = (counted[form][TABLE_OF[signal]] for form in ("iceberg", "delta"))
        for form, found in (("iceberg", iceberg), ("delta", delta)):
            _assert_whole(f"{signal} in {form}", signal, found, acked_tags(folder, signal))
        assert iceberg["record_ids"] == delta["record_ids"], f"{signal}: the formats hold different rows"
    return sum(counted["iceberg"][TABLE_OF[signal]]["rows"] for signal in signals)


def _assert_whole(what, signal, found, acked):
    per_request = METRIC_TAGGED_ITEMS if signal == "metrics" else METRIC_ITEMS
    lost = sorted(acked - found["tags"].keys())
    odd = {tag: count for tag, count in found["tags"].items() if count != per_request}
    problems = []
    if lost:
        problems.append(f"{len(lost)} of {len(acked)} acknowledged requests are lost: {lost[:10]}")
    if odd:
        problems.append(f"{len(odd)} requests do not have exactly {per_request} rows: {list(odd.items())[:10]}")
    if found["distinct_record_ids"] != found["rows"]:
        problems.append(f"{found['rows']} rows have {found['distinct_record_ids']} distinct record ids")
    if found["rows"] != len(found["tags"]) * METRIC_ITEMS:
        problems.append(f"{found['rows']} rows are not {METRIC_ITEMS} for each of {len(found['tags'])} requests")
    assert not problems, f"{what}: " + "; ".join(problems)
