"""How fast this machine is at best: products of matrices, and tanh."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache

import torch

ROUNDS = 7


def product_rate() -> float:
    """Return the most operations a second that a matrix product was seen at.

    By torch and by NumPy, also with its kernels for AVX-512, which it does
    not choose by itself on every processor that has them.
    """
    return _rate_with(torch.get_num_threads())


@cache
def _rate_with(threads: int) -> float:
    a = torch.randn(2048, 2048)
    rates = [rate(lambda: a @ a)]
    for kernels in (None, "SkylakeX"):
        rates.append(_numpy_rate(threads, kernels))
    return max(rates)


def rate(call: Callable) -> float:
    """Return the operations a second of a product of 2048 × 2048."""
    call()
    fastest = min(_seconds(call) for _ in range(ROUNDS))
    return 2 * 2048**3 / fastest


def _seconds(call: Callable) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


_NUMPY_RATE = """
import numpy as np
from bench.machine import rate
a = np.random.default_rng(0).normal(size=(2048, 2048)).astype(np.float32)
print(rate(lambda: a @ a))
"""


def _numpy_rate(threads: int, kernels: str | None) -> float:
    """Measure in a fresh process; 0 where the kernels do not run."""
    setting = {"OPENBLAS_NUM_THREADS": str(threads)}
    if kernels is not None:
        setting["OPENBLAS_CORETYPE"] = kernels
    run = subprocess.run(
        [sys.executable, "-c", _NUMPY_RATE],
        env={**os.environ, **setting},
        capture_output=True,
        text=True,
    )
    return float(run.stdout) if run.returncode == 0 else 0.0


def tanh_rate() -> float:
    """Return how many hyperbolic tangents a second the machine computes."""
    numbers = torch.randn(2**16)
    fastest = min(
        _seconds(lambda: torch.tanh_(numbers.clone())) for _ in range(50)
    )
    return len(numbers) / fastest
