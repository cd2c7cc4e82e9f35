"""Linear models of any number of inputs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lossviz.fits._checks import (
    NEGLIGIBLE,
    finite,
    magnitude,
    residual_loss,
    table,
)
from lossviz.fits.influence import weight
from lossviz.validation import between, count, non_negative

__all__ = [
    "irls",
    "lasso",
    "least_squares",
    "quantile_regression",
    "standardise",
]


def least_squares(X: ArrayLike, y: ArrayLike) -> np.ndarray:
    """Coefficients that minimise the sum of squared residuals.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Inputs; a column of ones gives an intercept.
    y : array_like of shape (n,)
        Targets.

    Returns
    -------
    ndarray of shape (d,)
        The shortest solution if there are several.

    Raises
    ------
    ValueError
        If shapes do not fit or a number is not finite.
    """
    X, y = table(X, y)
    return np.linalg.lstsq(X, y, rcond=None)[0]


def weighted_least_squares(
    X: np.ndarray, y: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return what minimises a sum of squares of which each has a weight."""
    root = np.sqrt(weights)
    return np.linalg.lstsq(root[:, None] * X, root * y, rcond=None)[0]


def irls(
    X: ArrayLike,
    y: ArrayLike,
    loss: str,
    *,
    start: ArrayLike | None = None,
    n_steps: int = 1000,
    **parameters: float,
) -> np.ndarray:
    """Minimise a loss by iteratively reweighted least squares.

    Setting the gradient Σ ψ(rᵢ) xᵢ to zero and writing ψ(r) = w(r) r turns
    the problem into weighted least squares, whose weights depend on its own
    answer; so solve, update the weights, and repeat until nothing moves.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Inputs; a column of ones gives an intercept.
    y : array_like of shape (n,)
        Targets.
    loss : str
        Name of a loss of the residual.
    start : array_like of shape (d,), optional
        Where to begin; least squares if omitted. Losses that level off have
        several minima, and the one near the start is found.
    n_steps : int, default 1000
        Largest number of reweightings; 0 returns the start.
    **parameters : float
        Hyperparameters of the loss.

    Returns
    -------
    ndarray of shape (d,)

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, or the loss or one of
        its hyperparameters is refused.

    References
    ----------
    Holland & Welsch (1977), Robust regression using iteratively reweighted
    least-squares.
    """
    X, y = table(X, y)
    theta = least_squares(X, y) if start is None else _start(start, X)
    size = magnitude(y)
    for _ in range(count("n_steps", n_steps, minimum=0)):
        weights = _finite_weights(loss, y - X @ theta, size, parameters)
        if not weights.any():
            break
        new = weighted_least_squares(X, y, weights)
        moved = np.abs(X @ (new - theta)).max()
        theta = new
        if moved <= 1e-13 * size:
            break
    return theta


def quantile_regression(
    X: ArrayLike, y: ArrayLike, *, q: float = 0.5
) -> np.ndarray:
    """Coefficients of the conditional q-quantile, by linear programming.

    With q = ½ these are the least absolute deviations. As many residuals as
    there are coefficients come out as zero, up to rounding.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Inputs; a column of ones gives an intercept.
    y : array_like of shape (n,)
        Targets.
    q : float, default 0.5
        Level of the quantile, strictly between 0 and 1.

    Returns
    -------
    ndarray of shape (d,)

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, or `q` is no level.

    References
    ----------
    Koenker & Bassett (1978), Regression quantiles.
    """
    from scipy.optimize import linprog

    X, y = table(X, y)
    q = between("q", q, 0, 1)
    n, d = X.shape
    # y = Xθ + above − below, where both parts of a residual are ≥ 0.
    cost = np.concatenate([np.zeros(d), np.full(n, q), np.full(n, 1 - q)])
    equations = np.hstack([X, np.eye(n), -np.eye(n)])
    bounds = [(None, None)] * d + [(0, None)] * (2 * n)
    return linprog(cost, A_eq=equations, b_eq=y, bounds=bounds).x[:d]


def lasso(
    X: ArrayLike, y: ArrayLike, *, strength: float, n_sweeps: int = 1000
) -> np.ndarray:
    """Least squares with an L1 penalty on the coefficients.

    Minimises ‖y − Xθ‖²/2n + λ‖θ‖₁ one coefficient at a time; each step is
    solved exactly by soft thresholding.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Inputs; every column is penalised.
    y : array_like of shape (n,)
        Targets.
    strength : float
        The λ of the penalty, at least 0.
    n_sweeps : int, default 1000
        Largest number of rounds over all coefficients.

    Returns
    -------
    ndarray of shape (d,)
        Many entries are exactly 0 when `strength` is large.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, or `strength` is
        negative.

    References
    ----------
    Tibshirani (1996), Regression shrinkage and selection via the lasso.
    """
    X, y = table(X, y)
    threshold = len(y) * non_negative("strength", strength)
    squares = (X**2).sum(axis=0)
    theta, residual = np.zeros(X.shape[1]), y.copy()
    for _ in range(count("n_sweeps", n_sweeps)):
        before = theta.copy()
        for j in np.flatnonzero(squares):
            residual += X[:, j] * theta[j]
            pull = X[:, j] @ residual
            size = max(abs(pull) - threshold, 0.0)
            theta[j] = np.sign(pull) * size / squares[j]
            residual -= X[:, j] * theta[j]
        if np.abs(theta - before).max() <= 1e-13 * np.abs(theta).max():
            break
    return theta


def _finite_weights(
    loss: str, residual: np.ndarray, size: float, parameters: dict
) -> np.ndarray:
    """Return the weights with a cap for residuals at a kink."""
    if 0 in residual_loss(loss).kinks:
        floor = NEGLIGIBLE * size
        residual = np.where(np.abs(residual) < floor, floor, residual)
    return weight(loss, residual, **parameters)


def _start(start: ArrayLike, X: np.ndarray) -> np.ndarray:
    start = finite("start", start)
    if start.shape != X.shape[1:]:
        raise ValueError(
            f"start must have shape {X.shape[1:]}, got {start.shape}"
        )
    return start


def standardise(
    Y: ArrayLike,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give every column mean 0 and standard deviation 1.

    Parameters
    ----------
    Y : array_like of shape (n, ...)
        One column for each output.

    Returns
    -------
    Z : ndarray of shape (n, ...)
        The rescaled columns; Y = mean + scale · Z.
    mean, scale : ndarray of shape (...)
        A constant column has scale 1, so that it stays finite.

    Raises
    ------
    ValueError
        If `Y` is empty or a number is not finite.
    """
    Y = finite("Y", Y)
    if Y.ndim == 0 or Y.size == 0:
        raise ValueError(f"Y must have at least one row, got shape {Y.shape}")
    mean, scale = Y.mean(axis=0), Y.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    return (Y - mean) / scale, mean, scale
