"""The explorer of a network's loss landscape, computed while one watches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from lossviz.explorer import Choice, Explorer, Slider
from lossviz.losses import LOSSES
from lossviz.optimizers import descend
from lossviz.training._threads import one_thread
from lossviz.wording import number

if TYPE_CHECKING:
    from torch import Tensor, nn

    from lossviz.landscape import Landscape

__all__ = ["small_network"]

_LOSSES = {
    "logistic": "soft_margin_loss",
    "hinge": "hinge_loss",
    "squared": "mse_loss",
}
_N = 160
# Of all steps every second one is enough to find the plane, and to draw.
_STEPS, _EVERY = 80, 2
_SPAN = 1.25
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
            Choice("loss", "loss ℓ", _LOSSES, "soft_margin_loss"),
            Slider("decay", "weight decay λ", 1e-4, 0.1, 1e-3, log=True),
            Slider("width", "hidden units", 2, 16, 8),
            Slider("seed", "seed", 0, 9, 0),
        ],
        compute=_compute,
        build=_build,
        draw=_draw,
        alt=_alt,
        refine=_refine,
        size=(10, 4.5),
    )


def _compute(loss: str, decay: float, width: int, seed: int) -> dict:
    theta = _descent(loss, decay, width, seed)
    X, target = _half_moons()
    first, last = (_scores(point, X, width)[1] for point in theta[[0, -1]])
    plane = _plane(theta, loss, width, _PREVIEW, "pca")
    shadow = plane.project(list(_tensor(theta[::_EVERY])))
    return {
        "sides": _scores(theta[-1], _LATTICE, width)[1] > 0,
        "wrong": int(np.sum(last * target <= 0)),
        "fall": [
            LOSSES[loss].value(scores, target) + decay / 2 * point @ point
            for scores, point in ((first, theta[0]), (last, theta[-1]))
        ],
        "z": plane.z + _penalty(decay, plane),
        "path": np.column_stack([shadow.x, shadow.y]),
        "inside": 1 - shadow.share_outside,
        "directions": plane.directions,
    }


def _refine(
    data: dict, loss: str, decay: float, width: int, seed: int
) -> Iterator[dict]:
    theta = _descent(loss, decay, width, seed)
    for steps in _FINER:
        plane = _plane(theta, loss, width, steps, data["directions"])
        yield data | {"z": plane.z + _penalty(decay, plane)}


@lru_cache
def _half_moons() -> tuple[np.ndarray, np.ndarray]:
    """Return points (n, 2) on two noisy half circles, and their signs."""
    rng = np.random.default_rng(0)
    target = np.where(np.arange(_N) % 2, 1.0, -1.0)
    angle = rng.uniform(0, np.pi, _N)
    circle = np.column_stack([np.cos(angle), np.sin(angle)]) * target[:, None]
    centre = target[:, None] * [-0.5, -0.25]
    return 1.2 * (circle + centre + 0.15 * rng.normal(size=(_N, 2))), target


@lru_cache(maxsize=1)
def _descent(loss: str, decay: float, width: int, seed: int) -> np.ndarray:
    """Return the parameters at the start and after each step."""
    X, target = _half_moons()
    rng = np.random.default_rng(seed)
    start = rng.normal(size=4 * width + 1)
    # Biases begin at 0, and the score at about the size of a hidden unit.
    start[2 * width : 3 * width] = start[-1] = 0
    start[3 * width : -1] /= np.sqrt(width)

    def slope(theta):
        hidden, score = _scores(theta, X, width)
        return _backward(theta, hidden, LOSSES[loss].grad(score, target))

    return descend(
        slope,
        start,
        method="momentum",
        step=0.2,
        n_steps=_STEPS,
        weight_decay=decay,
    )


def _parts(theta: np.ndarray, width: int) -> tuple[np.ndarray, ...]:
    """Return weights and biases of both layers, in torch's order."""
    first, second = theta[: 3 * width], theta[3 * width :]
    return (
        first[: 2 * width].reshape(width, 2),
        first[2 * width :],
        second[:-1],
        second[-1],
    )


def _scores(
    theta: np.ndarray, X: np.ndarray, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the hidden layer and the score of each input."""
    W, b, w, c = _parts(theta, width)
    hidden = np.tanh(X @ W.T + b)
    return hidden, hidden @ w + c


def _backward(
    theta: np.ndarray, hidden: np.ndarray, slope: np.ndarray
) -> np.ndarray:
    """Return the gradient by all parameters from that by the scores."""
    w = _parts(theta, hidden.shape[1])[2]
    inner = slope[:, None] * w * (1 - hidden**2)
    return np.concatenate(
        [
            (inner.T @ _half_moons()[0]).ravel(),
            inner.sum(axis=0),
            slope @ hidden,
            [slope.sum()],
        ]
    )


def _plane(
    theta: np.ndarray, loss: str, width: int, steps: int, directions
) -> Landscape:
    """Return the loss, without the penalty, on the plane of the descent."""
    from lossviz.landscape import loss_landscape

    X, target = map(_tensor, _half_moons())
    *history, end = _tensor(theta[::_EVERY])
    with one_thread():
        return loss_landscape(
            _network(end, width),
            _torch_loss(loss),
            (X, target[:, None]),
            directions=directions,
            history=history,
            span=_SPAN,
            steps=steps,
            progress=False,
        )


def _tensor(values: np.ndarray) -> Tensor:
    import torch

    return torch.from_numpy(values).float()


def _network(theta: Tensor, width: int) -> nn.Module:
    from torch import nn

    network = nn.Sequential(
        nn.Linear(2, width), nn.Tanh(), nn.Linear(width, 1)
    )
    nn.utils.vector_to_parameters(theta, network.parameters())
    return network


def _torch_loss(name: str):
    """Return the loss as torch computes it, of scores and their targets."""
    from torch.nn import functional

    if name == "hinge_loss":
        return lambda score, target: (1 - score * target).clamp(min=0).mean()
    return getattr(functional, name)


def _penalty(decay: float, plane: Landscape) -> np.ndarray:
    """Return λ/2 times the squared norm of the parameters on the plane."""
    import torch

    base = torch.stack([plane.center, *plane.directions]).double().numpy()
    gram = base @ base.T
    x, y = np.meshgrid(plane.x, plane.y)
    at = np.stack([np.ones_like(x), x, y])
    return decay / 2 * np.einsum("iab,ij,jab->ab", at, gram, at)


def _build(figure, data: dict) -> dict:
    from lossviz.pixels import Pixels
    from lossviz.style import BLUE, VERMILLION

    ax_data, ax_plane = axes = figure.subplots(1, 2)
    field, edge = (-_EDGE, _EDGE), (-_SPAN, _SPAN)
    ax_data.set(xlim=field, ylim=field, xlabel="x₁", ylabel="x₂")
    ax_plane.set(xlim=edge, ylim=edge)
    ax_plane.set(xlabel="first direction", ylabel="second direction")
    for ax in axes:
        ax.set_aspect("equal")
    X, target = _half_moons()
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
    left.set_text(f"{data['wrong']} of {_N} wrong\n{_fall(data)}")
    points = f"{len(data['z'])} × {len(data['z'])} points"
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
        f"{data['wrong']} of {_N} points wrong; its descent brings the "
        f"{_fall(data)}. On the plane of the path, which holds "
        f"{_share(data)} % of it, {len(data['z'])} × {len(data['z'])} points "
        f"show an objective of {heights}."
    )
