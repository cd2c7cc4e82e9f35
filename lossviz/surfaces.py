"""Losses as functions of two parameters, on a grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lossviz.fits._checks import residual_loss
from lossviz.validation import as_float, count, finite, same_shape

__all__ = ["Grid", "evaluate", "least_squares_surface", "line_surface"]

# Residuals held at one time: a few megabytes stay in the processor's cache.
CHUNK = 2**18


@dataclass(frozen=True, eq=False)
class Grid:
    """Values over a rectangle of two parameters.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Values of the horizontal parameter.
    y : ndarray of shape (m,)
        Values of the vertical parameter.
    z : ndarray of shape (m, n)
        ``z[i, j]`` is the value at ``x[j], y[i]``.

    Raises
    ------
    ValueError
        If `z` has not one row per `y` and one column per `x`.
    """

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray

    def __post_init__(self) -> None:
        expected = (np.size(self.y), np.size(self.x))
        if np.shape(self.z) != expected:
            raise ValueError(
                f"z must have shape {expected}, got {np.shape(self.z)}"
            )

    @property
    def minimum(self) -> tuple[float, float, float]:
        """Place and size of the smallest value: (x, y, z)."""
        i, j = np.unravel_index(np.nanargmin(self.z), self.z.shape)
        return float(self.x[j]), float(self.y[i]), float(self.z[i, j])


def evaluate(
    f: Callable[[np.ndarray, np.ndarray], np.ndarray],
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    n: int = 101,
) -> Grid:
    """Evaluate a function of two numbers on an even grid.

    Parameters
    ----------
    f : callable
        Called once, with two arrays of shape (n, n); returns such an array.
    xlim, ylim : (float, float)
        Ends of the horizontal and of the vertical axis.
    n : int, default 101
        Points along each axis; at least 2.

    Returns
    -------
    Grid

    Raises
    ------
    ValueError
        If an interval has no length, `n` is no whole number of at least 2,
        or `f` returns another shape.
    """
    n = count("n", n, minimum=2)
    x = np.linspace(*_interval("xlim", xlim), n)
    y = np.linspace(*_interval("ylim", ylim), n)
    z = as_float("f", f(*np.meshgrid(x, y)))
    if z.shape != (n, n):
        raise ValueError(f"f must return shape {(n, n)}, got {z.shape}")
    return Grid(x, y, z)


def least_squares_surface(
    x: ArrayLike, y: ArrayLike, slopes: ArrayLike, intercepts: ArrayLike
) -> Grid:
    """Mean squared residual of every line of a grid, in closed form.

    Around its vertex (w*, b*) the surface is exactly
    L* + s² (w − w*)² + (ȳ − w x̄ − b)², with s² the variance of x, so its
    cost does not grow with the data; nothing cancels near the minimum.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        Data.
    slopes, intercepts : array_like of shape (k,) and (m,)
        The lines b + w x: slopes w run along the grid's x, intercepts b
        along its y.

    Returns
    -------
    Grid

    Raises
    ------
    ValueError
        If `x` and `y` are no pair of lists of numbers, or an axis is no
        list.
    """
    x, y = _data(x, y)
    slopes, intercepts = (
        _axis("slopes", slopes),
        _axis("intercepts", intercepts),
    )
    deviation = x - x.mean()
    variance = (deviation**2).mean()
    covariance = (deviation * (y - y.mean())).mean()
    vertex = covariance / variance if variance > 0 else 0.0
    least = ((y - y.mean() - vertex * deviation) ** 2).mean()
    along_slopes = least + variance * (slopes - vertex) ** 2
    z = (y.mean() - slopes * x.mean()) - intercepts[:, None]
    z *= z
    z += along_slopes
    return Grid(slopes, intercepts, z)


def line_surface(
    x: ArrayLike,
    y: ArrayLike,
    slopes: ArrayLike,
    intercepts: ArrayLike,
    loss: str = "huber_loss",
    **parameters: float,
) -> Grid:
    """Mean loss of every line of a grid, for any loss of the residual.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        Data.
    slopes, intercepts : array_like of shape (k,) and (m,)
        The lines b + w x: slopes w run along the grid's x, intercepts b
        along its y.
    loss : str, default "huber_loss"
        Name of a loss of the residual; least squares takes its closed form.
    **parameters : float
        Hyperparameters of the loss; those in the registry if omitted.

    Returns
    -------
    Grid

    Raises
    ------
    ValueError
        If the data or the axes are no lists of numbers, or the loss or one
        of its hyperparameters is refused.
    """
    curve = residual_loss(loss).curve
    if loss == "mse_loss" and not parameters:
        return least_squares_surface(x, y, slopes, intercepts)
    x, y = _data(x, y)
    slopes, intercepts = (
        _axis("slopes", slopes),
        _axis("intercepts", intercepts),
    )
    error = slopes[:, None] * x - y
    rows = max(1, CHUNK // error.size)
    z = [
        curve(intercepts[i : i + rows, None, None] + error, **parameters).mean(
            axis=-1
        )
        for i in range(0, len(intercepts), rows)
    ]
    return Grid(slopes, intercepts, np.concatenate(z))


def _interval(name: str, limits: tuple[float, float]) -> tuple[float, float]:
    try:
        low, high = limits
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a pair, got {limits!r}") from None
    if not finite(name, low) < finite(name, high):
        raise ValueError(f"{name} must increase, got {limits!r}")
    return low, high


def _axis(name: str, values: ArrayLike) -> np.ndarray:
    values = as_float(name, values)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(
            f"{name} must have one dimension and some values, "
            f"got shape {values.shape}"
        )
    return values


def _data(x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    x, y = _axis("x", x), _axis("y", y)
    same_shape(x=x, y=y)
    return x, y
