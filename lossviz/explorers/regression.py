"""Explorers of the lecture on regression.

A residual is target minus prediction, r = y − ŷ, as in the lecture's prose;
a slope is the derivative of the loss in r.
"""

from __future__ import annotations

import numpy as np

from lossviz.explorer import Choice, Explorer, Slider
from lossviz.explorers._shared import number
from lossviz.losses import LOSSES

__all__ = ["huber_lab"]

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
            Slider("delta", "δ", 0.1, 5, 2.0, step=0.1),
            Choice("family", "loss", list(_HUBER_FAMILY), "Huber"),
            Slider("r", "r", -10, 10, 3.0, step=0.1),
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
        "slope": loss.slope(residual, **threshold),
        "delta": delta,
        "r": r,
        "value_at_r": float(loss.curve(r, **threshold)),
        "slope_at_r": float(loss.slope(r, **threshold)),
    }


def _huber_build(figure, data: dict) -> dict:
    from lossviz.style import BLACK, BLUE, VERMILLION

    ax_value, ax_slope = figure.subplots(1, 2, sharex=True)
    ax_value.set(xlim=(-10, 10), ylim=(-2, 40), ylabel="loss ℓ(r)")
    ax_slope.set(ylim=(-5.5, 5.5), ylabel="slope dℓ/dr")
    for ax in (ax_value, ax_slope):
        ax.set_xlabel("residual r (grey: |r| ≤ δ)")
    point = {"color": BLACK, "marker": "o", "ms": 9, "clip_on": False}
    return {
        "bands": [
            ax.axvspan(-1, 1, color="0.9") for ax in (ax_value, ax_slope)
        ],
        "value": ax_value.plot([], [], color=BLUE)[0],
        "slope": ax_slope.plot([], [], color=BLUE)[0],
        "tangent": ax_value.plot([], [], color=VERMILLION, ls="--")[0],
        "value_at_r": ax_value.plot([], [], **point)[0],
        "slope_at_r": ax_slope.plot([], [], **point)[0],
        "titles": [ax_value.set_title(" "), ax_slope.set_title(" ")],
    }


def _huber_draw(data: dict, artists: dict) -> None:
    r, value, slope = data["r"], data["value_at_r"], data["slope_at_r"]
    for band in artists["bands"]:
        band.set(x=-data["delta"], width=2 * data["delta"])
    artists["value"].set_data(data["residual"], data["value"])
    artists["slope"].set_data(data["residual"], data["slope"])
    ends = np.array([-10.0, 10.0])
    artists["tangent"].set_data(ends, value + slope * (ends - r))
    artists["value_at_r"].set_data([r], [value])
    artists["slope_at_r"].set_data([r], [slope])
    for title, name, y in zip(
        artists["titles"], ("ℓ", "ℓ′"), (value, slope), strict=True
    ):
        title.set_text(f"{name}({number(r)}) = {number(y)}")


def _huber_alt(data: dict, delta: float, family: str, r: float) -> str:
    return (
        f"{family} loss with δ = {number(delta)} and its slope, for residuals "
        f"from −10 to 10. At r = {number(r)} the loss is "
        f"{number(data['value_at_r'])} and the slope "
        f"{number(data['slope_at_r'])}; at r = 10 the slope is "
        f"{number(data['slope'][-1])}."
    )
