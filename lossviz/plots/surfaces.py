"""Drawing functions of two variables, and the paths that descend them."""

import numpy as np
from matplotlib.patheffects import withStroke

from lossviz.plots._axes import (
    a_surface,
    drawn,
    in_style,
    label_axes,
    legend_above,
    or_new_axes,
    some_finite,
)
from lossviz.style import LINE_STYLES
from lossviz.validation import all_finite, as_float, count, flag, text, vector

# Light lines with a dark rim stand out from every colour of the map.
PATH_COLORS = ("#FFFFFF", "#F0E442", "#56B4E9", "#FF9E6D")
RIM = [withStroke(linewidth=4.5, foreground="black")]
# How the smallest value of a surface is marked.
MINIMUM = {
    "label": "minimum",
    "gid": "minimum",
    "marker": "*",
    "markersize": 16,
    "linestyle": "none",
    "color": "white",
    "markeredgecolor": "black",
}


@in_style
def plot_surface(
    grid,
    *,
    minimum=True,
    levels=12,
    xlabel="slope",
    ylabel="intercept",
    zlabel="loss",
    ax=None,
):
    """Draw a surface as filled contours, denser near its minimum.

    Points without a finite value are left white.

    Parameters
    ----------
    grid : lossviz.surfaces.Grid
        ``grid.z[i, j]`` is the value at ``grid.x[j], grid.y[i]``.
    minimum : bool, default True
        Mark the smallest value of the grid with a star.
    levels : int, default 12
        Number of contour intervals.
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
        If `grid` is no Grid, its surface is flat or has no finite value,
        its axes are in no order or have one point, or `levels` is no whole
        number above 1.
    """
    # Squares give evenly spaced rings on a bowl, as contour maps of hills do.
    steps = np.linspace(0, 1, count("levels", levels, minimum=2) + 1) ** 2
    grid = a_surface(grid)
    low, high = np.nanmin(grid.z), np.nanmax(grid.z)
    heights = low + (high - low) * steps
    if not (np.diff(heights) > 0).all():
        raise ValueError(f"grid.z must vary, got {low:g} throughout")
    minimum = flag("minimum", minimum)
    text("zlabel", zlabel)
    ax = or_new_axes(ax, xlabel=xlabel, ylabel=ylabel)
    contours = ax.contourf(grid.x, grid.y, grid.z, heights)
    contours.set_gid("contours")
    ax.contour(contours, colors="white", linewidths=0.7)
    near_zero = 1e-9 * (high - low)
    ax.figure.colorbar(
        contours,
        ax=ax,
        label=zlabel,
        format=lambda z, _: f"{z if abs(z) > near_zero else 0:.3g}",
    )
    if minimum:
        x, y, _ = grid.minimum
        ax.plot(x, y, **MINIMUM)
    label_axes(ax, xlabel, ylabel)
    legend_above(ax.figure)
    return ax


@in_style
def plot_path(path, *, label=None, ax=None):
    """Draw the path of an optimizer through two parameters.

    On a surface the view stays with it: it grows by up to a quarter of its
    size on each side, and what is farther away is out of sight.

    Parameters
    ----------
    path : array_like of shape (n_steps + 1, 2)
        One point per step, the start first.
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
        If the path is not a table of two columns, or has no point.
    """
    path = a_path("path", path)
    ax = or_new_axes(ax, label=label)
    style = path_style(drawn(ax, "path"))
    ax.plot(*path.T, label=label, gid="path", path_effects=RIM, **style)
    dots = {"marker": "o", "markersize": 5, "markeredgecolor": "black"}
    dots |= {"color": style["color"], "linestyle": "none"}
    ax.plot(*path.T, label="_steps", **dots)
    _stay_with_surface(ax)
    legend_above(ax.figure)
    return ax


def _stay_with_surface(ax):
    """Let what is far from a surface not count for the view."""
    for surface in ax.collections:
        if surface.get_gid() in ("contours", "heatmap"):
            edges = np.transpose(surface.sticky_edges)
            room = np.ptp(edges, axis=0) / 4
            reach = edges.min(axis=0) - room, edges.max(axis=0) + room
            ax.dataLim.set_points(np.clip(ax.dataLim.get_points(), *reach))
            ax.autoscale_view()


def path_style(n):
    """Colour and line style of the n-th path."""
    return {
        "color": PATH_COLORS[n % len(PATH_COLORS)],
        "linestyle": LINE_STYLES[n % len(LINE_STYLES)],
    }


def a_path(name, path):
    """Return the points of a path, if there are any."""
    path = as_float(name, path)
    if path.ndim != 2 or path.shape[1] != 2 or not path.size:
        raise ValueError(f"{name} must have shape (n, 2), got {path.shape}")
    return path


def _borders(places):
    """Return where cells end that lie around places; one is 1 wide."""
    if len(places) == 1:
        return places[0] + np.array([-0.5, 0.5])
    between = (places[:-1] + places[1:]) / 2
    first, last = 2 * places[0] - between[0], 2 * places[-1] - between[-1]
    return np.concatenate([[first], between, [last]])


@in_style
def plot_heatmap(x, y, z, *, xlabel="x", ylabel="y", zlabel="value", ax=None):
    """Draw a table of numbers as colours, with a colour bar.

    Entries without a finite value are left white.

    Parameters
    ----------
    x, y : array_like of shape (n,) and (m,)
        Positions of the columns and of the rows.
    z : array_like of shape (m, n)
        Values to show.
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
        If `x` or `y` is no list of finite numbers, or `z` has not one row
        per `y` and one column per `x` or no finite value.
    """
    x, y = (
        all_finite(name, vector(name, axis))
        for name, axis in (("x", x), ("y", y))
    )
    z = as_float("z", z)
    if z.shape != (len(y), len(x)):
        expected = (len(y), len(x))
        raise ValueError(f"z must have shape {expected}, got {z.shape}")
    z = some_finite("z", z)
    text("zlabel", zlabel)
    ax = or_new_axes(ax, xlabel=xlabel, ylabel=ylabel)
    mesh = ax.pcolormesh(*map(_borders, (x, y)), z, rasterized=True)
    mesh.set_gid("heatmap")
    ax.figure.colorbar(mesh, ax=ax, label=zlabel)
    label_axes(ax, xlabel, ylabel)
    return ax
