"""Checks of arguments, made once at the public border of every module.

Each check returns the value ready for use, or raises a `ValueError` whose
one sentence names the parameter, the rule and the value that broke it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike


def _number(name: str, value: object, rule: str) -> float:
    """Return `value` as a float, refusing what is no plain real number."""
    value = _scalar(value)
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise _broken(name, rule, value)
    try:
        number = float(value)
    except OverflowError:
        raise _broken(name, rule, value) from None
    if math.isnan(number):
        raise _broken(name, rule, value)
    return number


def _scalar(value: object) -> object:
    """Unwrap a zero-dimensional array (NumPy's or torch's)."""
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return value.item()
    return value


def _broken(name: str, rule: str, value: object) -> ValueError:
    return ValueError(f"{name} must {rule}, got {_shown(value)}")


def _shown(value: object, limit: int = 60) -> str:
    """Return a repr that fits one sentence, whatever the value is."""
    text = " ".join(repr(_scalar(value)).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def finite(name: str, value: float) -> float:
    """Return `value` as a float, if it is a finite number.

    Raises
    ------
    ValueError
        If `value` is no number, NaN or infinite.
    """
    number = _number(name, value, "be a finite number")
    if math.isinf(number):
        raise _broken(name, "be a finite number", value)
    return number


def positive(name: str, value: float) -> float:
    """Return `value` as a float, if it is a finite number above 0.

    Raises
    ------
    ValueError
        If `value` is no number, NaN, infinite, zero or negative.
    """
    number = _number(name, value, "be positive")
    if number <= 0:
        raise _broken(name, "be positive", value)
    if math.isinf(number):
        raise _broken(name, "be finite", value)
    return number


def non_negative(name: str, value: float) -> float:
    """Return `value` as a float, if it is a finite number of at least 0.

    Raises
    ------
    ValueError
        If `value` is no number, NaN, infinite or negative.
    """
    number = _number(name, value, "not be negative")
    if number < 0:
        raise _broken(name, "not be negative", value)
    if math.isinf(number):
        raise _broken(name, "be finite", value)
    return number


def between(
    name: str, value: float, low: float, high: float, *, open: bool = True
) -> float:
    """Return `value` as a float, if it lies between `low` and `high`.

    Parameters
    ----------
    name : str
        The parameter's name, for the message.
    value : float
        The number to check.
    low, high : float
        The ends of the interval; either may be infinite.
    open : bool, default True
        Whether the ends themselves are refused.

    Raises
    ------
    ValueError
        If `value` is no number, NaN or outside the interval.
    """
    strictly = "strictly " if open else ""
    rule = f"lie {strictly}between {low} and {high}"
    number = _number(name, value, rule)
    inside = low < number < high if open else low <= number <= high
    if not inside:
        raise _broken(name, rule, value)
    return number


def count(name: str, value: int, *, minimum: int | None = 1) -> int:
    """Return `value` as an int, if it is a whole number ≥ `minimum`.

    Without a minimum (None) it may be negative.

    Raises
    ------
    ValueError
        If `value` is no whole number (2.0 is not taken for 2) or too small.
    """
    rule = "be a whole number"
    if minimum is not None:
        rule += f" of at least {minimum}"
    number = _scalar(value)
    if isinstance(number, (bool, np.bool_)) or not isinstance(
        number, Integral
    ):
        raise _broken(name, rule, value)
    if minimum is not None and number < minimum:
        raise _broken(name, rule, value)
    return int(number)


def choice(name: str, value: str, options: Iterable[str]) -> str:
    """Return `value`, if it is one of `options`.

    Raises
    ------
    ValueError
        If `value` is not among `options`; the message lists them all.
    """
    options = list(options)
    if not isinstance(value, str) or value not in options:
        raise _broken(name, f"be {_listed(options)}", value)
    return value


def flag(name: str, value: bool) -> bool:
    """Return `value`, if it is True or False (1 is not taken for True).

    Raises
    ------
    ValueError
        If `value` is no boolean.
    """
    unwrapped = _scalar(value)
    if not isinstance(unwrapped, (bool, np.bool_)):
        raise _broken(name, "be True or False", value)
    return bool(unwrapped)


def _listed(options: list[str]) -> str:
    """Return the options as in `'mean', 'sum' or 'none'`."""
    shown = [repr(option) for option in options]
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} or {shown[-1]}"


def as_float(name: str, value: ArrayLike) -> np.ndarray:
    """Return real numbers of any kind and shape as a float64 array.

    Lists, integers, booleans and CPU tensors are welcome; a float64 array
    comes back as it is, so callers must not write into the result.

    Raises
    ------
    ValueError
        If `value` is ragged or holds anything but real numbers.
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise _broken(name, "have rows of one length", value) from None
    except (TypeError, RuntimeError):
        # torch's tensors that need a gradient or live on another device
        raise _broken(name, "be an array or plain tensor", value) from None
    if array.dtype.kind not in "biuf":
        raise _broken(name, "hold real numbers only", value)
    return array.astype(np.float64, copy=False)


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
        raise _broken(name, rule, array[wrong][0])
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
