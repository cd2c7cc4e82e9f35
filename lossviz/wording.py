"""Numbers as pictures show them and screen readers speak them."""

import math

from lossviz.validation import as_float, count

__all__ = ["number", "reach"]

# From here on digits are too many to be counted.
COUNTLESS = 1e12


def number(value: float, digits: int = 3) -> str:
    """Write a number with few digits, a true minus sign and no exponent.

    Parameters
    ----------
    value : float
        Any number. Below a millionth it reads 0: no picture shows the
        difference. From a million millions on it has a power of ten.
    digits : int, default 3
        Significant digits; the whole part is never rounded otherwise.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If `value` is no number, or `digits` no whole number of at least 1.

    Examples
    --------
    >>> number(-0.00012345)
    '−0.000123'
    >>> number(15000.4)
    '15000'
    """
    value, digits = _one("value", value), count("digits", digits)
    if math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    if abs(value) < 1e-6:
        return "0"
    if abs(value) >= COUNTLESS:
        return _with_power(value, digits)
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    return _short(text)


def _one(name: str, value: float) -> float:
    array = as_float(name, value)
    if array.shape != ():
        raise ValueError(f"{name} must be one number, got {array.size}")
    return float(array)


def _with_power(value: float, digits: int) -> str:
    """Write a number with a power of ten, as in "1.5 × 10^12"."""
    if value == 0:
        return "0"
    text, power = f"{value:.{digits - 1}e}".split("e")
    return f"{_short(text)} × 10^{int(power)}".replace("-", "−")


def _short(text: str) -> str:
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def reach(low: float, high: float, digits: int = 3) -> str:
    """Write a range, as in "−1 to 2", with ends that can be told apart.

    Parameters
    ----------
    low, high : float
        The ends.
    digits : int, default 3
        Significant digits, if so few will do.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If an end is no number, or `digits` no whole number of at least 1.

    Examples
    --------
    >>> reach(-1, 2)
    '−1 to 2'
    >>> reach(0, 4e-9)
    '0 to 4 × 10^−9'
    """
    low, high = _one("low", low), _one("high", high)
    # beside the other end it is rounding
    rounding = 1e-9 * abs(high - low)
    if math.isfinite(rounding):
        low, high = (
            0.0 if abs(end) < rounding else end for end in (low, high)
        )
    ends = number(low, digits), number(high, digits)
    for more in range(digits + 1, 17):
        if ends[0] != ends[1] or low == high:
            return " to ".join(ends)
        ends = number(low, more), number(high, more)
    if ends[0] == ends[1]:
        ends = _with_power(low, digits), _with_power(high, digits)
    return " to ".join(ends)
