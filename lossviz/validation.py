"""Checks of arguments, made once at the public border of every module.

Each check returns the value ready for use, or raises a `ValueError` whose
one sentence names the parameter, the rule and the value that broke it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral, Real

import numpy as np

from lossviz._array_checks import (
    all_finite,
    all_non_negative,
    all_positive,
    all_signs,
    as_float,
    broken,
    same_shape,
    scalar,
    vector,
)

__all__ = [
    "all_finite",
    "all_non_negative",
    "all_positive",
    "all_signs",
    "as_float",
    "between",
    "broken",
    "choice",
    "count",
    "finite",
    "flag",
    "function",
    "interval",
    "mapping",
    "non_negative",
    "pair",
    "positive",
    "real",
    "same_shape",
    "scalar",
    "text",
    "vector",
]

# More options than this would bury the sentence.
MOST_LISTED = 12


def _number(name: str, value: object, rule: str) -> float:
    """Return `value` as a float, refusing what is no plain real number."""
    value = scalar(value)
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise broken(name, rule, value)
    try:
        number = float(value)
    except OverflowError:
        raise broken(name, rule, value) from None
    if math.isnan(number):
        raise broken(name, rule, value)
    return number


def finite(name: str, value: float) -> float:
    """Return `value` as a float, if it is a finite number.

    Raises
    ------
    ValueError
        If `value` is no number, NaN or infinite.
    """
    number = _number(name, value, "be a finite number")
    if math.isinf(number):
        raise broken(name, "be a finite number", value)
    return number


def real(name: str, value: float) -> float:
    """Return `value` as a float, if it is a number; it may be infinite.

    Raises
    ------
    ValueError
        If `value` is no number or NaN.
    """
    return _number(name, value, "be a number")


def positive(name: str, value: float) -> float:
    """Return `value` as a float, if it is a finite number above 0.

    Raises
    ------
    ValueError
        If `value` is no number, NaN, infinite, zero or negative.
    """
    number = _number(name, value, "be positive")
    if number <= 0:
        raise broken(name, "be positive", value)
    if math.isinf(number):
        raise broken(name, "be finite", value)
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
        raise broken(name, "not be negative", value)
    if math.isinf(number):
        raise broken(name, "be finite", value)
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
        raise broken(name, rule, value)
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
    number = scalar(value)
    if isinstance(number, (bool, np.bool_)) or not isinstance(
        number, Integral
    ):
        raise broken(name, rule, value)
    if minimum is not None and number < minimum:
        raise broken(name, rule, value)
    return int(number)


def interval(name: str, limits: tuple[float, float]) -> tuple[float, float]:
    """Return both ends of an interval as floats, if it has a length.

    Raises
    ------
    ValueError
        If `limits` are no two finite numbers, the second above the first.
    """
    low, high = pair(name, limits)
    low, high = finite(f"{name}[0]", low), finite(f"{name}[1]", high)
    if low >= high:
        raise broken(name, "increase", limits)
    return low, high


def pair(name: str, value: Sequence) -> tuple[object, object]:
    """Return the two things that `value` holds.

    Raises
    ------
    ValueError
        If they are not two.
    """
    try:
        first, second = value
    except (TypeError, ValueError):
        raise broken(name, "be a pair", value) from None
    return first, second


def choice(
    name: str, value: str, options: Iterable[str], *, where: str = ""
) -> str:
    """Return `value`, if it is one of `options`.

    Parameters
    ----------
    name : str
        The parameter's name, for the message.
    value : str
        The option that was chosen.
    options : iterable of str
        What there is to choose from.
    where : str, optional
        Where the options are listed; named where they are too many to list
        them all, together with the one that is most like `value`.

    Raises
    ------
    ValueError
        If `value` is not among `options`.
    """
    options = list(options)
    if isinstance(value, str) and value in options:
        return value
    if not where or len(options) <= MOST_LISTED:
        raise broken(name, f"be {_listed(options)}", value)
    message = str(broken(name, f"be one of {where}", value))
    raise ValueError(message + _nearest(value, options))


def _nearest(value: object, options: list[str]) -> str:
    """Return the option a misspelt one may stand for, in brackets."""
    if not isinstance(value, str):
        return ""
    import difflib

    near = difflib.get_close_matches(value.lower(), options, 1, cutoff=0.4)
    return "".join(f" (nearest: {option!r})" for option in near)


def flag(name: str, value: bool) -> bool:
    """Return `value`, if it is True or False (1 is not taken for True).

    Raises
    ------
    ValueError
        If `value` is no boolean.
    """
    unwrapped = scalar(value)
    if not isinstance(unwrapped, (bool, np.bool_)):
        raise broken(name, "be True or False", value)
    return bool(unwrapped)


def text(name: str, value: str | None) -> str | None:
    """Return `value`, if it is a string or None.

    Raises
    ------
    ValueError
        If `value` is anything else.
    """
    if value is not None and not isinstance(value, str):
        raise broken(name, "be a string", value)
    return value


def function(name: str, value: Callable) -> Callable:
    """Return `value`, if it can be called.

    Raises
    ------
    ValueError
        If `value` cannot be called.
    """
    if not callable(value):
        raise broken(name, "be callable", value)
    return value


def mapping(name: str, value: Mapping | None) -> Mapping:
    """Return `value`, if it is a mapping; an empty one for None.

    Raises
    ------
    ValueError
        If `value` is anything else.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise broken(name, "be a mapping", value)
    return value


def _listed(options: list[str]) -> str:
    """Return the options as in `'mean', 'sum' or 'none'`."""
    shown = [repr(option) for option in options]
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} or {shown[-1]}"
