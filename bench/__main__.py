"""Print the table of measurements.

A table of all parts is kept, and a plot of it, in build/bench.
"""

from __future__ import annotations

import argparse
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from bench import grading, imports, landscapes, numerics, plot, ticks
from bench.timing import Row

HEAD = ["what", "ours", "other way", "ratio", "target", ""]
BUILD = Path(__file__).parents[1] / "build" / "bench"
PARTS = {
    "imports": imports,
    "numerics": numerics,
    "ticks": ticks,
    "landscapes": landscapes,
    "grading": grading,
}
PACKAGES = ("numpy", "matplotlib", "ipywidgets", "torch")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print and save; 1 if a target is missed, 0 otherwise."""
    parts = _wanted(arguments)
    rows = [row for part in parts for row in PARTS[part].rows()]
    text = f"{_setting()}\n\n{_table(rows)}\n"
    print(text)
    if parts == list(PARTS):
        BUILD.mkdir(parents=True, exist_ok=True)
        (BUILD / "table.txt").write_text(text, encoding="utf-8")
        plot.save(rows, BUILD / "plot.png")
    return 0 if all(row.passed for row in rows) else 1


def _wanted(arguments: list[str] | None) -> list[str]:
    """Return the parts named on the command line, or all of them."""
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=", ".join(PARTS)
    )
    parts = parser.parse_args(arguments).parts
    for part in parts:
        if part not in PARTS:
            parser.error(f"PART must be one of {', '.join(PARTS)}, got {part}")
    return parts or list(PARTS)


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
