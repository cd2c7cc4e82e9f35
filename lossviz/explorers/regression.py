"""Explorers of the lecture on regression."""

from lossviz.explorers.regression_fits import hetero, outlier_line
from lossviz.explorers.regression_losses import barron, huber_lab, influence
from lossviz.explorers.regression_quantile import pinball
from lossviz.explorers.regression_trained import mdn, units

__all__ = [
    "barron",
    "hetero",
    "huber_lab",
    "influence",
    "mdn",
    "outlier_line",
    "pinball",
    "units",
]
