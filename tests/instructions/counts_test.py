# SPDX-License-Identifier: Apache-2.0
"""Run by: cd tests/instructions && python3 -m unittest counts_test"""

import unittest

from counts import compare, read_dumps, read_input, verdict

DUMP = "version: 1\ndesc: Trigger: Client Request: traces.decode\nevents: Ir\nsummary: 0\n\n\ntotals: 1234\n"


class Dumps(unittest.TestCase):
    def test_have_the_name_that_the_program_gave(self):
        self.assertEqual(read_dumps([DUMP]), {"traces.decode": 1234})

    def test_the_one_of_the_programs_end_does_not_count(self):
        self.assertEqual(read_dumps(["desc: Trigger: Program termination\ntotals: 9\n"]), {})

    def test_the_input_is_told_by_signal(self):
        self.assertEqual(read_input("logs items 2 wire_bytes 30 json_bytes 40\n"),
                         {"logs": {"items": 2, "wire_bytes": 30, "json_bytes": 40}})


class Verdicts(unittest.TestCase):
    def test_up_to_five_percent_more_and_ten_less_are_ok(self):
        self.assertEqual([verdict(1000, found) for found in (1050, 1051, 900, 899)], ["ok", "SLOWER", "ok", "FASTER"])

    def test_what_is_not_on_both_sides_is_not_ok(self):
        self.assertEqual((verdict(None, 5), verdict(5, None)), ("NEW", "GONE"))

    def test_a_gain_of_one_does_not_hide_a_loss_of_another(self):
        rows, bad = compare({"a": 100, "b": 100}, {"a": 200, "b": 80}, items=10)
        self.assertEqual(bad, {"SLOWER", "FASTER"})
        self.assertEqual(rows[1], ["a", "100", "200", "+100.0%", "20", "SLOWER"])

    def test_equal_counts_leave_nothing_to_do(self):
        self.assertEqual(compare({"a": 100}, {"a": 100}, items=1)[1], set())


if __name__ == "__main__":
    unittest.main()
