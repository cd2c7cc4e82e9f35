"""Surfaces and paths of optimizers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.timing import Row, typical
from lossviz.optimizers import descend
from lossviz.surfaces import least_squares_surface


def rows() -> Iterator[Row]:
    """Measure a 201 × 201 surface of 1000 points, and 500 steps."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=1000)
    y = 1 + 0.5 * x + rng.normal(size=1000)
    slopes, intercepts = np.linspace(-2, 3, 201), np.linspace(-2, 4, 201)
    data = x, y, slopes, intercepts
    np.testing.assert_allclose(
        least_squares_surface(*data).z, _double_loop(*data), rtol=1e-9
    )
    yield Row(
        "least-squares surface, 201 × 201 (other: double loop)",
        typical(lambda: least_squares_surface(*data), 200),
        limit=0.2,
        other=typical(lambda: _double_loop(*data), 3),
        ratio=1000,
    )
    yield Row(
        "500 steps of gradient descent on Rosenbrock's valley (other: torch)",
        typical(_descend, 50),
        limit=1,
        other=typical(_descend_in_torch, 5),
    )


def _double_loop(x, y, slopes, intercepts) -> np.ndarray:
    return np.array(
        [[np.mean((y - b - w * x) ** 2) for w in slopes] for b in intercepts]
    )


def _slope(point: tuple[float, float]) -> tuple[float, float]:
    x, y = point
    return -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)


def _descend() -> None:
    descend(_slope, (-1.2, 1.0), step=1e-3, n_steps=500)


def _descend_in_torch() -> None:
    import torch

    point = torch.tensor([-1.2, 1.0], requires_grad=True)
    optimizer = torch.optim.SGD([point], lr=1e-3)
    for _ in range(500):
        optimizer.zero_grad()
        x, y = point
        ((1 - x) ** 2 + 100 * (y - x * x) ** 2).backward()
        optimizer.step()
