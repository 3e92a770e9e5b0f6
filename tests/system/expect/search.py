# SPDX-License-Identifier: Apache-2.0
"""The search language as documented: terms by chance, as text, and which rows each matches.

What is generated is a tree; its text is what users would write, its meaning is worked out on the tree. No query is
parsed here, so a mistake in reading one can't be made twice.
"""

import re
from dataclasses import dataclass
from typing import Callable

LEVELS = {"trace": 1, "debug": 5, "info": 9, "warn": 13, "error": 17, "fatal": 21}
UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9}
COMPARE = {"=": lambda a, b: a == b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
           ">=": lambda a, b: a >= b}
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
PLAIN = re.compile(r"[A-Za-z0-9/_.{}%'-]+")
WORDS = ("AND", "OR", "NOT")


@dataclass
class Term:
    """A part of a query: as text, and which rows it matches."""
    text: str
    matches: Callable[[dict], bool]
    is_or: bool = False


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def written(rng, text):
    """As a value without wildcards: plain, with backslashes, or in quotes."""
    if PLAIN.fullmatch(text) and text not in WORDS and rng.random() < 0.5:
        return text
    if text and rng.random() < 0.3 and text not in WORDS:
        return "".join(c if c.isalnum() else "\\" + c for c in text)
    return quoted(text)


def maps_of(row, key, place):
    """Values of an attribute, of the places where it is looked for."""
    maps = {"own": row.get("attributes"), "resource": (row.get("resource") or {}).get("attributes"),
            "scope": (row.get("instrumentation_scope") or {}).get("attributes")}
    found = []
    for name in (maps if place is None else [place]):
        value = next((v for k, v in maps[name] or () if k == key), None)
        if value is not None:
            found.append(value)
    return found


def number_of(text):
    return float(text) if NUMBER.fullmatch(text.strip()) else None


def pattern_of(rng, text):
    """(as written, as a regular expression) of a text with parts left out."""
    if len(text) < 2:
        return "*", ""
    cut = rng.randrange(1, len(text))
    begin, end = text[:cut], text[cut + 1:] if rng.random() < 0.5 else ""
    escaped = ["".join(c if c.isalnum() else "\\" + c for c in part) for part in (begin, end)]
    return "*".join(escaped), f"{re.escape(begin)}.*{re.escape(end)}"


def text_term(rng, key, values, pick):
    """`values`: of a row, those of the key."""
    kind = rng.choice(("equal", "equal", "pattern", "exists", "differs", "group", "order"))
    value = pick(rng)
    if kind == "exists":
        return Term(f"{key}:*", lambda row: bool(values(row)))
    if kind == "pattern":
        text, pattern = pattern_of(rng, value)
        return Term(f"{key}:{text}", lambda row: any(re.fullmatch(pattern, v, re.S) if pattern else True
                                                     for v in values(row)))
    if kind == "differs":
        return Term(f"{key}!={written_text(rng, value)}", lambda row: value not in values(row))
    if kind == "group":
        others = [value, pick(rng), pick(rng)]
        inner = " OR ".join(written_text(rng, other) for other in others)
        return Term(f"{key}:({inner})", lambda row: any(v in others for v in values(row)))
    if kind == "order":
        sign = rng.choice(("<", "<=", ">", ">="))
        return Term(f"{key}{sign}{quoted(value)}",
                    lambda row: any(COMPARE[sign](v.encode(), value.encode()) for v in values(row)))
    return Term(f"{key}{rng.choice((':', '=', ': '))}{written_text(rng, value)}", lambda row: value in values(row))


def written_text(rng, value):
    """A number without quotes would be one, in whatever form it is."""
    return quoted(value) if NUMBER.fullmatch(value) else written(rng, value)


def number_term(rng, key, values, pick):
    """`values`: of a row, numbers; texts that are none do not count."""
    number = pick(rng)
    kind = rng.choice(("compare", "compare", "range", "equal"))
    if kind == "range":
        low, high = sorted((number, pick(rng)))
        return Term(f"{key}:[{low} TO {high}]", lambda row: any(low <= v for v in values(row)) and
                    any(v <= high for v in values(row)))
    sign = "=" if kind == "equal" else rng.choice(("<", "<=", ">", ">="))
    text = f"{key}:{number}" if sign == "=" else f"{key}{rng.choice(('', ':', ' '))}{sign}{number}"
    return Term(text, lambda row: any(COMPARE[sign](v, number) for v in values(row)))


def free_text(rng, texts, pick):
    """`texts`: of a row, all that is looked through."""
    value = pick(rng)
    if len(value) > 3:
        begin = rng.randrange(len(value) - 2)
        value = value[begin:begin + rng.randrange(2, 8)]
    if not value.strip():
        value = "x"
    needle = value.lower()
    shown = quoted(rng.choice((value, value.upper())) if value.isascii() else value)
    return Term(shown, lambda row: any(needle in text.lower() for text in texts(row)))


def joined(rng, make, depth):
    """A query by chance: terms, or others joined."""
    kind = rng.choice(("term", "term", "and", "or", "not", "brackets")) if depth > 0 else "term"
    if kind == "term":
        return make(rng)
    if kind == "brackets":
        inner = joined(rng, make, depth - 1)
        return Term(f"({inner.text})", inner.matches)
    if kind == "not":
        inner = joined(rng, make, depth - 1)
        sign = rng.choice(("-", "NOT ", "!", "NOT"))
        text = f"{sign}({inner.text})" if sign == "NOT" or inner.is_or or " " in inner.text else f"{sign}{inner.text}"
        return Term(text, lambda row: not inner.matches(row))
    one, other = joined(rng, make, depth - 1), joined(rng, make, depth - 1)
    if kind == "or":
        return Term(f"{one.text} {rng.choice(('OR', '||'))} {other.text}",
                    lambda row: one.matches(row) or other.matches(row), is_or=True)
    parts = [f"({part.text})" if part.is_or else part.text for part in (one, other)]
    return Term(rng.choice((" ", " AND ", " && ")).join(parts), lambda row: one.matches(row) and other.matches(row))
