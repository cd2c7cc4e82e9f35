"""How strongly a residual pulls, and the weight this amounts to."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lossviz.fits._checks import residual_loss
from lossviz.losses import LOSSES
from lossviz.validation import as_float

__all__ = ["psi", "weight"]


def psi(loss: str, residual: ArrayLike, **parameters: float) -> np.ndarray:
    """Pull of each residual on the fit: the derivative ψ = ρ′ of its loss.

    Parameters
    ----------
    loss : str
        Name of a loss of the residual, such as ``"huber_loss"``.
    residual : array_like of shape (...)
        Target minus prediction.
    **parameters : float
        Hyperparameters of the loss.

    Returns
    -------
    ndarray of shape (...)

    Raises
    ------
    ValueError
        If the loss is unknown or a hyperparameter breaks its rule.

    References
    ----------
    Huber (1964), Robust Estimation of a Location Parameter.
    """
    # The registry's slope is taken along the prediction, hence both signs.
    residual = as_float("residual", residual)
    return -residual_loss(loss).slope(-residual, **parameters)


def weight(loss: str, residual: ArrayLike, **parameters: float) -> np.ndarray:
    """Weight ψ(r)/r that a residual gets in weighted least squares.

    At r = 0 this is the limit: the curvature of the loss, or infinity where
    the loss has a kink there (absolute and quantile loss).

    Parameters and errors are those of `psi`.

    Returns
    -------
    ndarray of shape (...)
    """
    residual = as_float("residual", residual)
    at_zero = residual == 0
    # Small enough to be the limit, large enough not to vanish when squared.
    nudged = np.where(at_zero, 1e-150, residual)
    weights = psi(loss, nudged, **parameters) / nudged
    if 0 in LOSSES[loss].kinks:
        weights = np.where(at_zero, np.inf, weights)
    return weights
