"""Data and judges of the questions that fit a line y = a + b x."""

import numpy as np

from course.questions.judges import each_case


def integer_points(rng, n=30):
    """Return whole-numbered points along a line, some of them far off it."""
    x = rng.permutation(np.arange(n) % 7)
    y = 2 * x - 3 + rng.integers(-2, 3, size=n)
    y[: n // 10] += 20
    return x, y


def residuals(case, line):
    """Return y − (a + b x) of a case `(x, y, …)` for a line `(a, b)`."""
    x, y = (np.asarray(side, dtype=float) for side in case.args[:2])
    intercept, slope = line.astype(float)
    return y - intercept - slope * x


def reaches_optimum(objective, limit, name):
    """Return the judge of a fit by the objective it reaches.

    Parameters
    ----------
    objective : callable
        `objective(case, line)`, to be minimised over lines `(a, b)`.
    limit : callable
        `limit(optimum)` is the largest objective that counts as reached.
    name : str
        What the objective is called in the message.
    """

    def judge(case, line, best):
        if line.shape != (2,):
            return f"returned shape {line.shape} where the pair (a, b) is due"
        if not np.isfinite(line).all():
            return "returned a line that is not finite"
        if objective(case, line) > limit(objective(case, best)):
            return f"returned a line whose {name} can still be lowered"
        return None

    return each_case(judge)
