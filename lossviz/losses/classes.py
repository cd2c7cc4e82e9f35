"""Predictions and targets of K classes, checked and brought in line.

Classes lie along axis 1, or along the only axis of a single example. Within
the losses they lie along the last axis: one row for each example.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lossviz.validation import as_float, same_shape


def class_rows(name: str, array: ArrayLike) -> np.ndarray:
    """Return predictions with the axis of classes moved to the end."""
    array = as_float(name, array)
    axis = _class_axis(array)
    if array.ndim == 0 or array.shape[axis] == 0:
        raise ValueError(
            f"{name} must have an axis with at least one class, "
            f"got shape {array.shape}"
        )
    return np.moveaxis(array, axis, -1)


def _class_axis(array: np.ndarray) -> int:
    return min(array.ndim - 1, 1)


def as_given(rows: np.ndarray) -> np.ndarray:
    """Return a gradient with the axis of classes moved back."""
    return np.moveaxis(rows, -1, _class_axis(rows))


def class_indices(
    target: ArrayLike,
    rows: np.ndarray,
    ignore_index: int | None = None,
    *,
    name: str = "input",
) -> tuple[np.ndarray, np.ndarray]:
    """Return class indices, and which of them are not to be ignored.

    `name` is what the loss calls its predictions.
    """
    as_float("target", target)
    index = np.asarray(target)
    if index.dtype.kind not in "iu":
        raise ValueError(
            f"target must hold class indices as integers, got {index.dtype}"
        )
    if index.shape != rows.shape[:-1]:
        raise ValueError(
            f"target must have the shape of {name} without the axis of "
            f"classes, {rows.shape[:-1]}, got {index.shape}"
        )
    kept = index != ignore_index
    wrong = kept & ((index < 0) | (index >= rows.shape[-1]))
    if wrong.any():
        raise ValueError(
            "target must hold class indices from 0 to "
            f"{rows.shape[-1] - 1}, got {index[wrong][0]}"
        )
    return np.where(kept, index, 0), kept


def picked(rows: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Return the entry of each row at its class index."""
    index = index[..., np.newaxis]
    return np.take_along_axis(rows, index, axis=-1)[..., 0]


def one_hot(rows: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Return a 1 at the class index of each row, 0 elsewhere."""
    return 1.0 * (index[..., np.newaxis] == np.arange(rows.shape[-1]))


def class_weights(weight: ArrayLike | None, rows: np.ndarray) -> np.ndarray:
    """Return one weight per class: ones where none are given."""
    n_classes = rows.shape[-1]
    if weight is None:
        return np.ones(n_classes)
    weight = as_float("weight", weight)
    if weight.shape != (n_classes,):
        raise ValueError(
            f"weight must hold one number per class, {n_classes}, "
            f"got shape {weight.shape}"
        )
    return weight


def holds_probabilities(target: ArrayLike, rows: np.ndarray) -> bool:
    """Tell the two forms of a target apart, by their number of axes."""
    return as_float("target", target).ndim == rows.ndim


def target_rows(
    target: ArrayLike, rows: np.ndarray, *, name: str = "input"
) -> np.ndarray:
    """Return the probabilities of the classes, given or one-hot."""
    if not holds_probabilities(target, rows):
        return one_hot(rows, class_indices(target, rows, name=name)[0])
    given = np.asarray(target)
    if given.dtype.kind in "iu":
        raise ValueError(
            "target must hold class indices of shape "
            f"{rows.shape[:-1]}, or probabilities as floats, "
            f"got integers of shape {given.shape}"
        )
    target = as_float("target", target)
    same_shape(**{name: as_given(rows), "target": target})
    return class_rows("target", target)
