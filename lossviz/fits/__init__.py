"""Constants, lines and linear models that minimise a regression loss.

A residual here is r = target − prediction, as in the lecture's prose, and a
loss is named by its key in `lossviz.losses.LOSSES`.
"""

from lossviz.fits.influence import psi, weight
from lossviz.fits.linear import (
    irls,
    lasso,
    least_squares,
    quantile_regression,
    standardise,
)
from lossviz.fits.lines import best_constant, fit_line

__all__ = [
    "best_constant",
    "fit_line",
    "irls",
    "lasso",
    "least_squares",
    "psi",
    "quantile_regression",
    "standardise",
    "weight",
]
