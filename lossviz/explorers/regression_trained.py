"""Explorers of trained models: two outputs, and several answers at once.

Training takes longer than a picture, so all models are trained once, when
the explorer is first made; a control only looks them up.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import product

import numpy as np

from lossviz import data as datasets
from lossviz import training
from lossviz.explorer import Choice, Explorer, Slider
from lossviz.wording import number

__all__ = ["mdn", "units"]

_SEED = 0

_WEIGHT_UNITS = {"kg": 1, "g": 1000}
_HEIGHT_UNITS = {"m": 1, "cm": 100}
_SCHEMES = {
    "none": "raw",
    "targets rescaled": "rescaled",
    "σ learned": "learned",
}


def _with_progress(tasks: list) -> Iterable:
    """Iterate with a bar, which shows only where it takes long."""
    import torch  # noqa: F401  (loading it is not part of the training)
    from tqdm.auto import tqdm

    # A bar that has shown leaves a line behind in an exported notebook.
    return tqdm(tasks, desc="training", delay=2, leave=False)


def units() -> Explorer:
    """Predict weight and height together and change their units.

    One small network with a shared layer is trained on both. Its squared
    error counts a unit of one output as much as a unit of the other.
    """
    return Explorer(
        name="units",
        question="Which output gains when the two are put on one scale?",
        controls=[
            Choice("weight", "weight in", list(_WEIGHT_UNITS), "kg"),
            Choice("height", "height in", list(_HEIGHT_UNITS), "m"),
            Choice("scheme", "remedy", _SCHEMES, "raw"),
        ],
        compute=_units_data,
        build=_units_build,
        draw=_units_draw,
        alt=_units_alt,
        size=(9, 4),
    )


def _units_data(weight: str, height: str, scheme: str) -> dict:
    trained = _trained_networks()[weight, height, scheme]
    return {"shares": trained.shares, "r2": trained.r2}


@cache
def _trained_networks() -> dict:
    X, Y = datasets.heights_weights(np.random.default_rng(_SEED))
    settings = list(product(_WEIGHT_UNITS, _HEIGHT_UNITS, _SCHEMES.values()))
    return {
        (weight, height, scheme): training.fit_two_outputs(
            X,
            Y * [_WEIGHT_UNITS[weight], _HEIGHT_UNITS[height]],
            scheme=scheme,
        )
        for weight, height, scheme in _with_progress(settings)
    }


def _units_build(figure, data: dict) -> dict:
    from lossviz.style import BLUE, VERMILLION

    panels = {
        "shares": "share of the loss\nbefore training",
        "r2": "R² after training",
    }
    axes = figure.subplots(1, 2)
    artists = {}
    for ax, (key, label) in zip(axes, panels.items(), strict=True):
        ax.set(ylim=(0, 1.15), ylabel=label)
        bars = ax.bar(["weight", "height"], [1, 1], color=[BLUE, VERMILLION])
        bars[1].set(hatch="//", edgecolor="white")
        heights = [ax.text(n, 1, "", ha="center") for n in range(2)]
        artists[key] = {"bars": list(bars), "heights": heights}
    return artists


def _units_draw(data: dict, artists: dict) -> None:
    for key, words in zip(artists, _units_in_words(data), strict=True):
        bars, texts = artists[key].values()
        panel = zip(bars, texts, data[key], words, strict=True)
        for bar, text, height, word in panel:
            bar.set_height(height)
            text.set(y=max(height, 0) + 0.03, text=word)


def _units_in_words(data: dict) -> tuple[list[str], list[str]]:
    shares = np.round(100 * data["shares"], 3)
    return (
        [f"{number(share, 6)} %" for share in shares],
        [number(r2) for r2 in np.round(data["r2"], 3)],
    )


def _units_alt(data: dict, weight: str, height: str, scheme: str) -> str:
    remedy = {"raw": "Without a remedy", "rescaled": "With targets rescaled"}
    shares, r2 = _units_in_words(data)
    return (
        f"{remedy.get(scheme, 'With a learned σ')}, weight in {weight} has "
        f"{shares[0]} of the loss before training and height in {height} "
        f"{shares[1]}; after training R² is {r2[0]} for weight and {r2[1]} "
        f"for height."
    )


def mdn() -> Explorer:
    """Read the density of y off a mixture, at any x.

    Each mixture was trained by its negative log-likelihood. Where the data
    fold back, one normal covers what several share.
    """
    return Explorer(
        name="mdn",
        question="How many humps has the density of y at x = 0.5?",
        controls=[
            Slider("components", "K", 1, 5, 3),
            Slider(
                *("x", "x", 0, 1.0, 0.5),
                step=0.01,
                stops=[step / 20 for step in range(21)],
            ),
        ],
        compute=_mdn_data,
        build=_mdn_build,
        draw=_mdn_draw,
        alt=_mdn_alt,
        size=(9, 4),
    )


# Wide enough for the stray components that few data hold in place.
_Y = np.linspace(-3, 4, 2801)


@cache
def _fold() -> tuple[np.ndarray, np.ndarray]:
    return datasets.inverse_sine(np.random.default_rng(_SEED))


@cache
def _mixtures() -> dict:
    return {
        K: training.fit_mixture(*_fold(), K)
        for K in _with_progress([1, 2, 3, 4, 5])
    }


def _mdn_data(components: int, x: float) -> dict:
    mixture = _mixtures()[components]
    density = mixture.density([x], _Y)[0]
    weights, means, _ = mixture.at([x])
    inner, floor = density[1:-1], 0.01 * density.max()
    hump = (inner > density[:-2]) & (inner >= density[2:]) & (inner > floor)
    return {
        "x": x,
        "y": _Y,
        "density": density,
        "mean": float(np.sum(weights * means)),
        "humps": _Y[1:-1][hump],
        "nll": mixture.nll,
    }


def _mdn_build(figure, data: dict) -> dict:
    from lossviz.style import BLACK, BLUE, VERMILLION

    ax_data, ax_density = axes = figure.subplots(1, 2, sharey=True)
    ax_data.set(xlim=(-0.05, 1.05), ylim=(-0.2, 1.2))
    ax_data.set(xlabel="x", ylabel="y")
    ax_density.set(xlim=(0, 1.1), xlabel="density of y at x / its maximum")
    dots = {"color": BLACK, "marker": ".", "ls": "none", "alpha": 0.5}
    centre = {"color": VERMILLION, "marker": "D", "ms": 9, "ls": "none"}
    dashes = {"color": VERMILLION, "ls": "--"}
    shade = {"color": BLUE, "alpha": 0.2, "zorder": 2}
    ax_data.plot(*_fold(), **dots)
    artists = {
        "at_x": ax_data.axvline(0, color=BLUE),
        "mean": ax_data.plot([], [], **centre)[0],
        "shade": ax_density.fill_betweenx(_Y, 0, 1, **shade),
        "density": ax_density.plot([], [], color=BLUE)[0],
        "mean_line": ax_density.axhline(0, label="mean", **dashes),
        "titles": [ax.set_title(" ") for ax in axes],
    }
    ax_density.legend(loc="upper right").set_zorder(1)
    return artists


def _mdn_draw(data: dict, artists: dict) -> None:
    x, mean = data["x"], data["mean"]
    relative = data["density"] / data["density"].max()
    artists["at_x"].set_xdata([x, x])
    artists["mean"].set_data([x], [mean])
    artists["mean_line"].set_ydata([mean, mean])
    # Drawing what lies outside the panel would take a quarter of the time.
    shown = np.abs(data["y"] - 0.5) < 0.75
    artists["density"].set_data(relative[shown], data["y"][shown])
    artists["shade"].set_data(data["y"][shown], 0, relative[shown])
    of_data, of_density = artists["titles"]
    of_data.set_text(f"mean NLL {number(data['nll'])}")
    humps = len(data["humps"])
    of_density.set_text("1 hump" if humps == 1 else f"{humps} humps")


def _mdn_alt(data: dict, components: int, x: float) -> str:
    humps = ", ".join(number(y, 2) for y in data["humps"])
    return (
        f"Data that fold back, fitted with K = {components} normals. At x = "
        f"{number(x)} the density of y has humps at y = {humps}; its mean "
        f"is {number(data['mean'], 2)}. The mean negative log-likelihood is "
        f"{number(data['nll'])} nats."
    )
