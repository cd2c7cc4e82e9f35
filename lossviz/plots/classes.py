"""Drawing classifiers: margins, probabilities and embeddings."""

import numpy as np
from matplotlib.collections import LineCollection

from lossviz.losses import LOSSES
from lossviz.losses.links import softmax
from lossviz.plots._axes import (
    in_style,
    label_axes,
    legend_beside,
    listed,
    or_new_axes,
    or_new_panels,
    series_of,
)
from lossviz.plots.bars import plot_bars
from lossviz.plots.curves import list_of_losses, plot_losses
from lossviz.style import BLUE, COLORS, VERMILLION
from lossviz.validation import (
    all_finite,
    as_float,
    broken,
    choice,
    count,
    flag,
    interval,
    same_shape,
    vector,
)
from lossviz.wording import number

MARKERS = ("o", "s", "^", "D", "v", "P", "<", "X", ">", "*")
PAIR_LOOKS = {
    "similar pairs": {"color": BLUE, "linestyle": "-"},
    "different pairs": {"color": VERMILLION, "linestyle": (0, (4, 2))},
}


@in_style
def plot_margin_losses(losses, *, xlim=(-3, 3), gradient=False, ax=None):
    """Draw losses of the margin beside the 0–1 loss they stand in for.

    The margin is the score times the target, 1 or −1: below 0, where the
    ground is grey, the class is wrong.

    Parameters
    ----------
    losses : sequence of str
        Names of losses of the margin. The 0–1 loss is drawn first, unless
        it is among them or gradients are asked for (its own is 0).
    xlim : (float, float), default (-3, 3)
        Range of the margin.
    gradient : bool, default False
        Draw the derivatives by the margin instead.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a loss is unknown or none of the margin, or `xlim` does not
        increase.
    """
    known = [name for name in LOSSES if LOSSES[name].argument == "margin"]
    losses = [choice("loss", loss, known) for loss in list_of_losses(losses)]
    low, high = interval("xlim", xlim)
    if not flag("gradient", gradient) and "zero_one_loss" not in losses:
        losses = ["zero_one_loss", *losses]
    ax = or_new_axes(ax)
    if low < 0:
        wrong = {"color": "#E8E8E8", "zorder": 0, "label": "wrong class"}
        ax.axvspan(low, min(0, high), **wrong)
    plot_losses(losses, xlim=xlim, gradient=gradient, ax=ax)
    if not gradient:
        # An exponential would leave no room for all others.
        ax.set_ylim(-0.1, 1.05 * max(1, 1 - low))
    return ax


@in_style
def plot_probabilities(
    probabilities, *, labels=None, target=None, ylabel="probability", ax=None
):
    """Draw the probabilities of classes as bars.

    Parameters
    ----------
    probabilities : array_like of shape (K,), or mapping of str to such
        One probability per class; a mapping gives several predictions with
        their names.
    labels : sequence of str, optional
        Names of the classes; "1" to "K" by default.
    target : int, optional
        Index of the true class, which is marked.
    ylabel : str
        Axis label.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a value is no probability, or numbers of classes differ.

    Examples
    --------
    >>> ax = plot_probabilities([0.7, 0.2, 0.1], target=0)
    """
    series = series_of("probabilities", probabilities)
    for values in series.values():
        inside = (values >= 0) & (values <= 1)
        if not inside.all():
            raise ValueError(
                "probabilities must lie between 0 and 1, "
                f"got {number(values[~inside][0])}"
            )
    ax = _class_bars("probabilities", series, labels, target, ylabel, ax)
    ax.set_ylim(0, 1.15)
    return ax


@in_style
def plot_softmax(logits, *, labels=None, target=None, axes=None):
    """Draw logits and, in a second panel, their softmax.

    Parameters
    ----------
    logits : array_like of shape (K,)
        One score per class.
    labels, target
        As for `plot_probabilities`.
    axes : pair of matplotlib.axes.Axes, optional
        For logits and probabilities; a new figure if omitted.

    Returns
    -------
    ax_logits, ax_probabilities : matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `logits` are no list of finite numbers, numbers of classes
        differ, there is no such target or `axes` are not 2.
    """
    logits = all_finite("logits", vector("logits", logits))
    series = series_of("logits", logits)
    ax_logits, ax_probabilities = or_new_panels(axes, 2)
    shared = {"labels": labels, "target": target}
    _class_bars("logits", series, **shared, ylabel="logit", ax=ax_logits)
    plot_probabilities(softmax(logits), **shared, ax=ax_probabilities)
    return ax_logits, ax_probabilities


