"""The plots of a graded class, as SVG that takes the colours of its page."""

import html
import io
import itertools
import re
import textwrap
import warnings

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import MaxNLocator

from course.grading.reports import look
from lossviz.style import new_figure

LABEL = 44
SIZE = 11

# What became of an answer: the page's colour for it, and its hatch, so that
# nothing depends on telling colours apart.
OUTCOMES = {
    "all points": ("full", ""),
    "some points": ("some", "//"),
    "started, no points": ("none", ".."),
    "not started": ("ground", ""),
}

# matplotlib takes colours only: each stands for a part of the page's look
# until the picture is done.
_INK = "#010203"
_GROUND = "#fdfcfb"
_PARTS = {
    _INK: "currentColor",
    _GROUND: "var(--ground)",
    **{
        look.LIGHT[part]: f"var(--{part})" for part in ("full", "some", "none")
    },
}
_RC = {
    "svg.fonttype": "path",
    "svg.hashsalt": "course",
    "hatch.color": _GROUND,
    "hatch.linewidth": 1.2,
}


def points(values, most, *, alt, name):
    """Draw how many submissions won how many points.

    Parameters
    ----------
    values : sequence of float
        Points of each submission; at least one.
    most : float
        Points to be won without bonus.
    alt : str
        Alternative text.
    name : str
        Name of the picture, no other's on its page.

    Returns
    -------
    str
        The picture, as SVG to stand in a page.
    """
    top = max(most, *values)
    step = next(s for s in _steps() if top / s <= 24)
    # A bar stands over the points it counts: half a step to either side.
    edges = np.arange(-step / 2, top + step, step)
    counts, _ = np.histogram(values, edges)
    fig, ax = new_figure(size=(8, 3.2))
    ax.bar(
        edges[:-1] + step / 2,
        counts,
        width=step,
        color=look.LIGHT["full"],
        edgecolor=_GROUND,
    )
    middle = float(np.median(values))
    # On a band of the ground, so that it shows before any bar.
    ax.axvline(middle, color=_GROUND, linewidth=5)
    ax.axvline(middle, color=_INK, linestyle="--", linewidth=1.8)
    ax.annotate(
        f"median {middle:.4g}",
        (middle, 1),
        xycoords=ax.get_xaxis_transform(),
        xytext=(-6 if middle > top / 2 else 6, 2),
        textcoords="offset points",
        ha="right" if middle > top / 2 else "left",
        va="bottom",
        fontsize=SIZE,
    )
    ax.set_xlim(edges[0], edges[-1])
    ax.set_xlabel(f"points (of {most:g})")
    ax.set_ylabel("submissions")
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    return _svg(fig, alt, name)


def outcomes(rows, *, alt, name):
    """Draw what became of each question, in shares of all submissions.

    Parameters
    ----------
    rows : list of (str, dict of str to int)
        Each question and the number of submissions by `OUTCOMES`.
    alt : str
        Alternative text.
    name : str
        Name of the picture, no other's on its page.

    Returns
    -------
    str
        The picture, as SVG to stand in a page.
    """
    fig, ax = new_figure(size=(8, 1.3 + 0.42 * len(rows)))
    left = np.zeros(len(rows))
    for outcome, (part, hatch) in OUTCOMES.items():
        shares = [100 * row[outcome] / sum(row.values()) for _, row in rows]
        ax.barh(
            range(len(rows)),
            shares,
            left=left,
            height=0.7,
            color=look.LIGHT[part] if part != "ground" else _GROUND,
            edgecolor=_INK,
            linewidth=0.8,
            hatch=hatch,
            label=outcome,
            clip_on=False,
        )
        left += shares
    _name_rows(ax, [label for label, _ in rows])
    ax.set_xlim(0, 100)
    ax.set_xlabel("submissions, in %")
    fig.legend(
        loc="outside upper center", ncols=4, fontsize=SIZE, frameon=False
    )
    return _svg(fig, alt, name)


def counts(rows, *, alt, name):
    """Draw how often each of some things happened, as bars.

    Parameters
    ----------
    rows : list of (str, int)
        Name and number, the most frequent first.
    alt : str
        Alternative text.
    name : str
        Name of the picture, no other's on its page.

    Returns
    -------
    str
        The picture, as SVG to stand in a page.
    """
    labels = [textwrap.fill(label, LABEL) for label, _ in rows]
    lines = sum(1 + label.count("\n") for label in labels)
    fig, ax = new_figure(size=(8, 0.9 + 0.2 * len(rows) + 0.2 * lines))
    numbers = [number for _, number in rows]
    bars = ax.barh(
        range(len(rows)), numbers, height=0.65, color=look.LIGHT["full"]
    )
    ax.bar_label(bars, padding=4, fontsize=SIZE, color=_INK)
    _name_rows(ax, labels)
    ax.set_xlim(0, 1.1 * max(numbers))
    ax.set_xlabel("submissions")
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    return _svg(fig, alt, name)


def _steps():
    """Widths of bars that people like, from small to large."""
    for power in itertools.count(-1):
        yield from (step * 10.0**power for step in (1, 2.5, 5))


def _name_rows(ax, labels):
    ax.set_yticks(range(len(labels)), labels, fontsize=SIZE)
    for label in ax.get_yticklabels():
        label.set_parse_math(False)
    ax.tick_params("y", length=0)
    ax.set_ylim(len(labels) - 0.45, -0.55)


def _svg(fig, alt, name):
    """Return a figure as an SVG element in the colours of its page."""
    _ink_all(fig)
    buffer = io.StringIO()
    with mpl.rc_context(_RC), warnings.catch_warnings():
        # A letter that the font lacks is drawn as a box; no more to say.
        warnings.filterwarnings("ignore", "Glyph", UserWarning)
        fig.savefig(
            buffer,
            format="svg",
            facecolor="none",
            metadata={
                "Date": None,
                "Creator": None,
                "Format": None,
                "Type": None,
            },
        )
    text = buffer.getvalue()
    text = text[text.index("<svg") :].strip()
    for colour, part in _PARTS.items():
        text = text.replace(colour, part)
    return _named(text, alt, name)


def _ink_all(fig):
    """Give all text, ticks and frames the ink, and nothing a ground."""
    for ax in fig.axes:
        ax.patch.set_visible(False)
        ax.tick_params(color=_INK, labelcolor=_INK, labelsize=SIZE)
        ax.xaxis.label.set_fontsize(SIZE)
        ax.yaxis.label.set_fontsize(SIZE)
        for spine in ax.spines.values():
            spine.set_edgecolor(_INK)
    for text in fig.findobj(mpl.text.Text):
        text.set_color(_INK)


def _named(text, alt, name):
    """Give an SVG element its alternative text, and ids of its own."""
    # Rules of the picture would hold for the whole page.
    text = re.sub(
        r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.S
    )
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"\s*\n\s*", " ", text)
    # Two pictures on a page may not share ids.
    mark = f"{name}-"
    text = re.sub(r'\bid="', f'id="{mark}', text)
    text = re.sub(r'href="#', f'href="#{mark}', text)
    text = text.replace("url(#", f"url(#{mark}")
    head, body = text.split(">", 1)
    looks = "stroke-linejoin: round; stroke-linecap: butt"
    return (
        f'{head} style="{looks}" role="img" aria-label="{html.escape(alt)}">'
        f"{body}"
    )
