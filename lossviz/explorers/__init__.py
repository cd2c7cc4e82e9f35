"""The explorers of the course, one module per lecture.

Each explorer is a function that returns a ready
`lossviz.explorer.Explorer`, such as ``explorers.regression.huber_lab()``.
"""

from lossviz.explorers import landscape, regression

__all__ = ["landscape", "regression"]
