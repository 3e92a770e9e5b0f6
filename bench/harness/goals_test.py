# SPDX-License-Identifier: Apache-2.0
"""The arithmetic behind the goals. Run by: cd bench && python3 -m unittest harness.goals_test"""

import unittest

from harness import cores, freshness, memory
from harness.case import STANDARD, Case
from harness.figures import percentile
from harness.freshness_probe import Marks
from harness.goals import DISTINCT, GOALS, Found, doubts, missed, rows, verdict
from harness.load import Reading, cores_used
from harness.memory import Sample


def found(**parts):
    return Found(**{"runs": {}, "freshness": {}, "memory": {}, "cores": {}, "bytes_a_span": {}} | parts)


def goal(title):
    return next(one for one in GOALS if title in one.title)


def runs(ours, theirs, key="items_per_s"):
    other = {"others_cores": 0.0, "failed_requests": 0, "items_per_s": 1, "peak_memory_mib": 100, "cpu_s_per_million": 1, "half_p50_ms": 1, "half_p99_ms": 1}
    return {"weir": [other | {key: ours}], "collector": [other | {key: theirs}]}


class Goals(unittest.TestCase):
    def test_are_those_that_were_agreed(self):
        limits = [(one.limit, one.is_least) for one in GOALS]
        self.assertEqual(limits, [(1.5, True), (1.5, True), (2.0, True), (1.5, True), (1.5, True), (1.0, True),
                                  (1.0, False), (0.7, False), (0.7, False), (5, False), (25, False), (1, False),
                                  (2, False), (512, False), (0.05, False), (1.8, True)])

    def test_every_case_with_a_goal_is_measured_by_all(self):
        self.assertEqual([case.name for case in STANDARD],
                         ["traces-http-1000", "traces-grpc-1000", "traces-json-1000", "logs-http-1000",
                          "metrics-http-1000", "traces-grpc-10-64-clients"])

    def test_a_ratio_is_ours_over_the_collectors(self):
        one = goal("spans/s, HTTP")
        self.assertEqual(verdict(one, one.value(found(runs={Case(): runs(300, 200)}))), "ok")
        self.assertEqual(verdict(one, one.value(found(runs={Case(): runs(299, 200)}))), "MISSED")

    def test_less_cpu_is_better(self):
        one = goal("CPU s a million")
        measured = found(runs={Case(): runs(3, 4, "cpu_s_per_million")})
        self.assertEqual(verdict(one, one.value(measured)), "ok")

    def test_what_was_not_measured_is_neither_kept_nor_missed(self):
        self.assertEqual({row[3] for row in list(rows(found()))[1:]}, {"not measured"})
        self.assertEqual(missed(found()), [])

    def test_the_slower_engine_counts_and_a_lost_mark_is_never_fast(self):
        engine = {"readable_p50_s": 0.5, "lost": 0, "failed": 0}
        one = goal("slower engine, p50")
        self.assertEqual(one.value(found(freshness={"a": engine, "b": engine | {"readable_p50_s": 0.9}})), 0.9)
        self.assertEqual(verdict(one, one.value(found(freshness={"a": engine | {"lost": 1}}))), "MISSED")

    def test_bytes_are_compared_with_clickhouse(self):
        one = goal(DISTINCT)
        self.assertAlmostEqual(one.value(found(bytes_a_span={DISTINCT: 75.1 / 2})), 0.5)

    def test_a_busy_machine_is_told_beside_the_table(self):
        self.assertEqual(list(doubts(found(runs={Case(): runs(1, 1)}))), [])
        self.assertIn("0.30", " ".join(doubts(found(runs={Case(): runs(0.3, 0, "others_cores")}))))

    def test_the_highest_memory_of_any_run_counts(self):
        measured = found(runs={Case(): runs(1, 1)}, memory={"peak_mib": 90, "growth": None})
        self.assertEqual(goal("peak memory").value(measured), 100)


