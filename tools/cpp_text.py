# SPDX-License-Identifier: Apache-2.0
"""C++ text as the checks of tools/ read it: files of the tree, code without comments and literals, functions."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE_FOLDERS = ("src", "tests", "bench")

# Raw strings first, since they may hold what looks like the others. A quote between digits is a separator.
_BLANKED = re.compile(
    r'R"(?P<mark>[^()\\\s]{0,16})\((?:.|\n)*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'"
    r"|//[^\n]*"
    r"|/\*(?:.|\n)*?\*/")
_NOT_A_FUNCTION = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")


def cpp_files(root=ROOT):
    """Every .h and .cc file of the source folders, sorted."""
    found = (path for folder in SOURCE_FOLDERS for path in (root / folder).rglob("*"))
    return sorted(path for path in found if path.suffix in (".h", ".cc"))


def code_only(text):
    """`text` with comments and literals as blanks; every line keeps its number."""
    return _BLANKED.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def matching_parenthesis(code, opening):
    """Offset of the `)` for the `(` at `opening`, or the end of the text."""
    depth = 0
    for offset in range(opening, len(code)):
        depth += {"(": 1, ")": -1}.get(code[offset], 0)
        if depth == 0:
            return offset
    return len(code)


def _starts_function(head):
    return ")" in head and not _NOT_A_FUNCTION.search(head.split("(")[0]) and not head.rstrip().endswith("=")


def functions(code):
    """(first line, last line) of each function body in `code`; lambdas count as part of what holds them."""
    depth, body, head_start, found = 0, None, 0, []
    for match in re.finditer(r"[{};]", code):
        symbol, offset = match.group(), match.start()
        if symbol == "{":
            head = code[head_start:offset]
            if body is None and _starts_function(head):
                first = head_start + len(head) - len(head.lstrip())
                body = (depth, line_of(code, first))
            depth += 1
        elif symbol == "}":
            depth -= 1
            if body is not None and depth == body[0]:
                found.append((body[1], line_of(code, offset)))
                body = None
        head_start = offset + 1
    return found
