"""Curvature of the loss: the largest eigenvalues of its Hessian, its trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lossviz.validation import count

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["Curvature", "hessian_eigenvalues", "hessian_trace"]


@dataclass(frozen=True, eq=False)
class Curvature:
    """The steepest curvatures of the loss, and where they point.

    Parameters
    ----------
    values : ndarray of shape (k,)
        Eigenvalues of the Hessian, the largest first.
    vectors : list of Tensor
        Their directions of length 1, as flat vectors.
    """

    values: np.ndarray
    vectors: list[Tensor] = field(repr=False)


def hessian_eigenvalues(
    model: nn.Module,
    loss: Callable,
    data: Any,
    *,
    k: int = 2,
    seed: int = 0,
    device: Any = None,
) -> Curvature:
    """Return the largest eigenvalues of the loss's Hessian.

    By Lanczos iteration on products of the Hessian with vectors, each of
    which costs about two backward passes.

    Parameters
    ----------
    model, loss, data, device
        As for `loss_landscape`.
    k : int, default 2
        How many eigenvalues.
    seed : int, default 0
        Settles the vector that the iteration starts from.

    Returns
    -------
    Curvature

    Raises
    ------
    ValueError
        If the model has fewer than `k` parameters, or an argument is
        refused.

    References
    ----------
    Lanczos (1950), An iteration method for the solution of the eigenvalue
    problem of linear differential and integral operators.
    """
    import torch

    from lossviz.landscape._hessian import hessian, largest

    k, seed = count("k", k), count("seed", seed, minimum=0)
    with hessian(model, loss, data, seed, device) as operator:
        if k > operator.size:
            raise ValueError(
                f"k must be at most {operator.size}, the number of "
                f"parameters, got {k}"
            )
        values, vectors = largest(operator, k, seed)
        dtype = operator.dtype
    return Curvature(values, [torch.tensor(v, dtype=dtype) for v in vectors.T])


def hessian_trace(
    model: nn.Module,
    loss: Callable,
    data: Any,
    *,
    samples: int = 100,
    seed: int = 0,
    device: Any = None,
) -> tuple[float, float]:
    """Estimate the trace of the loss's Hessian, the sum of its eigenvalues.

    The mean of v·Hv over random vectors v of signs.

    Parameters
    ----------
    model, loss, data, device
        As for `loss_landscape`.
    samples : int, default 100
        Number of random vectors, at least 2.
    seed : int, default 0
        Settles them.

    Returns
    -------
    (float, float)
        The estimate and its standard error.

    Raises
    ------
    ValueError
        If an argument is refused; the message says which and why.

    References
    ----------
    Hutchinson (1989), A stochastic estimator of the trace of the influence
    matrix for Laplacian smoothing splines.
    """
    from lossviz.landscape._hessian import hessian

    samples = count("samples", samples, minimum=2)
    rng = np.random.default_rng(count("seed", seed, minimum=0))
    with hessian(model, loss, data, seed, device) as operator:
        signs = (
            rng.choice([-1.0, 1.0], operator.size) for _ in range(samples)
        )
        values = np.array([v @ operator.product(v) for v in signs])
    error = values.std(ddof=1) / np.sqrt(samples)
    return float(values.mean()), float(error)
