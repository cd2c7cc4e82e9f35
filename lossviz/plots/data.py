"""Drawing observations, fitted lines, bands, densities and bars."""

from collections.abc import Mapping

import numpy as np
from matplotlib.collections import LineCollection

from lossviz.losses import LOSSES
from lossviz.plots._axes import (
    label_axes,
    legend_above,
    legend_beside,
    nth_style,
    or_new_axes,
)
from lossviz.style import BLACK, BLUE, VERMILLION, loss_style
from lossviz.validation import as_float, count, finite, positive, same_shape
from lossviz.wording import number

HATCHES = ("", "//", "..", "xx", "\\\\")


def plot_points(
    x, y, *, outliers=None, xlabel="x", ylabel="y", label=None, ax=None
):
    """Draw observations, those marked as outliers as crosses.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        The observations.
    outliers : array_like of bool of shape (n,), optional
        True for each observation to draw as an outlier.
    xlabel, ylabel : str
        Axis labels, with their units.
    label : str, optional
        Legend entry of the other observations.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If shapes differ.
    """
    x, y = as_float("x", x), as_float("y", y)
    if outliers is None:
        outliers = np.zeros(x.shape, dtype=bool)
    same_shape(x=x, y=y, outliers=outliers)
    outliers = np.asarray(outliers, dtype=bool)
    ax = or_new_axes(ax)
    points = {"linestyle": "none", "gid": "points"}
    inside = {"marker": "o", "color": BLACK, "alpha": 0.6, "label": label}
    ax.plot(x[~outliers], y[~outliers], **inside, **points)
    if outliers.any():
        outside = {"marker": "X", "markersize": 10, "color": VERMILLION}
        ax.plot(
            x[outliers], y[outliers], label="outliers", **outside, **points
        )
    label_axes(ax, xlabel, ylabel)
    legend_beside(ax)
    return ax


def plot_line(intercept, slope, *, label=None, loss=None, ax=None):
    """Draw the straight line intercept + slope · x across the axes.

    Parameters
    ----------
    intercept, slope : float
        Height at x = 0, and rise per unit of x.
    label : str, optional
        Legend entry; by default the label of the loss.
    loss : str, optional
        The loss that the line was fitted with; gives the line its style.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a coefficient is not finite or the loss is unknown.
    """
    intercept = finite("intercept", intercept)
    slope = finite("slope", slope)
    ax = or_new_axes(ax)
    drawn = sum(artist.get_gid() == "line" for artist in ax.lines)
    style = nth_style(drawn) if loss is None else loss_style(loss)
    label = label or ("line" if loss is None else LOSSES[loss].label)
    # A point amid the data leaves the limits of the axes alone.
    x = np.mean(ax.get_xlim())
    line = ax.axline((x, intercept + slope * x), slope=slope, label=label)
    line.set(gid="line", **style)
    legend_beside(ax)
    return ax


def plot_residuals(x, y, prediction, *, ax=None):
    """Draw each residual as a vertical line from prediction to observation.

    Parameters
    ----------
    x, y, prediction : array_like of shape (n,)
        Positions, observed values and predicted values.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If shapes differ.
    """
    x, y = as_float("x", x), as_float("y", y)
    prediction = as_float("prediction", prediction)
    same_shape(x=x, y=y, prediction=prediction)
    ax = or_new_axes(ax)
    start, end = np.stack([x, prediction], 1), np.stack([x, y], 1)
    lines = LineCollection(np.stack([start, end], axis=1))
    lines.set(color="#767676", linewidth=1.5, zorder=1, gid="residuals")
    ax.add_collection(lines)
    ax.autoscale_view()
    label_axes(ax, "x", "y")
    return ax


def plot_band(
    x, mean, sd, *, k=2, label=None, color=BLUE, linestyle="-", ax=None
):
    """Draw a predicted mean and the band of `k` standard deviations.

    Parameters
    ----------
    x : array_like of shape (n,)
        Increasing positions.
    mean, sd : array_like of shape (n,)
        Predicted mean and standard deviation at each position.
    k : float, default 2
        Half the width of the band, in standard deviations.
    label : str, optional
        Legend entry; "mean ± kσ" by default.
    color, linestyle
        Of the mean and of the band's edges.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If shapes differ, `k` is not positive or an `sd` is negative.
    """
    x, mean, sd = as_float("x", x), as_float("mean", mean), as_float("sd", sd)
    same_shape(x=x, mean=mean, sd=sd)
    if (sd < 0).any():
        raise ValueError(f"sd must not be negative, got {number(sd.min())}")
    half = positive("k", k) * sd
    ax = or_new_axes(ax)
    band = ax.fill_between(x, mean - half, mean + half, gid="band")
    band.set(facecolor=color, alpha=0.25, label=label or f"mean ± {k:g}σ")
    style = {"color": color, "linestyle": linestyle, "label": "_mean"}
    ax.plot(x, mean, **style)
    for edge in (mean - half, mean + half):
        ax.plot(x, edge, **style, linewidth=1)
    label_axes(ax, "x", "y")
    legend_beside(ax)
    return ax


def plot_density(y, density, *, xlabel="y", label=None, ax=None):
    """Draw a probability density, shaded down to zero.

    Parameters
    ----------
    y, density : array_like of shape (n,)
        Increasing values, and the density at each, in 1/units of y.
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
        If shapes differ.
    """
    y, density = as_float("y", y), as_float("density", density)
    same_shape(y=y, density=density)
    ax = or_new_axes(ax)
    drawn = sum(artist.get_gid() == "density" for artist in ax.lines)
    style = nth_style(drawn)
    ax.plot(y, density, label=label, gid="density", **style)
    ax.fill_between(y, density, color=style["color"], alpha=0.15)
    ax.set_ylim(bottom=0)
    label_axes(ax, xlabel, "density")
    legend_beside(ax)
    return ax


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
        If `bins` is no whole number above 0.
    """
    values, bins = as_float("values", values), count("bins", bins)
    ax = or_new_axes(ax)
    n = len(ax.containers)
    style = {"color": nth_style(n)["color"], "hatch": HATCHES[n % 5]}
    style |= {"alpha": 0.6, "edgecolor": "white", "gid": "histogram"}
    ax.hist(values, bins=bins, label=label, **style)
    label_axes(ax, xlabel, "count")
    legend_beside(ax)
    return ax


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
        If a series does not have one value per label.

    Examples
    --------
    >>> ax = plot_bars(["weight", "height"], [15, 0.1], ylabel="sd")
    """
    series = values if isinstance(values, Mapping) else {"_bars": values}
    ax = or_new_axes(ax)
    width = 0.8 / len(series)
    centres = np.arange(len(labels))
    for n, (name, heights) in enumerate(series.items()):
        heights = as_float(name, heights)
        same_shape(labels=centres, values=heights)
        style = {"color": nth_style(n)["color"], "hatch": HATCHES[n % 5]}
        style |= {"edgecolor": "white", "gid": "bars", "label": name}
        x = centres + (n - (len(series) - 1) / 2) * width
        bars = ax.bar(x, heights, 0.94 * width, **style)
        texts = [form(height) for height in heights]
        ax.bar_label(bars, texts, padding=2, gid="bar label")
    ax.set_xticks(centres, labels)
    ax.margins(y=0.15)
    ax.axhline(0, color=BLACK, linewidth=1)
    label_axes(ax, "", ylabel)
    legend_above(ax.figure)
    return ax
