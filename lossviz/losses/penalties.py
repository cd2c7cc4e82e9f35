"""Penalties on the weights of a model, with gradients and proximal maps.

A penalty R(θ) joins the loss in an objective J(θ) = L(θ) + λR(θ). What λ
means depends on the form of both terms:

- L may be a mean or a sum over N examples: λ for the sum is N times λ for
  the mean.
- The squared penalty may be ‖θ‖², as here, or ½‖θ‖²: λ for the half is
  twice λ for the whole. The ``weight_decay`` of torch's optimizers adds λθ
  to the gradient, and so belongs to the half.

Penalties do not know what they are given: leave out intercepts and other
weights that are to stay free. They are sums over the weights; the
reduction ``"none"`` gives the share of each.

The proximal map of a penalty takes the place of a gradient step where the
penalty has a kink: it moves weights v to the θ that minimises
½‖θ − v‖² + t·R(θ), with t the step times λ.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lossviz.losses.base import Loss, quiet, reduce, reduce_grad
from lossviz.validation import as_float, between, non_negative


@quiet
def l1_penalty(weights: ArrayLike, *, reduction: str = "sum") -> np.ndarray:
    """Sum of absolute weights, Σ|θⱼ|: makes many of them exactly 0.

    As a prior it is a Laplace distribution centred at 0.

    Parameters
    ----------
    weights : array_like of shape (...)
        Weights of a model.
    reduction : {"mean", "sum", "none"}, default "sum"
        Mean or sum over all weights, or the share of each.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Penalty in units of the weights.

    Raises
    ------
    ValueError
        If `weights` hold anything but real numbers or `reduction` is
        unknown.

    References
    ----------
    Tibshirani (1996), Regression Shrinkage and Selection via the Lasso,
    Journal of the Royal Statistical Society B 58:267.
    """
    return reduce(np.abs(as_float("weights", weights)), reduction)


@quiet
def l1_penalty_grad(
    weights: ArrayLike, *, reduction: str = "sum"
) -> np.ndarray:
    """Gradient of `l1_penalty`: sign(θⱼ), 0 at θⱼ = 0.

    Steps along it jump back and forth across 0; `soft_threshold` stops
    there.

    Parameters, reductions and errors are those of `l1_penalty`.
    """
    return reduce_grad(np.sign(as_float("weights", weights)), reduction)


@quiet
def l2_penalty(weights: ArrayLike, *, reduction: str = "sum") -> np.ndarray:
    """Sum of squared weights, ‖θ‖² = Σθⱼ²: shrinks all of them, none to 0.

    There is no factor ½. As a prior it is a normal distribution centred at
    0.

    Parameters
    ----------
    weights : array_like of shape (...)
        Weights of a model.
    reduction : {"mean", "sum", "none"}, default "sum"
        Mean or sum over all weights, or the share of each.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Penalty in units of the weights squared.

    Raises
    ------
    ValueError
        If `weights` hold anything but real numbers or `reduction` is
        unknown.

    References
    ----------
    Hoerl & Kennard (1970), Ridge Regression: Biased Estimation for
    Nonorthogonal Problems, Technometrics 12:55.
    """
    return reduce(as_float("weights", weights) ** 2, reduction)


@quiet
def l2_penalty_grad(
    weights: ArrayLike, *, reduction: str = "sum"
) -> np.ndarray:
    """Gradient of `l2_penalty`: 2θⱼ, ever weaker as a weight nears 0.

    Parameters, reductions and errors are those of `l2_penalty`.
    """
    return reduce_grad(2 * as_float("weights", weights), reduction)


@quiet
def elastic_net_penalty(
    weights: ArrayLike, *, l1_ratio: float = 0.5, reduction: str = "sum"
) -> np.ndarray:
    """Mixture of the two: ρ·Σ|θⱼ| + (1 − ρ)·Σθⱼ².

    It sets weights to 0 and yet shares weight among inputs that go
    together. There is no factor ½ at the squares; scikit-learn has one.

    Parameters
    ----------
    weights : array_like of shape (...)
        Weights of a model.
    l1_ratio : float, default 0.5
        Share ρ of the absolute weights: 1 gives `l1_penalty`, 0 gives
        `l2_penalty`.
    reduction : {"mean", "sum", "none"}, default "sum"
        Mean or sum over all weights, or the share of each.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Penalty; its terms have different units unless weights have none.

    Raises
    ------
    ValueError
        If `l1_ratio` lies outside [0, 1], `weights` hold anything but real
        numbers or `reduction` is unknown.

    References
    ----------
    Zou & Hastie (2005), Regularization and Variable Selection via the
    Elastic Net, Journal of the Royal Statistical Society B 67:301.
    """
    ratio = between("l1_ratio", l1_ratio, 0, 1, open=False)
    weights = as_float("weights", weights)
    # in this order no square overflows before its share is taken
    values = ratio * np.abs(weights) + (1 - ratio) * weights * weights
    return reduce(values, reduction)


@quiet
def elastic_net_penalty_grad(
    weights: ArrayLike, *, l1_ratio: float = 0.5, reduction: str = "sum"
) -> np.ndarray:
    """Gradient of `elastic_net_penalty`: ρ·sign(θⱼ) + 2(1 − ρ)θⱼ.

    Parameters, reductions and errors are those of `elastic_net_penalty`.
    """
    ratio = between("l1_ratio", l1_ratio, 0, 1, open=False)
    weights = as_float("weights", weights)
    slopes = ratio * np.sign(weights) + 2 * (1 - ratio) * weights
    return reduce_grad(slopes, reduction)


# Proximal maps


@quiet
def soft_threshold(weights: ArrayLike, threshold: float) -> np.ndarray:
    """Proximal map of `l1_penalty`: sign(v)·max(|v| − t, 0).

    Every weight moves by t towards 0 and stays there once it arrives.
    `torch.nn.functional.softshrink` is this map.

    Parameters
    ----------
    weights : array_like of shape (...)
        Weights v.
    threshold : float
        How far they move, t: the step times λ.

    Returns
    -------
    ndarray of shape (...)
        Weights that minimise ½(θ − v)² + t|θ|.

    Raises
    ------
    ValueError
        If `threshold` is negative or not finite, or `weights` hold
        anything but real numbers.

    References
    ----------
    Donoho & Johnstone (1994), Ideal Spatial Adaptation by Wavelet
    Shrinkage, Biometrika 81:425.
    """
    threshold = non_negative("threshold", threshold)
    weights = as_float("weights", weights)
    return weights - np.clip(weights, -threshold, threshold)


@quiet
def shrink(weights: ArrayLike, threshold: float) -> np.ndarray:
    """Proximal map of `l2_penalty`: v/(1 + 2t), in proportion, never to 0.

    Parameters
    ----------
    weights : array_like of shape (...)
        Weights v.
    threshold : float
        Strength t: the step times λ.

    Returns
    -------
    ndarray of shape (...)
        Weights that minimise ½(θ − v)² + tθ².

    Raises
    ------
    ValueError
        If `threshold` is negative or not finite, or `weights` hold
        anything but real numbers.

    References
    ----------
    Parikh & Boyd (2014), Proximal Algorithms, Foundations and Trends in
    Optimization 1:127.
    """
    threshold = non_negative("threshold", threshold)
    return as_float("weights", weights) / (1 + 2 * threshold)


@quiet
def elastic_net_threshold(
    weights: ArrayLike, threshold: float, *, l1_ratio: float = 0.5
) -> np.ndarray:
    """Proximal map of `elastic_net_penalty`: `soft_threshold`, then `shrink`.

    Parameters
    ----------
    weights : array_like of shape (...)
        Weights v.
    threshold : float
        Strength t: the step times λ.
    l1_ratio : float, default 0.5
        Share ρ of the absolute weights.

    Returns
    -------
    ndarray of shape (...)
        Weights that minimise ½(θ − v)² + t(ρ|θ| + (1 − ρ)θ²).

    Raises
    ------
    ValueError
        If `threshold` is negative or not finite, `l1_ratio` lies outside
        [0, 1] or `weights` hold anything but real numbers.

    References
    ----------
    Zou & Hastie (2005), Regularization and Variable Selection via the
    Elastic Net, Journal of the Royal Statistical Society B 67:301.
    """
    ratio = between("l1_ratio", l1_ratio, 0, 1, open=False)
    threshold = non_negative("threshold", threshold)
    kept = soft_threshold(weights, threshold * ratio)
    return shrink(kept, threshold * (1 - ratio))


PENALTIES = (
    Loss(
        "l1_penalty",
        "penalty",
        l1_penalty,
        l1_penalty_grad,
        kinks=(0.0,),
        domain=None,
        label="L1 penalty",
        argument="weight",
        formula=r"\sum_j|\theta_j|",
        paper="Tibshirani (1996)",
    ),
    Loss(
        "l2_penalty",
        "penalty",
        l2_penalty,
        l2_penalty_grad,
        domain=None,
        label="L2 penalty",
        argument="weight",
        formula=r"\sum_j\theta_j^2",
        paper="Hoerl & Kennard (1970)",
    ),
    Loss(
        "elastic_net_penalty",
        "penalty",
        elastic_net_penalty,
        elastic_net_penalty_grad,
        kinks=(0.0,),
        domain=None,
        label="Elastic net",
        argument="weight",
        parameters={"l1_ratio": 0.5},
        formula=r"\rho\sum_j|\theta_j| + (1 - \rho)\sum_j\theta_j^2",
        paper="Zou & Hastie (2005)",
    ),
)
