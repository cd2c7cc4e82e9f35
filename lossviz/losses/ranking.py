"""Losses of ranking and metric learning, each with its gradient.

They compare predictions with each other: scores that should be in order,
or vectors (embeddings) that should be near or far. Arguments and values are
those of `torch.nn.functional` where torch has the loss; the rest carry the
field's own names. Pair labels t are 1 (alike, or the first is to win) and
−1. Vectors lie along the last axis; d₊ and d₋ are the distances from an
anchor to its positive and to its negative.

Every gradient takes the arguments of its loss and returns the derivative of
the reduced loss (for ``"none"``: of the sum) with respect to what is
learned, as a tuple in the order of the arguments where that is more than
one. At a kink it is the value that torch's autograd gives: a hinge that is
exactly 0 still pulls, and two points in one place do not.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from lossviz import validation
from lossviz.losses.base import Loss, quiet, reduce, reduce_grad
from lossviz.losses.links import log_softmax, sigmoid, softmax, softplus
from lossviz.validation import as_float, same_shape

# What torch adds to squared lengths in `cosine_embedding_loss`: a constant
# in single precision, a little below 1e-12.
COSINE_EPS = float(np.float32(1e-12))


def _arrays(**given: ArrayLike) -> list[np.ndarray]:
    """Return the arrays, given by name, as float64 of one shape."""
    arrays = {name: as_float(name, value) for name, value in given.items()}
    same_shape(**arrays)
    return list(arrays.values())


def _vectors(**given: ArrayLike) -> list[np.ndarray]:
    """Return arrays of one shape that hold vectors along the last axis."""
    arrays = _arrays(**given)
    for name, array in zip(given, arrays, strict=True):
        if array.ndim == 0 or array.shape[-1] == 0:
            raise ValueError(
                f"{name} must have a last axis with at least one component, "
                f"got shape {array.shape}"
            )
    return arrays


def _labels(name: str, vectors: np.ndarray, target: ArrayLike) -> np.ndarray:
    """Return one label per vector."""
    target = as_float("target", target)
    if target.shape != vectors.shape[:-1]:
        raise ValueError(
            f"target must have the shape of {name} without the last axis, "
            f"{vectors.shape[:-1]}, got {target.shape}"
        )
    return target


def _by_label(
    target: np.ndarray,
    alike: ArrayLike,
    different: ArrayLike,
    other: ArrayLike = 0.0,
) -> np.ndarray:
    """Choose by label: 1, −1, NaN (which stays NaN) or anything else."""
    labels = [target == 1, target == -1, np.isnan(target)]
    return np.select(labels, [alike, different, np.nan], other)


def _active(hinge: np.ndarray) -> np.ndarray:
    """Return the slope of max(0, hinge): 1 from 0 on, NaN at NaN."""
    return np.heaviside(hinge, 1.0)


def _order(p: float) -> float:
    """Return the order of a norm: positive, and it may be infinite."""
    if validation.between("p", p, 0, math.inf, open=False) == math.inf:
        return math.inf
    return validation.positive("p", p)


def _length(vectors: np.ndarray, p: float = 2.0) -> np.ndarray:
    """Return the p-norm of each vector, (..., 1)."""
    size = np.abs(vectors)
    largest = np.max(size, axis=-1, keepdims=True)
    if p == math.inf:
        return largest
    # scaled by a power of two: nothing overflows, no digit changes
    _, exponent = np.frexp(largest)
    powers = np.ldexp(size, -exponent) ** p
    total = np.sum(powers, axis=-1, keepdims=True)
    return np.ldexp(total ** (1 / p), exponent)


def _direction(vectors: np.ndarray, p: float) -> np.ndarray:
    """Return the gradient of each vector's p-norm, 0 for a zero vector."""
    size, length = np.abs(vectors), _length(vectors, p)
    if p == math.inf:
        largest = size == length
        share = largest / np.sum(largest, axis=-1, keepdims=True)
    else:
        share = np.where(size == 0, 0, (size / length) ** (p - 1))
    return np.sign(vectors) * share


def _along_sphere(
    slopes: np.ndarray, units: np.ndarray, lengths: np.ndarray
) -> np.ndarray:
    """Return the gradient by vectors from that by their directions.

    What points along the vector drops out, the rest is divided by its
    length.
    """
    radial = np.sum(slopes * units, axis=-1, keepdims=True)
    return (slopes - radial * units) / lengths


# Scores in order


