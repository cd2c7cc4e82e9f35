"""Sums of losses of a linear model over a plane of its parameters.

At the point (a, b) of the plane the prediction is p₀ + a p₁ + b p₂, with
three arrays that are computed once. `Plane` holds them; `squared`,
`logistic` and `elementwise` return the sum of the losses at every point, and
how many were added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from lossviz.losses import LOSSES
from lossviz.losses.links import softplus
from lossviz.validation import choice

# Numbers held at one time: a few megabytes stay in the processor's cache.
CHUNK = 2**18
# Powers of e up to this size can be multiplied in pairs without overflow.
REACH = 300.0
# Logarithm of the largest product that is let grow; floats end at e^709.
ROOM = 700.0
# They take one score for each class.
OF_CLASS_SCORES = ("cross_entropy", "focal_loss", "multi_margin_loss")

Sum = tuple[np.ndarray, float]


@dataclass(frozen=True, eq=False)
class Plane:
    """Predictions p₀ + a p₁ + b p₂ on a grid of a and b.

    Parameters
    ----------
    parts : triple of ndarray of shape (n,) or (n, K)
        p₀, p₁ and p₂.
    a : ndarray of shape (k,)
        Along the grid's x.
    b : ndarray of shape (m,)
        Along the grid's y.
    """

    parts: tuple[np.ndarray, np.ndarray, np.ndarray]
    a: np.ndarray
    b: np.ndarray

    def of(self, examples: slice | np.ndarray) -> Plane:
        """Return the same plane for some of the examples."""
        parts = tuple(part[examples] for part in self.parts)
        return Plane(parts, self.a, self.b)

    def zeros(self) -> np.ndarray:
        """Return a grid of zeros."""
        return np.zeros((self.b.size, self.a.size))


def mean_loss(
    plane: Plane, y: np.ndarray, loss: str, parameters: dict[str, float]
) -> np.ndarray:
    """Return the mean loss at every point, found in the fastest way."""
    total, added = _sum(plane, y, loss, parameters)
    total /= added
    return total


def _sum(
    plane: Plane, y: np.ndarray, loss: str, parameters: dict[str, float]
) -> Sum:
    where = "lossviz.surfaces.losses_of_scores()"
    record = LOSSES[choice("loss", loss, losses_of_scores(), where=where)]
    record.check_names(parameters)
    sign = None if parameters else _signs(loss, y)
    if sign is not None and y.shape == plane.parts[0].shape:
        return logistic(plane, sign)
    if loss == "mse_loss" and y.shape == plane.parts[0].shape:
        return squared(plane, y)
    settings = {**record.parameters, **parameters, "reduction": "none"}
    settings.pop("target", None)
    total, added = elementwise(
        plane, lambda input, target: record.value(input, target, **settings), y
    )
    if loss in OF_CLASS_SCORES:
        scores = np.zeros(plane.parts[0].shape)
        added = _divisor(record.value, scores, y, settings)
    return total, added


def _divisor(
    loss: Callable, scores: np.ndarray, y: np.ndarray, settings: dict
) -> float:
    """Return what the mean of a loss divides its sum by, at any scores.

    It is not the number of examples where some are ignored or weigh more.
    """
    total = loss(scores, y, **{**settings, "reduction": "sum"})
    mean = loss(scores, y, **{**settings, "reduction": "mean"})
    # of a single class the loss is 0 whatever the scores
    return len(y) if mean == 0 else total / mean


def losses_of_scores() -> list[str]:
    """Return the names of losses that take any number as a prediction."""
    families = ("residual", "likelihood", "classification")
    bounded = (None, "probability", "distance")
    return [
        name
        for name, loss in LOSSES.items()
        if loss.family in families and loss.argument not in bounded
    ] + [name for name in OF_CLASS_SCORES if name in LOSSES]


def _signs(loss: str, y: np.ndarray) -> np.ndarray | None:
    """Return the classes as 1 and −1, if the loss is logistic in them."""
    if loss == "soft_margin_loss" and y.ndim == 1:
        return y if np.isin(y, (-1, 1)).all() else None
    if loss == "binary_cross_entropy_with_logits" and y.ndim == 1:
        return 2.0 * y - 1 if np.isin(y, (0, 1)).all() else None
    return None


def squared(plane: Plane, target: np.ndarray) -> Sum:
    """Add squared residuals, in closed form.

    With (p₁, p₂) = QR and c = Qᵀ(y − p₀), the sum is the part of y − p₀
    outside the plane plus ‖c − R (a, b)‖²: all terms are squares, so nothing
    cancels near the minimum, and the cost does not grow with the data.
    """
    base, *slopes = (part.ravel() for part in plane.parts)
    residual = target.ravel() - base
    Q, R = np.linalg.qr(np.column_stack(slopes))
    inside = Q.T @ residual
    outside = residual - Q @ inside
    # R is triangular: its second row knows b alone.
    square = (inside[0] - R[0, 1] * plane.b)[:, None] - R[0, 0] * plane.a
    square *= square
    constant = outside @ outside
    if len(R) == 2:
        constant = constant + (inside[1] - R[1, 1] * plane.b)[:, None] ** 2
    square += constant
    return square, residual.size


def logistic(plane: Plane, sign: np.ndarray) -> Sum:
    """Add log(1 + exp(−sign · prediction)), with few exponentials.

    eᶻ with z = z₀ + a z₁ + b z₂ is a product of two tables, and a sum of
    logarithms is the logarithm of a product. It is grown as p = product − 1,
    which keeps losses near 0 exact; examples whose powers of e would
    overflow are added one by one.
    """
    margins = Plane(
        tuple(-sign * part for part in plane.parts), plane.a, plane.b
    )
    total = plane.zeros()
    for examples in blocks(sign.size, max(total.shape)):
        some = margins.of(examples)
        z0, z1, z2 = some.parts
        along_a = z0[:, None] + z1[:, None] * plane.a
        along_b = z2[:, None] * plane.b
        near = np.abs(along_a).max(axis=1) <= REACH
        near &= np.abs(along_b).max(axis=1) <= REACH
        total += _log_of_product(np.exp(along_a[near]), np.exp(along_b[near]))
        total += elementwise(
            some.of(~near), lambda z, _: softplus(z), z0[~near]
        )[0]
    return total, sign.size


def _log_of_product(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return the sum over k of log(1 + A[k, j] B[k, i]) at [i, j]."""
    total = np.zeros((B.shape[1], A.shape[1]))
    product, term, grown = np.zeros((3, *total.shape))
    growth = np.log1p(A.max(axis=1) * B.max(axis=1))
    room = ROOM
    for a, b, most in zip(A, B[:, :, None], growth, strict=True):
        if most > room:
            total += np.log1p(product)
            product[:], room = 0, ROOM
        room -= most
        # (1 + p)(1 + ab) − 1 = p + ab (1 + p)
        np.multiply(a, b, out=term)
        np.add(product, 1, out=grown)
        term *= grown
        product += term
    return total + np.log1p(product)


