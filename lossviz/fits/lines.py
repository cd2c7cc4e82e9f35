"""Straight lines and constants, the fits that explorers draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lossviz.fits._checks import (
    NEGLIGIBLE,
    finite,
    magnitude,
    points,
    residual_loss,
)
from lossviz.fits.influence import psi
from lossviz.fits.linear import irls

__all__ = ["best_constant", "fit_line"]


def fit_line(
    x: ArrayLike, y: ArrayLike, loss: str = "mse_loss", **parameters: float
) -> tuple[float, float]:
    """Find the straight line with the smallest total loss.

    Exact for squared, absolute and quantile loss; to rounding for the
    other convex losses; for the general robust loss with α < 1, which may
    have several minima, the one near the line of least absolute deviations.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        Points; at least two different values of x.
    loss : str, default "mse_loss"
        Name of a loss of the residual.
    **parameters : float
        Hyperparameters of the loss; those in the registry if omitted.

    Returns
    -------
    intercept, slope : float

    Raises
    ------
    ValueError
        If the points do not settle a line, or the loss or one of its
        hyperparameters is refused.
    """
    x, y = points(x, y)
    parameters = _settled(loss, parameters)
    if loss == "mse_loss":
        return _least_squares_line(x, y)
    if loss == "l1_loss":
        return _quantile_line(x, y, 0.5)
    if loss == "quantile_loss":
        return _quantile_line(x, y, parameters["q"])
    # Centring x keeps the weighted equations well conditioned.
    centre = x.mean()
    X = np.column_stack([np.ones_like(x), x - centre])
    intercept, slope = _quantile_line(x - centre, y, 0.5)
    middle, slope = irls(X, y, loss, start=(intercept, slope), **parameters)
    return float(middle - slope * centre), float(slope)


def best_constant(
    y: ArrayLike, loss: str = "mse_loss", **parameters: float
) -> float:
    """Find the one prediction with the smallest total loss for all targets.

    The mean for the squared, the median for the absolute and the
    q-quantile for the quantile loss; where a whole interval is best, its
    middle.

    Parameters
    ----------
    y : array_like of shape (n,)
        Targets.
    loss : str, default "mse_loss"
        Name of a loss of the residual.
    **parameters : float
        Hyperparameters of the loss; those in the registry if omitted.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If `y` is empty or not finite, or the loss or one of its
        hyperparameters is refused.
    """
    y = finite("y", y).ravel()
    if y.size == 0:
        raise ValueError(f"y must hold at least 1 value, got shape {y.shape}")
    parameters = _settled(loss, parameters)
    if loss == "mse_loss":
        return float(y.mean())
    if loss == "quantile_loss":
        method = "averaged_inverted_cdf"
        return float(np.quantile(y, parameters["q"], method=method))
    median = np.median(y)
    if loss == "l1_loss":
        return float(median)
    ones = np.ones((y.size, 1))
    return float(irls(ones, y, loss, start=[median], **parameters)[0])


def _settled(loss: str, parameters: dict[str, float]) -> dict[str, float]:
    """Return all hyperparameters, checked by the loss itself."""
    settled = {**residual_loss(loss).parameters, **parameters}
    psi(loss, 0.0, **settled)
    return settled


def _least_squares_line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    deviation = x - x.mean()
    slope = deviation @ (y - y.mean()) / (deviation @ deviation)
    return float(y.mean() - slope * x.mean()), float(slope)


def _quantile_line(
    x: np.ndarray, y: np.ndarray, q: float
) -> tuple[float, float]:
    """Walk along lines through data points, each better than the last.

    A best line passes through two points. Through a fixed point the best
    slope is a weighted quantile; turn around every point on the line until
    no turn helps, which for a convex cost is the minimum.
    """
    line, cost = _least_squares_line(x, y), np.inf
    tolerance = NEGLIGIBLE * magnitude(y)
    while True:
        distance = np.abs(y - line[0] - line[1] * x)
        pivots = np.flatnonzero(distance <= max(tolerance, distance.min()))
        lines = [_best_line_through(x, y, pivot, q) for pivot in pivots]
        costs = [_pinball(y - a - b * x, q) for a, b in lines]
        best = int(np.argmin(costs))
        if not costs[best] < cost * (1 - 1e-13):
            return line
        line, cost = lines[best], costs[best]


def _best_line_through(
    x: np.ndarray, y: np.ndarray, pivot: int, q: float
) -> tuple[float, float]:
    run, rise = x - x[pivot], y - y[pivot]
    run, rise = run[run != 0], rise[run != 0]
    slopes, weights = rise / run, np.abs(run)
    order = np.argsort(slopes)
    # To the left of the pivot a steeper line lies lower: levels swap there.
    target = weights @ np.where(run > 0, q, 1 - q)
    place = np.searchsorted(np.cumsum(weights[order]), target)
    slope = slopes[order[min(place, len(order) - 1)]]
    return float(y[pivot] - slope * x[pivot]), float(slope)


def _pinball(residual: np.ndarray, q: float) -> float:
    return float(np.maximum(q * residual, (q - 1) * residual).sum())
