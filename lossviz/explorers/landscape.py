"""The explorer of a network's loss landscape, computed while one watches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from lossviz.explorer import Choice, Explorer, Slider
from lossviz.explorers import _small_network as net
from lossviz.wording import number

__all__ = ["small_network"]

_LOSSES = {
    "logistic": "soft_margin_loss",
    "hinge": "hinge_loss",
    "squared": "mse_loss",
}
_PREVIEW, *_FINER = (17, 33, 65)
# The picture shows twelve levels, closer to each other near the minimum.
_LEVELS = 12
_PIXELS = 240
_EDGE = 2.5
_SIDE = np.linspace(-_EDGE, _EDGE, 61)
_LATTICE = np.dstack(np.meshgrid(_SIDE, _SIDE)).reshape(-1, 2)


def small_network() -> Explorer:
    """Change how a small network is trained, and watch its landscape.

    A network with one hidden layer learns to tell two half-moons apart. The
    plane is that of its own descent: through its end, along the two
    directions in which the path varies most. A preview of 17 × 17 points
    comes at once; finer ones follow while the controls rest.
    """
    return Explorer(
        name="small-network",
        question="Does training end at the lowest point of its plane?",
        controls=[
            Slider("decay", "weight decay λ", 1e-4, 0.1, 1e-3, log=True),
            Slider("width", "hidden units", 2, 16, 8),
            Slider("seed", "seed", 0, 9, 0),
            Choice("loss", "loss ℓ", _LOSSES, "soft_margin_loss"),
        ],
        compute=_compute,
        build=_build,
        draw=_draw,
        alt=_alt,
        refine=_refine,
        size=(10, 4.5),
    )


def _compute(loss: str, decay: float, width: int, seed: int) -> dict:
    theta = net.descent(loss, decay, width, seed)
    end, (X, target) = theta[-1], net.half_moons()
    directions, path, inside = net.plane(theta)
    # In single precision, as torch has it: half the time.
    points = net.points(end, directions, _PREVIEW).astype(np.float32)
    return {
        "sides": net.scores(end, _LATTICE, width)[1] > 0,
        "wrong": int(np.sum(net.scores(end, X, width)[1] * target <= 0)),
        "fall": net.objective(theta[[0, -1]], loss, decay, width),
        "z": net.objective(points, loss, decay, width).astype(float),
        "path": path,
        "inside": inside,
        "directions": directions,
    }


def _refine(
    data: dict, loss: str, decay: float, width: int, seed: int
) -> Iterator[dict]:
    end = net.descent(loss, decay, width, seed)[-1]
    for steps in _FINER:
        points = net.points(end, data["directions"], steps)
        losses = net.surface(end, data["directions"], loss, width, steps)
        yield data | {"z": losses + net.penalty(points, decay)}


def _build(figure, data: dict) -> dict:
    from lossviz.pixels import Pixels
    from lossviz.style import BLUE, VERMILLION

    ax_data, ax_plane = axes = figure.subplots(1, 2)
    field, edge = (-_EDGE, _EDGE), (-net.SPAN, net.SPAN)
    ax_data.set(xlim=field, ylim=field, xlabel="x₁", ylabel="x₂")
    ax_plane.set(xlim=edge, ylim=edge)
    ax_plane.set(xlabel="first direction", ylabel="second direction")
    for ax in axes:
        ax.set_aspect("equal")
    X, target = net.half_moons()
    artists = {
        "sides": Pixels(ax_data),
        "surface": Pixels(ax_plane),
        "path": _path_artists(ax_plane),
        "titles": [ax.set_title(" \n ") for ax in axes],
    }
    for sign, marker, color in ((1, "o", BLUE), (-1, "s", VERMILLION)):
        look = {"marker": marker, "color": color, "ms": 5, "ls": "none"}
        ax_data.plot(*X[target == sign].T, markeredgecolor="white", **look)
    return artists


def _path_artists(ax) -> list:
    """Return a dark rim, a light line in it, and a star at the end."""
    rim = ax.plot([], [], color="black", ls="-", lw=5)[0]
    line = ax.plot([], [], color="white", ls="-", lw=2.5)[0]
    star = {"color": "white", "markeredgecolor": "black", "ms": 16}
    return [rim, line, ax.plot([], [], marker="*", **star)[0]]


def _draw(data: dict, artists: dict) -> None:
    artists["sides"].set_data(_tinted(data["sides"]))
    artists["surface"].set_data(_coloured(data["z"]))
    *lines, star = artists["path"]
    for line in lines:
        line.set_data(*data["path"].T)
    star.set_data(*data["path"][-1:].T)
    left, right = artists["titles"]
    left.set_text(f"{data['wrong']} of {net.N} wrong\n{_fall(data)}")
    points = f"{len(data['z'])} × {len(data['z'])} points, dark is low"
    right.set_text(f"{_share(data)} % of the path in the plane\n{points}")


def _tinted(sides: np.ndarray) -> np.ndarray:
    """Return the side of each point of the lattice as a pale colour."""
    pale = [[250, 222, 204, 255], [204, 227, 242, 255]]
    tinted = np.array(pale, np.uint8)[sides.astype(int)]
    return tinted.reshape(len(_SIDE), len(_SIDE), 4)


def _coloured(z: np.ndarray) -> np.ndarray:
    """Return a surface in bands of colour, as a map shows heights."""
    weights = _between(len(z))
    z = weights @ z @ weights.T
    low, high = z.min(), z.max()
    share = np.sqrt((z - low) / (high - low or 1))
    band = np.minimum((_LEVELS * share).astype(int), _LEVELS - 1)
    return _palette()[band]


@lru_cache
def _palette() -> np.ndarray:
    import matplotlib as mpl

    return mpl.colormaps["cividis"](np.linspace(0, 1, _LEVELS), bytes=True)


@lru_cache
def _between(n: int) -> np.ndarray:
    """Return the weights that interpolate n values at every pixel."""
    places = np.linspace(0, n - 1, _PIXELS)
    return np.maximum(0, 1 - np.abs(places[:, None] - np.arange(n)))


def _fall(data: dict) -> str:
    first, last = map(number, data["fall"])
    return f"objective from {first} to {last}"


def _share(data: dict) -> str:
    return number(round(100 * data["inside"], 1))


def _alt(data: dict, loss: str, decay: float, width: int, seed: int) -> str:
    name = next(label for label, key in _LOSSES.items() if key == loss)
    heights = f"{number(data['z'].min())} to {number(data['z'].max())}"
    return (
        f"A network of {width} hidden units, trained with the {name} loss "
        f"and weight decay {number(decay)} from seed {seed}, gets "
        f"{data['wrong']} of {net.N} points wrong; its descent brings the "
        f"{_fall(data)}. On the plane of the path, which holds "
        f"{_share(data)} % of it, {len(data['z'])} × {len(data['z'])} points "
        f"show an objective of {heights}."
    )
