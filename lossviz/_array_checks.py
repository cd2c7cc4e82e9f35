"""Checks of arrays, and the sentence of every check that fails.

`lossviz.validation` is where other modules find them.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike


def scalar(value: object) -> object:
    """Unwrap a zero-dimensional array (NumPy's or torch's)."""
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return value.item()
    return value


def broken(name: str, rule: str, value: object) -> ValueError:
    """Return the error that says which rule a value breaks.

    For checks that only one module needs; the value is cut to what fits one
    sentence.
    """
    return ValueError(f"{name} must {rule}, got {_shown(value)}")


def _shown(value: object, limit: int = 60) -> str:
    """Return a repr that fits one sentence, whatever the value is."""
    text = " ".join(repr(scalar(value)).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def as_float(name: str, value: ArrayLike) -> np.ndarray:
    """Return real numbers of any kind and shape as a float64 array.

    Lists, integers, booleans and CPU tensors are welcome; a float64 array
    comes back as it is, so callers must not write into the result.

    Raises
    ------
    ValueError
        If `value` is ragged or holds anything but real numbers, or some of
        them are masked.
    """
    # NumPy would drop the mask, and count what it hides
    if np.ma.is_masked(value):
        raise ValueError(
            f"{name} must hold no masked numbers, "
            f"got {np.ma.count_masked(value)} of them"
        )
    try:
        array = np.asarray(value)
    except ValueError:
        raise broken(name, "have rows of one length", value) from None
    except (TypeError, RuntimeError):
        # torch's tensors that need a gradient or live on another device
        raise broken(name, "be an array or plain tensor", value) from None
    if array.dtype.kind not in "biuf":
        raise broken(name, "hold real numbers only", value)
    return array.astype(np.float64, copy=False)


def vector(name: str, values: ArrayLike, *, minimum: int = 1) -> np.ndarray:
    """Return a list of numbers as a float64 array of shape (n,).

    Raises
    ------
    ValueError
        If `values` are no list of real numbers, or fewer than `minimum`.
    """
    array = as_float(name, values)
    if array.ndim != 1:
        raise ValueError(
            f"{name} must have one dimension, got shape {array.shape}"
        )
    if array.size < minimum:
        raise ValueError(
            f"{name} must hold at least {minimum} number"
            f"{'s' if minimum > 1 else ''}, got {array.size}"
        )
    return array


def all_finite(name: str, array: np.ndarray) -> np.ndarray:
    """Return `array`, if no entry is NaN or infinite.

    Raises
    ------
    ValueError
        If an entry is; the message shows the first.
    """
    return _without(
        ~np.isfinite(array), name, "hold finite numbers only", array
    )


def all_signs(name: str, array: np.ndarray) -> np.ndarray:
    """Return `array`, if all entries are 1 or −1 (NaN passes, as data).

    Raises
    ------
    ValueError
        If an entry is anything else; the message shows the first.
    """
    wrong = (np.abs(array) != 1) & ~np.isnan(array)
    return _without(wrong, name, "hold 1 and -1 only", array)


def all_positive(name: str, array: np.ndarray) -> np.ndarray:
    """Return `array`, if no entry is 0 or negative (NaN passes, as data).

    Raises
    ------
    ValueError
        If an entry is 0 or negative; the message shows the first.
    """
    return _without(array <= 0, name, "be positive", array)


def all_non_negative(name: str, array: np.ndarray) -> np.ndarray:
    """Return `array`, if no entry is negative (NaN passes, as data).

    Raises
    ------
    ValueError
        If an entry is negative; the message shows the first.
    """
    return _without(array < 0, name, "not be negative", array)


def _without(
    wrong: np.ndarray, name: str, rule: str, array: np.ndarray
) -> np.ndarray:
    if np.any(wrong):
        raise broken(name, rule, array[wrong][0])
    return array


def same_shape(**arrays: np.ndarray) -> None:
    """Demand that all arrays, given by name, have one shape.

    Raises
    ------
    ValueError
        If two shapes differ; nothing is broadcast silently.
    """
    shapes = {name: np.shape(array) for name, array in arrays.items()}
    if len(set(shapes.values())) > 1:
        raise ValueError(
            f"{_joined(shapes)} must have the same shape, "
            f"got {_joined(map(str, shapes.values()))}"
        )


def _joined(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
