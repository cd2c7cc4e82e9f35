"""The course's data: seeded toy problems and three real sets.

Every toy problem takes the random generator first, so that a notebook
decides its seeds in one place:

>>> import numpy as np
>>> x, y = line(np.random.default_rng(0))
"""

from lossviz.data.curves import (
    add_outliers,
    growing_noise,
    inverse_sine,
    line,
    skewed,
    skewed_line,
)
from lossviz.data.real import breast_cancer, diabetes, digits
from lossviz.data.tables import (
    heights_weights,
    occluded_template,
    sparse_linear,
)

__all__ = [
    "add_outliers",
    "breast_cancer",
    "diabetes",
    "digits",
    "growing_noise",
    "heights_weights",
    "inverse_sine",
    "line",
    "occluded_template",
    "skewed",
    "skewed_line",
    "sparse_linear",
]
