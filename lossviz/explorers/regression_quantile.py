"""The explorer of quantile regression."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from lossviz import data as datasets
from lossviz import fits
from lossviz.explorer import Explorer, Slider
from lossviz.losses import LOSSES
from lossviz.wording import number

__all__ = ["pinball"]

_SEED = 7
_N_POINTS = 200


def pinball() -> Explorer:
    """Fit a line to a quantile of noisy points.

    Beside it stands the shortcut mean + zσ: the line of least squares,
    shifted as if the noise were normal and equally wide everywhere.
    """
    return Explorer(
        name="pinball",
        question="Which share of the points ends up below the fitted line?",
        controls=[
            Slider(
                *("q", "q", 0.05, 0.95, 0.1),
                step=0.05,
                stops=(0.05, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95),
            ),
            Slider("skew", "skew", 0, 2, 1.5, step=0.1, stops=(0, 2)),
            Slider(
                *("growth", "noise growth", 0, 0.3, 0.15),
                step=0.01,
                stops=(0, 0.3),
            ),
        ],
        compute=_pinball_data,
        build=_pinball_build,
        draw=_pinball_draw,
        alt=_pinball_alt,
        size=(9, 4),
    )


def _pinball_data(q: float, skew: float, growth: float) -> dict:
    rng = np.random.default_rng(_SEED)
    x, y = datasets.skewed_line(
        rng, _N_POINTS, skew=skew, base=0.3, growth=growth
    )
    quantile_line = fits.fit_line(x, y, "quantile_loss", q=q)
    intercept, slope = fits.fit_line(x, y)
    shift = NormalDist().inv_cdf(q) * np.std(y - intercept - slope * x)
    residual = np.linspace(-3, 3, 121)
    return {
        "q": q,
        "x": x,
        "y": y,
        "lines": [quantile_line, (intercept + shift, slope)],
        "shares": [
            np.mean(y <= a + b * x + 1e-9)
            for a, b in (quantile_line, (intercept + shift, slope))
        ],
        "residual": residual,
        "loss": LOSSES["quantile_loss"].curve(-residual, q=q),
    }


def _pinball_build(figure, data: dict) -> dict:
    from lossviz.style import BLACK, BLUE, VERMILLION

    ax_data, ax_loss = figure.subplots(1, 2, width_ratios=[2, 1])
    ax_data.set(xlim=(0, 6), ylim=(-1, 10), xlabel="x", ylabel="y")
    ax_loss.set(xlim=(-3, 3), ylim=(-0.1, 3), xlabel="residual r")
    ax_loss.set_ylabel("pinball loss")
    dots = {"color": BLACK, "marker": ".", "ls": "none", "alpha": 0.6}
    key = "solid: fitted to q\ndashed: mean + zσ"
    ax_data.text(0.1, 9.2, key, va="top", zorder=0)
    return {
        "points": ax_data.plot([], [], **dots)[0],
        "lines": [
            ax_data.plot([], [], color=BLUE)[0],
            ax_data.plot([], [], color=VERMILLION, ls="--")[0],
        ],
        "loss": ax_loss.plot([], [], color=BLUE)[0],
        "titles": [ax.set_title(" ") for ax in (ax_data, ax_loss)],
    }


def _pinball_draw(data: dict, artists: dict) -> None:
    artists["points"].set_data(data["x"], data["y"])
    ends = np.array([0.0, 6.0])
    for line, (a, b) in zip(artists["lines"], data["lines"], strict=True):
        line.set_data(ends, a + b * ends)
    artists["loss"].set_data(data["residual"], data["loss"])
    fitted, shortcut = map(number, data["shares"])
    of_data, of_loss = artists["titles"]
    of_data.set_text(f"share below: {fitted} (solid), {shortcut} (dashed)")
    q = data["q"]
    of_loss.set_text(f"slopes {number(q - 1)}, {number(q)}")


def _pinball_alt(data: dict, q: float, skew: float, growth: float) -> str:
    (a, b), _ = data["lines"]
    fitted, shortcut = map(number, data["shares"])
    return (
        f"{_N_POINTS} points with skew {number(skew)} and noise growth "
        f"{number(growth)}. The line fitted for q = {number(q)} has "
        f"intercept {number(a)} and slope {number(b)}; a share of {fitted} "
        f"lies below it, and {shortcut} below mean + zσ. Beside it the "
        f"pinball loss with slopes {number(q - 1)} and {number(q)}."
    )
