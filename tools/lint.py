#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of STYLE.md that a script can check. Exit code 1 on a finding.

A line that breaks a rule with reason carries `lint-ok: why` in a comment and is left alone.
"""
import re
import sys

from cpp_text import ROOT, code_only, cpp_files, functions, line_of, matching_parenthesis

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
FOLDER_CONCEPTS_MAX = 30
README_LINES_MAX = 40
NEED_SPDX = {".h", ".cc", ".py", ".sh", ".cmake", ".js", ".mjs", ".ts", ".go", ".yaml", ".yml"}
TEXT = NEED_SPDX | {".md", ".txt", ".json", ".in", ".mod", ".sum", ".sql", ".test", ""}
FOREIGN_FOLDERS = {".git", "node_modules", "weir-data", "__pycache__", "output", "corpus"}

BANNED = re.compile(r"(Manager|Helper|Util|Processor|Handler|Info|Impl|Context|Common)s?(?![a-z])")
BANNED_ALLOWED = {("net", "Handler")}  # The one word HTTP servers have for it.
DECLARED = re.compile(r"\b(?:class|struct|enum class|enum|using|concept)\s+([A-Z]\w*)\s*(?:final\b\s*)?[{:=;]")
MACRO = re.compile(r"^\s*#\s*define\s+(\w+)\(", re.M)
MACROS_ALLOWED = {"TRY", "CHECK"}
# Written apart, so that this file does not hold what it forbids.
MACHINE_PATH = re.compile(r"(?<![\w.}$])/(?:" + "|".join(("wo" + "rk", "ro" + "ot", "ho" + r"me/\w+")) + r")/")
REGISTRIES = re.compile("|".join(r"\.".join(name) for name in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("yarnpkg", "com"), ("maven", "apache", "org"),
    ("proxy", "golang", "org"), ("sum", "golang", "org"), ("crates", "io"), ("deb", "debian", "org"))))
CODE_RULES = (
    (re.compile(r"\bnew\s+[A-Za-z_:(]"), "no `new`: values, std::make_unique"),
    (re.compile(r"(?<!=)\s\bdelete\b(?!\s*;?\s*$)|\bdelete\s*\["), "no `delete`: owners are values or unique_ptr"),
    (re.compile(r"\bthrow\b"), "no `throw`: return a Status"),
    (re.compile(r"\.detach\(\)"), "no detached thread: whoever starts it joins it"),
    (re.compile(r"\bstd::format\b"), "no std::format in g++ 12: use fmt"),
)


def size_problems(path, text):
    count = text.count("\n")
    if count > FILE_LINES_MAX:
        yield 1, f"{count} lines, at most {FILE_LINES_MAX}: the file is two things"
    for first, last in functions(code_only(text)):
        if last - first + 1 > FUNCTION_LINES_MAX:
            yield first, f"function of {last - first + 1} lines, at most {FUNCTION_LINES_MAX}"


def try_problems(path, text):
    """TRY is a whole statement or a whole right-hand side: g++ 12 leaks temporaries around it otherwise."""
    code = code_only(text)
    for match in re.finditer(r"\bTRY\(", code):
        before = code[:match.start()].rstrip()
        after = code[matching_parenthesis(code, match.end() - 1) + 1:].lstrip()
        if before.endswith("define"):
            continue
        statement = re.search(r"([;{}):]|(?<![=<>!])=|\breturn|\belse|^)$", before) and after.startswith(";")
        condition = re.search(r"\b(if|while) \([^;{}]*(?<![=<>!])=$", before) and after.startswith(")")
        if not statement and not condition:
            yield line_of(code, match.start()), "TRY must be a whole statement or a whole right-hand side"


def word_problems(path, text):
    room, code = path.split("/")[1], code_only(text)
    for match in DECLARED.finditer(code):
        word = BANNED.search(match.group(1))
        if word and (room, match.group(1)) not in BANNED_ALLOWED:
            yield line_of(code, match.start(1)), f"{match.group(1)}: `{word.group()}` says nothing; name the thing"
    for match in MACRO.finditer(code):
        if match.group(1) not in MACROS_ALLOWED:
            yield line_of(code, match.start(1)), f"macro {match.group(1)}: TRY and CHECK are our only ones"


def code_problems(path, text):
    is_test = path.endswith("_test.cc")
    for number, line in enumerate(code_only(text).splitlines(), 1):
        for rule, message in CODE_RULES:
            if rule.search(line):
                yield number, message
        if is_test and re.search(r"\bsleep_(for|until)\b", line):
            yield number, "no sleep in a unit test: await the event or pass a clock"
        if path.endswith(".h") and re.match(r"\s*#\s*include\s*<arrow/api\.h>", line):
            yield number, "arrow/api.h costs 3 s a file: include what is used"


def text_problems(path, text):
    """For every text file of the tree, C++ or not."""
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield number, "an absolute path of one machine"
        if REGISTRIES.search(line):
            yield number, "a package registry's address: the reader's own settings decide"
        if re.search(r"\bTO" + r"DO\b(?!.*#\d)", line):
            yield number, "a TO" + "DO names an issue, as in TO" + "DO(#12)"


def head_problems(path, text):
    lines = text.splitlines()[:2]
    at = 1 if lines and lines[0].startswith("#!") else 0
    if not re.match(r"(//|#) SPDX-License-Identifier: Apache-2\.0$", "".join(lines[at:at + 1])):
        yield 1, "the first line is not `SPDX-License-Identifier: Apache-2.0` in a comment"
    if path.endswith(".h") and "#pragma once" not in text:
        yield 2, "a header starts with #pragma once"


def tree_problems(root):
    """What is wrong with folders rather than with one line."""
    for room in sorted(p for p in (root / "src").iterdir() if p.is_dir()):
        sources = [p for p in room.rglob("*") if p.suffix in (".h", ".cc")]
        readme = room / "README.md"
        if sources and not readme.exists():
            yield f"src/{room.name}: no README.md"
        elif readme.exists() and len(readme.read_text().splitlines()) > README_LINES_MAX:
            yield f"src/{room.name}/README.md: more than {README_LINES_MAX} lines"
    for folder in sorted({path.parent for path in cpp_files(root)}):
        concepts = {re.sub(r"_(test|fuzz|bench)$", "", p.stem) for p in folder.iterdir() if p.suffix in (".h", ".cc")}
        if len(concepts) > FOLDER_CONCEPTS_MAX:
            yield f"{folder.relative_to(root)}: {len(concepts)} concepts, at most {FOLDER_CONCEPTS_MAX}"


def text_files(root):
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root).parts
        foreign = FOREIGN_FOLDERS.intersection(inside) or inside[0].startswith("build")
        if path.is_file() and not foreign and path.suffix in TEXT and path.stat().st_size < 1 << 20:
            yield path


def rules_for(path):
    rules = [text_problems]
    if path.suffix in NEED_SPDX or path.name in ("CMakeLists.txt", "dev", "run"):
        rules.append(head_problems)
    if path.suffix in (".h", ".cc"):
        rules += [size_problems, try_problems, word_problems, code_problems]
    return rules


def problems_of(path, text, rules):
    lines = text.splitlines()
    for rule in rules:
        for number, message in rule(path, text):
            if "lint-ok:" not in "".join(lines[number - 1:number]):
                yield f"{path}:{number}: {message}"


def main(root=ROOT):
    problems = list(tree_problems(root))
    for path in text_files(root):
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        problems += problems_of(str(path.relative_to(root)), text, rules_for(path))
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
