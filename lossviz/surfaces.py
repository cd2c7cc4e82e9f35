"""Losses as functions of two parameters, on a grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lossviz._linear_surfaces import Plane, losses_of_scores, mean_loss
from lossviz.validation import (
    as_float,
    broken,
    count,
    function,
    interval,
    pair,
    same_shape,
    vector,
)

__all__ = [
    "Grid",
    "evaluate",
    "gradient",
    "least_squares_surface",
    "line_surface",
    "linear_surface",
    "losses_of_scores",
]


@dataclass(frozen=True, eq=False)
class Grid:
    """Values over a rectangle of two parameters.

    Parameters
    ----------
    x : array_like of shape (n,)
        Values of the horizontal parameter.
    y : array_like of shape (m,)
        Values of the vertical parameter.
    z : array_like of shape (m, n)
        ``z[i, j]`` is the value at ``x[j], y[i]``.

    Raises
    ------
    ValueError
        If `x` or `y` is no list of numbers, or `z` has not one row per `y`
        and one column per `x`.
    """

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray

    def __post_init__(self) -> None:
        arrays = {
            "x": vector("x", self.x),
            "y": vector("y", self.y),
            "z": as_float("z", self.z),
        }
        expected = (arrays["y"].size, arrays["x"].size)
        if arrays["z"].shape != expected:
            raise ValueError(
                f"z must have shape {expected}, got {arrays['z'].shape}"
            )
        for name, array in arrays.items():
            object.__setattr__(self, name, array)

    @property
    def minimum(self) -> tuple[float, float, float]:
        """Place and size of the smallest value: (x, y, z).

        Raises
        ------
        ValueError
            If no point has a value.
        """
        if np.isnan(self.z).all():
            raise ValueError("z must hold a number somewhere, got only NaN")
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
        or `f` cannot be called or returns another shape.
    """
    n = count("n", n, minimum=2)
    x = np.linspace(*interval("xlim", xlim), n)
    y = np.linspace(*interval("ylim", ylim), n)
    z = as_float("f", function("f", f)(*np.meshgrid(x, y)))
    if z.shape != (n, n):
        raise ValueError(f"f must return shape {(n, n)}, got {z.shape}")
    return Grid(x, y, z)


def gradient(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return the slopes of a surface along x and along y.

    They are differences between neighbouring points: exact for a quadratic,
    and the better the finer the grid for others.

    Parameters
    ----------
    grid : Grid
        With at least 3 points along each axis.

    Returns
    -------
    along_x, along_y : ndarray of shape (m, n)

    Raises
    ------
    ValueError
        If `grid` is no `Grid`, or an axis has fewer than 3 points.
    """
    if not isinstance(grid, Grid):
        raise broken("grid", "be a lossviz.surfaces.Grid", grid)
    if min(grid.z.shape) < 3:
        raise ValueError(
            f"grid must have 3 points along each axis, got {grid.z.shape}"
        )
    along_y, along_x = np.gradient(grid.z, grid.y, grid.x, edge_order=2)
    return along_x, along_y


def linear_surface(
    X: ArrayLike,
    y: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    loss: str = "mse_loss",
    directions: tuple[ArrayLike, ArrayLike] | None = None,
    center: ArrayLike | None = None,
    **parameters: float,
) -> Grid:
    """Mean loss of a linear model over a plane of its parameters.

    The predictions are Xθ with θ = center + a d₁ + b d₂. Squared error has a
    closed form whose cost does not grow with the data; the logistic losses
    need one exponential per example and line of the grid; all others are
    added example by example.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Inputs; a column of ones gives the model an intercept.
    y : array_like of shape (n,) or (n, K)
        Targets, as the loss takes them.
    first, second : array_like of shape (k,) and (m,)
        Values of a, along the grid's x, and of b, along its y.
    loss : str, default "mse_loss"
        Name of a loss of one prediction and its target.
    directions : pair of array_like of shape (d,) or (d, K), optional
        d₁ and d₂; by default the two parameters of a model that has two.
        Of shape (d, K) if the model has K outputs.
    center : array_like of the same shape, optional
        The parameters at a = b = 0; all zero by default.
    **parameters : float
        Hyperparameters of the loss; those in the registry if omitted.

    Returns
    -------
    Grid
        The mean loss at each point, as the loss itself takes it.

    Raises
    ------
    ValueError
        If shapes do not fit together, or the loss, a target or a
        hyperparameter is refused.
    """
    X, y = _table(X), _targets(y)
    plane = Plane(
        _parts(X, directions, center),
        vector("first", first),
        vector("second", second),
    )
    if y.shape[:1] != X.shape[:1]:
        raise ValueError(
            f"X and y must be of one length, got {len(X)} and {len(y)}"
        )
    return Grid(plane.a, plane.b, mean_loss(plane, y, loss, parameters))


def least_squares_surface(
    x: ArrayLike, y: ArrayLike, slopes: ArrayLike, intercepts: ArrayLike
) -> Grid:
    """Mean squared residual of every line of a grid, in closed form.

    Its cost does not grow with the data, and nothing cancels near the
    minimum.

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
    return line_surface(x, y, slopes, intercepts, "mse_loss")


def line_surface(
    x: ArrayLike,
    y: ArrayLike,
    slopes: ArrayLike,
    intercepts: ArrayLike,
    loss: str = "huber_loss",
    **parameters: float,
) -> Grid:
    """Mean loss of every line of a grid.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        Data.
    slopes, intercepts : array_like of shape (k,) and (m,)
        The lines b + w x: slopes w run along the grid's x, intercepts b
        along its y.
    loss : str, default "huber_loss"
        Name of a loss of one prediction and its target.
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
    x, y = vector("x", x), vector("y", y)
    same_shape(x=x, y=y)
    return linear_surface(
        np.column_stack([x, np.ones_like(x)]),
        y,
        vector("slopes", slopes),
        vector("intercepts", intercepts),
        loss=loss,
        **parameters,
    )


def _parts(
    X: np.ndarray,
    directions: tuple[ArrayLike, ArrayLike] | None,
    center: ArrayLike | None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the predictions of the centre and of both directions."""
    if directions is None:
        if X.shape[1] != 2:
            raise ValueError(
                "directions must be given unless X has 2 columns, "
                f"got {X.shape[1]}"
            )
        directions = np.eye(2)
    d1, d2 = pair("directions", directions)
    d1, d2 = as_float("directions[0]", d1), as_float("directions[1]", d2)
    center = np.zeros(d1.shape) if center is None else center
    center = as_float("center", center)
    same_shape(center=center, **{"directions[0]": d1, "directions[1]": d2})
    if d1.ndim not in (1, 2) or d1.shape[0] != X.shape[1]:
        raise ValueError(
            f"directions must have shape ({X.shape[1]},) or "
            f"({X.shape[1]}, K), got {d1.shape}"
        )
    return X @ center, X @ d1, X @ d2


def _table(X: ArrayLike) -> np.ndarray:
    X = as_float("X", X)
    if X.ndim != 2 or X.size == 0:
        raise ValueError(f"X must have shape (n, d), got {X.shape}")
    return X


def _targets(y: ArrayLike) -> np.ndarray:
    """Return the targets; labels of classes stay whole numbers."""
    shape = as_float("y", y).shape
    if len(shape) not in (1, 2):
        raise ValueError(f"y must have shape (n,) or (n, K), got {shape}")
    return np.asarray(y)
