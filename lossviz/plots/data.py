"""Drawing observations, fitted lines, bands and densities."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import is_color_like
from matplotlib.lines import Line2D

from lossviz.losses import LOSSES
from lossviz.plots._axes import (
    drawn,
    in_style,
    label_axes,
    legend_beside,
    nth_style,
    or_new_axes,
)
from lossviz.style import BLACK, BLUE, OUTLIERS, loss_style
from lossviz.validation import (
    as_float,
    broken,
    choice,
    finite,
    positive,
    same_shape,
    vector,
)
from lossviz.wording import number


@in_style
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
        If shapes differ or are not (n,).
    """
    x, y = vector("x", x, minimum=0), vector("y", y, minimum=0)
    if outliers is None:
        outliers = np.zeros(x.shape, dtype=bool)
    outliers = as_float("outliers", outliers) != 0
    same_shape(x=x, y=y, outliers=outliers)
    ax = or_new_axes(ax, xlabel=xlabel, ylabel=ylabel, label=label)
    inside = {"marker": "o", "color": BLACK, "alpha": 0.6, "ls": "none"}
    ax.plot(x[~outliers], y[~outliers], label=label, gid="points", **inside)
    if outliers.any():
        words = {"label": "outliers", "gid": "points"}
        ax.plot(x[outliers], y[outliers], **words, **OUTLIERS)
    label_axes(ax, xlabel, ylabel)
    legend_beside(ax)
    return ax


@in_style
def plot_line(intercept, slope, *, label=None, loss=None, ax=None):
    """Draw the straight line intercept + slope · x across the axes.

    The view keeps its width, and grows in height until the line stays in
    it from side to side, by up to half the height of the points there.

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
    if loss is not None:
        choice("loss", loss, LOSSES, where="lossviz.losses.LOSSES")
    ax = or_new_axes(ax, label=label)
    new = nth_style(drawn(ax, "line"))
    style = new if loss is None else loss_style(loss)
    label = label or ("line" if loss is None else LOSSES[loss].label)
    ends, before = np.array(ax.get_xlim()), ax.dataLim.get_points().copy()
    x = ends.mean()
    line = ax.axline((x, intercept + slope * x), slope=slope, label=label)
    line.set(gid="line", **style)
    # Of a line no point counts as data.
    ax.dataLim.set_points(before)
    _make_room(ax, ends, intercept + slope * ends)
    legend_beside(ax)
    return ax


def _make_room(ax, x, y):
    """Let the view reach the ends of a line, unless it is very steep."""
    points = [line for line in ax.lines if line.get_gid() == "points"]
    heights = np.concatenate([line.get_ydata() for line in points] or [[]])
    heights = heights[np.isfinite(heights)]
    if heights.size:
        room = np.ptp(heights) / 2
        y = np.clip(y, heights.min() - room, heights.max() + room)
    # An empty view has no width to keep.
    empty = not np.isfinite(ax.dataLim.get_points()).all()
    ax.update_datalim(np.column_stack([x, y]), updatex=empty)
    ax.autoscale_view(scalex=empty)


@in_style
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
        If shapes differ or are not (n,).
    """
    x, y = vector("x", x, minimum=0), vector("y", y, minimum=0)
    prediction = vector("prediction", prediction, minimum=0)
    same_shape(x=x, y=y, prediction=prediction)
    ax = or_new_axes(ax)
    start, end = np.stack([x, prediction], 1), np.stack([x, y], 1)
    lines = LineCollection(np.stack([start, end], axis=1))
    lines.set(color="#767676", linewidth=1.5, zorder=1, gid="residuals")
    ax.add_collection(lines)
    ax.autoscale_view()
    label_axes(ax, "x", "y")
    return ax


@in_style
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
        If shapes differ or are not (n,), there is one position, `k` is not
        positive, an `sd` is negative, or a colour or line style is none.
    """
    x = vector("x", x, minimum=2)
    mean, sd = vector("mean", mean), vector("sd", sd)
    same_shape(x=x, mean=mean, sd=sd)
    if (sd < 0).any():
        raise ValueError(f"sd must not be negative, got {number(sd.min())}")
    half = positive("k", k) * sd
    if not is_color_like(color):
        raise broken("color", "be a colour", color)
    _check_line_style(linestyle)
    ax = or_new_axes(ax, label=label)
    band = ax.fill_between(x, mean - half, mean + half, gid="band")
    band.set(facecolor=color, alpha=0.25, label=label or f"mean ± {k:g}σ")
    style = {"color": color, "linestyle": linestyle, "label": "_mean"}
    ax.plot(x, mean, **style)
    for edge in (mean - half, mean + half):
        ax.plot(x, edge, **style, linewidth=1)
    label_axes(ax, "x", "y")
    legend_beside(ax)
    return ax


def _check_line_style(linestyle):
    try:
        Line2D([], [], linestyle=linestyle)
    except (TypeError, ValueError):
        rule = "be a line style of matplotlib"
        raise broken("linestyle", rule, linestyle) from None


@in_style
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
        If shapes differ or are not (n,), or there is one value.
    """
    y, density = vector("y", y, minimum=2), vector("density", density)
    same_shape(y=y, density=density)
    ax = or_new_axes(ax, xlabel=xlabel, label=label)
    style = nth_style(drawn(ax, "density"))
    ax.plot(y, density, label=label, gid="density", **style)
    ax.fill_between(y, density, color=style["color"], alpha=0.15)
    ax.set_ylim(bottom=0)
    label_axes(ax, xlabel, "density")
    legend_beside(ax)
    return ax
