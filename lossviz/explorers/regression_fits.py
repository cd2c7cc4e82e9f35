"""Explorers of fits to data with outliers and with changing noise."""

from __future__ import annotations

import numpy as np

from lossviz import data as datasets
from lossviz import fits, training
from lossviz.explorer import Choice, Explorer, Slider
from lossviz.wording import number

__all__ = ["hetero", "outlier_line"]

_LINE_SEED = 0

_LINE_LOSSES = {
    "squared": "mse_loss",
    "absolute": "l1_loss",
    "Huber": "huber_loss",
}
_LINE_ENDS = np.array([-0.5, 12.5])


def outlier_line() -> Explorer:
    """Move a few points away from a line and see which fit follows them.

    The line of least squares stands beside the chosen one. The two agree
    for the squared loss, and for Huber's while no residual exceeds δ.
    """
    return Explorer(
        name="outlier-line",
        question="Which loss lets a few outliers turn its line the most?",
        controls=[
            Slider(
                *("outlier", "outlier shift", -15, 15, -8.0),
                step=0.5,
                stops=(-15, -12, -4, -2, 0, 2, 4, 8, 12, 15),
            ),
            Slider("count", "outliers", 0, 6, 3, stops=(0, 1, 6)),
            Slider("delta", "δ", 0.1, 10, 1.0, log=True, stops=(0.1, 10)),
            Choice("loss", "loss", list(_LINE_LOSSES), "Huber"),
        ],
        compute=_outlier_data,
        build=_outlier_build,
        draw=_outlier_draw,
        alt=_outlier_alt,
    )


def _outlier_data(outlier: float, count: int, loss: str, delta: float) -> dict:
    x, clean = datasets.line(np.random.default_rng(_LINE_SEED))
    y, moved = datasets.add_outliers(clean, count=count, shift=outlier)
    name, threshold = f"{loss} loss", {}
    if loss == "Huber":
        name, threshold = f"{name} (δ = {number(delta)})", {"delta": delta}
    return {
        "x": x,
        "y": y,
        "moved": moved,
        "name": name,
        "line": fits.fit_line(x, y, _LINE_LOSSES[loss], **threshold),
        "least_squares": fits.fit_line(x, y),
        "clean_slope": fits.fit_line(x, clean)[1],
    }


def _outlier_build(figure, data: dict) -> dict:
    from lossviz.style import BLACK, BLUE, OUTLIERS, VERMILLION

    ax = figure.subplots()
    ax.set(xlim=_LINE_ENDS, ylim=(-10, 23), xlabel="x", ylabel="y")
    inside = {"color": BLACK, "marker": "o", "ls": "none", "alpha": 0.7}
    squared = {"color": BLUE, "label": "least squares"}
    fitted = {"color": VERMILLION, "ls": "--", "label": "chosen loss"}
    artists = {
        "inside": ax.plot([], [], label="points", **inside)[0],
        "outside": ax.plot([], [], label="outliers", **OUTLIERS)[0],
        "lines": [ax.plot([], [], **look)[0] for look in (squared, fitted)],
        "title": ax.set_title(" \n "),
    }
    # No line comes near this corner; beneath the lines, the legend need not
    # be drawn again whenever they move.
    ax.legend(loc="upper left", ncols=2).set_zorder(1)
    return artists


def _outlier_draw(data: dict, artists: dict) -> None:
    x, y, moved = data["x"], data["y"], data["moved"]
    artists["inside"].set_data(x[~moved], y[~moved])
    artists["outside"].set_data(x[moved], y[moved])
    lines = (data["least_squares"], data["line"])
    for artist, (a, b) in zip(artists["lines"], lines, strict=True):
        artist.set_data(_LINE_ENDS, a + b * _LINE_ENDS)
    artists["title"].set_text(
        f"{data['name']}: slope {number(data['line'][1])}\n"
        f"least squares: slope {number(data['least_squares'][1])}"
    )


def _outlier_alt(
    data: dict, outlier: float, count: int, loss: str, delta: float
) -> str:
    moved = f"the last {count} of them moved by {number(outlier)}"
    return (
        f"30 points near a line of slope {number(data['clean_slope'])}, "
        f"{moved if count else 'none of them moved'}. The line fitted with "
        f"the {data['name']} has slope {number(data['line'][1])}; that of "
        f"least squares has slope {number(data['least_squares'][1])}."
    )


