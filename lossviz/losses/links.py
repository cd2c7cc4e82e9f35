"""Links: what turns raw scores of a model into probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lossviz.losses.base import quiet
from lossviz.validation import as_float


@quiet
def sigmoid(z: ArrayLike) -> np.ndarray:
    """Probability of the class 1 from its logit: 1/(1 + exp(−z)).

    Parameters
    ----------
    z : array_like of shape (...)
        Logits.

    Returns
    -------
    float64 or ndarray of shape (...)
        Probabilities, of full relative precision however small.

    Raises
    ------
    ValueError
        If `z` holds anything but real numbers.
    """
    z = as_float("z", z)
    # of two equal forms the one whose exponential cannot overflow
    odds = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, odds) / (1 + odds)


def softplus(z: np.ndarray) -> np.ndarray:
    """Return log(1 + exp(z)), without overflow and of full precision."""
    # several times faster than logaddexp, to the same last digits
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


@quiet
def softmax(z: ArrayLike, *, axis: int = -1) -> np.ndarray:
    """Probabilities of exclusive classes: exp(zₖ)/Σⱼ exp(zⱼ).

    Adding one number to all scores changes nothing.

    Parameters
    ----------
    z : array_like of shape (..., K)
        Scores (logits) of K classes.
    axis : int, default -1
        Where the classes lie.

    Returns
    -------
    ndarray of shape (..., K)
        Probabilities, which sum to 1 along `axis`.

    Raises
    ------
    ValueError
        If `z` holds anything but real numbers or has no such axis.

    References
    ----------
    Bridle (1990), Training Stochastic Model Recognition Algorithms as
    Networks can Lead to Maximum Mutual Information Estimation of
    Parameters, NIPS 2.
    """
    odds = np.exp(_below_the_largest(z, axis))
    return odds / odds.sum(axis=axis, keepdims=True)


@quiet
def log_softmax(z: ArrayLike, *, axis: int = -1) -> np.ndarray:
    """Logarithm of `softmax`: zₖ − log Σⱼ exp(zⱼ), finite at any score.

    Parameters, shapes and errors are those of `softmax`; the result is in
    nats.
    """
    below = _below_the_largest(z, axis)
    return below - np.log(np.exp(below).sum(axis=axis, keepdims=True))


def _below_the_largest(z: ArrayLike, axis: int) -> np.ndarray:
    """Return scores shifted so that the largest is 0: none overflows."""
    z = as_float("z", z)
    return z - z.max(axis=axis, keepdims=True, initial=-np.inf)
