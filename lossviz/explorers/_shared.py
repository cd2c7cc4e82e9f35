"""What several explorers say or draw in the same way."""

from __future__ import annotations

import math


def number(value: float, digits: int = 3) -> str:
    """Return a number for reading: few digits and a true minus sign."""
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    # Adding zero turns −0 into 0.
    return f"{value + 0.0:.{digits}g}".replace("-", "−")
