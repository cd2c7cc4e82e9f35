"""What all drawing functions share."""

import textwrap
from collections.abc import Mapping
from contextlib import nullcontext
from functools import wraps
from numbers import Real

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from lossviz.style import COLORS, LINE_STYLES, RC, made_here, new_figure
from lossviz.surfaces import Grid
from lossviz.validation import all_finite, broken, text, vector

# Letters of the usual size to an inch.
LETTERS = 11
# Longer labels are broken into lines, or they would leave no room.
LONGEST_LABEL = 32


def in_style(draw):
    """Let a function draw in the course's look on figures made here.

    What stands on a figure of somebody else's is in theirs.
    """

    @wraps(draw)
    def drawn_in_style(*args, **keywords):
        with _look(keywords.get("ax", keywords.get("axes"))):
            return draw(*args, **keywords)

    return drawn_in_style


def _look(axes):
    """Return the context for drawing on axes: one, several or None."""
    several = isinstance(axes, (list, tuple, np.ndarray))
    first = next(iter(axes), None) if several else axes
    if isinstance(first, Axes) and not made_here(first.get_figure(root=True)):
        return nullcontext()
    return mpl.rc_context(RC)


def or_new_axes(ax, **words):
    """Return `ax`, or the Axes of a new figure if it is None.

    `words` are what is to be written on it, by the names of the parameters;
    what cannot be written is refused before anything is drawn.
    """
    for name, value in words.items():
        text(name, value)
    if ax is not None:
        return an_axes(ax)
    return new_figure()[1]


def an_axes(ax):
    """Return `ax`, if it is something to draw on."""
    if not isinstance(ax, Axes):
        raise broken("ax", "be matplotlib Axes", ax)
    return ax


def or_new_panels(axes, n):
    """Return n Axes in a list: those given, or those of a new figure."""
    if axes is None:
        return list(new_figure(1, n, sharex=n > 1)[1])
    try:
        panels = list(axes)
    except TypeError:
        panels = []
    if len(panels) != n or not all(isinstance(ax, Axes) for ax in panels):
        raise broken("axes", f"be {n} matplotlib Axes", axes)
    return panels


def a_surface(grid):
    """Return a Grid that can be drawn, NaN where it has no finite value."""
    if not isinstance(grid, Grid):
        raise broken("grid", "be a lossviz.surfaces.Grid", grid)
    for name, axis in (("grid.x", grid.x), ("grid.y", grid.y)):
        steps = np.diff(all_finite(name, axis))
        if not steps.size or not (np.all(steps > 0) or np.all(steps < 0)):
            raise broken(name, "rise or fall from point to point", axis)
    return Grid(grid.x, grid.y, some_finite("grid.z", grid.z))


def some_finite(name, values):
    """Return `values` with what is infinite made NaN, if any is finite."""
    finite = np.isfinite(values)
    if not finite.any():
        raise ValueError(f"{name} must hold a finite number, got none")
    return np.where(finite, values, np.nan)


def listed(name, things):
    """Return names of things as a list of strings."""
    try:
        if isinstance(things, str):
            raise TypeError
        names = list(things)
    except TypeError:
        raise broken(name, "be a list of names", things) from None
    if not all(isinstance(n, (str, Real)) for n in names):
        raise broken(name, "be a list of names", things)
    return [str(n) for n in names]


def series_of(name, values):
    """Return lists of numbers by their names; a single one is nameless."""
    if not isinstance(values, Mapping):
        return {"_bars": vector(name, values)}
    if not values:
        raise ValueError(f"{name} must hold at least one series, got none")
    return {
        str(key): vector(f"{name}[{key!r}]", heights)
        for key, heights in values.items()
    }


def label_axes(ax, xlabel, ylabel):
    """Label the axes where the caller, or an earlier plot, has not."""
    ax.set_xlabel(ax.get_xlabel() or xlabel)
    ax.set_ylabel(ax.get_ylabel() or ylabel)


def drawn(ax, kind):
    """Return how many lines of a kind, by their `gid`, are on the axes."""
    return sum(line.get_gid() == kind for line in ax.lines)


def nth_style(n):
    """Colour and line style of the n-th thing of a kind; no two share both."""
    colors, styles = len(COLORS), len(LINE_STYLES)
    return {
        "color": COLORS[n % colors],
        "linestyle": LINE_STYLES[(n + n // colors) % styles],
    }


def _inches(ax):
    """Width and height of an Axes, roughly: before the layout is done."""
    width, height = ax.figure.get_size_inches()
    place = ax.get_position()
    return place.width * width, place.height * height


def fit_side_by_side(ax, words, share=1.0):
    """Whether words fit in a row along the axes, of which they get a share."""
    room = share * LETTERS * _inches(ax)[0] / max(1, len(words))
    pairs = zip(words, words[1:], strict=False)
    return all(len(one) + len(other) < 2 * room for one, other in pairs)


def legend_beside(ax):
    """Put the labels to the right of the axes, where they cover no data."""
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        # at 13 points about three and a half lines to an inch
        rows = max(1, int(3.5 * _inches(ax)[1]))
        ax.legend(
            handles,
            [broken_label(label) for label in labels],
            loc="upper left",
            bbox_to_anchor=(1.05, 1),
            borderaxespad=0,
            ncols=-(-len(handles) // rows),
        )


def broken_label(label, longest=LONGEST_LABEL):
    """Return a label in lines of `longest` letters, words left whole."""
    if len(label) <= longest:
        return label
    return textwrap.fill(label, longest, break_long_words=False)


def legend_above(figure):
    """Put the labels of all panels without a legend in a row on top."""
    for legend in figure.legends:
        legend.remove()
    entries = {}
    for ax in figure.axes:
        if ax.get_legend() is None:
            handles, labels = ax.get_legend_handles_labels()
            entries |= dict(zip(labels, handles, strict=True))
    if entries:
        figure.legend(
            entries.values(),
            entries.keys(),
            loc="outside upper center",
            ncols=_columns(entries, figure.get_figwidth()),
        )


def _columns(labels, width):
    """Number of legend columns that fit into `width` inches."""
    # the sample of a line is as long as 15 letters
    lengths = [len(label) + 15 for label in labels]
    room = LETTERS * width
    if sum(lengths) <= room:
        return len(lengths)
    return max(1, int(room // max(lengths)))
