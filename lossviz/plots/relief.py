"""Drawing surfaces in three dimensions, and cuts through them."""

import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from lossviz.plots._axes import (
    a_surface,
    an_axes,
    broken_label,
    drawn,
    in_style,
    label_axes,
    legend_above,
    legend_beside,
    nth_style,
    or_new_axes,
)
from lossviz.plots.surfaces import MINIMUM, a_path, path_style
from lossviz.style import BLACK, new_figure
from lossviz.validation import (
    broken,
    finite,
    flag,
    mapping,
    pair,
    real,
    same_shape,
    text,
    vector,
)

RIM = [withStroke(linewidth=4, foreground="black")]
# Letters in a line beside the box, at most: there is room for no more.
WIDEST = 22
# More facets take longer to draw and look no smoother.
MOST_FACETS = 60


@in_style
def plot_surface_3d(
    grid,
    *,
    paths=None,
    minimum=True,
    view=(50, -60),
    xlabel="slope",
    ylabel="intercept",
    zlabel="loss",
    ax=None,
):
    """Draw a surface as a landscape, with paths that descend it.

    Parameters
    ----------
    grid : lossviz.surfaces.Grid
        ``grid.z[i, j]`` is the value at ``grid.x[j], grid.y[i]``.
    paths : mapping of str to array_like of shape (n, 2), optional
        Paths by their labels; they are laid upon the surface, and what lies
        beyond its edge is left out.
    minimum : bool, default True
        Mark the smallest value of the grid with a star.
    view : (float, float), default (50, -60)
        Elevation and azimuth of the eye, in degrees.
    xlabel, ylabel, zlabel : str
        Labels, with their units.
    ax : mpl_toolkits.mplot3d.axes3d.Axes3D, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    mpl_toolkits.mplot3d.axes3d.Axes3D

    Raises
    ------
    ValueError
        If `grid` is no Grid or has no finite value, `ax` has no third
        dimension, `view` is no pair of numbers or a path is not a table of
        two columns.
    """
    grid = a_surface(grid)
    minimum = flag("minimum", minimum)
    paths = {
        str(label): a_path(f"paths[{label!r}]", path)
        for label, path in mapping("paths", paths).items()
    }
    elevation, azimuth = pair("view", view)
    view = finite("view[0]", elevation), finite("view[1]", azimuth)
    for name, label in zip("xyz", (xlabel, ylabel, zlabel), strict=True):
        text(f"{name}label", label)
    if ax is None:
        flat = {"projection": "3d", "computed_zorder": False}
        _, ax = new_figure(size=(8, 5.5), subplot_kw=flat)
    if not hasattr(an_axes(ax), "plot_surface"):
        raise ValueError(
            f"ax must have projection '3d', got {type(ax).__name__}"
        )
    facets = {"rcount": MOST_FACETS, "ccount": MOST_FACETS, "zorder": 1}
    ax.plot_surface(
        *np.meshgrid(grid.x, grid.y),
        grid.z,
        cmap="cividis",
        linewidth=0,
        antialiased=False,
        vmin=np.nanmin(grid.z),
        vmax=np.nanmax(grid.z),
        gid="surface",
        **facets,
    )
    view_of_surface = ax.get_xlim(), ax.get_ylim()
    for n, (label, path) in enumerate(paths.items()):
        _lay_path(ax, grid, path, label, n)
    ax.set(xlim=view_of_surface[0], ylim=view_of_surface[1])
    if minimum:
        x, y, z = ([value] for value in grid.minimum)
        ax.plot(x, y, z, zorder=3, **MINIMUM)
    _arrange(ax, view, (xlabel, ylabel, zlabel))
    legend_above(ax.figure)
    return ax


