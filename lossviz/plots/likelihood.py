"""Drawing how likely data are, and how penalties shrink coefficients."""

import numpy as np
from matplotlib.collections import LineCollection

from lossviz.plots._axes import (
    in_style,
    label_axes,
    legend_beside,
    listed,
    nth_style,
    or_new_axes,
)
from lossviz.plots.data import plot_density
from lossviz.style import BLACK, COLORS, LINE_STYLES, VERMILLION
from lossviz.validation import (
    all_finite,
    all_positive,
    as_float,
    function,
    interval,
    same_shape,
    vector,
)

N_SAMPLES = 601
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@in_style
def plot_likelihood(
    data, density, *, xlim=None, xlabel="y", label="density", ax=None
):
    """Draw a density over the data, and the likelihood of each of them.

    A stem rises from each observation to the density there: the likelihood
    is the product of their heights.

    Parameters
    ----------
    data : array_like of shape (n,)
        The observations.
    density : callable
        Given an array of values, returns the density at each.
    xlim : (float, float), optional
        Range to draw; half the spread of the data beyond both ends by
        default.
    xlabel : str
        Axis label, with its units.
    label : str, default "density"
        Legend entry of the curve.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `data` is no list of finite numbers, `xlim` does not increase or
        `density` cannot be called or returns another shape.

    Examples
    --------
    >>> from lossviz.distributions import DISTRIBUTIONS
    >>> normal = DISTRIBUTIONS["normal"]
    >>> ax = plot_likelihood(
    ...     [-1, 0, 2], lambda y: normal.density(y, mu=0, sigma=1)
    ... )
    """
    data = all_finite("data", vector("data", data))
    low, high = interval("xlim", _limits(data) if xlim is None else xlim)
    y = np.linspace(low, high, N_SAMPLES)
    heights = as_float("density", function("density", density)(data))
    same_shape(data=data, density=heights)
    ax = plot_density(y, density(y), xlabel=xlabel, label=label, ax=ax)
    feet = np.column_stack([data, np.zeros_like(data)])
    tops = np.column_stack([data, heights])
    stems = LineCollection(np.stack([feet, tops], axis=1), gid="likelihoods")
    stems.set(color=VERMILLION, linewidth=2, zorder=3)
    stems.set_label("likelihood of each")
    ax.add_collection(stems)
    seen = (low <= data) & (data <= high)
    dots = {"marker": "o", "linestyle": "none", "zorder": 4}
    ax.plot(data, heights, color=VERMILLION, label="_tops", **dots)
    ground = {"color": BLACK, "clip_on": False, "label": "_data"}
    ax.plot(data[seen], np.zeros(seen.sum()), **dots, **ground)
    ax.set_xlim(low, high)
    legend_beside(ax)
    return ax


def _limits(data):
    room = np.ptp(data) / 2 or 1.0
    return data.min() - room, data.max() + room


@in_style
def plot_coefficients(
    strengths, coefficients, *, names=None, xlabel="λ", ax=None
):
    """Draw how a penalty shrinks each coefficient of a model.

    Parameters
    ----------
    strengths : array_like of shape (n,)
        Increasing strengths of the penalty, positive; the axis is
        logarithmic.
    coefficients : array_like of shape (n, d)
        The coefficients at each strength, up to 25 of them.
    names : sequence of str, optional
        One name per coefficient; θ₁ to θ_d by default.
    xlabel : str
        Label of the strength.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If shapes do not fit, a strength is not positive, there is only one,
        or there are no coefficients, or more.
    """
    strengths = vector("strengths", strengths, minimum=2)
    strengths = all_positive("strengths", strengths)
    coefficients = as_float("coefficients", coefficients)
    most = len(COLORS) * len(LINE_STYLES)
    if coefficients.ndim != 2 or not 1 <= coefficients.shape[1] <= most:
        raise ValueError(
            f"coefficients must have shape (n, d) with 1 ≤ d ≤ {most}, "
            f"got {coefficients.shape}"
        )
    same_shape(strengths=strengths, coefficients=coefficients[:, 0])
    if names is None:
        numbers = range(1, coefficients.shape[1] + 1)
        names = [f"θ{str(k).translate(SUBSCRIPTS)}" for k in numbers]
    names = listed("names", names)
    same_shape(names=names, coefficients=coefficients[0])
    ax = or_new_axes(ax, xlabel=xlabel)
    ax.axhline(0, color=BLACK, linewidth=1)
    for n, name in enumerate(names):
        look = {"gid": "coefficient", "label": name, **nth_style(n)}
        ax.plot(strengths, coefficients[:, n], **look)
    ax.set_xscale("log")
    ax.margins(x=0)
    label_axes(ax, xlabel, "coefficient")
    legend_beside(ax)
    return ax
