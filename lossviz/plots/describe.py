"""Alternative text for pictures, read off what was drawn.

The functions of `lossviz.plots` mark each artist by its `gid`; a describer
of that kind turns the artist's data into phrases, the most important first.
"""

import numpy as np
from matplotlib.lines import Line2D

from lossviz.plots._axes import an_axes
from lossviz.plots._crossings import crossings
from lossviz.plots._phrases import DESCRIBERS, label_of, on_one_line
from lossviz.wording import number, reach

__all__ = ["describe"]

MAX_WORDS = 60
# More bars are not told one by one.
MOST_BARS = 14


def describe(ax):
    """Say what an Axes shows, in at most about sixty words.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Drawn by functions of `lossviz.plots`; other labelled lines are
        described as curves.

    Returns
    -------
    str
        Axis labels and ranges, then for each thing drawn its label and its
        main numbers, and where curves cross; details are left out where
        they would be too many. Empty for a colour bar and for an Axes with
        nothing to describe.

    Raises
    ------
    ValueError
        If `ax` is no Axes.
    """
    an_axes(ax)
    if ax.get_label() == "<colorbar>":
        return ""
    parts = [*_artist_parts(ax), *_bar_parts(ax)]
    if not parts:
        return ""
    longest = max(len(phrases) for phrases in parts)
    found = "; ".join(crossings(ax, _curves(ax)))
    # Where curves cross tells more than their details, but not than their
    # first: what they reach.
    sentences = [(n, f" Crossings: {found}.") for n in range(longest, 1, -1)]
    sentences = sentences if found else []
    for detail, last in [
        *sentences,
        *((n, "") for n in range(longest, 0, -1)),
    ]:
        shown = "; ".join(_phrase(*phrases[:detail]) for phrases in parts)
        text = f"{_axes_sentence(ax)} Shown: {shown}.{last}"
        if len(text.split()) <= MAX_WORDS:
            break
    return text


def _phrase(label, *details):
    return f"{label} ({', '.join(details)})" if details else label


def _axes_sentence(ax):
    y_label = on_one_line(ax.get_ylabel()) or "values"
    if _bar_containers(ax, "bars"):
        return f"Bars of {y_label}."
    y = f"{y_label} ({_range(ax.get_ylim(), ax.get_yscale())})"
    x_label = on_one_line(ax.get_xlabel()) or "position"
    x = f"{x_label} ({_range(ax.get_xlim(), ax.get_xscale())})"
    if hasattr(ax, "get_zlabel"):
        return f"Plot of {on_one_line(ax.get_zlabel())} over {x} and {y}."
    return f"Plot of {y} against {x}."


def _range(limits, scale):
    text = reach(*limits, digits=2)
    return f"{text}, log scale" if scale == "log" else text


def _artist_parts(ax):
    for artist in ax.get_children():
        kind = _kind(artist)
        if kind in DESCRIBERS:
            yield DESCRIBERS[kind](artist)


def _kind(artist):
    """Return what an artist is; a labelled line is a curve."""
    kind = artist.get_gid()
    if kind is None and isinstance(artist, Line2D) and label_of(artist):
        return "curve"
    return kind


def _curves(ax):
    """Return the curves that have names, by their names."""
    lines = [line for line in ax.lines if _kind(line) == "curve"]
    return {label_of(line): line for line in lines if label_of(line)}


def _extremes(names, said, bars):
    """Say of many bars which are the highest and the lowest."""
    order = np.argsort([bar.get_height() for bar in bars.patches])
    low, high = order[0], order[-1]
    return (
        f"{len(said)} bars from {said[low]} ({names[low]}) "
        f"to {said[high]} ({names[high]})"
    )


def _bar_containers(ax, kind):
    return [c for c in ax.containers if c.patches[0].get_gid() == kind]


def _bar_parts(ax):
    names = [
        " ".join(label.get_text().split()) for label in ax.get_xticklabels()
    ]
    heights = (text for text in ax.texts if text.get_gid() == "bar label")
    groups = _bar_containers(ax, "bars")
    for bars in groups:
        # matplotlib writes nothing above a bar that is NaN
        said = [next(heights).get_text() or "undefined" for _ in bars.patches]
        if len(said) * len(groups) > MOST_BARS:
            values = _extremes(names, said, bars)
        else:
            pairs = zip(names, said, strict=True)
            values = ", ".join(f"{name} {height}" for name, height in pairs)
        yield [label_of(bars), values] if label_of(bars) else [values]
    for bars in _bar_containers(ax, "histogram"):
        tallest = max(bars.patches, key=lambda bar: bar.get_height())
        left = tallest.get_x()
        place = f"{number(left)} to {number(left + tallest.get_width())}"
        yield [
            label_of(bars.patches[0], "histogram"),
            f"{len(bars.patches)} bins",
            f"tallest {number(tallest.get_height())} from {place}",
        ]
