"""Curvature of the loss: the largest eigenvalues of its Hessian, its trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lossviz.landscape._checks import checked_progress, checked_seed
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

    k, seed = count("k", k), checked_seed(seed)
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
    progress: bool | None = None,
) -> tuple[float, float]:
    """Estimate the trace of the loss's Hessian, the sum of its eigenvalues.

    The mean of v·Hv over random vectors v of signs. Ctrl-C, or the stop
    button of a notebook, ends the work early: the error tells by how much.

    Parameters
    ----------
    model, loss, data, device, progress
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
    from lossviz.landscape._progress import bar_of, tell

    samples = count("samples", samples, minimum=2)
    seed, progress = checked_seed(seed), checked_progress(progress)
    rng, values = np.random.default_rng(seed), []
    with (
        hessian(model, loss, data, seed, device) as operator,
        bar_of(samples, "trace", "sample", progress) as bar,
    ):
        try:
            for _ in range(samples):
                signs = rng.choice([-1.0, 1.0], operator.size)
                values.append(signs @ operator.product(signs))
                bar.update()
        except KeyboardInterrupt:
            # no error can be told from a single one
            if len(values) < 2:
                raise
            tell(f"Interrupted after {len(values)} of {samples} samples.")
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values)), float(error)
