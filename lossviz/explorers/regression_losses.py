"""Explorers that show the losses of regression as curves.

A residual is target minus prediction, r = y − ŷ, as in the lecture's prose;
a slope or a pull is the derivative of the loss in r.
"""

from __future__ import annotations

import math

import numpy as np

from lossviz import fits
from lossviz.explorer import Choice, Explorer, Slider
from lossviz.explorers._shared import move_points, points
from lossviz.losses import LOSSES
from lossviz.wording import number

__all__ = ["barron", "huber_lab", "influence"]

_HUBER_FAMILY = {
    "Huber": ("huber_loss", "delta"),
    "smooth L1": ("smooth_l1_loss", "beta"),
    "pseudo-Huber": ("pseudo_huber_loss", "delta"),
}


def huber_lab() -> Explorer:
    """Compare the three members of the Huber family, value and slope.

    Moving δ shows what the three share near zero and what sets them apart
    far from it: the slope ends at δ, at 1, or near δ.
    """
    return Explorer(
        name="huber-lab",
        question="How steep does each loss get once |r| is far beyond δ?",
        controls=[
            Slider("delta", "δ", 0.1, 5, 2.0, step=0.1, stops=(0.5, 1, 5)),
            Slider(
                *("r", "r", -10, 10, 3.0),
                step=0.1,
                stops=(-10, -5, -2, -1, -0.5, 0, 0.5, 1, 2, 5, 10),
            ),
            Choice("family", "loss", list(_HUBER_FAMILY), "Huber"),
        ],
        compute=_huber_data,
        build=_huber_build,
        draw=_huber_draw,
        alt=_huber_alt,
    )


def _huber_data(delta: float, family: str, r: float) -> dict:
    name, parameter = _HUBER_FAMILY[family]
    loss, threshold = LOSSES[name], {parameter: delta}
    residual = np.linspace(-10, 10, 401)
    return {
        "residual": residual,
        "value": loss.curve(residual, **threshold),
        "slope": fits.psi(name, residual, **threshold),
        "delta": delta,
        "r": r,
        "value_at_r": float(loss.curve(r, **threshold)),
        "slope_at_r": float(fits.psi(name, r, **threshold)),
    }


def _huber_build(figure, data: dict) -> dict:
    from lossviz.style import BLUE, VERMILLION

    ax_value, ax_slope = axes = figure.subplots(1, 2, sharex=True)
    ax_value.set(xlim=(-10, 10), ylim=(-2, 40), ylabel="loss ℓ(r)")
    ax_slope.set(ylim=(-5.5, 5.5), ylabel="slope dℓ/dr")
    for ax in axes:
        ax.set_xlabel("residual r (grey: |r| ≤ δ)")
    return {
        "bands": [ax.axvspan(-1, 1, color="0.9") for ax in axes],
        "value": ax_value.plot([], [], color=BLUE)[0],
        "slope": ax_slope.plot([], [], color=BLUE)[0],
        "tangent": ax_value.plot([], [], color=VERMILLION, ls="--")[0],
        "points": points(axes),
        "titles": [ax.set_title(" ") for ax in axes],
    }


def _huber_draw(data: dict, artists: dict) -> None:
    r, value, slope = data["r"], data["value_at_r"], data["slope_at_r"]
    for band in artists["bands"]:
        band.set(x=-data["delta"], width=2 * data["delta"])
    artists["value"].set_data(data["residual"], data["value"])
    artists["slope"].set_data(data["residual"], data["slope"])
    ends = np.array([-10.0, 10.0])
    artists["tangent"].set_data(ends, value + slope * (ends - r))
    move_points(artists, r, {"ℓ": value, "ℓ′": slope})


def _huber_alt(data: dict, delta: float, family: str, r: float) -> str:
    return (
        f"The {family} loss with δ = {number(delta)} and its slope, for "
        f"residuals from −10 to 10. At r = {number(r)} the loss is "
        f"{number(data['value_at_r'])} and the slope "
        f"{number(data['slope_at_r'])}; at r = 10 the slope is "
        f"{number(data['slope'][-1])}."
    )


