# SPDX-License-Identifier: Apache-2.0
"""The matrix as a table."""


def print_head():
    print(f"{'point':28} {'while':11} {'action':6} {'runs':>5} {'lost':>5} {'twice':>5} {'other':>5} "
          f"{'slowest ms':>10}")


def print_cell(cell, results):
    print(f"{cell.point:28} {cell.phase:11} {cell.action:6} {_figures(results)}", flush=True)


def print_sum(rows, seconds):
    """`rows`: {cell: [Result, …]}."""
    everything = [result for results in rows.values() for result in results]
    print(f"{f'{len(rows)} cells':28} {'':11} {'':6} {_figures(everything)}")
    row_count = sum(result.rows for result in everything)
    print(f"{row_count} rows checked in {len(everything)} runs, {seconds:.0f} s", flush=True)


def _figures(results):
    lost, twice = sum(r.lost for r in results), sum(r.twice for r in results)
    other = sum(bool(r.problems) and not r.lost and not r.twice for r in results)
    slowest = max((r.recovered_seconds for r in results), default=0) * 1000
    return f"{len(results):5} {lost:5} {twice:5} {other:5} {slowest:10.0f}"
