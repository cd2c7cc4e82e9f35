"""Data of the questions that fit a line y = a + b x."""

import numpy as np


def integer_points(rng, n=30):
    """Return whole-numbered points along a line, some of them far off it."""
    x = rng.permutation(np.arange(n) % 7)
    y = 2 * x - 3 + rng.integers(-2, 3, size=n)
    y[: n // 10] += 20
    return x, y