@quiet
def margin_ranking_loss(
    input1: ArrayLike,
    input2: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 0.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Hinge on a difference of scores that should have a given sign.

    max(0, −t(s₁ − s₂) + m): 0 once the winner leads by the margin.

    Parameters
    ----------
    input1, input2 : array_like of shape (...)
        Scores s₁ and s₂ of the two sides of each pair.
    target : array_like of shape (...)
        Labels t: 1 where the first should score higher, −1 where the
        second should. As in torch nothing else is refused: 0 gives the
        margin itself and no gradient.
    margin : float, default 0.0
        Lead m that is asked for, in units of the scores.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all pairs, or one loss per pair.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in units of the scores.

    Raises
    ------
    ValueError
        If `margin` is no finite number, the shapes differ or `reduction`
        is unknown.

    References
    ----------
    Herbrich, Graepel & Obermayer (2000), Large Margin Rank Boundaries for
    Ordinal Regression, Advances in Large Margin Classifiers.
    """
    hinge, _ = _ranking_hinge(input1, input2, target, margin)
    return reduce(np.maximum(0, hinge), reduction)


def _ranking_hinge(
    input1: ArrayLike, input2: ArrayLike, target: ArrayLike, margin: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return −t(s₁ − s₂) + m and the labels."""
    margin = validation.finite("margin", margin)
    first, second, target = _arrays(
        input1=input1, input2=input2, target=target
    )
    return -target * (first - second) + margin, target


@quiet
def margin_ranking_loss_grad(
    input1: ArrayLike,
    input2: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 0.0,
    reduction: str = "mean",
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `margin_ranking_loss` by both scores.

    −t and t while the lead is not above the margin, 0 beyond.

    Parameters, reductions and errors are those of `margin_ranking_loss`.
    """
    hinge, target = _ranking_hinge(input1, input2, target, margin)
    slope = _active(hinge) * target
    return reduce_grad(-slope, reduction), reduce_grad(slope, reduction)


@quiet
def bradley_terry_loss(
    winner: ArrayLike, loser: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Negative log-likelihood of the outcomes of comparisons.

    log(1 + exp(−(s_w − s_l))), as the winner wins with probability
    sig(s_w − s_l): the logistic loss of a difference, RankNet's loss.

    Parameters
    ----------
    winner, loser : array_like of shape (...)
        Scores of the winner and of the loser of each comparison; only
        their difference counts.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all comparisons, or one loss per comparison.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats.

    Raises
    ------
    ValueError
        If the shapes differ or `reduction` is unknown.

    References
    ----------
    Bradley & Terry (1952), Rank Analysis of Incomplete Block Designs: I.
    The Method of Paired Comparisons, Biometrika 39:324.
    Burges et al. (2005), Learning to Rank Using Gradient Descent, ICML.
    """
    winner, loser = _arrays(winner=winner, loser=loser)
    return reduce(softplus(loser - winner), reduction)


@quiet
def bradley_terry_loss_grad(
    winner: ArrayLike, loser: ArrayLike, *, reduction: str = "mean"
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `bradley_terry_loss` by both scores.

    −sig(s_l − s_w), the probability of what did not happen, and its
    opposite.

    Parameters, reductions and errors are those of `bradley_terry_loss`.
    """
    winner, loser = _arrays(winner=winner, loser=loser)
    slope = sigmoid(loser - winner)
    return reduce_grad(-slope, reduction), reduce_grad(slope, reduction)


@quiet
def dpo_loss(
    policy_chosen: ArrayLike,
    policy_rejected: ArrayLike,
    reference_chosen: ArrayLike,
    reference_rejected: ArrayLike,
    *,
    beta: float,
    reduction: str = "mean",
) -> np.ndarray:
    """Direct preference optimisation of a language model.

    −log sig(β[(log π_w − log π_w^ref) − (log π_l − log π_l^ref)]): the
    loss of `bradley_terry_loss` with rewards β log(π/π^ref).

    Parameters
    ----------
    policy_chosen, policy_rejected : array_like of shape (...)
        Log-probabilities, in nats, that the model in training gives to
        the answer people chose and to the one they rejected.
    reference_chosen, reference_rejected : array_like of shape (...)
        The same under the frozen model that training started from.
    beta : float
        Price β of moving away from the reference; positive.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all pairs, or one loss per pair.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats; log 2 where the policy is the reference.

    Raises
    ------
    ValueError
        If `beta` is not positive and finite, the shapes differ or
        `reduction` is unknown.

    References
    ----------
    Rafailov, Sharma, Mitchell, Manning, Ermon & Finn (2023), Direct
    Preference Optimization: Your Language Model Is Secretly a Reward
    Model, NeurIPS.
    """
    beta = validation.positive("beta", beta)
    lead = _lead(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    return reduce(softplus(-beta * lead), reduction)


def _lead(
    policy_chosen: ArrayLike,
    policy_rejected: ArrayLike,
    reference_chosen: ArrayLike,
    reference_rejected: ArrayLike,
) -> np.ndarray:
    """Return how much further the policy has moved to the chosen answer."""
    ours_chosen, ours_rejected, chosen, rejected = _arrays(
        policy_chosen=policy_chosen,
        policy_rejected=policy_rejected,
        reference_chosen=reference_chosen,
        reference_rejected=reference_rejected,
    )
    return (ours_chosen - chosen) - (ours_rejected - rejected)


@quiet
def dpo_loss_grad(
    policy_chosen: ArrayLike,
    policy_rejected: ArrayLike,
    reference_chosen: ArrayLike,
    reference_rejected: ArrayLike,
    *,
    beta: float,
    reduction: str = "mean",
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `dpo_loss` by the policy's two log-probabilities.

    −β sig(−z) and β sig(−z), with z the bracket times β; the reference is
    not learned.

    Parameters, reductions and errors are those of `dpo_loss`.
    """
    beta = validation.positive("beta", beta)
    lead = _lead(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    slope = beta * sigmoid(-beta * lead)
    return reduce_grad(-slope, reduction), reduce_grad(slope, reduction)


# Triplets


@quiet
def triplet_margin_loss(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> np.ndarray:
    """Hinge that wants the positive nearer to the anchor by a margin.

    max(0, m + d₊ − d₋) with distances that are not squared; collapsed
    embeddings cost the margin.

    Parameters
    ----------
    anchor, positive, negative : array_like of shape (..., D)
        Embeddings; positives belong to the anchor, negatives do not.
    margin : float, default 1.0
        Lead m that is asked for, in units of the embedding; positive.
    p : float, default 2.0
        Order of the norm of a difference; positive, may be infinite.
    eps : float, default 1e-6
        Added to every component of a difference, as in torch: points in
        one place are eps·D^(1/p) apart.
    swap : bool, default False
        Whether d₋ is the negative's distance to the anchor or to the
        positive, whichever is smaller.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all triplets, or one loss per triplet.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in units of the embedding.

    Raises
    ------
    ValueError
        If `margin` or `p` is not positive, `eps` is negative, `swap` is no
        boolean, the shapes differ or `reduction` is unknown.

    References
    ----------
    Schroff, Kalenichenko & Philbin (2015), FaceNet: A Unified Embedding
    for Face Recognition and Clustering, CVPR.
    Balntas, Riba, Ponsa & Mikolajczyk (2016), Learning Local Feature
    Descriptors with Triplets and Shallow Convolutional Neural Networks,
    BMVC (the swap).
    """
    margin = validation.positive("margin", margin)
    sides = _sides(anchor, positive, negative, eps)
    near, far, _ = _near_and_far(sides, p, swap)
    return reduce(np.maximum(0, margin + near - far), reduction)


def _sides(
    anchor: ArrayLike, positive: ArrayLike, negative: ArrayLike, eps: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return anchor − positive, anchor − negative, positive − negative."""
    eps = validation.non_negative("eps", eps)
    a, p, n = _vectors(anchor=anchor, positive=positive, negative=negative)
    return a - p + eps, a - n + eps, p - n + eps


def _near_and_far(
    sides: tuple[np.ndarray, ...], p: float, swap: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray | float]:
    """Return d₊, d₋ and the share of the anchor in d₋.

    The share is 1, with `swap` 0 where the positive is nearer to the
    negative, and ½ where both are as near.
    """
    near, far, across = (_length(side, _order(p))[..., 0] for side in sides)
    if not validation.flag("swap", swap):
        return near, far, np.ones_like(far)
    return near, np.minimum(far, across), np.heaviside(across - far, 0.5)


@quiet
def triplet_margin_loss_grad(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `triplet_margin_loss` by anchor, positive and negative.

    For p = 2, with u₊ and u₋ the unit vectors from positive and negative
    to the anchor: u₊ − u₋, −u₊ and u₋ while d₋ is not above m + d₊, 0
    beyond. With `swap` and the positive nearer to the negative, the push
    away from the negative goes to the positive.

    Parameters, reductions and errors are those of `triplet_margin_loss`.
    """
    margin = validation.positive("margin", margin)
    sides = _sides(anchor, positive, negative, eps)
    near, far, share = _near_and_far(sides, p, swap)
    slope = _active(margin + near - far)
    return _triplet_grad(slope, share, sides, p, reduction)


def _triplet_grad(
    slope: np.ndarray,
    share: np.ndarray,
    sides: tuple[np.ndarray, ...],
    p: float,
    reduction: str,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients by the three points from that by d₊ − d₋.

    Parameters, reductions and errors are those of `_triplet`.
    """
    near, far, across = (_direction(side, p) for side in sides)
    far = share[..., np.newaxis] * far
    across = (1 - share)[..., np.newaxis] * across
    slopes = near - far, -near - across, far + across
    return tuple(
        reduce_grad(slope[..., np.newaxis] * s, reduction, divisor=slope.size)
        for s in slopes
    )


@quiet
def triplet_ratio_loss(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    p: float = 2.0,
    swap: bool = False,
    reduction: str = "mean",
) -> np.ndarray:
    """Squared error of softmax over the two distances of a triplet.

    2 sig(d₊ − d₋)²: softmax(d₊, d₋) should be (0, 1). It has no margin,
    lies between 0 and 2, and is ½ where both distances are equal.

    Parameters
    ----------
    anchor, positive, negative : array_like of shape (..., D)
        Embeddings; positives belong to the anchor, negatives do not.
    p : float, default 2.0
        Order of the norm of a difference; positive, may be infinite.
    swap : bool, default False
        Whether d₋ is the negative's distance to the anchor or to the
        positive, whichever is smaller.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all triplets, or one loss per triplet.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss, without a unit; that of the embedding matters.

    Raises
    ------
    ValueError
        If `p` is not positive, `swap` is no boolean, the shapes differ or
        `reduction` is unknown.

    References
    ----------
    Hoffer & Ailon (2015), Deep Metric Learning Using Triplet Network,
    SIMBAD.
    Balntas, Riba, Ponsa & Mikolajczyk (2016), Learning Local Feature
    Descriptors with Triplets and Shallow Convolutional Neural Networks,
    BMVC (the name, and the swap).
    """
    sides = _sides(anchor, positive, negative, 0)
    near, far, _ = _near_and_far(sides, p, swap)
    return reduce(2 * sigmoid(near - far) ** 2, reduction)


@quiet
def triplet_ratio_loss_grad(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    p: float = 2.0,
    swap: bool = False,
    reduction: str = "mean",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `triplet_ratio_loss` by anchor, positive and negative.

    Those of d₊ − d₋ times 4σ²(1 − σ) with σ = sig(d₊ − d₋): never 0, but
    small for triplets in order and for those far out of order.

    Parameters, reductions and errors are those of `triplet_ratio_loss`.
    """
    sides = _sides(anchor, positive, negative, 0)
    near, far, share = _near_and_far(sides, p, swap)
    slope = 4 * sigmoid(near - far) ** 2 * sigmoid(far - near)
    return _triplet_grad(slope, share, sides, p, reduction)


# Pairs of embeddings


@quiet
def cosine_embedding_loss(
    input1: ArrayLike,
    input2: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 0.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Wants the angle of a pair small, or its cosine below a margin.

    1 − cos for t = 1 and max(0, cos − m) for t = −1, the same for vectors
    of any length well above 1e-6: torch adds about 1e-12 to each squared
    length, and so a zero vector has the cosine 0 with everything.

    Parameters
    ----------
    input1, input2 : array_like of shape (..., D)
        The two vectors of each pair.
    target : array_like of shape (...)
        Labels t: 1 for pairs that are alike, −1 for pairs that differ. As
        in torch nothing else is refused: any other label costs 0.
    margin : float, default 0.0
        Cosine m from which on different pairs cost something; useful
        between 0 and ½.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all pairs, or one loss per pair.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss, without a unit.

    Raises
    ------
    ValueError
        If `margin` is no finite number, the shapes do not fit or
        `reduction` is unknown.

    References
    ----------
    Bromley, Guyon, LeCun, Säckinger & Shah (1993), Signature Verification
    Using a "Siamese" Time Delay Neural Network, NIPS.
    """
    margin = validation.finite("margin", margin)
    first, second = _vectors(input1=input1, input2=input2)
    target = _labels("input1", first, target)
    cosine = np.sum(_guarded(first)[0] * _guarded(second)[0], axis=-1)
    hinge = np.maximum(0, cosine - margin)
    return reduce(_by_label(target, 1 - cosine, hinge), reduction)


def _guarded(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return directions and lengths, with torch's guard against zeros."""
    lengths = np.hypot(_length(vectors), math.sqrt(COSINE_EPS))
    return vectors / lengths, lengths


@quiet
def cosine_embedding_loss_grad(
    input1: ArrayLike,
    input2: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 0.0,
    reduction: str = "mean",
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `cosine_embedding_loss` by both vectors.

    Minus or plus (x̂₂ − cos·x̂₁)/‖x₁‖, orthogonal to x₁, and the same with
    the vectors exchanged; 0 for a different pair below the margin.

    Parameters, reductions and errors are those of `cosine_embedding_loss`.
    """
    margin = validation.finite("margin", margin)
    first, second = _vectors(input1=input1, input2=input2)
    target = _labels("input1", first, target)
    (u, length1), (v, length2) = _guarded(first), _guarded(second)
    cosine = np.sum(u * v, axis=-1)
    slope = _by_label(target, -1.0, _active(cosine - margin))
    slope = slope[..., np.newaxis]
    slopes = (
        slope * _along_sphere(v, u, length1),
        slope * _along_sphere(u, v, length2),
    )
    return tuple(reduce_grad(s, reduction, divisor=slope.size) for s in slopes)


@quiet
def hinge_embedding_loss(
    input: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 1.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Wants distances small for pairs alike, beyond a margin for others.

    d for t = 1 and max(0, m − d) for t = −1. The input is a distance, not
    the score that the hinge loss of classification takes.

    Parameters
    ----------
    input : array_like of shape (...)
        Distance d of each pair; torch does not refuse negative ones.
    target : array_like of shape (...)
        Labels t: 1 for pairs that are alike, −1 for pairs that differ. As
        in torch nothing else is refused: any other label costs both,
        d + max(0, m − d).
    margin : float, default 1.0
        Distance m from which on different pairs cost nothing.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all pairs, or one loss per pair.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in units of the distance.

    Raises
    ------
    ValueError
        If `margin` is no finite number, the shapes differ or `reduction`
        is unknown.

    References
    ----------
    Weston, Ratle & Collobert (2008), Deep Learning via Semi-Supervised
    Embedding, ICML.
    """
    margin = validation.finite("margin", margin)
    input, target = _arrays(input=input, target=target)
    hinge = np.maximum(0, margin - input)
    return reduce(_by_label(target, input, hinge, input + hinge), reduction)


@quiet
def hinge_embedding_loss_grad(
    input: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 1.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Gradient of `hinge_embedding_loss` by the distance.

    1 for pairs alike; −1 for different pairs up to the margin, 0 beyond.

    Parameters, reductions and errors are those of `hinge_embedding_loss`.
    """
    margin = validation.finite("margin", margin)
    input, target = _arrays(input=input, target=target)
    push = -_active(margin - input)
    pull = np.where(np.isnan(input), np.nan, 1)
    return reduce_grad(_by_label(target, pull, push, pull + push), reduction)


@quiet
def contrastive_loss(
    x1: ArrayLike,
    x2: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 1.0,
    reduction: str = "mean",
) -> np.ndarray:
    """Spring that pulls pairs alike together and pushes others apart.

    ½d² for t = 1 and ½ max(0, m − d)² for t = −1, with d = ‖x₁ − x₂‖.

    Parameters
    ----------
    x1, x2 : array_like of shape (..., D)
        The two embeddings of each pair.
    target : array_like of shape (...)
        Labels t: 1 for pairs that are alike, −1 for pairs that differ.
        (The paper's own code is 0 and 1.)
    margin : float, default 1.0
        Distance m from which on different pairs cost nothing; positive.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all pairs, or one loss per pair.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in units of the embedding squared.

    Raises
    ------
    ValueError
        If `margin` is not positive and finite, a label is not 1 or −1, the
        shapes do not fit or `reduction` is unknown.

    References
    ----------
    Hadsell, Chopra & LeCun (2006), Dimensionality Reduction by Learning an
    Invariant Mapping, CVPR.
    """
    margin = validation.positive("margin", margin)
    difference, target = _labelled_pairs(x1, x2, target)
    distance = _length(difference)[..., 0]
    gap = np.maximum(0, margin - distance)
    halved = _by_label(target, 0.5 * distance**2, 0.5 * gap**2)
    return reduce(halved, reduction)


def _labelled_pairs(
    x1: ArrayLike, x2: ArrayLike, target: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Return the difference of each pair and its label, 1 or −1."""
    x1, x2 = _vectors(x1=x1, x2=x2)
    target = _labels("x1", x1, target)
    return x1 - x2, validation.all_signs("target", target)


@quiet
def contrastive_loss_grad(
    x1: ArrayLike,
    x2: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 1.0,
    reduction: str = "mean",
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `contrastive_loss` by both embeddings.

    By x₁ it is x₁ − x₂ for pairs alike and −max(0, m − d)(x₁ − x₂)/d for
    others (0 at d = 0), by x₂ the opposite.

    Parameters, reductions and errors are those of `contrastive_loss`.
    """
    margin = validation.positive("margin", margin)
    difference, target = _labelled_pairs(x1, x2, target)
    gap = np.maximum(0, margin - _length(difference))
    slope = _by_label(
        target[..., np.newaxis],
        difference,
        -gap * _direction(difference, 2.0),
    )
    slope = reduce_grad(slope, reduction, divisor=target.size)
    return slope, -slope


# One positive among many candidates


@quiet
def info_nce_loss(
    z1: ArrayLike,
    z2: ArrayLike,
    *,
    temperature: float,
    reduction: str = "mean",
) -> np.ndarray:
    """Cross-entropy of finding each row's partner among all rows.

    −log(exp(sᵢᵢ/τ) / Σⱼ exp(sᵢⱼ/τ)) with sᵢⱼ the cosine of z1[i] and
    z2[j]: the candidates are the N rows of `z2`. Collapsed embeddings cost
    log N.

    Parameters
    ----------
    z1, z2 : array_like of shape (N, D)
        Embeddings of two views; row i of one belongs to row i of the
        other. Lengths do not matter; a zero vector has the cosine 0 with
        everything.
    temperature : float
        τ: the smaller, the more the nearest wrong candidates weigh;
        positive.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over the rows, or one loss per row.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (N,)
        Loss in nats.

    Raises
    ------
    ValueError
        If `temperature` is not positive and finite, the shapes differ or
        are not (N, D) or `reduction` is unknown.

    References
    ----------
    van den Oord, Li & Vinyals (2018), Representation Learning with
    Contrastive Predictive Coding, arXiv:1807.03748.
    """
    temperature = validation.positive("temperature", temperature)
    (u, _), (v, _) = map(_unit, _views(z1, z2))
    losses, _ = _retrieval(u @ v.T, np.arange(len(u)), temperature)
    return reduce(losses, reduction)


def _views(z1: ArrayLike, z2: ArrayLike) -> list[np.ndarray]:
    """Return two arrays of N vectors each."""
    views = _vectors(z1=z1, z2=z2)
    if views[0].ndim != 2:
        raise ValueError(
            "z1 and z2 must have shape (N, D), one embedding per row, "
            f"got {views[0].shape}"
        )
    return views


def _unit(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return directions and lengths, so that a zero vector stays zero."""
    lengths = _length(vectors)
    lengths = np.where(lengths == 0, np.inf, lengths)
    return vectors / lengths, lengths


def _retrieval(
    similarity: np.ndarray, partner: np.ndarray, temperature: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's loss and softmax when its partner is to be found."""
    own = np.take_along_axis(similarity, partner[:, np.newaxis], axis=1)
    logits = (similarity - own) / temperature
    losses = np.logaddexp.reduce(logits, axis=1)
    return losses, np.exp(logits - losses[:, np.newaxis])


@quiet
def info_nce_loss_grad(
    z1: ArrayLike,
    z2: ArrayLike,
    *,
    temperature: float,
    reduction: str = "mean",
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `info_nce_loss` by both views.

    By the similarity sᵢⱼ it is (softmaxᵢⱼ − [i = j])/τ; from there on the
    gradient of a cosine, orthogonal to the embedding.

    Parameters, reductions and errors are those of `info_nce_loss`.
    """
    temperature = validation.positive("temperature", temperature)
    (u, length1), (v, length2) = map(_unit, _views(z1, z2))
    _, shares = _retrieval(u @ v.T, np.arange(len(u)), temperature)
    slopes = (shares - np.eye(len(u))) / temperature
    gradients = (
        _along_sphere(slopes @ v, u, length1),
        _along_sphere(slopes.T @ u, v, length2),
    )
    return tuple(reduce_grad(g, reduction, divisor=len(u)) for g in gradients)


@quiet
def nt_xent_loss(
    z1: ArrayLike,
    z2: ArrayLike,
    *,
    temperature: float,
    reduction: str = "mean",
) -> np.ndarray:
    """InfoNCE both ways, among all other embeddings of both views.

    Each of the 2N embeddings looks for its partner among the 2N − 1 that
    are not itself. Collapsed embeddings cost log(2N − 1).

    Parameters
    ----------
    z1, z2 : array_like of shape (N, D)
        Embeddings of two views; row i of one belongs to row i of the
        other. Lengths do not matter; a zero vector has the cosine 0 with
        everything.
    temperature : float
        τ: the smaller, the more the nearest wrong candidates weigh;
        positive.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all embeddings, or one loss per embedding, those
        of `z1` first.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (2N,)
        Loss in nats.

    Raises
    ------
    ValueError
        If `temperature` is not positive and finite, the shapes differ or
        are not (N, D) or `reduction` is unknown.

    References
    ----------
    Chen, Kornblith, Norouzi & Hinton (2020), A Simple Framework for
    Contrastive Learning of Visual Representations, ICML.
    """
    temperature = validation.positive("temperature", temperature)
    losses, *_ = _all_against_all(*_views(z1, z2), temperature)
    return reduce(losses, reduction)


def _all_against_all(
    z1: np.ndarray, z2: np.ndarray, temperature: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return losses, slopes by similarity, directions and lengths, all 2N."""
    units, lengths = _unit(np.concatenate([z1, z2]))
    similarity = units @ units.T
    np.fill_diagonal(similarity, -np.inf)
    partner = np.roll(np.arange(len(units)), len(z1))
    losses, shares = _retrieval(similarity, partner, temperature)
    slopes = (shares - np.eye(len(units))[partner]) / temperature
    return losses, slopes, units, lengths


@quiet
def nt_xent_loss_grad(
    z1: ArrayLike,
    z2: ArrayLike,
    *,
    temperature: float,
    reduction: str = "mean",
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of `nt_xent_loss` by both views.

    As those of `info_nce_loss`; every embedding is a candidate too.

    Parameters, reductions and errors are those of `nt_xent_loss`.
    """
    temperature = validation.positive("temperature", temperature)
    views = _views(z1, z2)
    _, slopes, units, lengths = _all_against_all(*views, temperature)
    gradient = _along_sphere((slopes + slopes.T) @ units, units, lengths)
    gradient = reduce_grad(gradient, reduction, divisor=len(units))
    return gradient[: len(views[0])], gradient[len(views[0]) :]


# Lists


@quiet
def list_net_loss(
    scores: ArrayLike, relevance: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Cross-entropy of the scores' softmax with that of the relevances.

    −Σⱼ softmax(y)ⱼ log softmax(s)ⱼ: who comes first in the list? Its floor
    is the entropy of softmax(y), not 0.

    Parameters
    ----------
    scores, relevance : array_like of shape (..., n)
        Predicted scores s and true relevances y of the n items of each
        list; each counts up to a constant per list.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all lists, or one loss per list.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats.

    Raises
    ------
    ValueError
        If the shapes differ, a list has no item or `reduction` is unknown.

    References
    ----------
    Cao, Qin, Liu, Tsai & Li (2007), Learning to Rank: From Pairwise
    Approach to Listwise Approach, ICML.
    """
    scores, relevance = _vectors(scores=scores, relevance=relevance)
    wanted = softmax(relevance)
    return reduce(-np.sum(wanted * log_softmax(scores), axis=-1), reduction)


@quiet
def list_net_loss_grad(
    scores: ArrayLike, relevance: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Gradient of `list_net_loss` by the scores: softmax(s) − softmax(y).

    Parameters, reductions and errors are those of `list_net_loss`.
    """
    scores, relevance = _vectors(scores=scores, relevance=relevance)
    slopes = softmax(scores) - softmax(relevance)
    return reduce_grad(slopes, reduction, divisor=_lists(scores))


def _lists(scores: np.ndarray) -> int:
    """Return how many lists there are."""
    return scores.size // scores.shape[-1]


@quiet
def list_mle_loss(
    scores: ArrayLike, relevance: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Negative log-likelihood of the true order, drawn from the top.

    Σᵢ (log Σ_{k≥i} exp s_{π(k)} − s_{π(i)}) with π the items by falling
    relevance: each place is filled by softmax among those that are left.

    Parameters
    ----------
    scores, relevance : array_like of shape (..., n)
        Predicted scores s and true relevances of the n items of each list.
        Only the order of the relevances counts; items of equal relevance
        keep the order they are given in.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all lists, or one loss per list.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Loss in nats.

    Raises
    ------
    ValueError
        If the shapes differ, a list has no item or `reduction` is unknown.

    References
    ----------
    Xia, Liu, Wang, Zhang & Li (2008), Listwise Approach to Learning to
    Rank: Theory and Algorithm, ICML.
    """
    scores, _ = _by_relevance(scores, relevance)
    return reduce(np.sum(_log_left(scores) - scores, axis=-1), reduction)


def _by_relevance(
    scores: ArrayLike, relevance: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Return scores by falling relevance, less their maximum, and the order.

    A relevance of NaN has no place: its score becomes NaN.
    """
    scores, relevance = _vectors(scores=scores, relevance=relevance)
    scores = np.where(np.isnan(relevance), np.nan, scores)
    scores = scores - np.max(scores, axis=-1, keepdims=True)
    order = np.argsort(-relevance, axis=-1, kind="stable")
    return np.take_along_axis(scores, order, axis=-1), order


def _log_left(scores: np.ndarray) -> np.ndarray:
    """Return log Σ exp over each item of a list and all those below it."""
    return np.logaddexp.accumulate(scores[..., ::-1], axis=-1)[..., ::-1]


@quiet
def list_mle_loss_grad(
    scores: ArrayLike, relevance: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Gradient of `list_mle_loss` by the scores.

    For each item, its softmax at its own place and at all places above,
    summed, less 1.

    Parameters, reductions and errors are those of `list_mle_loss`.
    """
    scores, order = _by_relevance(scores, relevance)
    above = np.logaddexp.accumulate(-_log_left(scores), axis=-1)
    slopes = np.empty_like(scores)
    np.put_along_axis(slopes, order, np.exp(scores + above) - 1, axis=-1)
    return reduce_grad(slopes, reduction, divisor=_lists(scores))


@quiet
def lambda_rank_grad(
    scores: ArrayLike, relevance: ArrayLike, *, reduction: str = "mean"
) -> np.ndarray:
    """Gradient of LambdaRank by the scores; there is no loss behind it.

    Each pair of a list with relevance yᵢ > yⱼ adds
    −sig(−(sᵢ − sⱼ))·|ΔNDCGᵢⱼ| to item i and the opposite to item j: the
    gradient of `bradley_terry_loss`, weighted by how much NDCG would change
    if the two exchanged their places in the order of the scores.

    Parameters
    ----------
    scores, relevance : array_like of shape (..., n)
        Predicted scores s and true relevances y, not negative, of the n
        items of each list. The gain of an item is 2^y − 1, the discount of
        place k is 1/log₂(k + 1); equal scores are ranked as given.
    reduction : {"mean", "sum", "none"}, default "mean"
        ``"mean"`` divides by the number of lists.

    Returns
    -------
    ndarray of shape (..., n)
        What a step of gradient descent subtracts; sums to 0 in each list.

    Raises
    ------
    ValueError
        If a relevance is negative, the shapes differ, a list has no item
        or `reduction` is unknown.

    References
    ----------
    Burges, Ragno & Le (2006), Learning to Rank with Nonsmooth Cost
    Functions, NIPS.
    """
    scores, relevance = _vectors(scores=scores, relevance=relevance)
    validation.all_non_negative("relevance", relevance)
    better = _differences(relevance) > 0
    change = np.abs(_ndcg_change(scores, relevance))
    pull = better * change * sigmoid(-_differences(scores))
    slopes = np.sum(pull, axis=-2) - np.sum(pull, axis=-1)
    return reduce_grad(slopes, reduction, divisor=_lists(scores))


def _differences(values: np.ndarray) -> np.ndarray:
    """Return item i minus item j at [..., i, j]."""
    return values[..., :, np.newaxis] - values[..., np.newaxis, :]


def _ndcg_change(scores: np.ndarray, relevance: np.ndarray) -> np.ndarray:
    """Return what exchanging items i and j does to NDCG, at [..., i, j]."""
    gain, discount = _gains(relevance), _discounts(scores.shape[-1])
    best = _best(gain, discount)[..., np.newaxis, np.newaxis]
    change = _differences(gain) * _differences(discount[_places(scores)])
    return change / np.where(best == 0, 1, best)


def _gains(relevance: np.ndarray) -> np.ndarray:
    """Return 2^y − 1, divided by 2 to the highest relevance of the list.

    The divisor drops out of NDCG, and nothing overflows.
    """
    highest = np.max(relevance, axis=-1, keepdims=True)
    return np.exp2(relevance - highest) - np.exp2(-highest)


def _discounts(n: int) -> np.ndarray:
    """Return 1/log₂(k + 1) for the places k from 1 to n."""
    return 1 / np.log2(np.arange(2, n + 2))


def _places(scores: np.ndarray) -> np.ndarray:
    """Return the place of each item by falling score, from 0."""
    order = np.argsort(-scores, axis=-1, kind="stable")
    return np.argsort(order, axis=-1)


def _best(gain: np.ndarray, discount: np.ndarray) -> np.ndarray:
    """Return the discounted gain of each list in its best order."""
    return np.sum(-np.sort(-gain, axis=-1) * discount, axis=-1)


@quiet
def ndcg(
    scores: ArrayLike,
    relevance: ArrayLike,
    *,
    k: int | None = None,
    reduction: str = "mean",
) -> np.ndarray:
    """Normalised discounted cumulative gain: how good the order of a list is.

    Σᵢ (2^yᵢ − 1)/log₂(1 + placeᵢ), divided by the same sum in the best
    order. It is a step function of the scores, whose gradient is 0:
    `lambda_rank_grad` stands in for it.

    Parameters
    ----------
    scores, relevance : array_like of shape (..., n)
        Predicted scores and true relevances y, not negative, of the n items
        of each list; equal scores are ranked as given.
    k : int, optional
        How many places from the top count; all of them by default.
    reduction : {"mean", "sum", "none"}, default "mean"
        Mean or sum over all lists, or one value per list.

    Returns
    -------
    float64, 0-d, or for ``"none"`` ndarray of shape (...)
        Between 0 and 1, which the best order has; a list in which nothing
        is relevant has 0.

    Raises
    ------
    ValueError
        If a relevance is negative, `k` is no whole number of at least 1,
        the shapes differ, a list has no item or `reduction` is unknown.

    References
    ----------
    Järvelin & Kekäläinen (2002), Cumulated Gain-Based Evaluation of IR
    Techniques, ACM Transactions on Information Systems 20:422. Burges et
    al. (2005), Learning to Rank Using Gradient Descent, ICML (this gain).
    """
    scores, relevance = _vectors(scores=scores, relevance=relevance)
    validation.all_non_negative("relevance", relevance)
    gain, discount = _gains(relevance), _discounts(scores.shape[-1])
    if k is not None:
        discount[validation.count("k", k) :] = 0
    # a score of NaN has no place
    gained = np.where(np.isnan(scores), np.nan, gain)
    found = np.sum(gained * discount[_places(scores)], axis=-1)
    best = _best(gain, discount)
    return reduce(found / np.where(best == 0, 1, best), reduction)


RANKING = (
    Loss(
        "margin_ranking_loss",
        "ranking",
        margin_ranking_loss,
        margin_ranking_loss_grad,
        domain="sign",
        torch="torch.nn.functional.margin_ranking_loss",
        label="Margin ranking",
        argument=None,
        parameters={"margin": 1.0},
        formula=r"\max(0, -t\,(s_1 - s_2) + m)",
        paper="Herbrich et al. (2000)",
    ),
    Loss(
        "bradley_terry_loss",
        "ranking",
        bradley_terry_loss,
        bradley_terry_loss_grad,
        distribution="bernoulli",
        label="Bradley–Terry",
        argument="score of winner − score of loser",
        formula=r"\log(1 + e^{-(s_w - s_l)})",
        paper="Bradley & Terry (1952)",
    ),
    Loss(
        "dpo_loss",
        "ranking",
        dpo_loss,
        dpo_loss_grad,
        domain=None,
        distribution="bernoulli",
        label="DPO",
        argument=None,
        parameters={"beta": 0.1},
        formula=(
            r"-\log\mathrm{sig}\Big(\beta\Big["
            r"\log\frac{\pi_w}{\pi_w^{\mathrm{ref}}} - "
            r"\log\frac{\pi_l}{\pi_l^{\mathrm{ref}}}\Big]\Big)"
        ),
        paper="Rafailov et al. (2023)",
    ),
    Loss(
        "triplet_margin_loss",
        "ranking",
        triplet_margin_loss,
        triplet_margin_loss_grad,
        domain=None,
        torch="torch.nn.functional.triplet_margin_loss",
        label="Triplet margin",
        argument=None,
        parameters={"margin": 1.0, "p": 2.0, "eps": 1e-6},
        formula=r"\max(0, m + d_+ - d_-)",
        paper="Schroff et al. (2015)",
    ),
    Loss(
        "triplet_ratio_loss",
        "ranking",
        triplet_ratio_loss,
        triplet_ratio_loss_grad,
        domain=None,
        label="Triplet ratio",
        argument=None,
        parameters={"p": 2.0},
        formula=r"2\,\mathrm{sig}(d_+ - d_-)^2",
        paper="Hoffer & Ailon (2015)",
    ),
    Loss(
        "cosine_embedding_loss",
        "ranking",
        cosine_embedding_loss,
        cosine_embedding_loss_grad,
        domain="sign",
        torch="torch.nn.functional.cosine_embedding_loss",
        label="Cosine embedding",
        argument=None,
        parameters={"margin": 0.0},
        formula=(
            r"\begin{cases} 1 - \cos\varphi & t = 1 \\ "
            r"\max(0, \cos\varphi - m) & t = -1 \end{cases}"
        ),
        paper="Bromley et al. (1993)",
    ),
    Loss(
        "hinge_embedding_loss",
        "ranking",
        hinge_embedding_loss,
        hinge_embedding_loss_grad,
        kinks=(1.0,),
        domain="sign",
        torch="torch.nn.functional.hinge_embedding_loss",
        label="Hinge embedding",
        argument="distance",
        parameters={"margin": 1.0, "target": -1.0},
        formula=(
            r"\begin{cases} d & t = 1 \\ "
            r"\max(0, m - d) & t = -1 \end{cases}"
        ),
        paper="Weston et al. (2008)",
    ),
    Loss(
        "contrastive_loss",
        "ranking",
        contrastive_loss,
        contrastive_loss_grad,
        domain="sign",
        label="Contrastive",
        argument=None,
        parameters={"margin": 1.0},
        formula=(
            r"\begin{cases} \frac12 d^2 & t = 1 \\ "
            r"\frac12\max(0, m - d)^2 & t = -1 \end{cases}"
        ),
        paper="Hadsell et al. (2006)",
    ),
    Loss(
        "info_nce_loss",
        "ranking",
        info_nce_loss,
        info_nce_loss_grad,
        domain=None,
        distribution="categorical",
        label="InfoNCE",
        argument=None,
        parameters={"temperature": 0.5},
        formula=(
            r"-\frac1N\sum_i\log\frac{e^{s_{ii}/\tau}}"
            r"{\sum_j e^{s_{ij}/\tau}}"
        ),
        paper="van den Oord et al. (2018)",
    ),
    Loss(
        "nt_xent_loss",
        "ranking",
        nt_xent_loss,
        nt_xent_loss_grad,
        domain=None,
        distribution="categorical",
        label="NT-Xent",
        argument=None,
        parameters={"temperature": 0.5},
        formula=(
            r"-\frac{1}{2N}\sum_i\log\frac{e^{s_{i\bar\imath}/\tau}}"
            r"{\sum_{j\ne i} e^{s_{ij}/\tau}}"
        ),
        paper="Chen et al. (2020)",
    ),
    Loss(
        "list_net_loss",
        "ranking",
        list_net_loss,
        list_net_loss_grad,
        label="ListNet",
        argument=None,
        formula=(
            r"-\sum_j \frac{e^{y_j}}{\sum_k e^{y_k}}"
            r"\log\frac{e^{s_j}}{\sum_k e^{s_k}}"
        ),
        paper="Cao et al. (2007)",
    ),
    Loss(
        "list_mle_loss",
        "ranking",
        list_mle_loss,
        list_mle_loss_grad,
        label="ListMLE",
        argument=None,
        formula=(
            r"\sum_i\Big(\log\sum_{k\ge i} e^{s_{\pi(k)}}"
            r" - s_{\pi(i)}\Big)"
        ),
        paper="Xia et al. (2008)",
    ),
)
