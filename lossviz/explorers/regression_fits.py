"""Explorers of fits to data with outliers and with changing noise."""

from __future__ import annotations

import numpy as np
from numpy.polynomial.legendre import legvander

from lossviz import data as datasets
from lossviz import fits
from lossviz.explorer import Choice, Explorer, Slider
from lossviz.explorers._shared import number

__all__ = ["hetero", "outlier_line"]

_SEED = 0

_LINE_LOSSES = {
    "squared": "mse_loss",
    "absolute": "l1_loss",
    "Huber": "huber_loss",
}
_LINE_ENDS = np.array([-0.5, 12.5])


def outlier_line() -> Explorer:
    """Move a few points away from a line and see which fit follows them.

    The line of least squares stands beside the chosen one, which it equals
    as long as there is no outlier and the loss is squared or δ large.
    """
    return Explorer(
        name="outlier-line",
        question="Which loss lets a few outliers turn its line the most?",
        controls=[
            Slider("outlier", "outlier shift", -15, 15, -8.0, step=0.5),
            Slider("count", "outliers", 0, 6, 3),
            Choice("loss", "loss", list(_LINE_LOSSES), "Huber"),
            Slider("delta", "δ", 0.1, 10, 1.0, log=True),
        ],
        compute=_outlier_data,
        build=_outlier_build,
        draw=_outlier_draw,
        alt=_outlier_alt,
    )


def _outlier_data(
    outlier: float, count: int, loss: str, delta: float
) -> dict:
    x, clean = datasets.line(np.random.default_rng(_SEED))
    y, moved = datasets.add_outliers(clean, count=count, shift=outlier)
    threshold = {"delta": delta} if loss == "Huber" else {}
    return {
        "x": x,
        "y": y,
        "moved": moved,
        "name": f"Huber, δ = {number(delta)}" if threshold else loss,
        "line": fits.fit_line(x, y, _LINE_LOSSES[loss], **threshold),
        "least_squares": fits.fit_line(x, y),
        "clean_slope": fits.fit_line(x, clean)[1],
    }


def _outlier_build(figure, data: dict) -> dict:
    from lossviz.style import BLACK, BLUE, VERMILLION

    ax = figure.subplots()
    ax.set(xlim=_LINE_ENDS, ylim=(-10, 23), xlabel="x", ylabel="y")
    inside = {"color": BLACK, "marker": "o", "ls": "none", "alpha": 0.7}
    outside = {"color": VERMILLION, "marker": "X", "ms": 10, "ls": "none"}
    fitted = {"color": BLUE, "label": "fitted with the chosen loss"}
    squared = {"color": VERMILLION, "ls": "--", "label": "least squares"}
    artists = {
        "inside": ax.plot([], [], label="points", **inside)[0],
        "outside": ax.plot([], [], label="outliers", **outside)[0],
        "lines": [ax.plot([], [], **look)[0] for look in (fitted, squared)],
        "title": ax.set_title(" \n "),
    }
    # However far the points are moved, no line comes near this corner.
    ax.legend(loc="upper left", ncols=2)
    return artists


def _outlier_draw(data: dict, artists: dict) -> None:
    x, y, moved = data["x"], data["y"], data["moved"]
    artists["inside"].set_data(x[~moved], y[~moved])
    artists["outside"].set_data(x[moved], y[moved])
    lines = (data["line"], data["least_squares"])
    for artist, (a, b) in zip(artists["lines"], lines, strict=True):
        artist.set_data(_LINE_ENDS, a + b * _LINE_ENDS)
    artists["title"].set_text(
        f"{data['name']}: slope {number(data['line'][1])}\n"
        f"least squares: slope {number(data['least_squares'][1])}"
    )


def _outlier_alt(
    data: dict, outlier: float, count: int, loss: str, delta: float
) -> str:
    return (
        f"30 points near a line of slope {number(data['clean_slope'])}, the "
        f"last {count} of them moved by {number(outlier)}. The line fitted "
        f"with the loss {data['name']} has slope "
        f"{number(data['line'][1])}, that of least squares "
        f"{number(data['least_squares'][1])}."
    )