_INFLUENCE_LOSSES = {
    "squared": ("general_robust_loss", {"alpha": 2}),
    "Huber": ("huber_loss", {"delta": 1}),
    "Cauchy": ("general_robust_loss", {"alpha": 0}),
    "Geman–McClure": ("general_robust_loss", {"alpha": -2}),
    "Welsch": ("general_robust_loss", {"alpha": -math.inf}),
}


def influence() -> Explorer:
    """Move one point away and see how much it still counts.

    All five losses have curvature 1 at zero, so that their weights in
    weighted least squares start from 1.
    """
    return Explorer(
        name="influence",
        question="What weight is left to a point ten σ away?",
        controls=[
            Slider(
                *("r", "r/σ", -20, 20, 3.0),
                step=0.1,
                stops=(-20, -10, -5, -3, -2, -1, 0, 1, 2, 5, 10, 20),
            ),
            Choice("loss", "loss ρ", list(_INFLUENCE_LOSSES), "Huber"),
        ],
        compute=_influence_data,
        build=_influence_build,
        draw=_influence_draw,
        alt=_influence_alt,
        size=(9, 3.6),
    )


def _influence_data(loss: str, r: float) -> dict:
    name, parameters = _INFLUENCE_LOSSES[loss]
    residual = np.linspace(-20, 20, 401)
    at = {
        "ρ": LOSSES[name].curve,
        "ψ": lambda r, **p: fits.psi(name, r, **p),
        "w": lambda r, **p: fits.weight(name, r, **p),
    }
    return {
        "residual": residual,
        "curves": {s: f(residual, **parameters) for s, f in at.items()},
        "r": r,
        "at_r": {s: float(f(r, **parameters)) for s, f in at.items()},
        "robust": loss != "squared",
    }


def _influence_build(figure, data: dict) -> dict:
    from lossviz.style import BLUE

    # Room at the sides for wider tick labels than those at the start.
    figure.get_layout_engine().set(w_pad=0.12)
    axes = figure.subplots(1, 3, sharex=True)
    labels = ("loss ρ(r)", "pull ψ(r) = dρ/dr", "weight w(r) = ψ(r)/r")
    for ax, label in zip(axes, labels, strict=True):
        ax.set(xlim=(-20, 20), xlabel="residual r (in σ)", ylabel=label)
    axes[2].set_ylim(-0.05, 1.1)
    return {
        "axes": axes,
        "curves": [ax.plot([], [], color=BLUE)[0] for ax in axes],
        "points": points(axes),
        "titles": [ax.set_title(" ") for ax in axes],
    }


def _influence_draw(data: dict, artists: dict) -> None:
    ax_loss, ax_pull, _ = artists["axes"]
    top, reach = (21, 1.5) if data["robust"] else (210, 21)
    # Limits cost a full drawing: set them only where the scale changes.
    if ax_loss.get_ylim()[1] != top:
        ax_loss.set_ylim(-0.05 * top, top)
        ax_pull.set_ylim(-reach, reach)
    curves = zip(artists["curves"], data["curves"].values(), strict=True)
    for line, curve in curves:
        line.set_data(data["residual"], curve)
    move_points(artists, data["r"], data["at_r"])


def _influence_alt(data: dict, loss: str, r: float) -> str:
    value, pull, weight = map(number, data["at_r"].values())
    return (
        f"Three panels for the {loss} loss: value, pull and weight of a "
        f"residual from −20 to 20 σ. The point at {number(r)} σ has loss "
        f"{value}, pull {pull} and weight {weight}; at 20 σ the weight is "
        f"{number(data['curves']['w'][-1])}."
    )


