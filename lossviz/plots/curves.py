"""Drawing losses as functions of one residual."""

from collections.abc import Iterable, Mapping

import numpy as np

from lossviz import fits
from lossviz.losses import LOSSES
from lossviz.plots._axes import (
    in_style,
    label_axes,
    legend_above,
    legend_beside,
    nth_style,
    or_new_axes,
    or_new_panels,
)
from lossviz.style import loss_style
from lossviz.validation import broken, choice, flag, interval, real
from lossviz.wording import number

SYMBOLS = {
    "alpha": "α",
    "beta": "β",
    "concentration": "κ",
    "delta": "δ",
    "eps": "ε",
    "l1_ratio": "ρ",
    "scale": "b",
    "target": "y",
    "var": "σ²",
}
N_SAMPLES = 1201
# Where a curve is drawn unless told otherwise: at 0 and 1 the logarithm of a
# probability has no end, and distances are not negative.
RANGE = (-3, 3)
RANGES = {"probability": (0.01, 0.99), "distance": (0, 3)}
# Curves over a residual or a margin are the same whatever the target is.
WHATEVER_TARGET = ("residual", "residual (radians)", "margin")
# Members of Barron's family that have names of their own.
ROBUST = {
    2.0: "Squared",
    1.0: "Charbonnier",
    0.0: "Cauchy",
    -2.0: "Geman–McClure",
    -np.inf: "Welsch",
}


def loss_label(name, **parameters):
    """Name a loss with its hyperparameters, as legends do.

    Parameters
    ----------
    name : str
        Function name of the loss, such as "huber_loss".
    **parameters
        Its hyperparameters; those it is drawn with by default if omitted.
        Members of Barron's family go by the names they have.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If no loss has that name, or a hyperparameter is none of its own or
        no number.

    Examples
    --------
    >>> loss_label("huber_loss", delta=2)
    'Huber, δ = 2'
    >>> loss_label("general_robust_loss", alpha=-2)
    'Geman–McClure, α = −2'
    """
    loss = _known(name)
    shown = dict(parameters or loss.parameters)
    if loss.family != "penalty":
        loss.check_names(parameters, ("target",))
    else:
        loss.check_names(parameters)
    if loss.argument in WHATEVER_TARGET:
        real("target", shown.pop("target", 0))
    # Targets of ±1 are t.
    letters = SYMBOLS | ({"target": "t"} if loss.domain == "sign" else {})
    values = [f"{letters.get(k, k)} = {_said(k, v)}" for k, v in shown.items()]
    label = loss.label
    if name == "general_robust_loss":
        label = ROBUST.get(shown.get("alpha"), label)
    return ", ".join([label, *values])


def _known(name):
    """Return the record of a loss of that name."""
    return LOSSES[choice("loss", name, LOSSES, where="lossviz.losses.LOSSES")]


def _said(name, value):
    """Return a hyperparameter in words."""
    if isinstance(value, (bool, np.bool_)):
        return str(value)
    return number(real(name, value))


@in_style
def plot_loss(
    loss, *, xlim=None, gradient=False, label=None, ax=None, **parameters
):
    """Draw a loss, or its gradient, over a range of predictions.

    The gradient is left open where the loss has a kink.

    Parameters
    ----------
    loss : str
        Function name of the loss, a key of `lossviz.losses.LOSSES`.
    xlim : (float, float), optional
        Range of what the loss depends on, such as prediction minus target;
        from −3 to 3 by default, or what probabilities and distances can be.
    gradient : bool, default False
        Draw the derivative with respect to the prediction instead.
    label : str, optional
        Legend entry; the loss and its hyperparameters by default.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made if omitted.
    **parameters
        Hyperparameters of the loss.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the loss is unknown or takes more than one prediction, a
        hyperparameter is refused or `xlim` does not increase.

    Examples
    --------
    >>> ax = plot_loss("huber_loss", delta=2, gradient=True)
    """
    ax = or_new_axes(ax, label=label)
    record = _known(loss)
    name = loss_label(loss, **parameters)
    if record.argument is None:
        raise ValueError(
            f"loss must depend on one prediction to have a curve, got {loss!r}"
        )
    xlim = RANGES.get(record.argument, RANGE) if xlim is None else xlim
    x, kink = _residuals(xlim, record.kinks)
    if record.argument in WHATEVER_TARGET:
        parameters.pop("target", None)
    if flag("gradient", gradient):
        y = np.where(kink, np.nan, record.slope(x, **parameters))
    else:
        y = record.curve(x, **parameters)
    ax.plot(x, y, label=label or name, gid="curve", **loss_style(loss))
    ax.margins(x=0)
    # A residual is target − prediction; curves run along the prediction.
    xlabel = record.argument.replace("residual", "prediction − target")
    label_axes(ax, xlabel, "gradient" if gradient else "loss")
    legend_beside(ax)
    return ax