class Memory(unittest.TestCase):
    @staticmethod
    def samples(resident):
        return [Sample(seconds, resident(seconds), 300) for seconds in range(1, 200)]

    def test_growth_in_the_first_minute_does_not_count(self):
        said = memory.summary(self.samples(lambda seconds: min(seconds, 60)), 200)
        self.assertEqual((said["growth"], said["is_flat"], said["is_small"]), (0, True, True))
        self.assertAlmostEqual(said["mib_a_minute"], 0)

    def test_a_leak_is_told_with_its_slope(self):
        said = memory.summary(self.samples(lambda seconds: 100 + seconds), 200)
        self.assertEqual((said["first_half_max_mib"], said["second_half_max_mib"], said["is_flat"]), (229, 299, False))
        self.assertAlmostEqual(said["mib_a_minute"], 60)

    def test_a_short_load_is_not_judged(self):
        said = memory.summary(self.samples(lambda seconds: 100)[:30], 30)
        self.assertEqual((said["growth"], said["is_flat"], said["peak_mib"]), (None, None, 300))
        self.assertIn("too short", " ".join(memory.lines(said)))

    def test_what_comes_after_the_load_does_not_count(self):
        said = memory.summary(self.samples(lambda seconds: 100 if seconds < 150 else 500), 140)
        self.assertEqual(said["growth"], 0)


class Cores(unittest.TestCase):
    def test_the_generators_and_others_time_is_taken_off(self):
        first = cores.Reading(wall=0, rows=0, server=0, generator=0, core=0)
        last = cores.Reading(wall=10, rows=1000, server=5, generator=3, core=10)
        said = cores.whole(first, last, 1, is_shared=True)
        self.assertEqual((said["rows_per_s"], said["whole_per_s"], said["others_cores"]), (100, 200, 0.2))

    def test_what_a_server_leaves_idle_counts_against_it(self):
        first = cores.Reading(wall=0, rows=0, server=0, generator=0, core=0)
        last = cores.Reading(wall=10, rows=1000, server=10, generator=0, core=10)
        said = cores.whole(first, last, 2, is_shared=True)
        self.assertEqual((said["whole_per_s"], said["idle_cores"]), (100, 1))

    def test_a_generator_with_its_own_core_takes_nothing(self):
        first = cores.Reading(wall=0, rows=0, server=0, generator=0, core=0)
        last = cores.Reading(wall=10, rows=1000, server=10, generator=9, core=10)
        self.assertEqual(cores.whole(first, last, 1, is_shared=False)["whole_per_s"], 100)

    def test_all_counts_share_or_none(self):
        self.assertEqual(list(cores.layout([1, 2], {0, 1})), [(1, {1}, {1}), (2, {0, 1}, {0, 1})])
        self.assertEqual(list(cores.layout([1, 2], {0, 1, 2, 3})), [(1, {3}, {0, 1}), (2, {2, 3}, {0, 1})])

    def test_are_compared_run_by_run(self):
        def run(whole):
            return dict.fromkeys(cores.KEYS, 0.0) | {"whole_per_s": whole, "is_shared": True}

        said = cores.summary({1: [run(100), run(50)], 2: [run(190), run(90)]})
        self.assertEqual((said[2]["speed_up"].min, said[2]["speed_up"].max), (1.8, 1.9))


class Freshness(unittest.TestCase):
    def test_counts_from_the_acknowledgement_with_and_without_the_query(self):
        marks = Marks.__new__(Marks)
        marks.outstanding, marks.found, marks.lock = {"a": 10.0, "b": 10.5}, [], freshness.threading.Lock()
        marks.saw(["a"], asked=11.0, answered=11.2)
        said = freshness.summary({"found": marks.found, "query_seconds": [0.2], "lost": 1, "failed": 0})
        self.assertEqual(list(marks.outstanding), ["b"])
        self.assertEqual(said["readable_p50_s"], 1.0)
        self.assertAlmostEqual(said["seen_max_s"], 1.2)

    def test_nothing_found_has_no_figures(self):
        said = freshness.summary({"found": [], "query_seconds": [], "lost": 3, "failed": 0})
        self.assertIsNone(said["seen_p95_s"])

    def test_reads_the_servers_own_lag(self):
        text = "# HELP x y\nweir_oldest_uncommitted_seconds 0.75\nweir_other 3\n"
        self.assertEqual(freshness.metric_of(text), 0.75)
        self.assertIsNone(freshness.metric_of("weir_other 3\n"))

    def test_a_percentile_is_a_value_that_occurred(self):
        self.assertEqual([percentile([1, 2, 3, 4], part) for part in (0.5, 0.95, 1.0)], [2, 4, 4])
        self.assertIsNone(percentile([], 0.5))


class Clocks(unittest.TestCase):
    def test_the_time_before_the_load_does_not_count(self):
        readings = [Reading(wall=0, server=0, core=0), Reading(wall=10, server=1, core=9), Reading(20, 6, 17)]
        said = cores_used(readings, seconds=10)
        self.assertEqual((said["server_cores"], said["others_cores"]), (0.5, 0.3))


if __name__ == "__main__":
    unittest.main()
