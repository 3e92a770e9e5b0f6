# SPDX-License-Identifier: Apache-2.0
"""What the checks find, and what they leave alone. Run by ./dev check."""
import unittest

import check_layers
import lint
from cpp_text import code_only, functions

LAYERS = {"base": set(), "store": {"base"}, "table": {"base", "store"}}


def messages(rule, text, path="src/table/x.cc"):
    return [problem.split(": ", 1)[1] for problem in lint.problems_of(path, text, [rule])]


class CodeOnly(unittest.TestCase):
    def test_blanks_comments_and_literals_but_keeps_lines(self):
        self.assertEqual(code_only('a("x{");  // {\n/* }\n */ b;'), 'a(    );      \n    \n    b;')

    def test_leaves_digit_separators_alone(self):
        self.assertEqual(code_only("x = 1'000'000;"), "x = 1'000'000;")


class Functions(unittest.TestCase):
    def test_finds_bodies_inside_namespaces_and_classes(self):
        code = "namespace a {\nclass B {\n int C() const {\n  if (x) {\n  }\n }\n};\n}\n"
        self.assertEqual(functions(code), [(3, 6)])

    def test_a_function_over_sixty_lines_is_found(self):
        text = "int F() {\n" + "  G();\n" * 59 + "}\n"
        self.assertEqual(messages(lint.size_problems, text), ["function of 61 lines, at most 60"])


class Try(unittest.TestCase):
    def test_a_statement_a_right_hand_side_and_a_condition_are_fine(self):
        text = "void F() {\n  TRY(A());\n  auto b = TRY(B(1, C()));\n  if (auto d = TRY(D())) E();\n  return TRY(E());\n}\n"
        self.assertEqual(messages(lint.try_problems, text), [])

    def test_inside_braces_or_arguments_is_found(self):
        for text in ("auto a = A{.b = TRY(B())};", "F(TRY(B()));", "auto c = TRY(B()) + 1;"):
            self.assertEqual(len(messages(lint.try_problems, text)), 1, text)

    def test_a_reason_beside_it_silences_a_rule(self):
        self.assertEqual(messages(lint.try_problems, "F(TRY(B()));  // lint-ok: no temporaries"), [])


class Words(unittest.TestCase):
    def test_empty_words_in_type_names_are_found(self):
        self.assertEqual(len(messages(lint.word_problems, "class TableManager final : public A {")), 1)
        self.assertEqual(len(messages(lint.word_problems, "struct FileUtils {")), 1)

    def test_words_that_only_begin_alike_are_fine(self):
        self.assertEqual(messages(lint.word_problems, "struct Implicit {\nclass Utilization;"), [])


class Code(unittest.TestCase):
    def test_new_and_delete_are_found(self):
        self.assertEqual(len(messages(lint.code_problems, "auto* a = new A();\n  delete a;\n")), 2)

    def test_deleted_functions_and_words_in_comments_are_fine(self):
        self.assertEqual(messages(lint.code_problems, "A(const A&) = delete;\n// a new row\n"), [])

    def test_a_file_without_licence_line_is_found(self):
        self.assertEqual(len(messages(lint.head_problems, "#include <x>\n")), 1)
        self.assertEqual(messages(lint.head_problems, "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n"), [])

    def test_a_path_of_one_machine_is_found(self):
        self.assertEqual(len(messages(lint.text_problems, "cd " + "/wo" + "rk/x")), 1)


class Layers(unittest.TestCase):
    def find(self, path, text):
        return list(check_layers.problems_of(path, text, LAYERS))

    def test_an_include_that_goes_up_is_found(self):
        self.assertEqual(len(self.find("store/a.cc", '#include "table/b.h"\n')), 1)
        self.assertEqual(self.find("table/a.cc", '#include "store/b.h"\n#include "table/c.h"\n'), [])

    def test_a_benchmark_may_include_any_room(self):
        self.assertEqual(self.find("store/store_bench.cc", '#include "table/b.h"\n#include "bench/sample/c.h"\n'), [])

    def test_the_two_formats_never_meet(self):
        self.assertEqual(len(self.find("table/delta/a.cc", '#include "table/iceberg/b.h"\n')), 1)

    def test_a_library_belongs_to_one_room(self):
        self.assertEqual(len(self.find("table/a.cc", "#include <sqlite3.h>\n")), 1)
        self.assertEqual(self.find("catalog/a.cc", "#include <sqlite3.h>\n"), [])

    def test_a_layer_that_names_a_later_room_is_a_cycle_in_the_making(self):
        self.assertEqual(len(check_layers.read_layers("base: store\nstore: base\n")[1]), 1)


if __name__ == "__main__":
    unittest.main()