@in_style
def plot_losses(losses, *, xlim=None, gradient=False, ax=None):
    """Draw several losses, or their gradients, on one Axes.

    Parameters
    ----------
    losses : sequence of str or (str, dict)
        Names of losses, or pairs of a name and its hyperparameters. A loss
        that occurs twice is drawn in another colour and line style each
        time.
    xlim, gradient, ax
        As for `plot_loss`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is no loss, one is unknown or has no curve, a
        hyperparameter is refused or `xlim` does not increase.

    Examples
    --------
    >>> ax = plot_losses(["mse_loss", ("huber_loss", {"delta": 0.5})])
    """
    styled = _with_styles(losses)
    ax = or_new_axes(ax)
    for (name, parameters), style in styled:
        plot_loss(name, xlim=xlim, gradient=gradient, ax=ax, **parameters)
        ax.lines[-1].set(**style)
    legend_beside(ax)
    return ax


@in_style
def plot_loss_and_gradient(losses, *, xlim=None, axes=None):
    """Draw losses and, in a second panel, their gradients.

    Parameters
    ----------
    losses, xlim
        As for `plot_losses`.
    axes : pair of matplotlib.axes.Axes, optional
        For the values and the gradients; a new figure if omitted.

    Returns
    -------
    ax_value, ax_gradient : matplotlib.axes.Axes

    Raises
    ------
    ValueError
        As `plot_losses`, and if `axes` are not 2.
    """
    losses = [pair for pair, _ in _with_styles(losses)]
    ax_value, ax_gradient = or_new_panels(axes, 2)
    for ax, gradient in ((ax_value, False), (ax_gradient, True)):
        plot_losses(losses, xlim=xlim, gradient=gradient, ax=ax)
        ax.get_legend().remove()
    legend_above(ax_value.figure)
    return ax_value, ax_gradient


@in_style
def plot_influence(losses, *, xlim=(-6, 6), axes=None):
    """Draw ρ, its influence ψ = ρ′ and the weight ψ(r)/r of a residual.

    Parameters
    ----------
    losses : sequence of str or (str, dict)
        As for `plot_losses`.
    xlim : (float, float), default (-6, 6)
        Range of the residual.
    axes : triple of matplotlib.axes.Axes, optional
        One Axes each for ρ, ψ and the weight; a new figure if omitted.

    Returns
    -------
    ax_rho, ax_psi, ax_weight : matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is no loss, one is none of the residual, a hyperparameter
        is refused, `xlim` does not increase or `axes` are not 3.

    References
    ----------
    Hampel (1974), The Influence Curve and Its Role in Robust Estimation.
    """
    styled = _with_styles(losses)
    ax_rho, ax_psi, ax_weight = axes = or_new_panels(axes, 3)
    for (name, parameters), style in styled:
        style = {"label": loss_label(name, **parameters), **style}
        r, kink = _residuals(xlim, LOSSES[name].kinks)
        psi = np.where(kink, np.nan, fits.psi(name, r, **parameters))
        weight = np.where(kink, np.nan, fits.weight(name, r, **parameters))
        ax_rho.plot(r, LOSSES[name].curve(-r, **parameters), **style)
        ax_psi.plot(r, psi, **style)
        ax_weight.plot(r, weight, **style)
    for ax, ylabel in zip(axes, ("ρ(r)", "ψ(r)", "ψ(r)/r"), strict=True):
        ax.margins(x=0)
        label_axes(ax, "residual r", ylabel)
    _cut_off_pole(ax_weight)
    legend_above(ax_weight.figure)
    return ax_rho, ax_psi, ax_weight


def _cut_off_pole(ax):
    """Limit the y-axis to what is reached outside the middle tenth."""
    reached = 0
    for line in ax.lines:
        x, y = line.get_xydata().T
        reached = max(reached, y[np.abs(x) > 0.1 * np.abs(x).max()].max())
    ax.set_ylim(0, 1.1 * reached)


def _residuals(xlim, kinks):
    """Sample a range of residuals, and mark which of them are kinks."""
    low, high = interval("xlim", xlim)
    inner = [kink for kink in kinks if low < kink < high]
    x = np.union1d(np.linspace(low, high, N_SAMPLES), inner)
    return x, np.isin(x, inner)


def list_of_losses(losses):
    """Return losses as a list; a name by itself is none."""
    if isinstance(losses, str) or not isinstance(losses, Iterable):
        raise broken("losses", "be a list of names of losses", losses)
    return list(losses)


def _with_styles(losses):
    """Pair each (name, parameters) with a style no other one has."""
    pairs = [_named(loss) for loss in list_of_losses(losses)]
    if not pairs:
        raise ValueError("losses must hold at least one loss, got none")
    names = [name for name, _ in pairs]
    if len(set(names)) == len(names):
        return [(pair, loss_style(pair[0])) for pair in pairs]
    return [(pair, nth_style(n)) for n, pair in enumerate(pairs)]


def _named(loss):
    """Return the name of a loss and its hyperparameters."""
    name, parameters = loss, {}
    if not isinstance(loss, str):
        try:
            name, parameters = loss
        except (TypeError, ValueError):
            name = None
        if not isinstance(name, str) or not isinstance(parameters, Mapping):
            rule = "hold names, or pairs of a name and its hyperparameters"
            raise broken("losses", rule, loss)
    _known(name)
    return name, dict(parameters)
