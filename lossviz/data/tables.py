"""Seeded toy problems with several inputs or outputs."""

from __future__ import annotations

import numpy as np

from lossviz.data._checks import generator
from lossviz.validation import count, non_negative, positive

__all__ = [
    "heights_weights",
    "occluded_template",
    "sparse_linear",
]


def heights_weights(
    rng: np.random.Generator, n: int = 200
) -> tuple[np.ndarray, np.ndarray]:
    """Two outputs of very different size, from the same two inputs.

    The targets are a weight with mean 70 kg and standard deviation 15 kg,
    and a height with mean 1.75 m and standard deviation 0.1 m (both exact
    for the sample). Each depends on the inputs along a curve of its own.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws.
    n : int, default 200
        Number of people; at least 2.

    Returns
    -------
    X : ndarray of shape (n, 2)
        Standard normal inputs.
    Y : ndarray of shape (n, 2)
        Weights in kg and heights in m.

    Raises
    ------
    ValueError
        If a parameter is outside its range.
    """
    X = generator(rng).normal(size=(count("n", n, minimum=2), 2))
    u, v = X.T
    shapes = np.column_stack([u + 0.15 * v**2, v + 0.15 * np.sin(3 * v)])
    shapes += 0.02 * rng.normal(size=(n, 2))
    shapes = (shapes - shapes.mean(axis=0)) / shapes.std(axis=0)
    return X, [70.0, 1.75] + shapes * [15.0, 0.1]


def sparse_linear(
    rng: np.random.Generator,
    n: int = 60,
    d: int = 20,
    *,
    informative: int = 6,
    sigma: float = 0.3,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw a linear problem in which only a few inputs matter.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws.
    n, d : int, default 60 and 20
        Number of examples and of inputs.
    informative : int, default 6
        How many of the true coefficients, the first ones, are ±1; the
        others are 0.
    sigma : float, default 0.3
        Standard deviation of the normal noise.

    Returns
    -------
    X : ndarray of shape (n, d)
    y : ndarray of shape (n,)
    theta : ndarray of shape (d,)
        The true coefficients.

    Raises
    ------
    ValueError
        If a parameter is outside its range.
    """
    X = generator(rng).normal(size=(count("n", n), count("d", d)))
    if count("informative", informative, minimum=0) > d:
        raise ValueError(f"informative must be at most {d}, got {informative}")
    theta = np.zeros(d)
    theta[:informative] = (-1.0) ** np.arange(informative)
    noise = non_negative("sigma", sigma) * rng.normal(size=n)
    return X, X @ theta + noise, theta


def occluded_template(
    *, gain: float = 0.7, rows: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    """Give a bright spot, and a darker view of it whose foot is covered.

    Parameters
    ----------
    gain : float, default 0.7
        Brightness of the view relative to the template, above 0.
    rows : int, default 3
        How many of the 8 rows, counted from below, are hidden behind
        something white.

    Returns
    -------
    template, observed : ndarray of shape (8, 8)
        Brightness from 0 (black) to 1 (white).

    Raises
    ------
    ValueError
        If a parameter is outside its range.
    """
    if count("rows", rows, minimum=0) > 8:
        raise ValueError(f"rows must be at most 8, got {rows}")
    offset = np.arange(8) - 3.5
    squared = offset[:, None] ** 2 + offset**2
    template = np.exp(-squared / 15)
    observed = positive("gain", gain) * template
    observed[8 - rows :] = 1.0
    return template, observed
