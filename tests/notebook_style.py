"""Measure a lecture notebook against the course's targets."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import nbformat

NOT_PROSE = re.compile(
    r"```.*?```|\$\$.*?\$\$|\$[^$\n]{1,200}?\$|<!--.*?-->|</?[a-z][^<>]*>",
    re.DOTALL,
)
DRAWING = re.compile(r"\b(?:plt|figs?|axs|ax\w*)(?:\[[^\]]*\])*\.\w+\(")


@dataclass(frozen=True)
class Cell:
    """One cell, as the measures and rules see it."""

    name: str
    kind: str
    source: str
    tags: tuple[str, ...] = ()
    slide: str | None = None
    hidden: bool = False
    ran: bool = False

    @property
    def lines(self) -> list[str]:
        """Lines of code that are not blank."""
        lines = self.source.split("\n") if self.kind == "code" else []
        return [line for line in lines if line.strip()]

    @property
    def words(self) -> int:
        """Words of prose; a formula, a comment or a tag counts as one."""
        prose = self.source if self.kind == "markdown" else ""
        return len(
            re.findall(r"[A-Za-z][\w'’-]*", NOT_PROSE.sub(" M ", prose))
        )

    def named(self, kind: str) -> list[str]:
        """Values of its tags of the form `kind:value`."""
        start = f"{kind}:"
        return [
            t.removeprefix(start) for t in self.tags if t.startswith(start)
        ]


def read(path: Path) -> list[Cell]:
    """Return the cells of a notebook that hold something."""
    cells = nbformat.read(path, as_version=4).cells
    return [
        Cell(
            name=cell.get("id", f"cell {index}"),
            kind=cell.cell_type,
            source=cell.source,
            tags=tuple(cell.metadata.get("tags", [])),
            slide=cell.metadata.get("slideshow", {}).get(
                "slide_type", "missing"
            ),
            hidden=cell.metadata.get("jupyter", {}).get(
                "source_hidden", False
            ),
            ran=bool(cell.get("outputs") or cell.get("execution_count")),
        )
        for index, cell in enumerate(cells)
        if cell.source.strip() and cell.cell_type != "raw"
    ]


TARGETS = {
    "code cells": (10, 90),
    "lines of code": (10, 450),
    "words": (700, 8000),
    "lines per code cell, median": (1, 6),
    "lines per code cell, nine tenths": (1, 12),
    "lines per code cell, most": (1, 25),
    "words per code cell": (40, 120),
    "code cells after prose": (0.75, 1),
    "code cells beside prose": (0.95, 1),
    "code cells in a row": (1, 3),
    "imports after the second code cell": (0, 0),
    "share of comment lines": (0, 0.10),
    "share of drawing lines": (0, 0.15),
    "drawing lines in one cell": (0, 4),
    "functions defined": (0, 4),
    "lines above 79 columns": (0, 0),
    "H1 headings": (1, 1),
    "questions per 1000 words": (2, 20),
}


def measure(cells: list[Cell]) -> dict[str, float]:
    """Measure all that `TARGETS` names."""
    code = [cell for cell in cells if cell.kind == "code"]
    lines = [line for cell in code for line in cell.lines]
    sizes = [len(cell.lines) for cell in code]
    words = sum(cell.words for cell in cells)
    prose = "\n".join(c.source for c in cells if c.kind == "markdown")
    return {
        "code cells": len(code),
        "lines of code": len(lines),
        "words": words,
        "lines per code cell, median": median(sizes),
        "lines per code cell, nine tenths": quantiles(sizes, n=10)[-1],
        "lines per code cell, most": max(sizes),
        "words per code cell": words / len(code),
        **_neighbours([cell.kind == "code" for cell in cells]),
        "imports after the second code cell": sum(
            _count(r"\s*(?:import|from)\s", cell.lines) for cell in code[2:]
        ),
        "share of comment lines": _count(r"\s*#", lines) / len(lines),
        "share of drawing lines": _drawing(lines) / len(lines),
        "drawing lines in one cell": max(_drawing(c.lines) for c in code),
        "functions defined": sum(len(definitions(cell)) for cell in code),
        "lines above 79 columns": sum(len(line) > 79 for line in lines),
        "H1 headings": len(re.findall(r"(?m)^# ", prose)),
        "questions per 1000 words": 1000 * prose.count("?") / max(words, 1),
    }


def misses(cells: list[Cell]) -> dict[str, float]:
    """Return the measures that lie outside their target."""
    found = measure(cells)
    return {
        name: found[name]
        for name, (low, high) in TARGETS.items()
        if not low <= found[name] <= high
    }


def definitions(cell: Cell) -> list[str]:
    """Names of the functions and classes that a cell of code defines."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    body = ast.parse(cell.source).body
    return [node.name for node in body if isinstance(node, kinds)]


def _neighbours(code: list[bool]) -> dict[str, float]:
    """Measure how code (True) and prose (False) alternate."""
    before, after = [True, *code[:-1]], [*code[1:], True]
    pairs = [(b, a) for c, b, a in zip(code, before, after, strict=True) if c]
    runs = "".join("c" if c else " " for c in code).split()
    return {
        "code cells after prose": sum(not b for b, _ in pairs) / len(pairs),
        "code cells beside prose": sum(not (b and a) for b, a in pairs)
        / len(pairs),
        "code cells in a row": max(map(len, runs)),
    }


def _count(pattern: str, lines: list[str]) -> int:
    return sum(bool(re.match(pattern, line)) for line in lines)


def _drawing(lines: list[str]) -> int:
    return sum(bool(DRAWING.search(line)) for line in lines)
