"""Numbers as pictures show them and screen readers speak them."""

import math

from lossviz.validation import as_float, count

__all__ = ["number"]


def number(value: float, digits: int = 3) -> str:
    """Write a number with few digits, a true minus sign and no exponent.

    Parameters
    ----------
    value : float
        Any number. Below a millionth it reads 0: no picture shows the
        difference.
    digits : int, default 3
        Significant digits; the whole part is never rounded.

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
    array, digits = as_float("value", value), count("digits", digits)
    if array.shape != ():
        raise ValueError(f"value must be one number, got {array.size}")
    value = float(array)
    if math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    if abs(value) < 1e-6:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")
