"""What every test module shares."""

import sys

import matplotlib
import numpy as np
import pytest
from hypothesis import settings

matplotlib.use("Agg")

# The same examples on every machine and in every run.
settings.register_profile(
    "course", derandomize=True, deadline=None, database=None
)
settings.load_profile("course")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(autouse=True)
def close_figures():
    """Leave no figure of one test open for the next."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