def barron() -> Explorer:
    """Walk through the family from squared error to those that forget.

    Below α = 1 there is a residual whose pull is the strongest; both marks
    of it, left and right, are shown while they are on the panel.
    """
    return Explorer(
        name="barron",
        question="At which residual is the pull strongest?",
        controls=[
            Slider(
                *("alpha", "α", -10, 2, -2.0),
                step=0.1,
                stops=(-10, -7, -5, -4, -3, -1, -0.5, 0, 0.5, 1, 1.5, 2),
            ),
            Slider("c", "c", 0.1, 3, 1.0, step=0.1, stops=(0.3, 0.5, 2, 3)),
        ],
        compute=_barron_data,
        build=_barron_build,
        draw=_barron_draw,
        alt=_barron_alt,
    )


def _barron_data(alpha: float, c: float) -> dict:
    residual = np.linspace(-8, 8, 641)
    strongest = _strongest_residual(alpha, c)

    def value(r):
        return LOSSES["general_robust_loss"].curve(r, alpha=alpha, c=c)

    def pull(r):
        return c * fits.psi("general_robust_loss", r, alpha=alpha, c=c)

    return {
        "alpha": alpha,
        "residual": residual,
        "value": value(residual),
        "pull": pull(residual),
        "strongest": strongest,
        "strongest_value": float(value(strongest)),
        "strongest_pull": float(pull(strongest)),
    }


def _strongest_residual(alpha: float, c: float) -> float:
    """Return where ψ has its maximum; infinity where it never turns."""
    if alpha >= 1:
        return math.inf
    return c * math.sqrt((2 - alpha) / (1 - alpha))


def _barron_build(figure, data: dict) -> dict:
    from lossviz.style import BLUE, VERMILLION

    ax_value, ax_pull = axes = figure.subplots(1, 2, sharex=True)
    ax_value.set(xlim=(-8, 8), ylim=(-0.4, 8.5), ylabel="loss ρ(r)")
    ax_pull.set(ylim=(-1.6, 1.6), ylabel="pull c ψ(r)")
    mark = {"color": VERMILLION, "marker": "o", "ms": 9, "ls": "none"}
    for ax in axes:
        ax.set_xlabel("residual r")
    return {
        "value": ax_value.plot([], [], color=BLUE)[0],
        "pull": ax_pull.plot([], [], color=BLUE)[0],
        "marks": [ax.plot([], [], **mark)[0] for ax in axes],
        "titles": [ax.set_title(" ") for ax in axes],
    }


def _barron_draw(data: dict, artists: dict) -> None:
    artists["value"].set_data(data["residual"], data["value"])
    artists["pull"].set_data(data["residual"], data["pull"])
    height, pull = data["strongest_value"], data["strongest_pull"]
    places = np.array([-1, 1]) * data["strongest"]
    on_value, on_pull = artists["marks"]
    on_value.set_data(places, [height, height])
    on_pull.set_data(places, [-pull, pull])
    names, strongest = artists["titles"]
    names.set_text(_BARRON_NAMES.get(data["alpha"], " "))
    strongest.set_text(_strongest_in_words(data))


def _strongest_in_words(data: dict) -> str:
    if data["alpha"] > 1:
        return "without bound"
    if data["alpha"] == 1:
        return "everywhere below its bound 1"
    place, pull = number(data["strongest"]), number(data["strongest_pull"])
    return f"strongest at |r| = {place}: {pull}"


def _barron_alt(data: dict, alpha: float, c: float) -> str:
    name = _BARRON_NAMES.get(alpha)
    return (
        f"General robust loss with α = {number(alpha)}"
        f"{f' ({name})' if name else ''} and c = {number(c)}, and its pull "
        f"times c, for residuals from −8 to 8. The pull is "
        f"{_strongest_in_words(data)}; at r = 8 it is "
        f"{number(data['pull'][-1])}."
    )


_BARRON_NAMES = {
    2: "squared",
    1: "Charbonnier",
    0: "Cauchy",
    -2: "Geman–McClure",
}
