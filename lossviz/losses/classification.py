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

from lossviz.losses.base import (
    REDUCTIONS,
    Loss,
    quiet,
    reduce,
    reduce_grad,
)
from lossviz.losses.classes import (
    as_given,
    class_indices,
    class_rows,
    class_weights,
    holds_probabilities,
    one_hot,
    picked,
    target_rows,
)
from lossviz.losses.links import log_softmax, sigmoid, softmax, softplus
from lossviz.validation import (
    as_float,
    between,
    choice,
    count,
    flag,
    non_negative,
    same_shape,
)

# Torch's guards: where it cuts a logarithm, and what it divides by at least,
# a constant in single precision.
LOWEST_LOG = -100.0
LEAST_VARIANCE = float(np.float32(1e-12))


# Two classes, or several that do not exclude each other


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

    Parameters, reductions and errors are those of
    `binary_cross_entropy_with_logits`.
    """
    z, y = _binary(input, target)
    yes = y * _spread("pos_weight", pos_weight, z.shape)
    slopes = (1 - y) * sigmoid(z) - yes * sigmoid(-z)
    return reduce_grad(_spread("weight", weight, z.shape) * slopes, reduction)


@quiet
def binary_cross_entropy(
    input: ArrayLike,
    target: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Negative log-likelihood of a yes or no, from its probability.

    −y·log p − (1 − y)·log(1 − p), each logarithm cut at −100 as in torch:
    a sure mistake costs 100, not infinity. Rather than feed it sig(z), use
    `binary_cross_entropy_with_logits`.

    Parameters
    ----------
    input, target : array_like of shape (...)
        Probabilities of a yes and targets, between 0 and 1, of the same
        shape.
    weight : array_like, optional
        Weight of each element, or what broadcasts to the shape of `input`;
        ``"mean"`` divides by the number of elements all the same.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all elements, or one loss per element.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats.

    Raises
    ------
    ValueError
        If a probability or target lies outside [0, 1], the shapes do not
        fit or `reduction` is unknown.

    References
    ----------
    Good (1952), Rational Decisions, Journal of the Royal Statistical
    Society B 14:107.
    """
    p, y = _binary(input, target)
    p = _probabilities("input", p)
    log_yes = np.maximum(np.log(p), LOWEST_LOG)
    log_no = np.maximum(np.log1p(-p), LOWEST_LOG)
    values = -y * log_yes - (1 - y) * log_no
    return reduce(_spread("weight", weight, p.shape) * values, reduction)


@quiet
def binary_cross_entropy_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `binary_cross_entropy` by the probability.

    (p − y)/(p(1 − p)); as in torch, the denominator is at least about 1e-12.

    Parameters, reductions and errors are those of `binary_cross_entropy`.
    """
    p, y = _binary(input, target)
    p = _probabilities("input", p)
    slopes = (p - y) / np.maximum((1 - p) * p, LEAST_VARIANCE)
    return reduce_grad(_spread("weight", weight, p.shape) * slopes, reduction)


# One of K classes


@quiet
def cross_entropy(
    input: ArrayLike,
    target: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Negative log-likelihood of a class, from logits.

    −Σₖ yₖ log softmax(z)ₖ, which for one true class y is log Σₖ exp(zₖ)
    − z_y: `nll_loss` of `log_softmax`. One number added to all logits
    changes nothing. The least value is the entropy of the target.

    Parameters
    ----------
    input : array_like of shape (K,) or (N, K, ...)
        Logits of K classes.
    target : array_like of shape () or (N, ...), or that of `input`
        Class indices from 0 to K − 1; or probabilities of the classes.
    weight : array_like of shape (K,), optional
        Weight of each class. For indices ``"mean"`` divides by the sum of
        the targets' weights, for probabilities by the number of examples.
    ignore_index : int, default -100
        Marks an example to leave out, which costs 0 and is not counted;
        the mean of none is NaN.
    label_smoothing : float, default 0.0
        Share ε of the target that goes to all classes alike, the true one
        included: y becomes (1 − ε)y + ε/K.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all examples, or one loss per example.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape () or (N, ...)
        Loss in nats.

    Raises
    ------
    ValueError
        If a target is no class, `label_smoothing` lies outside [0, 1],
        `ignore_index` names a class while targets are probabilities, the
        shapes do not fit or `reduction` is unknown.

    References
    ----------
    Bridle (1990), Training Stochastic Model Recognition Algorithms as
    Networks can Lead to Maximum Mutual Information Estimation of
    Parameters, NIPS 2; label smoothing: Szegedy et al. (2016), Rethinking
    the Inception Architecture for Computer Vision, CVPR.
    """
    rows = class_rows("input", input)
    wanted, weight, divisor = _wanted(
        target, rows, weight, ignore_index, label_smoothing
    )
    costs = -weight * wanted * log_softmax(rows)
    if not holds_probabilities(target, rows):
        # what is not wanted is not looked up: its logit may be −inf
        costs = np.where(wanted == 0, 0, costs)
    return reduce(costs.sum(axis=-1), reduction, divisor=divisor)