def _arrange(ax, view, labels):
    """Turn the box to the eye, with room for labels around it."""
    ax.view_init(*view)
    labels = [broken_label(label or "", WIDEST) for label in labels]
    second_line = any("\n" in label for label in labels)
    ax.set_box_aspect((4, 4, 2.6), zoom=0.9 if second_line else 1.0)
    for axis, label, pad in zip("xyz", labels, (12, 12, 13), strict=True):
        getattr(ax, f"set_{axis}label")(label, labelpad=pad)
    ax.locator_params(nbins=5)
    ax.zaxis.set_major_locator(MaxNLocator(5))


def _lay_path(ax, grid, path, label, n):
    """Draw the n-th path at the height of the surface below it."""
    z = _heights(grid, *path.T)
    ax.plot(
        *path.T,
        z,
        label=label,
        gid="path",
        path_effects=RIM,
        zorder=2,
        **path_style(n),
    )


def _heights(grid, x, y):
    """Interpolate a surface between its points; NaN beyond its edge."""
    i, j = _position(y, grid.y), _position(x, grid.x)
    inside = np.isfinite(i) & np.isfinite(j)
    z = np.full(x.shape, np.nan)
    i, j = i[inside], j[inside]
    top = np.minimum(i.astype(int), len(grid.y) - 2)
    left = np.minimum(j.astype(int), len(grid.x) - 2)
    down, across = i - top, j - left
    upper = (1 - across) * grid.z[top, left] + across * grid.z[top, left + 1]
    lower = (1 - across) * grid.z[top + 1, left]
    lower = lower + across * grid.z[top + 1, left + 1]
    z[inside] = (1 - down) * upper + down * lower
    return z


def _position(value, axis):
    """Return the index along an axis, with a fraction; NaN beyond it."""
    index = np.arange(len(axis))
    if axis[0] > axis[-1]:
        axis, index = axis[::-1], index[::-1]
    return np.interp(value, axis, index, np.nan, np.nan)


@in_style
def plot_slice(
    position,
    loss,
    *,
    marks=None,
    label=None,
    xlabel="position along the line",
    ylabel="loss",
    ax=None,
):
    """Draw the loss along a line through parameter space.

    Parameters
    ----------
    position, loss : array_like of shape (n,)
        Increasing places on the line, and the loss at each; a row of a
        `Grid` or a `lossviz.landscape.Line` gives both.
    marks : mapping of str to float, optional
        Places to mark on the curve, by their labels, such as two networks.
    label : str, optional
        Legend entry of the curve.
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
        If shapes differ or are not (n,), there is one position or they do
        not increase, or a mark is no number or lies beyond the ends.
    """
    position = vector("position", position, minimum=2)
    loss = vector("loss", loss)
    same_shape(position=position, loss=loss)
    if not (np.diff(position) > 0).all():
        raise broken("position", "increase", position)
    marks = _marks(marks, position)
    ax = or_new_axes(ax, label=label, xlabel=xlabel, ylabel=ylabel)
    style = nth_style(drawn(ax, "curve"))
    ax.plot(position, loss, label=label, gid="curve", **style)
    _mark(ax, position, loss, marks)
    ax.margins(x=0.02)
    label_axes(ax, xlabel, ylabel)
    legend_beside(ax)
    return ax


def _marks(marks, position):
    """Return the places to mark by their labels."""
    places = {
        str(label): real(f"marks[{label!r}]", place)
        for label, place in mapping("marks", marks).items()
    }
    for label, place in places.items():
        if not position[0] <= place <= position[-1]:
            raise ValueError(
                f"marks must lie between {position[0]:g} and "
                f"{position[-1]:g}, got {label!r} at {place:g}"
            )
    return places


def _mark(ax, position, loss, marks):
    shapes = ("o", "s", "D", "^", "v")
    for n, (label, place) in enumerate(marks.items()):
        height = np.interp(place, position, loss)
        look = {"marker": shapes[n % len(shapes)], "markersize": 10}
        look |= {"color": BLACK, "linestyle": "none", "zorder": 3}
        # the second five are hollow
        look |= {"markerfacecolor": "white"} if n // len(shapes) % 2 else {}
        ax.plot([place], [height], label=label, gid="mark", **look)
