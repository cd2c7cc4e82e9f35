"""The check that every seeded problem makes of its generator."""

from __future__ import annotations

import numpy as np


def generator(rng: np.random.Generator) -> np.random.Generator:
    """Return `rng`, if it is a generator and not, say, a bare seed."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, got {rng!r}")
    return rng
