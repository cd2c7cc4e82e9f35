"""The table as a picture: how many times faster, and within which limit."""

from __future__ import annotations

from math import isfinite
from pathlib import Path

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bench.timing import Row
from lossviz.style import BLACK, BLUE, VERMILLION, new_figure

LETTERS = 60


def save(rows: list[Row], path: Path) -> None:
    """Keep the picture of a table as a PNG file."""
    draw(rows).savefig(path, dpi=100)


def draw(rows: list[Row]):
    """Draw a bar for each row in each of two panels, where it has a number.

    Parameters
    ----------
    rows : list of Row
        The table.

    Returns
    -------
    matplotlib.figure.Figure
    """
    size = 14, 1.5 + 0.36 * len(rows)
    figure, (ax_ratio, ax_time) = new_figure(1, 2, size=size, sharey=True)
    _draw(ax_ratio, rows, map(_ratio, rows), [row.ratio for row in rows])
    _draw(ax_time, rows, [row.ours for row in rows], map(_limit, rows))
    ax_ratio.set_xlim(left=0.5)
    ax_time.set_xlim(left=0.05)
    ax_ratio.set_xlabel("times faster than the other way")
    ax_time.set_xlabel("milliseconds")
    ax_ratio.set_yticks(range(len(rows)), [_name(row) for row in rows])
    ax_ratio.margins(y=0.01)
    ax_ratio.invert_yaxis()
    figure.legend(
        loc="outside upper center",
        ncols=3,
        handles=_legend(),
        frameon=False,
        fontsize=13,
    )
    return figure


def _draw(ax, rows, lengths, targets) -> None:
    """Draw bars, hatched where a target is missed, and the targets."""
    for n, (row, length, target) in enumerate(
        zip(rows, lengths, targets, strict=True)
    ):
        look = {"color": BLUE} if row.passed else {"color": VERMILLION}
        look |= {"hatch": "" if row.passed else "//", "edgecolor": "white"}
        if length is not None:
            ax.barh(n, length, **look)
        if target is not None:
            ax.plot([target] * 2, [n - 0.45, n + 0.45], color=BLACK, ls="-")
    ax.set_xscale("log")


def _legend() -> list:
    return [
        Patch(color=BLUE, label="passed"),
        Patch(color=VERMILLION, hatch="//", ec="white", label="missed"),
        Line2D([], [], color=BLACK, linestyle="-", label="target"),
    ]


def _ratio(row: Row) -> float | None:
    return None if row.other is None else row.other / row.ours


def _limit(row: Row) -> float | None:
    return row.limit if isfinite(row.limit) else None


def _name(row: Row) -> str:
    """Return what was measured, without remarks and not too long."""
    name = row.what.partition(" (other")[0]
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"
