"""A mixture density network: several answers for one input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from lossviz.fits._checks import points
from lossviz.losses.links import softmax
from lossviz.training._threads import one_thread
from lossviz.validation import count

if TYPE_CHECKING:
    from torch import Generator, Tensor

__all__ = ["Mixture", "fit_mixture"]

LOG_TWO_PI = np.log(2 * np.pi)
# Keeps a component from collapsing onto a single point: sd ≥ 0.0067.
LOWEST_LOG_SD = -5.0


@dataclass(frozen=True)
class Mixture:
    """A mixture of normals whose weights, means and widths depend on x.

    Parameters
    ----------
    components : int
        Number K of normals.
    nll : float
        Mean negative log-likelihood of the data fitted, in nats.
    hidden, output : pair of ndarray
        Weights and biases of the network's two layers.
    """

    components: int
    nll: float
    hidden: tuple[np.ndarray, np.ndarray] = field(repr=False)
    output: tuple[np.ndarray, np.ndarray] = field(repr=False)

    def at(self, x: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return weights, means and standard deviations, each (n, K)."""
        inputs = np.reshape(x, (-1, 1)).astype(float)
        features = np.tanh(inputs @ self.hidden[0] + self.hidden[1])
        outputs = features @ self.output[0] + self.output[1]
        logits, means, log_sd = np.split(outputs, 3, axis=1)
        sd = np.exp(np.maximum(log_sd, LOWEST_LOG_SD))
        return softmax(logits), means, sd

    def density(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Return the density of each y (columns) at each x (rows)."""
        weights, means, sd = (part[:, None] for part in self.at(x))
        distance = (np.reshape(y, (1, -1, 1)) - means) / sd
        normal = np.exp(-(distance**2 + LOG_TWO_PI) / 2) / sd
        return (weights * normal).sum(axis=2)


@one_thread()
def fit_mixture(
    x: ArrayLike,
    y: ArrayLike,
    components: int,
    *,
    hidden: int = 10,
    steps: int = 200,
    seed: int = 0,
) -> Mixture:
    """Train a small mixture density network.

    One hidden layer of tanh units, whose ramps start evenly spread over x;
    full batch, L-BFGS.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        Data; targets roughly between 0 and 1.
    components : int
        Number K of normals in the mixture.
    hidden : int, default 10
        Number of hidden units; at least 2.
    steps : int, default 200
        Largest number of L-BFGS steps.
    seed : int, default 0
        Settles the first weights of the output layer.

    Returns
    -------
    Mixture

    Raises
    ------
    ValueError
        If the data do not fit together or a parameter is refused.

    References
    ----------
    Bishop (1994), Mixture density networks.
    """
    import torch

    x, y = points(x, y)
    K, steps = count("components", components), count("steps", steps)
    hidden = count("hidden", hidden, minimum=2)
    generator = torch.Generator().manual_seed(count("seed", seed, minimum=0))
    slopes, offsets = _spread_ramps(x, hidden)
    weights, biases = _mixture_head(hidden, K, generator)
    parameters = [slopes, offsets, weights, biases]
    inputs, targets = torch.tensor(x)[:, None], torch.tensor(y)[:, None]

    def nll() -> Tensor:
        features = torch.tanh(inputs @ slopes + offsets)
        return _mixture_nll(features @ weights + biases, targets)

    _minimise(nll, parameters, steps)
    arrays = [p.detach().numpy() for p in parameters]
    return Mixture(K, nll().item(), tuple(arrays[:2]), tuple(arrays[2:]))


def _spread_ramps(x: np.ndarray, hidden: int) -> tuple[Tensor, Tensor]:
    """Return weights and biases of tanh units centred evenly over x."""
    import torch

    steepness = 12 / np.ptp(x)
    centres = np.linspace(x.min(), x.max(), hidden)
    slopes = torch.full((1, hidden), steepness, dtype=torch.float64)
    return slopes, torch.tensor(-steepness * centres)


def _mixture_head(
    hidden: int, K: int, generator: Generator
) -> tuple[Tensor, Tensor]:
    """Return an output layer for K normals side by side, almost alike."""
    import torch

    weights = 0.1 * torch.randn(
        hidden, 3 * K, generator=generator, dtype=torch.float64
    )
    means = (np.arange(K) + 0.5) / K
    log_sd = np.full(K, np.log(0.5 / K))
    return weights, torch.tensor(np.hstack([np.zeros(K), means, log_sd]))


def _mixture_nll(outputs: Tensor, targets: Tensor) -> Tensor:
    import torch

    logits, means, log_sd = outputs.chunk(3, dim=1)
    log_sd = log_sd.clamp(min=LOWEST_LOG_SD)
    distance = (targets - means) * torch.exp(-log_sd)
    log_normal = -log_sd - (distance**2 + LOG_TWO_PI) / 2
    log_weights = torch.log_softmax(logits, dim=1)
    return -torch.logsumexp(log_weights + log_normal, dim=1).mean()


def _minimise(
    loss: Callable[[], Tensor], parameters: list[Tensor], steps: int
) -> None:
    import torch

    for parameter in parameters:
        parameter.requires_grad_()
    optimizer = torch.optim.LBFGS(
        parameters,
        max_iter=steps,
        history_size=20,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    optimizer.step(closure)
