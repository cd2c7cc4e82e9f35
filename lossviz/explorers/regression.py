"""Explorers of the lecture on regression."""

from lossviz.explorers.regression_losses import barron, huber_lab, influence
from lossviz.explorers.regression_quantile import pinball

__all__ = ["barron", "huber_lab", "influence", "pinball"]
