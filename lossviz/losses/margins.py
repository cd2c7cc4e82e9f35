"""Margin losses of classification, each with its gradient.

The target t is 1 or −1 and the score s any real number. The sign of s is
the predicted class, and the margin m = t·s is positive where that is right.
Each loss of two classes is a function of the margin alone.

Every gradient takes the arguments of its loss and returns the derivative of
the reduced loss with respect to the score (for ``"none"``: of the sum). At
a margin that is met exactly it is 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lossviz.losses.base import Loss, quiet, reduce, reduce_grad
from lossviz.losses.classes import (
    class_indices,
    class_rows,
    class_weights,
    one_hot,
    picked,
)
from lossviz.losses.links import sigmoid, softplus
from lossviz.validation import (
    all_signs,
    as_float,
    count,
    finite,
    same_shape,
)


def _margin(
    target: ArrayLike, **score: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Return the margin t·s, and t; the score is given by its name."""
    target = as_float("target", target)
    ((name, given),) = score.items()
    given = as_float(name, given)
    same_shape(**{name: given, "target": target})
    return all_signs("target", target) * given, target


@quiet
def zero_one_loss(
    score: ArrayLike, target: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Count of mistakes: 1 where t·s ≤ 0, 0 elsewhere.

    Its mean is the error rate. A score of 0 decides for no class and
    counts as a mistake.

    Parameters
    ----------
    score, target : array_like of shape (...)
        Scores and targets, 1 or −1, of the same shape.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Mistakes, or their share.

    Raises
    ------
    ValueError
        If a target is neither 1 nor −1, the shapes differ or `reduction`
        is unknown.

    References
    ----------
    Wald (1950), Statistical Decision Functions, Wiley.
    """
    margin, _ = _margin(target, score=score)
    values = np.where(np.isnan(margin), margin, margin <= 0)
    return reduce(values, reduction)


@quiet
def zero_one_loss_grad(
    score: ArrayLike, target: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Gradient of `zero_one_loss` by the score: 0, so nothing is learned.

    Parameters, reductions and errors are those of `zero_one_loss`.
    """
    margin, _ = _margin(target, score=score)
    return reduce_grad(np.where(np.isnan(margin), margin, 0), reduction)


@quiet
def hinge_loss(
    score: ArrayLike, target: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Shortfall of the margin below 1: max(0, 1 − t·s).

    Parameters
    ----------
    score, target : array_like of shape (...)
        Scores and targets, 1 or −1, of the same shape.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in units of the score.

    Raises
    ------
    ValueError
        If a target is neither 1 nor −1, the shapes differ or `reduction`
        is unknown.

    References
    ----------
    Cortes & Vapnik (1995), Support-Vector Networks, Machine Learning
    20:273.
    """
    margin, _ = _margin(target, score=score)
    return reduce(np.maximum(0, 1 - margin), reduction)


@quiet
def hinge_loss_grad(
    score: ArrayLike, target: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Gradient of `hinge_loss` by the score: −t where t·s < 1, else 0.

    Parameters, reductions and errors are those of `hinge_loss`.
    """
    margin, target = _margin(target, score=score)
    return reduce_grad(-target * np.heaviside(1 - margin, 0), reduction)


@quiet
def squared_hinge_loss(
    score: ArrayLike, target: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Square of `hinge_loss`, max(0, 1 − t·s)²: smooth at the margin.

    Parameters
    ----------
    score, target : array_like of shape (...)
        Scores and targets, 1 or −1, of the same shape.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in units of the score squared.

    Raises
    ------
    ValueError
        If a target is neither 1 nor −1, the shapes differ or `reduction`
        is unknown.

    References
    ----------
    Lee & Mangasarian (2001), SSVM: A Smooth Support Vector Machine for
    Classification, Computational Optimization and Applications 20:5.
    """
    margin, _ = _margin(target, score=score)
    return reduce(np.maximum(0, 1 - margin) ** 2, reduction)


@quiet
def squared_hinge_loss_grad(
    score: ArrayLike, target: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Gradient of `squared_hinge_loss` by the score.

    −2t·max(0, 1 − t·s): the further below the margin, the stronger.

    Parameters, reductions and errors are those of `squared_hinge_loss`.
    """
    margin, target = _margin(target, score=score)
    return reduce_grad(-2 * target * np.maximum(0, 1 - margin), reduction)


@quiet
def exponential_loss(
    score: ArrayLike, target: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Loss of boosting, exp(−t·s): severe on confident mistakes.

    Its best constant is half the log-odds of the class 1.

    Parameters
    ----------
    score, target : array_like of shape (...)
        Scores and targets, 1 or −1, of the same shape.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss without unit; infinite for margins below about −709.

    Raises
    ------
    ValueError
        If a target is neither 1 nor −1, the shapes differ or `reduction`
        is unknown.

    References
    ----------
    Freund & Schapire (1997), A Decision-Theoretic Generalization of
    On-Line Learning and an Application to Boosting, Journal of Computer
    and System Sciences 55:119.
    """
    margin, _ = _margin(target, score=score)
    return reduce(np.exp(-margin), reduction)


@quiet
def exponential_loss_grad(
    score: ArrayLike, target: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Gradient of `exponential_loss` by the score: −t·exp(−t·s).

    Parameters, reductions and errors are those of `exponential_loss`.
    """
    margin, target = _margin(target, score=score)
    return reduce_grad(-target * np.exp(-margin), reduction)


@quiet
def soft_margin_loss(
    input: ArrayLike, target: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Logistic loss of a margin, log(1 + exp(−t·s)).

    It equals `binary_cross_entropy_with_logits` with targets 1 and 0 in
    place of 1 and −1. Divided by log 2 (that is, in bits) it lies above
    `zero_one_loss`. Unlike torch's it is finite at any score.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Scores s and targets t, 1 or −1, of the same shape.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats.

    Raises
    ------
    ValueError
        If a target is neither 1 nor −1, the shapes differ or `reduction`
        is unknown.

    References
    ----------
    Cox (1958), The Regression Analysis of Binary Sequences, Journal of the
    Royal Statistical Society B 20:215.
    """
    margin, _ = _margin(target, input=input)
    return reduce(softplus(-margin), reduction)


@quiet
def soft_margin_loss_grad(
    input: ArrayLike, target: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Gradient of `soft_margin_loss` by the score: −t·sig(−t·s).

    Parameters, reductions and errors are those of `soft_margin_loss`.
    """
    margin, target = _margin(target, input=input)
    return reduce_grad(-target * sigmoid(-margin), reduction)


@quiet
def multi_margin_loss(
    input: ArrayLike,
    target: ArrayLike,
    *,
    p: int = 1,
    margin: float = 1.0,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Hinge loss of K classes: every wrong score should lie below s_y.

    1/K · Σ max(0, margin − s_y + sₖ)^p over the classes k other than the
    true one, y. Note the division by K, which is torch's.

    Parameters
    ----------
    input : array_like of shape (K,) or (N, K)
        Scores of K classes.
    target : array_like of shape () or (N,)
        Class indices from 0 to K − 1.
    p : {1, 2}, default 1
        Power of each shortfall.
    margin : float, default 1.0
        By how much the true score should lead, in units of the score.
    weight : array_like of shape (K,), optional
        Weight of each true class; ``"mean"`` divides by N all the same.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all examples, or one loss per example.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape () or (N,)
        Loss in units of the score to the power of `p`.

    Raises
    ------
    ValueError
        If a target is no class, `p` is neither 1 nor 2, `margin` is not
        finite, the shapes do not fit or `reduction` is unknown.

    References
    ----------
    Weston & Watkins (1999), Support Vector Machines for Multi-Class
    Pattern Recognition, ESANN.
    """
    shortfall, _, weight = _shortfall(input, target, p, margin, weight)
    values = weight * (np.maximum(0, shortfall) ** p).mean(axis=-1)
    return reduce(values, reduction)


def _shortfall(
    input: ArrayLike,
    target: ArrayLike,
    p: int,
    margin: float,
    weight: ArrayLike | None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return by how much each class is too high, one-hot targets, weights.

    The true class is never too high: its entry is 0.
    """
    if count("p", p) > 2:
        raise ValueError(f"p must be 1 or 2, got {p}")
    margin = finite("margin", margin)
    rows = class_rows("input", input)
    if rows.ndim > 2:
        raise ValueError(
            f"input must have shape (K,) or (N, K), got {np.shape(input)}"
        )
    index, _ = class_indices(target, rows)
    true = one_hot(rows, index)
    lead = picked(rows, index)[..., np.newaxis] - rows
    weight = class_weights(weight, rows)[index]
    return np.where(true, 0, margin - lead), true, weight


@quiet
def multi_margin_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    p: int = 1,
    margin: float = 1.0,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `multi_margin_loss` by the scores.

    Each class that is too high is pushed down by 1/K (or by 2/K times its
    shortfall), and the true class up by as much in all.

    Parameters, reductions and errors are those of `multi_margin_loss`.
    """
    shortfall, true, weight = _shortfall(input, target, p, margin, weight)
    short = np.maximum(0, shortfall)
    pushes = p * np.heaviside(short, 0) * short ** (p - 1)
    pushes = pushes - true * pushes.sum(axis=-1, keepdims=True)
    slopes = weight[..., np.newaxis] * pushes / pushes.shape[-1]
    return reduce_grad(slopes, reduction, divisor=weight.size)


MARGINS = (
    Loss(
        "zero_one_loss",
        "classification",
        zero_one_loss,
        zero_one_loss_grad,
        kinks=(0.0,),
        domain="sign",
        label="0–1",
        argument="margin",
        parameters={"target": 1.0},
        formula=r"\begin{cases} 1 & t\,s \le 0 \\ 0 & t\,s > 0 \end{cases}",
        paper="Wald (1950)",
    ),
    Loss(
        "hinge_loss",
        "classification",
        hinge_loss,
        hinge_loss_grad,
        kinks=(1.0,),
        domain="sign",
        label="Hinge",
        argument="margin",
        parameters={"target": 1.0},
        formula=r"\max(0, 1 - t\,s)",
        paper="Cortes & Vapnik (1995)",
    ),
    Loss(
        "squared_hinge_loss",
        "classification",
        squared_hinge_loss,
        squared_hinge_loss_grad,
        domain="sign",
        label="Squared hinge",
        argument="margin",
        parameters={"target": 1.0},
        formula=r"\max(0, 1 - t\,s)^2",
        paper="Lee & Mangasarian (2001)",
    ),
    Loss(
        "exponential_loss",
        "classification",
        exponential_loss,
        exponential_loss_grad,
        domain="sign",
        label="Exponential",
        argument="margin",
        parameters={"target": 1.0},
        formula=r"e^{-t\,s}",
        paper="Freund & Schapire (1997)",
    ),
    Loss(
        "soft_margin_loss",
        "classification",
        soft_margin_loss,
        soft_margin_loss_grad,
        domain="sign",
        distribution="bernoulli",
        torch="torch.nn.functional.soft_margin_loss",
        label="Logistic",
        argument="margin",
        parameters={"target": 1.0},
        formula=r"\log(1 + e^{-t\,s})",
        paper="Cox (1958)",
    ),
    Loss(
        "multi_margin_loss",
        "classification",
        multi_margin_loss,
        multi_margin_loss_grad,
        domain="class",
        torch="torch.nn.functional.multi_margin_loss",
        label="Multi-class hinge",
        argument=None,
        parameters={"margin": 1.0},
        formula=r"\frac1K\sum_{k\ne y} \max(0, m - s_y + s_k)^p",
        paper="Weston & Watkins (1999)",
    ),
)
