"""Drawing the slopes of a surface: arrows downhill, and their size."""

import numpy as np
from matplotlib.patheffects import withStroke

from lossviz.plots._axes import (
    a_surface,
    in_style,
    label_axes,
    or_new_axes,
)
from lossviz.plots.surfaces import plot_heatmap
from lossviz.surfaces import gradient
from lossviz.validation import count

# Share of its height that a surface must rise across the axes to slope.
LEVEL = 1e-12
ARROW_RIM = [withStroke(linewidth=2, foreground="black")]


@in_style
def plot_arrows(grid, *, n=11, xlabel="slope", ylabel="intercept", ax=None):
    """Draw arrows downhill, in the direction of the negative gradient.

    Their length grows with the square root of the slope, so that those of a
    flat valley can still be seen beside those of its walls. They point as
    gradient descent steps: at right angles to the contours only where both
    axes have the same scale.

    Parameters
    ----------
    grid : lossviz.surfaces.Grid
        The surface, with at least 3 points along each axis.
    n : int, default 11
        Arrows along each axis; at least 2.
    xlabel, ylabel : str
        Labels, with their units.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `grid` is no Grid, one of its axes has fewer than 3 points or `n`
        is no whole number above 1.
    """
    grid, n = a_surface(grid), count("n", n, minimum=2)
    x, y, right, up = _thinned(grid, n)
    width, height = np.ptp(grid.x), np.ptp(grid.y)
    # Lengths are compared as they are seen, in shares of the axes.
    slope = np.hypot(right / width, up / height)
    # A level surface has no arrows, though rounding gives it a slope.
    rise = np.hypot(right * width, up * height)
    slope[rise <= LEVEL * np.nanmax(np.abs(grid.z))] = np.nan
    scale = 0.9 / n / np.sqrt(slope * np.nanmax(slope, initial=0))
    scale = np.nan_to_num(scale)
    ax = or_new_axes(ax, xlabel=xlabel, ylabel=ylabel)
    ax.quiver(
        x,
        y,
        -right * scale,
        -up * scale,
        angles="xy",
        scale_units="xy",
        scale=1,
        color="white",
        width=0.004,
        path_effects=ARROW_RIM,
        zorder=2,
        gid="arrows",
    )
    label_axes(ax, xlabel, ylabel)
    return ax


@in_style
def plot_gradient_field(
    grid,
    *,
    n=11,
    xlabel="slope",
    ylabel="intercept",
    zlabel="gradient norm",
    ax=None,
):
    """Draw the norm of the gradient as colours, and arrows downhill.

    Parameters
    ----------
    grid : lossviz.surfaces.Grid
        The surface, with at least 3 points along each axis.
    n : int, default 11
        Arrows along each axis; at least 2.
    xlabel, ylabel, zlabel : str
        Labels, with their units.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `grid` is no Grid, one of its axes has fewer than 3 points or `n`
        is no whole number above 1.
    """
    labels = {"xlabel": xlabel, "ylabel": ylabel}
    norm = np.hypot(*gradient(a_surface(grid)))
    count("n", n, minimum=2)
    ax = plot_heatmap(grid.x, grid.y, norm, zlabel=zlabel, ax=ax, **labels)
    return plot_arrows(grid, n=n, ax=ax, **labels)


def _thinned(grid, n):
    """Return places and slopes of about n × n points inside the grid."""
    columns, rows = (_inner(len(axis), n) for axis in (grid.x, grid.y))
    at = np.ix_(rows, columns)
    right, up = (slope[at] for slope in gradient(grid))
    # Steps follow the slopes in units of the parameters.
    return grid.x[columns], grid.y[rows], right, up


def _inner(length, n):
    """Return at most n even places, half a gap away from both ends."""
    places = (np.arange(n) + 0.5) * (length - 1) / n
    return np.unique(np.round(places).astype(int))
