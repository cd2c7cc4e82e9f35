"""One network, two targets whose numbers differ in size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from lossviz.fits._checks import finite, table
from lossviz.training._threads import one_thread
from lossviz.validation import choice, count

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["TwoOutputs", "fit_two_outputs"]


@dataclass(frozen=True)
class TwoOutputs:
    """How well a network with a shared hidden layer learnt two targets.

    Parameters
    ----------
    r2 : ndarray of shape (2,)
        Share of each target's variance that is explained.
    sd : ndarray of shape (2,)
        The learned σ of each output, or else the root mean squared
        residual, in the units of the targets.
    shares : ndarray of shape (2,)
        Part that each output has in the loss before training, when every
        prediction is the mean. They sum to 1.
    """

    r2: np.ndarray
    sd: np.ndarray
    shares: np.ndarray


def fit_two_outputs(
    X: ArrayLike,
    Y: ArrayLike,
    *,
    scheme: str = "raw",
    hidden: int = 16,
    steps: int = 300,
    seed: int = 0,
) -> TwoOutputs:
    """Train one network on two targets of different size.

    One hidden layer of tanh units serves both outputs; full batch, Adam
    with step 0.01. Targets are measured from their means.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Inputs.
    Y : array_like of shape (n, 2)
        Targets, neither of them constant.
    scheme : {"raw", "rescaled", "learned"}
        Squared error in the units given; squared error of targets divided
        by their standard deviations; or Gaussian NLL in the units given
        with one learned σ for each output, which starts at the target's
        standard deviation.
    hidden : int, default 16
        Number of hidden units.
    steps : int, default 300
        Number of Adam steps.
    seed : int, default 0
        Settles the first weights.

    Returns
    -------
    TwoOutputs

    Raises
    ------
    ValueError
        If shapes do not fit, a target is constant, or a parameter is
        refused.

    References
    ----------
    Kendall, Gal & Cipolla (2018), Multi-task learning using uncertainty to
    weigh losses.
    """
    X, Y = _two_targets(X, Y)
    choice("scheme", scheme, ("raw", "rescaled", "learned"))
    spread = Y.std(axis=0)
    unit = spread if scheme == "rescaled" else np.ones(2)
    weights = 1 / spread if scheme == "learned" else 1 / unit
    residual, sd = _train(
        X,
        (Y - Y.mean(axis=0)) / unit,
        learned=scheme == "learned",
        hidden=count("hidden", hidden),
        steps=count("steps", steps, minimum=0),
        seed=count("seed", seed, minimum=0),
    )
    shares = (spread * weights) ** 2
    unexplained = (residual**2).mean(axis=0) * (unit / spread) ** 2
    return TwoOutputs(1 - unexplained, sd * unit, shares / shares.sum())


def _two_targets(X: ArrayLike, Y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    Y = finite("Y", Y)
    if Y.ndim != 2 or Y.shape[1] != 2:
        raise ValueError(f"Y must have shape (n, 2), got {Y.shape}")
    X, _ = table(X, Y[:, 0])
    if (np.ptp(Y, axis=0) == 0).any():
        constant = int(np.argmin(np.ptp(Y, axis=0)))
        raise ValueError(f"Y must vary, got a constant column {constant}")
    return X, Y


@one_thread()
def _train(
    X: np.ndarray,
    Y: np.ndarray,
    *,
    learned: bool,
    hidden: int,
    steps: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the residuals left after training and the σ of each output."""
    import torch

    inputs, targets = torch.tensor(X), torch.tensor(Y)
    network = _network(X.shape[1], hidden, seed)
    log_sd = torch.tensor(np.log(Y.std(axis=0)), requires_grad=True)

    def residual() -> Tensor:
        W, b, V, c = network
        return targets - torch.tanh(inputs @ W + b) @ V - c

    def loss() -> Tensor:
        squared = residual() ** 2
        if learned:
            squared = squared * torch.exp(-2 * log_sd) / 2 + log_sd
        return squared.mean()

    _descend(loss, [*network, log_sd] if learned else network, steps)
    left = residual().detach().numpy()
    rms = np.sqrt((left**2).mean(axis=0))
    return left, log_sd.detach().exp().numpy() if learned else rms


def _network(n_inputs: int, hidden: int, seed: int) -> list[Tensor]:
    """Return weights and biases of two layers, as torch would start them."""
    import torch

    generator = torch.Generator().manual_seed(seed)

    def layer(rows: int, columns: int, n_inputs: int) -> Tensor:
        uniform = torch.rand(
            rows, columns, generator=generator, dtype=torch.float64
        )
        return ((2 * uniform - 1) / n_inputs**0.5).requires_grad_()

    return [
        layer(n_inputs, hidden, n_inputs),
        layer(1, hidden, n_inputs),
        layer(hidden, 2, hidden),
        layer(1, 2, hidden),
    ]


def _descend(
    loss: Callable[[], Tensor], parameters: list[Tensor], steps: int
) -> None:
    import torch

    optimizer = torch.optim.Adam(parameters, lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
