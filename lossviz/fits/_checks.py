"""Checks of arguments that all fits share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lossviz.losses import LOSSES, Loss
from lossviz.validation import all_finite, as_float, choice, same_shape

# Below this share of the largest target a residual counts as zero.
NEGLIGIBLE = 1e-9


def residual_loss(loss: str) -> Loss:
    """Return the loss of that name, if it is one of the residual."""
    names = [name for name in LOSSES if LOSSES[name].family == "residual"]
    return LOSSES[choice("loss", loss, names)]


def magnitude(y: np.ndarray) -> float:
    """Return the size against which rounding errors in `y` are judged."""
    return float(np.abs(y).max()) or 1.0


def points(x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return points that settle a line."""
    x, y = finite("x", x), finite("y", y)
    same_shape(x=x, y=y)
    if x.ndim != 1:
        raise ValueError(f"x must have one dimension, got shape {x.shape}")
    if np.unique(x).size < 2:
        raise ValueError(
            f"x must hold at least 2 different values, got {np.unique(x).size}"
        )
    return x, y


def table(X: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs, one row for each example, and their targets."""
    X, y = finite("X", X), finite("y", y)
    if X.ndim != 2 or y.shape != X.shape[:1] or X.size == 0:
        raise ValueError(
            "X and y must have shapes (n, d) and (n,), "
            f"got {X.shape} and {y.shape}"
        )
    return X, y


def finite(name: str, value: ArrayLike) -> np.ndarray:
    """Return numbers as an array, if all of them are finite."""
    return all_finite(name, as_float(name, value))
