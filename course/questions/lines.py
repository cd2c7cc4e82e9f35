"""Judging the fit of a line y = a + b x by the loss that it reaches."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lossviz.losses import huber_loss, quantile_loss


def mean_huber(case, line):
    """Return the mean Huber loss of a line on the points of `(x, y, δ)`."""
    _, y, delta = case.args
    return huber_loss(_heights(case, line), y, delta=delta)


def mean_pinball(case, line):
    """Return the mean pinball loss of a line on the points of `(x, y, q)`."""
    _, y, q = case.args
    return quantile_loss(_heights(case, line), y, q=q)


@dataclass(frozen=True)
class ReachesOptimum:
    """Judges one fit by the objective that it reaches, see `EachCase`.

    Attributes
    ----------
    objective : callable
        `objective(case, line)`, to be minimised over lines `(a, b)`.
    name : str
        What the objective is called in the message.
    factor, margin : float
        The largest objective that counts as reached is the smallest there
        is, times `factor`, plus `margin`.
    """

    objective: Callable
    name: str
    factor: float = 1.0
    margin: float = 0.0

    def __call__(self, case, line, best):
        """Return a clause about one line, or None."""
        if line.shape != (2,):
            return _not_a_pair(line)
        if not np.isfinite(line).all():
            return "returned a line that is not finite"
        optimum = self.objective(case, best)
        if self.objective(case, line) > self.factor * optimum + self.margin:
            return f"returned a line whose {self.name} can still be lowered"
        return None


def share_below(case, line, best):
    """Return a clause if not a share q of the points lies below a line."""
    if line.shape != (2,):
        return _not_a_pair(line)
    _, y, q = case.args
    residual = np.asarray(y, dtype=float) - _heights(case, line)
    # Points on the line count for either side.
    nearly = 1e-6 * np.ptp(y)
    below, not_above = residual < -nearly, residual <= nearly
    if np.mean(below) > q + 0.03 or np.mean(not_above) < q - 0.03:
        return "returned a line with another share of points below it than q"
    return None


def _heights(case, line):
    """Return a + b x at the points of a case."""
    intercept, slope = line.astype(float)
    return intercept + slope * np.asarray(case.args[0], dtype=float)


def _not_a_pair(line):
    return f"returned shape {line.shape} where the pair (a, b) is due"
