# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of the bench. Run by: cd bench && python3 -m unittest harness.figures_test"""

import json
import pathlib
import tempfile
import unittest

from harness.case import Case, combinations
from harness.figures import FIGURES, FLOORS, Floor, Spread, doubts, ratios, spread
from harness.load import pool_of
from harness.process import TICKS_PER_SECOND, core_seconds_of, cpu_seconds_of
from harness.report import figure_rows, save, text

QUIET = {figure.key: 1.0 for figure in FIGURES} | {"others_cores": 0.0, "failed_requests": 0, "first_error": None}


class Spreads(unittest.TestCase):
    def test_the_median_of_an_even_count_lies_between_the_middle_two(self):
        self.assertEqual(spread([4, 1, 3, 2]), Spread(median=2.5, min=1, max=4))

    def test_runs_without_a_value_do_not_count(self):
        self.assertEqual(spread([None, 7, None]), Spread(7, 7, 7))
        self.assertIsNone(spread([None]))

    def test_are_shown_as_median_and_range(self):
        self.assertEqual(text(Spread(1234.5, 1000, 2000), 0), "1,234 [1,000 … 2,000]")


class Ratios(unittest.TestCase):
    def test_are_taken_pair_by_pair_not_of_medians(self):
        ours, theirs = [{"x": 10}, {"x": 40}], [{"x": 5}, {"x": 10}]
        self.assertEqual(ratios(ours, theirs, "x"), [2, 4])

    def test_a_pair_without_both_values_is_left_out(self):
        self.assertEqual(ratios([{"x": 1}, {"x": 6}], [{"x": None}, {"x": 3}], "x"), [2])

    def test_a_figure_the_rival_lacks_has_none(self):
        rows = list(figure_rows(Case(), {"weir": [QUIET], "collector": [QUIET | {"stored_per_s": None}]}))
        self.assertIn(["spans/s into tables", "1 [1 … 1]", "-", "-"], rows)


class Floors(unittest.TestCase):
    def test_the_default_case_must_reach_what_was_promised(self):
        self.assertEqual({floor.key: floor.limit for floor in FLOORS},
                         {"items_per_s": 150_000, "half_p99_ms": 50, "peak_memory_mib": 512, "ready_ms": 200,
                          "failed_requests": 0})

    def test_a_least_value_is_missed_below_it(self):
        floor = Floor("x", 150, is_least=True)
        self.assertTrue(floor.is_kept([{"x": 150}]))
        self.assertFalse(floor.is_kept([{"x": 149}]))

    def test_one_bad_run_misses_a_floor_for_the_worst(self):
        runs = [{"x": 1}, {"x": 1}, {"x": 9}]
        self.assertTrue(Floor("x", 5, is_least=False).is_kept(runs))
        self.assertFalse(Floor("x", 5, is_least=False, of="max").is_kept(runs))


class Doubts(unittest.TestCase):
    def test_a_quiet_run_has_none(self):
        self.assertEqual(list(doubts([QUIET])), [])

    def test_work_of_others_on_the_core_is_told(self):
        said = list(doubts([QUIET | {"others_cores": 0.5, "cpu_s_per_million": 4}]))
        self.assertEqual(len(said), 1)
        self.assertIn("others took 0.50", said[0])
        self.assertIn("250,000/s", said[0])

    def test_a_server_that_waited_is_told_unless_others_had_its_core(self):
        self.assertIn("it waited", " ".join(doubts([QUIET | {"server_cores": 0.5}])))
        self.assertNotIn("it waited", " ".join(doubts([QUIET | {"server_cores": 0.5, "others_cores": 0.5}])))

    def test_failed_requests_are_told_with_the_first_error(self):
        said = list(doubts([QUIET, QUIET | {"failed_requests": 2, "first_error": "HTTP 503"}]))
        self.assertEqual(said, ["2 requests failed, the first with: HTTP 503"])


class Clocks(unittest.TestCase):
    def test_cpu_time_is_user_and_system_whatever_the_program_is_called(self):
        stat = "7 (a) R 1) S 1 2 3 4 5 6 7 8 9 10 30 20 99 99 0 0 1"
        self.assertEqual(cpu_seconds_of(stat), 50 / TICKS_PER_SECOND)

    def test_a_cores_time_leaves_out_idle_and_interrupts(self):
        stat = "cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 9 9 9 9 9 9 9 9 0 0\ncpu1 1 2 4 900 900 900 900 8 0 0\nintr 1\n"
        self.assertEqual(core_seconds_of(stat, {1}), 15 / TICKS_PER_SECOND)


class Cases(unittest.TestCase):
    def test_names_say_what_differs_from_the_default(self):
        self.assertEqual(Case().name, "traces-http-1000")
        self.assertEqual(Case("logs", "grpc", 10, 64, gzip=True).name, "logs-grpc-10-64-clients-gzip")

    def test_every_combination_is_a_case(self):
        cases = combinations(["traces", "logs"], ["http"], [10, 1000], [4], gzip=False, genai=False)
        self.assertEqual([case.name for case in cases],
                         ["traces-http-10", "traces-http-1000", "logs-http-10", "logs-http-1000"])

    def test_small_requests_are_as_varied_as_large_ones(self):
        self.assertEqual(pool_of(Case(items=1000)), 64)
        self.assertEqual(pool_of(Case(items=10)), 6400)
        self.assertEqual(pool_of(Case(items=5000)), 64)


class Saving(unittest.TestCase):
    FACTS = {"commit": "abc", "machine": {"load_average": [0.5, 0, 0]}}

    def test_keeps_every_run_and_adds_a_line(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            result = {"case": Case(), "runs": {"weir": [QUIET | {"items_per_s": 3000.0}]}}

            path = save(folder, self.FACTS, [result])

            saved = json.loads(path.read_text())["cases"][0]
            self.assertEqual(saved["runs"]["weir"][0]["items_per_s"], 3000)
            self.assertEqual(saved["summary"]["items_per_s"]["weir"], {"median": 3000, "min": 3000, "max": 3000})
            self.assertIn("| traces-http-1000 | 3,000 |", (folder / "README.md").read_text())

    def test_never_overwrites_an_earlier_result(self):
        with tempfile.TemporaryDirectory() as name:
            result = {"case": Case(), "runs": {"weir": [QUIET]}}

            paths = {save(pathlib.Path(name), self.FACTS, [result]) for _ in range(2)}

            self.assertEqual(len(paths), 2)


if __name__ == "__main__":
    unittest.main()
