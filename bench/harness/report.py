# SPDX-License-Identifier: Apache-2.0
"""What people read: the table, the floor, and the saved results."""

import dataclasses
import json
import os
import platform
import subprocess
import time

from harness.figures import FIGURES, FLOORS, doubts, ratios, spread


def print_case(result):
    case, runs = result["case"], result["runs"]
    systems = list(runs)
    print(f"\n{case.name}: {case.items} {case.item}s a request, {case.clients} clients; "
          f"median [min … max] of {len(runs['weir'])} runs")
    head = ["", *systems] + (["weir / collector"] if "collector" in runs else [])
    print_rows([head, *figure_rows(case, runs)])
    for system in systems:
        for doubt in doubts(runs[system]):
            print(f"  ! {system}: {doubt}")


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


def print_rows(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *others in rows:
        print("  " + first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:])), sep="  ")


def print_floor(result):
    """True when every floor is kept."""
    case, runs = result["case"], result["runs"]["weir"]
    title_of = {figure.key: figure.title.format(item=case.item) for figure in FIGURES}
    rows = [["floor", "wanted", "found", ""]]
    for floor in FLOORS:
        wanted = f"{'≥' if floor.is_least else '≤'} {floor.limit:,}"
        found = f"{floor.of} {floor.value(runs):,.1f}"
        rows.append([title_of[floor.key], wanted, found, "ok" if floor.is_kept(runs) else "MISSED"])
    print()
    print_rows(rows)
    return all(floor.is_kept(runs) for floor in FLOORS)


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


def save(folder, facts, results):
    """Writes <date>-<what>.json and its line in README.md; returns the file's path."""
    what = results[0]["case"].name if len(results) == 1 else f"{len(results)}-cases"
    path = unused_path(folder, f"{time.strftime('%Y-%m-%d')}-{what}")
    cases = [{"case": dataclasses.asdict(result["case"]), "summary": summary(result["runs"]), "runs": result["runs"]}
             for result in results]
    path.write_text(json.dumps(facts | {"cases": cases}, indent=1, default=dataclasses.asdict) + "\n")
    with open(folder / "README.md", "a") as listing:
        for result in results:
            listing.write(line_of(path, facts, result))
    return path


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
        return spread([run[key] for run in result["runs"]["weir"]]).median

    against = "-"
    if "collector" in result["runs"]:
        against = f"{spread(ratios(result['runs']['weir'], result['runs']['collector'], 'items_per_s')).median:.2f}"
    cells = (f"[{path.stem}]({path.name})", facts["commit"], result["case"].name, f"{median('items_per_s'):,.0f}",
             f"{median('cpu_s_per_million'):.2f}", f"{median('half_p99_ms'):.1f}", against,
             f"{facts['machine']['load_average'][0]:.1f}")
    return "| " + " | ".join(cells) + " |\n"
