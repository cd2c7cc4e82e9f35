"""Losses of predicted probabilities, each with its gradient.

Arguments and values are those of `torch.nn.functional` where torch has the
loss; the rest carry the field's own names. A logit z is a raw score; the
probability it stands for is p = sig(z) for two classes, softmax(z) for K.
Classes lie along axis 1, or along the only axis of a single example.

Every gradient takes the arguments of its loss and returns the derivative of
the reduced loss with respect to the first argument (for ``"none"``: of the
sum). Where the loss has a kink it is the value that torch's autograd gives.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lossviz.losses.base import Loss, quiet, reduce, reduce_grad
from lossviz.losses.links import sigmoid, softplus
from lossviz.validation import as_float, same_shape


def _binary(
    input: ArrayLike, target: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Return predictions, and targets between 0 and 1, of one shape."""
    input, target = as_float("input", input), as_float("target", target)
    same_shape(input=input, target=target)
    return input, _probabilities("target", target)


def _probabilities(name: str, array: np.ndarray) -> np.ndarray:
    """Return `array`, if no entry lies outside [0, 1] (NaN passes)."""
    outside = (array < 0) | (array > 1)
    if outside.any():
        raise ValueError(
            f"{name} must lie between 0 and 1, got {array[outside][0]:g}"
        )
    return array


def _spread(
    name: str, weight: ArrayLike | None, shape: tuple
) -> np.ndarray | float:
    """Return a weight that broadcasts to `shape`: 1 where none is given."""
    if weight is None:
        return 1.0
    weight = as_float(name, weight)
    try:
        return np.broadcast_to(weight, shape)
    except ValueError:
        raise ValueError(
            f"{name} must broadcast to the shape of input, {shape}, "
            f"got {weight.shape}"
        ) from None


@quiet
def binary_cross_entropy_with_logits(
    input: ArrayLike,
    target: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    pos_weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Negative log-likelihood of a yes or no, from its logit.

    y·log(1 + exp(−z)) + (1 − y)·log(1 + exp(z)), which is log(1 + exp(z))
    − y·z: as `binary_cross_entropy` of sig(z), but right at any logit.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Logits and targets, of the same shape; a target between 0 and 1 is
        the probability of a yes.
    weight : array_like, optional
        Weight of each element, or what broadcasts to the shape of `input`;
        ``"mean"`` divides by the number of elements all the same.
    pos_weight : array_like, optional
        Weight of a yes, one per class (last axis) or what broadcasts to
        the shape of `input`.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats.

    Raises
    ------
    ValueError
        If a target lies outside [0, 1], the shapes do not fit or
        `reduction` is unknown.

    References
    ----------
    Berkson (1944), Application of the Logistic Function to Bio-Assay,
    Journal of the American Statistical Association 39:357.
    """
    z, y = _binary(input, target)
    yes = y * _spread("pos_weight", pos_weight, z.shape)
    values = yes * softplus(-z) + (1 - y) * softplus(z)
    return reduce(_spread("weight", weight, z.shape) * values, reduction)


@quiet
def binary_cross_entropy_with_logits_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    pos_weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `binary_cross_entropy_with_logits` by the logit.

    sig(z) − y without weights: prediction minus target, within ±1.
    """
    z, y = _binary(input, target)
    yes = y * _spread("pos_weight", pos_weight, z.shape)
    slopes = (1 - y) * sigmoid(z) - yes * sigmoid(-z)
    return reduce_grad(_spread("weight", weight, z.shape) * slopes, reduction)


CLASSIFICATION = (
    Loss(
        "binary_cross_entropy_with_logits",
        "classification",
        binary_cross_entropy_with_logits,
        binary_cross_entropy_with_logits_grad,
        domain="probability",
        distribution="bernoulli",
        torch="torch.nn.functional.binary_cross_entropy_with_logits",
        label="Binary cross-entropy of a logit",
        argument="logit",
        parameters={"target": 1.0},
        paper="Berkson (1944)",
    ),
)
