"""Print the table of all measurements; keep it and a plot in build/bench."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version
from pathlib import Path

from bench import grading, imports, landscapes, numerics, plot, ticks
from bench.timing import Row

HEAD = ["what", "ours", "other way", "ratio", "target", ""]
PACKAGES = ("numpy", "matplotlib", "ipywidgets", "torch")


def main() -> int:
    """Measure, print and save; 1 if a target is missed, 0 otherwise."""
    rows = [
        *imports.rows(),
        *numerics.rows(),
        *ticks.rows(),
        *landscapes.rows(),
        *grading.rows(),
    ]
    text = f"{_setting()}\n\n{_table(rows)}\n"
    print(text)
    folder = Path(__file__).parents[1] / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.txt").write_text(text, encoding="utf-8")
    plot.save(rows, folder / "plot.png")
    return 0 if all(row.passed for row in rows) else 1


def _setting() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        "Medians of one run, as time spent computing. Python "
        f"{platform.python_version()}, {packages}, {platform.machine()}.\n"
        "A tick's other way: interact, a new figure at each step."
    )


def _table(rows: list[Row]) -> str:
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_line(cells, widths) for cells in lines)


def _line(cells: list[str], widths: list[int]) -> str:
    what, *numbers, target, verdict = (
        cell.rjust(width) for cell, width in zip(cells, widths, strict=True)
    )
    what, target = what.strip().ljust(widths[0]), target.strip()
    return "  ".join([what, *numbers, target.ljust(widths[-2]), verdict])


if __name__ == "__main__":
    sys.exit(main())
