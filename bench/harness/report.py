# SPDX-License-Identifier: Apache-2.0
"""What people read: the table, the floor, and the saved results."""

import dataclasses
import json
import os
import platform
import subprocess
import time

from harness.figures import FIGURES, FLOORS, doubts, ratios, spread


class Page:
    """Lines that are printed now and can be saved later. One thread."""

    def __init__(self):
        self.lines = []

    def show(self, *lines):
        for line in lines:
            print(line, flush=True)
            self.lines.append(line)


def case_lines(result):
    case, runs = result["case"], result["runs"]
    systems = list(runs)
    yield (f"\n{case.name}: {case.items} {case.item}s a request, {case.clients} clients; "
           f"median [min … max] of {len(runs['weir'])} runs")
    head = ["", *systems] + (["weir / collector"] if "collector" in runs else [])
    yield from table([head, *figure_rows(case, runs)])
    for system in systems:
        for doubt in doubts(runs[system]):
            yield f"  ! {system}: {doubt}"


def figure_rows(case, runs):
    for figure in FIGURES:
        spreads = [spread([run[figure.key] for run in of_system]) for of_system in runs.values()]
        if spreads[0] is None:
            continue
        row = [figure.title.format(item=case.item), *(text(found, figure.digits) for found in spreads)]
        if "collector" in runs:
            pairs = ratios(runs["weir"], runs["collector"], figure.key) if figure.has_ratio else []
            row.append(text(spread(pairs), 2))
        yield row


def text(found, digits):
    if found is None:
        return "-"
    median, low, high = (f"{value:,.{digits}f}" for value in (found.median, found.min, found.max))
    return f"{median} [{low} … {high}]"


def table(rows):
    rows = list(rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *others in rows:
        yield "  " + "  ".join([first.ljust(widths[0]),
                                *(cell.rjust(width) for cell, width in zip(others, widths[1:]))])


def floor_lines(result):
    case, runs = result["case"], result["runs"]["weir"]
    title_of = {figure.key: figure.title.format(item=case.item) for figure in FIGURES}
    rows = [["floor", "wanted", "found", ""]]
    for floor in FLOORS:
        wanted = f"{'≥' if floor.is_least else '≤'} {floor.limit:,}"
        found = f"{floor.of} {floor.value(runs):,.1f}"
        rows.append([title_of[floor.key], wanted, found, "ok" if floor.is_kept(runs) else "MISSED"])
    yield ""
    yield from table(rows)


def is_floor_kept(result):
    return all(floor.is_kept(result["runs"]["weir"]) for floor in FLOORS)


def machine():
    with open("/proc/cpuinfo") as info:
        cpu = next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), "unknown")
    with open("/proc/meminfo") as info:
        memory_mib = int(info.readline().split()[1]) // 1024
    return {"cpu": cpu, "cores": os.cpu_count(), "memory_mib": memory_mib, "kernel": platform.release(),
            "load_average": os.getloadavg()}


def commit_of(root):
    """The commit, with a mark where the tree has changes."""
    def git(*words):
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, timeout=30)
        return done.stdout.strip() if done.returncode == 0 else "unknown"

    changed = git("status", "--porcelain", "--untracked-files=no")
    return git("rev-parse", "--short=12", "HEAD") + ("+changes" if changed else "")


def save(folder, facts, results, page=(), more=None, what=None):
    """Writes <date>-<commit>-<what>.json and .md, and a line for each case in README.md; returns the .json's path.

    `page`: what people saw. `more`: values beside those of the cases.
    """
    what = what or (results[0]["case"].name if len(results) == 1 else f"{len(results)}-cases")
    path = unused_path(folder, f"{time.strftime('%Y-%m-%d')}-{facts['commit']}-{what}")
    cases = [{"case": dataclasses.asdict(result["case"]), "summary": summary(result["runs"]), "runs": result["runs"]}
             for result in results]
    values = facts | (more or {}) | {"cases": cases}
    path.write_text(json.dumps(values, indent=1, default=dataclasses.asdict) + "\n")
    path.with_suffix(".md").write_text("\n".join(markdown(path.stem, facts, page)) + "\n")
    with open(folder / "README.md", "a") as listing:
        for result in results:
            listing.write(line_of(path, facts, result))
    return path


def markdown(title, facts, page):
    yield f"# {title}"
    yield ""
    for name, value in facts.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {one}" for key, one in value.items())
        yield f"- {name}: {value}"
    yield from ("", "```", *page, "```")


def unused_path(folder, stem):
    number, path = 1, folder / f"{stem}.json"
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.json"
    return path


def summary(runs):
    found = {}
    for figure in FIGURES:
        row = {system: spread([run[figure.key] for run in of_system]) for system, of_system in runs.items()}
        if "collector" in runs and figure.has_ratio:
            row["ratio"] = spread(ratios(runs["weir"], runs["collector"], figure.key))
        found[figure.key] = row
    return found


def line_of(path, facts, result):
    def median(key):
        found = spread([run[key] for run in result["runs"]["weir"]])
        return found and found.median

    def text_of(value):
        return "-" if value is None else f"{value:.1f}"

    against = "-"
    if "collector" in result["runs"]:
        against = f"{spread(ratios(result['runs']['weir'], result['runs']['collector'], 'items_per_s')).median:.2f}"
    cells = (f"[{path.stem}]({path.stem}.md)", facts["commit"], result["case"].name, f"{median('items_per_s'):,.0f}",
             f"{median('cpu_s_per_million'):.2f}", text_of(median("half_p99_ms")), against,
             f"{facts['machine']['load_average'][0]:.1f}")
    return "| " + " | ".join(cells) + " |\n"
