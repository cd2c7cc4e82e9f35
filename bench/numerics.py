"""Surfaces of two parameters, and paths of optimizers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf

import numpy as np

from bench.timing import Row, typical
from lossviz.optimizers import descend
from lossviz.surfaces import least_squares_surface, line_surface

N, SIDE, STEPS = 1000, 201, 500
START = (-1.2, 1.0)
# The steps are short enough for every method to stay in the valley.
METHODS = {
    "sgd": {"step": 1e-3},
    "momentum": {"step": 1e-4},
    "nesterov": {"step": 1e-4},
    "rmsprop": {"step": 1e-3},
    "adam": {"step": 1e-2},
    "adamw": {"step": 1e-2},
}


def rows() -> Iterator[Row]:
    """Measure surfaces of 201 × 201 lines, and 500 steps of each method."""
    yield _least_squares()
    yield _logistic()
    yield from map(_path, METHODS)


def _least_squares() -> Row:
    x, y, axes = _points()
    ours = least_squares_surface(x, y, *axes).z
    np.testing.assert_allclose(ours, _loop(_squared, x, y, axes), rtol=1e-9)
    return Row(
        f"least-squares surface, {SIDE} × {SIDE} (other: double loop)",
        typical(lambda: least_squares_surface(x, y, *axes), 200),
        limit=0.2,
        other=typical(lambda: _loop(_squared, x, y, axes), 3),
        ratio=1000,
    )


def _logistic() -> Row:
    x, y, axes = _points()
    label = (y > 1).astype(float)

    def ours():
        name = "binary_cross_entropy_with_logits"
        return line_surface(x, label, *axes, name).z

    np.testing.assert_allclose(
        ours(), _loop(_textbook, x, label, axes), rtol=1e-9
    )
    alone = _milliseconds_of_exp(N * SIDE**2)
    return Row(
        f"logistic surface, {SIDE} × {SIDE}, float64 (other: double loop; "
        f"as many exponentials alone: {alone:.3g} ms)",
        typical(ours, 5),
        limit=inf,
        other=typical(lambda: _loop(_textbook, x, label, axes), 3),
        ratio=6,
    )


def _points() -> tuple[np.ndarray, np.ndarray, tuple]:
    """Return 1000 points, and the slopes and intercepts of a grid."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=N)
    y = 1 + 0.5 * x + rng.normal(size=N)
    return x, y, (np.linspace(-2, 3, SIDE), np.linspace(-2, 4, SIDE))


def _loop(loss: Callable, x, y, axes) -> np.ndarray:
    slopes, intercepts = axes
    return np.array(
        [[np.mean(loss(b + w * x, y)) for w in slopes] for b in intercepts]
    )


def _squared(prediction: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (y - prediction) ** 2


def _textbook(logit: np.ndarray, y: np.ndarray) -> np.ndarray:
    p = 1 / (1 + np.exp(-logit))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def _milliseconds_of_exp(count: int) -> float:
    """Return how long so many exponentials take this machine at the least."""
    numbers = np.linspace(-5, 5, 2**15)
    out = np.empty_like(numbers)
    return typical(lambda: np.exp(numbers, out=out), 200) * count / out.size


def _path(method: str) -> Row:
    settings = {"method": method, "n_steps": STEPS, **METHODS[method]}
    ours = descend(_slope, START, **settings)
    np.testing.assert_allclose(
        ours, _path_of_torch(method), rtol=1e-6, atol=1e-9
    )
    return Row(
        f"{STEPS} steps of {method} in Rosenbrock's valley (other: torch)",
        typical(lambda: descend(_slope, START, **settings), 50),
        limit=1,
        other=typical(lambda: _path_of_torch(method), 5),
        ratio=50,
    )


def _slope(point: tuple[float, float]) -> tuple[float, float]:
    x, y = point
    return -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)


def _path_of_torch(method: str) -> np.ndarray:
    import torch

    point = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = _optimizer_of_torch(method, [point])
    path = [START]
    for _ in range(STEPS):
        optimizer.zero_grad()
        x, y = point
        ((1 - x) ** 2 + 100 * (y - x * x) ** 2).backward()
        optimizer.step()
        path.append(point.tolist())
    return np.array(path)


def _optimizer_of_torch(method: str, parameters: list):
    from torch import optim

    step = METHODS[method]["step"]
    if method in ("sgd", "momentum", "nesterov"):
        momentum = 0 if method == "sgd" else 0.9
        ahead = method == "nesterov"
        return optim.SGD(parameters, step, momentum=momentum, nesterov=ahead)
    kinds = {"rmsprop": optim.RMSprop, "adam": optim.Adam}
    return kinds.get(method, optim.AdamW)(parameters, step)
