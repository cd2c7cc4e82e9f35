"""Models beyond a line: a growing variance, a mixture, a shared network.

Trainings are small and deterministic; they leave torch's settings and its
global random state alone. Torch is imported by those that train a network.
"""

from lossviz.training.heteroscedastic import Band, fit_heteroscedastic
from lossviz.training.mixture import Mixture, fit_mixture
from lossviz.training.two_outputs import TwoOutputs, fit_two_outputs

__all__ = [
    "Band",
    "Mixture",
    "TwoOutputs",
    "fit_heteroscedastic",
    "fit_mixture",
    "fit_two_outputs",
]
