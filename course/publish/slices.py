"""Every loss and its gradient as curves of one number, for the catalogue.

A loss of one prediction has such curves by itself. Of the others a slice is
drawn: all that they take stands still, but for one number that moves.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from matplotlib import rc_context

from lossviz import plots
from lossviz.losses import LOSSES
from lossviz.style import COLORS, LINE_STYLES, RC, loss_style, new_figure

N_SAMPLES = 301
# What shows a loss of one prediction better than its default alone.
VARIANTS = {
    "quantile_loss": [{"q": 0.1}, {"q": 0.5}, {"q": 0.9}],
    "general_robust_loss": [{"alpha": a} for a in (2, 1, 0, -2)],
    "poisson_nll_loss": [{"target": 1}, {"target": 3}],
    "binary_cross_entropy_with_logits": [{"target": 1}, {"target": 0}],
    "binary_cross_entropy": [{"target": 1}, {"target": 0}],
    "hinge_embedding_loss": [{"target": 1}, {"target": -1}],
}


@dataclass(frozen=True)
class Slice:
    """A way through the arguments of a loss.

    Parameters
    ----------
    xlabel : str
        What moves, and where the rest stands.
    xlim : (float, float)
        How far it moves.
    path : callable
        Takes the number that moves; returns the arguments of the loss and,
        for those that the gradient is taken by, how fast they move.
    curves : dict of str to dict
        Hyperparameters, or the target ``t`` that follows the arguments, of
        each curve by its label; one curve without a label by default.
    jumps : tuple of float
        Where the slope jumps.
    """

    xlabel: str
    xlim: tuple[float, float]
    path: Callable
    curves: dict = field(default_factory=lambda: {"": {}})
    jumps: tuple[float, ...] = ()

    def of(self, name, x, settings):
        """Return the loss and its slope at one place."""
        loss, settings = LOSSES[name], {"reduction": "sum", **settings}
        arguments, speeds = self.path(x)
        if "t" in settings:
            arguments = (*arguments, settings.pop("t"))
        value = loss.value(*arguments, **settings)
        gradients = loss.grad(*arguments, **settings)
        if not isinstance(gradients, tuple):
            gradients = (gradients,)
        pairs = zip(gradients, speeds, strict=False)
        return value, sum(np.sum(g * np.asarray(v)) for g, v in pairs)


def line(*arguments, moves, place=0):
    """Return a path on which one argument moves at a constant speed."""
    fixed = [np.asarray(a) for a in arguments]
    direction = np.asarray(moves, dtype=float)

    def path(x):
        moved = [*fixed]
        moved[place] = fixed[place] + x * direction
        speeds = [0 * a for a in fixed]
        speeds[place] = direction
        return tuple(moved), tuple(speeds)

    return path


def two_classes(z):
    """Log-probabilities of two classes, z the difference of their logits."""
    p = 1 / (1 + np.exp(-np.array([z, -z])))
    target = np.array([0.8, 0.2])
    return (np.log(p), target), (np.array([1, -1]) * p[::-1],)


def turned(*after):
    """Return a path on which a vector turns away from its partner."""

    def path(degrees):
        angle = np.deg2rad(degrees)
        speed = np.deg2rad(1) * np.array([-np.sin(angle), np.cos(angle)])
        vector = np.array([np.cos(angle), np.sin(angle)])
        return (vector, np.array([1.0, 0.0]), *after), (speed,)

    return path


def turned_view(degrees):
    """Two views of three things, of which one has turned in one view."""
    angle = np.deg2rad(degrees)
    views = np.eye(3), np.eye(3)
    views[1][0] = np.cos(angle), np.sin(angle), 0
    speeds = np.zeros((3, 3)), np.zeros((3, 3))
    speeds[1][0] = -np.sin(angle), np.cos(angle), 0
    return views, tuple(np.deg2rad(1) * speed for speed in speeds)


LOGIT = "logit of the true class, two others at 0"
DISTANCE = "distance to the positive, the negative at 1.5"
ALIKE = {"alike, t = 1": {"t": 1.0}, "unlike, t = −1": {"t": -1.0}}
FIRST = [[1.0, 0.0, 0.0]]
ZEROS = [[0.0, 0.0, 0.0]]
TEMPERATURES = {
    f"τ = {t}": {"temperature": t, "reduction": "mean"} for t in (0.1, 0.5)
}
TRIPLET = line([0.0, 0.0], [0.0, 0.0], [0.0, 1.5], moves=[1, 0], place=1)
SLICES = {
    "mixture_nll_loss": Slice(
        "mean of one component − target, other at 2",
        (-4, 4),
        line([0.0, 0.0], [0.0, 2.0], [0.7, 0.7], 0.0, moves=[1, 0], place=1),
    ),
    "cross_entropy": Slice(LOGIT, (-5, 5), line(ZEROS, [0], moves=FIRST)),
    "nll_loss": Slice(
        "log-probability of the true class",
        (-5, 0),
        line([[0.0, -1.0]], [0], moves=[[1.0, 0.0]]),
    ),
    "kl_div": Slice(
        "logit of a class of probability 0.8", (-4, 6), two_classes
    ),
    "focal_loss": Slice(
        LOGIT,
        (-5, 5),
        line(ZEROS, [0], moves=FIRST),
        {f"γ = {g}": {"gamma": g} for g in (0, 1, 2)},
    ),
    "brier_score": Slice(
        "probability of the true class of two",
        (0, 1),
        line([[0.0, 1.0]], [0], moves=[[1.0, -1.0]]),
    ),
    "multi_margin_loss": Slice(
        "score of the true class, others at 0 and −1",
        (-3, 3),
        line([[0.0, 0.0, -1.0]], [0], moves=FIRST),
        jumps=(0.0, 1.0),
    ),
    "margin_ranking_loss": Slice(
        "first score − second score",
        (-3, 3),
        line(0.0, 0.0, 1.0, moves=1.0),
        {f"t = 1, m = {m}": {"margin": m} for m in (0, 1)},
        jumps=(0.0, 1.0),
    ),
    "dpo_loss": Slice(
        "log-ratio of chosen − log-ratio of rejected",
        (-30, 30),
        line(0.0, 0.0, 0.0, 0.0, moves=1.0),
        {f"β = {b}": {"beta": b} for b in (0.1, 0.5)},
    ),
    # At the anchor itself nothing says where to.
    "triplet_margin_loss": Slice(DISTANCE, (0.01, 3), TRIPLET, jumps=(0.5,)),
    "triplet_ratio_loss": Slice(DISTANCE, (0.01, 3), TRIPLET),
    "cosine_embedding_loss": Slice(
        "angle (degrees)", (0, 180), turned(), ALIKE, jumps=(90.0,)
    ),
    "contrastive_loss": Slice(
        "distance",
        # At 0 itself nothing says where to.
        (0.01, 2),
        line([0.0, 0.0], [0.0, 0.0], moves=[1, 0]),
        ALIKE,
    ),
    "info_nce_loss": Slice(
        "angle of one of three pairs (degrees)",
        (0, 180),
        turned_view,
        TEMPERATURES,
    ),
    "nt_xent_loss": Slice(
        "angle of one of three pairs (degrees)",
        (0, 180),
        turned_view,
        TEMPERATURES,
    ),
    "list_net_loss": Slice(
        "score of the best of three, others at 0",
        (-5, 5),
        line([0.0, 0.0, 0.0], [2.0, 1.0, 0.0], moves=[1, 0, 0]),
    ),
    "list_mle_loss": Slice(
        "score of the best of three, others at 0",
        (-5, 5),
        line([0.0, 0.0, 0.0], [2.0, 1.0, 0.0], moves=[1, 0, 0]),
    ),
}


def picture(name):
    """Draw a loss and its gradient; return the figure and its words.

    Parameters
    ----------
    name : str
        Function name of the loss.

    Returns
    -------
    figure : matplotlib.figure.Figure
    alt : str
        What it shows.
    """
    with rc_context(RC):
        axes = _slice(name) if name in SLICES else _curves(name)
    words = " ".join(plots.describe(ax) for ax in axes)
    return axes[0].figure, f"{LOSSES[name].label}. {words}"


def _curves(name):
    variants = VARIANTS.get(name, [{}])
    return plots.plot_loss_and_gradient([(name, v) for v in variants])


def _slice(name):
    drawn = SLICES[name]
    figure, axes = new_figure(1, 2, size=(11, 4), sharex=True)
    # A place where the slope jumps is left open.
    x = np.union1d(np.linspace(*drawn.xlim, N_SAMPLES), drawn.jumps)
    for number, (label, settings) in enumerate(drawn.curves.items()):
        points = [drawn.of(name, at, settings) for at in x]
        value, slope = np.array(points).T
        slope = np.where(np.isin(x, drawn.jumps), np.nan, slope)
        style = {"color": COLORS[number], "linestyle": LINE_STYLES[number]}
        if len(drawn.curves) == 1:
            style = loss_style(name)
        label = label or LOSSES[name].label
        for ax, y in zip(axes, (value, slope), strict=True):
            ax.plot(x, y, label=label, gid="curve", **style)
    for ax, ylabel in zip(axes, ("loss", "gradient"), strict=True):
        ax.margins(x=0)
        ax.set(xlabel=drawn.xlabel, ylabel=ylabel)
    figure.legend(
        *axes[0].get_legend_handles_labels(),
        loc="outside upper center",
        ncols=len(drawn.curves),
    )
    return axes
