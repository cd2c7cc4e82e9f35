"""Drawing how often values occur, and numbers side by side."""

import numpy as np

from lossviz.plots._axes import (
    fit_side_by_side,
    in_style,
    label_axes,
    legend_above,
    legend_beside,
    listed,
    nth_style,
    or_new_axes,
    series_of,
)
from lossviz.style import BLACK
from lossviz.validation import all_finite, count, function, same_shape, vector
from lossviz.wording import number

HATCHES = ("", "//", "..", "xx", "\\\\")


@in_style
def plot_histogram(values, *, bins=30, xlabel="value", label=None, ax=None):
    """Draw how often values fall into each of `bins` equal intervals.

    Parameters
    ----------
    values : array_like of shape (n,)
        What to count.
    bins : int, default 30
        Number of intervals.
    xlabel : str
        Axis label, with its units.
    label : str, optional
        Legend entry.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `values` are no list of finite numbers, or `bins` is no whole
        number above 0.
    """
    values = all_finite("values", vector("values", values))
    bins = count("bins", bins)
    ax = or_new_axes(ax, xlabel=xlabel, label=label)
    n = len(ax.containers)
    style = {"color": nth_style(n)["color"], "hatch": HATCHES[n % 5]}
    style |= {"alpha": 0.6, "edgecolor": "white", "gid": "histogram"}
    ax.hist(values, bins=bins, label=label, **style)
    label_axes(ax, xlabel, "count")
    legend_beside(ax)
    return ax


def _name_bars(ax, centres, labels):
    """Write the labels below the bars, on a slope if they are long."""
    look = {}
    if not fit_side_by_side(ax, [max(x.split("\n"), key=len) for x in labels]):
        look = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}
        labels = [label.replace("\n", " ") for label in labels]
    ax.set_xticks(centres, labels, **look)


@in_style
def plot_bars(labels, values, *, ylabel="value", form=number, ax=None):
    """Draw one bar per label, or one group of bars for several series.

    Parameters
    ----------
    labels : sequence of str
        What each bar, or each group, stands for.
    values : sequence of float, or mapping of str to sequence of float
        Heights; a mapping gives each series its name.
    ylabel : str
        Axis label, with its units.
    form : callable, default `number`
        Turns a height into the text above its bar.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is no series, one does not have one value per label, or
        `form` cannot be called.

    Examples
    --------
    >>> ax = plot_bars(["weight", "height"], [15, 0.1], ylabel="sd")
    """
    labels, series = listed("labels", labels), series_of("values", values)
    function("form", form)
    centres = np.arange(len(labels))
    for heights in series.values():
        same_shape(labels=centres, values=heights)
    ax = or_new_axes(ax, ylabel=ylabel)
    width = 0.8 / len(series)
    for n, (name, heights) in enumerate(series.items()):
        style = {"color": nth_style(n)["color"], "hatch": HATCHES[n % 5]}
        style |= {"edgecolor": "white", "gid": "bars", "label": name}
        x = centres + (n - (len(series) - 1) / 2) * width
        bars = ax.bar(x, heights, 0.94 * width, **style)
        texts = [form(height) for height in heights]
        flat = fit_side_by_side(ax, texts * len(series), share=0.8)
        turn = {} if flat else {"rotation": 90}
        ax.bar_label(bars, texts, padding=2, gid="bar label", **turn)
    _name_bars(ax, centres, labels)
    ax.margins(y=0.15)
    ax.axhline(0, color=BLACK, linewidth=1)
    label_axes(ax, "", ylabel)
    legend_above(ax.figure)
    return ax