def elementwise(
    plane: Plane,
    loss: Callable[[np.ndarray, np.ndarray], np.ndarray],
    target: np.ndarray,
) -> Sum:
    """Add the losses of all examples, a few megabytes at a time.

    Parameters
    ----------
    plane : Plane
        The predictions.
    loss : callable
        Given predictions of shape (N,) or (N, K) and their N targets,
        returns unreduced losses, those of one example side by side.
    target : ndarray of shape (n,) or (n, K)
        What the predictions should be.
    """
    total, added = plane.zeros(), 0
    outputs = plane.parts[0].shape[1:]
    axes = (..., *(None for _ in range(1 + len(outputs))))
    points = plane.a.size * int(np.prod(outputs))
    for examples in blocks(len(target), points):
        p0, p1, p2 = plane.of(examples).parts
        row = p0 + plane.a[axes] * p1
        for heights in blocks(plane.b.size, row.size):
            z = row + plane.b[heights][axes][:, None] * p2
            shape = z.shape[:2]
            repeated = np.broadcast_to(
                target[examples], shape + target[examples].shape
            ).reshape(-1, *target.shape[1:])
            values = loss(z.reshape(-1, *outputs), repeated)
            values = values.reshape(*shape, -1)
            total[heights] += values.sum(axis=-1)
        added += values.shape[-1]
    return total, added


def blocks(n: int, size: int) -> Iterator[slice]:
    """Cut n things of `size` numbers each into blocks of `CHUNK` numbers."""
    step = max(1, CHUNK // max(1, size))
    return (slice(start, start + step) for start in range(0, n, step))