def _wanted(
    target: ArrayLike,
    rows: np.ndarray,
    weight: ArrayLike | None,
    ignore_index: int,
    label_smoothing: float,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return smoothed targets, class weights, and what the mean divides by.

    The target of an example that is left out is 0 for all classes.
    """
    eps = between("label_smoothing", label_smoothing, 0, 1, open=False)
    ignore_index = count("ignore_index", ignore_index, minimum=None)
    weight = class_weights(weight, rows)
    if holds_probabilities(target, rows):
        if ignore_index >= 0:
            raise ValueError(
                "ignore_index must be negative where targets are "
                f"probabilities, got {ignore_index}"
            )
        wanted = target_rows(target, rows)
        kept, divisor = True, wanted[..., 0].size
    else:
        index, kept = class_indices(target, rows, ignore_index)
        # without any weight the mean is NaN, even of smoothed targets
        divisor = np.sum(weight[index] * kept) or np.nan
        wanted, kept = one_hot(rows, index), kept[..., np.newaxis]
    wanted = kept * ((1 - eps) * wanted + eps / rows.shape[-1])
    return wanted, weight, divisor


@quiet
def cross_entropy_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `cross_entropy` by the logits.

    softmax(z) − y without weights: prediction minus target. Over the
    classes it sums to 0.

    Parameters, reductions and errors are those of `cross_entropy`.
    """
    rows = class_rows("input", input)
    wanted, weight, divisor = _wanted(
        target, rows, weight, ignore_index, label_smoothing
    )
    pull = weight * wanted
    slopes = softmax(rows) * pull.sum(axis=-1, keepdims=True) - pull
    slopes = reduce_grad(slopes, reduction, divisor=divisor)
    # Where all examples are left out, the mean and its slopes are 0/0; but
    # no logit changes anything. (Nor does NaN in what is left out, which
    # torch lets through.)
    nothing = (wanted == 0).all(axis=-1, keepdims=True)
    return as_given(np.where(nothing, 0, slopes))


@quiet
def nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> np.ndarray:
    """Negative log-likelihood of a class, from log-probabilities: −log p_y.

    What it is fed has to be normalised, as `log_softmax` does: on its own
    it pulls at the true class only, and rewards any number that is large.

    Parameters
    ----------
    input : array_like of shape (K,) or (N, K, ...)
        Log-probabilities of K classes, in nats.
    target : array_like of shape () or (N, ...)
        Class indices from 0 to K − 1.
    weight : array_like of shape (K,), optional
        Weight of each class; ``"mean"`` divides by the sum of the targets'
        weights.
    ignore_index : int, default -100
        Index that marks an example to leave out: it costs 0 and is not
        counted. If all are left out, the mean is NaN.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all examples, or one loss per example.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape () or (N, ...)
        Loss in nats.

    Raises
    ------
    ValueError
        If a target is no class, the shapes do not fit or `reduction` is
        unknown.

    References
    ----------
    Fisher (1922), On the Mathematical Foundations of Theoretical
    Statistics, Philosophical Transactions A 222:309.
    """
    rows = class_rows("input", input)
    ignore_index = count("ignore_index", ignore_index, minimum=None)
    index, kept = class_indices(target, rows, ignore_index)
    weight = class_weights(weight, rows)[index]
    values = np.where(kept, -weight * picked(rows, index), 0)
    return reduce(values, reduction, divisor=np.sum(weight * kept))


@quiet
def nll_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `nll_loss` by the log-probabilities.

    −1 (times its weight) at the true class, 0 at all others.

    Parameters, reductions and errors are those of `nll_loss`.
    """
    rows = class_rows("input", input)
    ignore_index = count("ignore_index", ignore_index, minimum=None)
    index, kept = class_indices(target, rows, ignore_index)
    wanted = kept[..., np.newaxis] * one_hot(rows, index)
    weight = class_weights(weight, rows)[index] * kept
    slopes = -weight[..., np.newaxis] * wanted
    slopes = reduce_grad(slopes, reduction, divisor=np.sum(weight))
    # only the true class counts, also where the mean is 0/0
    return as_given(np.where(wanted, slopes, 0))


@quiet
def kl_div(
    input: ArrayLike,
    target: ArrayLike,
    *,
    log_target: bool = False,
    reduction: str = "mean",
) -> np.ndarray:
    """Kullback–Leibler divergence of a prediction from a target.

    y·log y − y·log p, class by class: what a code made for p costs above
    one made for y. It is no distance, as it changes when p and y are
    swapped. The gradient is that of cross-entropy.

    Parameters
    ----------
    input : array_like of shape (...)
        Log-probabilities log p, in nats; not probabilities.
    target : array_like of shape (...)
        Probabilities y, or their logarithms if `log_target`.
    log_target : bool, default False
        Whether `target` holds log-probabilities.
    reduction : {"mean", "sum", "none", "batchmean"}, default "mean"
        Mean or sum over all elements, or one loss per element; only
        ``"batchmean"``, the sum divided by the length of the first axis,
        is the divergence, averaged over examples.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats.

    Raises
    ------
    ValueError
        If the shapes differ, `log_target` is no boolean or `reduction` is
        unknown.

    References
    ----------
    Kullback & Leibler (1951), On Information and Sufficiency, Annals of
    Mathematical Statistics 22:79.
    """
    log_p, target, divisor = _divergence(input, target, reduction)
    if flag("log_target", log_target):
        values = np.exp(target) * (target - log_p)
    else:
        entropy = np.where(target == 0, 0, target * np.log(target))
        values = entropy - target * log_p
    if divisor is None:
        return reduce(values, reduction)
    return reduce(values, "mean", divisor=divisor)


def _divergence(
    input: ArrayLike, target: ArrayLike, reduction: str
) -> tuple[np.ndarray, np.ndarray, int | None]:
    """Return both arrays, and what ``"batchmean"`` divides by."""
    input, target = as_float("input", input), as_float("target", target)
    same_shape(input=input, target=target)
    choice("reduction", reduction, (*REDUCTIONS, "batchmean"))
    if reduction != "batchmean":
        return input, target, None
    return input, target, len(input) if input.ndim else 1


@quiet
def kl_div_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    log_target: bool = False,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `kl_div` by the log-probabilities: −y.

    Parameters, reductions and errors are those of `kl_div`.
    """
    _, target, divisor = _divergence(input, target, reduction)
    slopes = -np.exp(target) if flag("log_target", log_target) else -target
    if divisor is None:
        return reduce_grad(slopes, reduction)
    return reduce_grad(slopes, "mean", divisor=divisor)


@quiet
def focal_loss(
    input: ArrayLike,
    target: ArrayLike,
    *,
    gamma: float = 2.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Cross-entropy that cares little for what is already easy.

    −(1 − p_y)^γ log p_y: at p_y = 0.9 and γ = 2 a hundredth of the
    cross-entropy. The probabilities that minimise it are less sure than
    the true ones: it is no proper score.

    Parameters
    ----------
    input : array_like of shape (K,) or (N, K, ...)
        Logits of K classes.
    target : array_like of shape () or (N, ...)
        Class indices from 0 to K − 1.
    gamma : float, default 2.0
        Focusing exponent γ, not negative; 0 gives `cross_entropy`.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all examples, or one loss per example.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape () or (N, ...)
        Loss in nats.

    Raises
    ------
    ValueError
        If a target is no class, `gamma` is negative or not finite, the
        shapes do not fit or `reduction` is unknown.

    References
    ----------
    Lin et al. (2017), Focal Loss for Dense Object Detection, ICCV.
    """
    gamma = non_negative("gamma", gamma)
    rows = class_rows("input", input)
    index, _ = class_indices(target, rows)
    log_p = picked(log_softmax(rows), index)
    return reduce(-((-np.expm1(log_p)) ** gamma) * log_p, reduction)


@quiet
def focal_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    gamma: float = 2.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `focal_loss` by the logits.

    With p the probability of the true class, softmax(z) − y times
    (1 − p)^γ · (1 − γp·log(p)/(1 − p)).

    Parameters, reductions and errors are those of `focal_loss`.
    """
    gamma = non_negative("gamma", gamma)
    rows = class_rows("input", input)
    index, _ = class_indices(target, rows)
    log_p = picked(log_softmax(rows), index)
    missing = -np.expm1(log_p)
    # −log(p)/(1 − p), which is 1 at p = 1
    ratio = np.where(missing == 0, 1, -log_p / missing)
    focus = missing**gamma * (1 + gamma * np.exp(log_p) * ratio)
    slopes = softmax(rows) - one_hot(rows, index)
    slopes = focus[..., np.newaxis] * slopes
    return as_given(reduce_grad(slopes, reduction, divisor=index.size))


@quiet
def brier_score(
    probabilities: ArrayLike,
    target: ArrayLike,
    *,
    reduction: str = "mean",
) -> np.ndarray:
    """Squared error of predicted probabilities: Σₖ (pₖ − yₖ)².

    It lies between 0 and 2 and is a proper score: on average it is least
    for the true probabilities. For two classes it is twice the squared
    error of one of them, which many call by this name.

    Parameters
    ----------
    probabilities : array_like of shape (K,) or (N, K, ...)
        Probabilities of K classes.
    target : array_like of shape () or (N, ...), or as `probabilities`
        Class indices from 0 to K − 1; or probabilities of the classes.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all examples, or one score per example.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape () or (N, ...)
        Score, without unit.

    Raises
    ------
    ValueError
        If a probability lies outside [0, 1], a target is no class, the
        shapes do not fit or `reduction` is unknown.

    References
    ----------
    Brier (1950), Verification of Forecasts Expressed in Terms of
    Probability, Monthly Weather Review 78:1.
    """
    error = _brier_error(probabilities, target)
    return reduce((error**2).sum(axis=-1), reduction)


def _brier_error(probabilities: ArrayLike, target: ArrayLike) -> np.ndarray:
    """Return prediction minus target, classes last."""
    rows = class_rows("probabilities", probabilities)
    rows = _probabilities("probabilities", rows)
    wanted = target_rows(target, rows, name="probabilities")
    return rows - _probabilities("target", wanted)


@quiet
def brier_score_grad(
    probabilities: ArrayLike,
    target: ArrayLike,
    *,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `brier_score` by the probabilities: 2(pₖ − yₖ).

    Parameters, reductions and errors are those of `brier_score`.
    """
    error = _brier_error(probabilities, target)
    n_examples = error.size // error.shape[-1]
    return as_given(reduce_grad(2 * error, reduction, divisor=n_examples))


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
        formula=r"\log(1 + e^z) - y\,z",
        paper="Berkson (1944)",
    ),
    Loss(
        "binary_cross_entropy",
        "classification",
        binary_cross_entropy,
        binary_cross_entropy_grad,
        domain="probability",
        distribution="bernoulli",
        torch="torch.nn.functional.binary_cross_entropy",
        label="Binary cross-entropy",
        argument="probability",
        parameters={"target": 1.0},
        formula=r"-y\log p - (1 - y)\log(1 - p)",
        paper="Good (1952)",
    ),
    Loss(
        "cross_entropy",
        "classification",
        cross_entropy,
        cross_entropy_grad,
        domain="class",
        distribution="categorical",
        torch="torch.nn.functional.cross_entropy",
        label="Cross-entropy",
        argument=None,
        parameters={"label_smoothing": 0.0},
        formula=r"-\sum_k y_k\log\frac{e^{z_k}}{\sum_j e^{z_j}}",
        paper="Bridle (1990)",
    ),
    Loss(
        "nll_loss",
        "classification",
        nll_loss,
        nll_loss_grad,
        domain="class",
        distribution="categorical",
        torch="torch.nn.functional.nll_loss",
        label="Negative log-likelihood",
        argument=None,
        formula=r"-\log p_y",
        paper="Fisher (1922)",
    ),
    Loss(
        "kl_div",
        "classification",
        kl_div,
        kl_div_grad,
        domain="distribution",
        torch="torch.nn.functional.kl_div",
        label="Kullback–Leibler",
        argument=None,
        formula=r"\sum_k y_k\log\frac{y_k}{p_k}",
        paper="Kullback & Leibler (1951)",
    ),
    Loss(
        "focal_loss",
        "classification",
        focal_loss,
        focal_loss_grad,
        domain="class",
        label="Focal",
        argument=None,
        parameters={"gamma": 2.0},
        formula=r"-(1 - p_y)^\gamma\log p_y",
        paper="Lin et al. (2017)",
    ),
    Loss(
        "brier_score",
        "classification",
        brier_score,
        brier_score_grad,
        domain="class",
        label="Brier",
        argument=None,
        formula=r"\sum_k (p_k - y_k)^2",
        paper="Brier (1950)",
    ),
)