_BAND_SEED = 12
_NOISE = 0.05
_GRID = np.linspace(0, 1, 101)


def hetero() -> Explorer:
    """Fit a mean alone, or a mean with a standard deviation of its own at x.

    The squared loss knows one spread for all x; the Gaussian negative
    log-likelihood learns log σ² as a function of x.
    """
    return Explorer(
        name="hetero",
        question="How wide is the band at x = 0, and how wide at x = 1?",
        controls=[
            Slider(
                *("growth", "noise growth", 0, 2.0, 1.0),
                step=0.05,
                stops=(0, 0.25, 0.5, 0.75, 1.25, 1.5, 1.75, 2),
            ),
            Slider("n", "n", 50, 800, 400, step=50, stops=(50, 100, 800)),
            Choice("loss", "loss", _BAND_LOSSES, "gaussian_nll"),
        ],
        compute=_hetero_data,
        build=_hetero_build,
        draw=_hetero_draw,
        alt=_hetero_alt,
        size=(9, 4),
    )


_BAND_LOSSES = {"squared": "mse", "Gaussian NLL": "gaussian_nll"}


def _hetero_data(growth: float, n: int, loss: str) -> dict:
    rng = np.random.default_rng(_BAND_SEED)
    x, y = datasets.growing_noise(rng, 800, base=_NOISE, growth=growth)
    # Part of one sample, so that points stay where they are as n moves.
    kept = np.sort(rng.permutation(800)[:n])
    band = training.fit_heteroscedastic(x[kept], y[kept], loss=loss)
    mean, sd = band.at(_GRID)
    return {
        "x": x[kept],
        "y": y[kept],
        "band": band,
        "mean": mean,
        "sd": sd,
        "true_sd": _NOISE + growth * _GRID,
        "widths": 4 * sd[[0, -1]],
    }


def _hetero_build(figure, data: dict) -> dict:
    from lossviz.style import BLACK, BLUE, VERMILLION

    ax_data, ax_spread = figure.subplots(1, 2, width_ratios=[3, 2])
    ax_data.set(xlim=(0, 1), ylim=(-6, 6), xlabel="x", ylabel="y")
    ax_spread.set(xlim=(0, 1), ylim=(0, 2.2), xlabel="x", ylabel="σ at x")
    dots = {"color": BLACK, "marker": ".", "ls": "none", "alpha": 0.5}
    shade = {"color": BLUE, "alpha": 0.3, "zorder": 3}
    truth = {"color": VERMILLION, "ls": "--", "label": "true"}
    artists = {
        "points": ax_data.plot([], [], **dots)[0],
        "band": ax_data.fill_between(_GRID, -1, 1, **shade),
        "mean": ax_data.plot([], [], color=BLUE)[0],
        "sd": ax_spread.plot([], [], color=BLUE, label="fitted")[0],
        "true_sd": ax_spread.plot([], [], **truth)[0],
        "title": ax_data.set_title(" "),
    }
    ax_spread.legend(loc="upper left").set_zorder(1)
    return artists


def _hetero_draw(data: dict, artists: dict) -> None:
    mean, sd = data["mean"], data["sd"]
    artists["points"].set_data(data["x"], data["y"])
    artists["band"].set_data(_GRID, mean - 2 * sd, mean + 2 * sd)
    artists["mean"].set_data(_GRID, mean)
    artists["sd"].set_data(_GRID, sd)
    artists["true_sd"].set_data(_GRID, data["true_sd"])
    at_0, at_1 = map(number, data["widths"])
    artists["title"].set_text(f"band: {at_0} wide at x = 0, {at_1} at x = 1")


def _hetero_alt(data: dict, growth: float, n: int, loss: str) -> str:
    name = "squared loss" if loss == "mse" else "Gaussian likelihood"
    at_0, at_1 = map(number, data["widths"])
    true_0, true_1 = map(number, 4 * data["true_sd"][[0, -1]])
    return (
        f"{n} points around a sine whose noise grows by {number(growth)} "
        f"from x = 0 to x = 1. The band of ±2σ fitted with the {name} is "
        f"{at_0} wide at x = 0 and {at_1} at x = 1; true are {true_0} and "
        f"{true_1}."
    )
