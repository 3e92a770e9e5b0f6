# SPDX-License-Identifier: Apache-2.0
"""What the write path is to reach, and whether it did: one table for all goals. Pure: values in, values out."""

from dataclasses import dataclass

from harness.case import SMALL, Case
from harness.figures import ratios, spread

# ClickHouse 26.9 with the OpenTelemetry exporter's otel_traces, bytes of column data a span after OPTIMIZE FINAL; how it
# was measured: results/2026-11-21-clickhouse-bytes.md.
CLICKHOUSE_DISTINCT_BYTES = 75.1
CLICKHOUSE_REPEATED_BYTES = 34.0

DISTINCT, REPEATED = "300,000 distinct spans", "64 requests repeated"


@dataclass(frozen=True)
class Goal:
    title: str
    limit: float
    is_least: bool  # else it is the most
    value: object  # From Found to a number, or None where it was not measured.
    digits: int = 2
    unit: str = ""
    beside: object = lambda found: ("-", "-")  # (ours, what it is compared with), as texts.


@dataclass
class Found:
    """What was measured so far; each part is empty until it is."""

    runs: dict  # {case: {system: runs}}, as Bench.compare gives them.
    freshness: dict
    memory: dict
    cores: dict
    bytes_a_span: dict  # {DISTINCT: …, REPEATED: …}


def ratio(case, key):
    def value(found):
        runs = found.runs.get(case, {})
        among = ratios(runs["weir"], runs["collector"], key) if "collector" in runs else []
        return spread(among).median if among else None
    return value


def both(case, key, digits=0):
    def texts(found):
        runs = found.runs.get(case, {})
        medians = [spread([run[key] for run in runs.get(system, [])]) for system in ("weir", "collector")]
        return tuple("-" if median is None else f"{median.median:,.{digits}f}" for median in medians)
    return texts


def against_collector(title, case, limit, key="items_per_s", is_least=True, digits=0):
    return Goal(title, limit, is_least, ratio(case, key), unit="x", beside=both(case, key, digits))


def figure(case, key, of="median"):
    def value(found):
        found_spread = spread([run[key] for run in found.runs.get(case, {}).get("weir", [])])
        return None if found_spread is None else getattr(found_spread, of)
    return value


def worst_engine(key):
    def value(found):
        known = [engine[key] for engine in found.freshness.values() if engine[key] is not None]
        # A mark that was never seen is worse than any number.
        lost = any(engine["lost"] or engine["failed"] for engine in found.freshness.values())
        return float("inf") if lost else max(known, default=None)
    return value


def peak_memory(found):
    peaks = [run["peak_memory_mib"] for runs in found.runs.values() for run in runs.get("weir", [])]
    peaks += [found.memory["peak_mib"]] if found.memory.get("peak_mib") else []
    return max(peaks, default=None)


def speed_up(found):
    row = found.cores.get(2)
    return row["speed_up"].median if row and row["speed_up"] else None


def of_clickhouse(what, theirs):
    def value(found):
        ours = found.bytes_a_span.get(what)
        return None if ours is None else ours / theirs

    def texts(found):
        ours = found.bytes_a_span.get(what)
        return ("-" if ours is None else f"{ours:.1f}", f"{theirs:.1f} ClickHouse")
    return value, texts


def bytes_goal(what, theirs):
    value, texts = of_clickhouse(what, theirs)
    return Goal(f"bytes a span, {what}", 0.7, False, value, unit="x", beside=texts)


HTTP, GRPC, JSON, LOGS, METRICS = (Case(), Case(proto="grpc"), Case(proto="json"), Case(signal="logs"),
                                   Case(signal="metrics"))
GOALS = (
    against_collector("spans/s, HTTP protobuf", HTTP, 1.5),
    against_collector("spans/s, gRPC", GRPC, 1.5),
    against_collector("spans/s, JSON", JSON, 2.0),
    against_collector("log records/s", LOGS, 1.5),
    against_collector("data points/s", METRICS, 1.5),
    against_collector("spans/s, gRPC, 10 a request, 64 clients", SMALL, 1.0),
    against_collector("CPU s a million spans", HTTP, 1.0, "cpu_s_per_million", is_least=False, digits=2),
    bytes_goal(DISTINCT, CLICKHOUSE_DISTINCT_BYTES),
    bytes_goal(REPEATED, CLICKHOUSE_REPEATED_BYTES),
    Goal("ack p50 at half load", 5, False, figure(HTTP, "half_p50_ms"), 1, " ms"),
    Goal("ack p99 at half load", 25, False, figure(HTTP, "half_p99_ms"), 1, " ms"),
    Goal("ack to readable by the slower engine, p50", 1, False, worst_engine("readable_p50_s"), 2, " s"),
    Goal("ack to readable by the slower engine, p95", 2, False, worst_engine("readable_p95_s"), 2, " s"),
    Goal("peak memory, all runs", 512, False, peak_memory, 0, " MiB"),
    Goal("memory growth, second half over first", 0.05, False, lambda found: found.memory.get("growth"), 3),
    Goal("spans/s, two cores over one", 1.8, True, speed_up, unit="x"),
)


def verdict(goal, value):
    if value is None:
        return "not measured"
    return "ok" if (value >= goal.limit if goal.is_least else value <= goal.limit) else "MISSED"


def rows(found):
    yield ["goal", "wanted", "found", "", "weir", "beside"]
    for goal in GOALS:
        value = goal.value(found)
        text = "-" if value is None else f"{value:,.{goal.digits}f}{goal.unit}"
        sign = "≥" if goal.is_least else "≤"
        yield [goal.title, f"{sign} {goal.limit:g}{goal.unit}", text, verdict(goal, value), *goal.beside(found)]


OTHERS_SHARE_MAX = 0.05


def doubts(found):
    """Why the table may say ok, or missed, of what is neither."""
    runs = [run for systems in found.runs.values() for of_system in systems.values() for run in of_system]
    taken = spread([run["others_cores"] for run in runs])
    if taken is not None and taken.max > OTHERS_SHARE_MAX:
        yield (f"others took up to {taken.max:.2f} of the server's core: rates, ratios of rates, latencies and freshness "
               "prove nothing; CPU seconds, bytes and memory stand")
    if any(row["others_cores"] > OTHERS_SHARE_MAX * count for count, row in found.cores.items()):
        yield "others were busy on the cores that were compared: one against two proves nothing"
    if any(run["failed_requests"] for run in runs):
        yield "requests failed: see above"


def missed(found):
    return [goal.title for goal in GOALS if verdict(goal, goal.value(found)) == "MISSED"]