def _class_bars(name, series, labels, target, ylabel, ax):
    """Draw bars over the classes, the true one named below."""
    size = len(next(iter(series.values())))
    names = range(1, size + 1) if labels is None else labels
    names = listed("labels", names)
    for values in series.values():
        same_shape(**{"labels": names, name: values})
    if target is not None:
        if count("target", target, minimum=0) >= size:
            raise broken("target", f"be below {size}", target)
        names = [
            f"{name}\n(true)" if k == target else name
            for k, name in enumerate(names)
        ]
    ax = plot_bars(names, series, ylabel=ylabel, ax=ax)
    label_axes(ax, "class", ylabel)
    return ax


@in_style
def plot_embedding(
    points, labels, *, pairs=None, xlabel="z₁", ylabel="z₂", ax=None
):
    """Draw a map of embedded points, a marker per class, and pairs.

    Parameters
    ----------
    points : array_like of shape (n, 2)
        Where each example lies.
    labels : sequence of length n
        Class of each example; up to ten classes.
    pairs : array_like of int of shape (m, 2), optional
        Indices of examples to join: with a solid line if they are of one
        class, with a dashed one if not.
    xlabel, ylabel : str
        Axis labels.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If shapes do not fit, classes cannot be told apart, an index is none
        or there are more classes.
    """
    points, labels = as_float("points", points), _classes(labels)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points must have shape (n, 2), got {points.shape}")
    same_shape(labels=labels, points=points[:, 0])
    classes = np.unique(labels)
    if len(classes) > len(MARKERS):
        raise ValueError(
            f"labels must be of at most {len(MARKERS)} classes, "
            f"got {len(classes)}"
        )
    if pairs is not None:
        pairs = _indices(pairs, len(points))
    ax = or_new_axes(ax, xlabel=xlabel, ylabel=ylabel)
    if pairs is not None:
        _join(ax, points, labels, pairs)
    for n, (name, marker) in enumerate(zip(classes, MARKERS, strict=False)):
        look = {"marker": marker, "color": COLORS[n % len(COLORS)]}
        look |= {"linestyle": "none", "markersize": 9, "gid": "class"}
        # The second five are hollow, so that shape alone need not do.
        look |= {"markerfacecolor": "white"} if n >= len(COLORS) else {}
        ax.plot(*points[labels == name].T, label=str(name), **look)
    ax.set_aspect("equal", adjustable="datalim")
    label_axes(ax, xlabel, ylabel)
    legend_beside(ax)
    return ax


def _classes(labels):
    """Return labels that can be sorted, as an array."""
    try:
        array = np.asarray(labels)
        classes = np.unique(array)
    except (TypeError, ValueError):
        rule = "be a list of names or of numbers"
        raise broken("labels", rule, labels) from None
    if (classes != classes).any():
        raise ValueError("labels must name a class each, got NaN")
    return array


def _indices(pairs, n):
    """Return pairs of indices of n points."""
    as_float("pairs", pairs)
    pairs = np.asarray(pairs)
    whole = np.issubdtype(pairs.dtype, np.integer)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not whole:
        raise ValueError(
            "pairs must be whole numbers of shape (m, 2), "
            f"got {pairs.dtype} of shape {pairs.shape}"
        )
    if pairs.size and not (0 <= pairs.min() and pairs.max() < n):
        raise ValueError(
            f"pairs must lie between 0 and {n - 1}, "
            f"got {pairs.min()} to {pairs.max()}"
        )
    return pairs


def _join(ax, points, labels, pairs):
    """Draw a line for each pair, below the points."""
    alike = labels[pairs[:, 0]] == labels[pairs[:, 1]]
    kinds = zip(PAIR_LOOKS.items(), (alike, ~alike), strict=True)
    for (name, look), chosen in kinds:
        if chosen.any():
            lines = LineCollection(points[pairs[chosen]], label=name, **look)
            lines.set(linewidth=1.5, zorder=1, gid="pairs", alpha=0.8)
            ax.add_collection(lines)
