"""A network with one hidden layer on two half-moons, and its landscape.

It is trained and looked at in NumPy, many times faster than in torch for so
few numbers; whole landscapes of it come from `lossviz.landscape`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from lossviz.losses.links import softplus
from lossviz.optimizers import descend
from lossviz.training._threads import one_thread

if TYPE_CHECKING:
    from torch import Tensor, nn

# Each loss as a function of the margin, and its slope.
OF_MARGIN = {
    "soft_margin_loss": (
        lambda m: softplus(-m),
        lambda m: -1 / (1 + np.exp(m)),
    ),
    "hinge_loss": (lambda m: np.maximum(1 - m, 0), lambda m: -1.0 * (m < 1)),
    "mse_loss": (lambda m: (1 - m) ** 2, lambda m: 2 * (m - 1)),
}
# Examples; steps of the descent, of which every second one is enough to find
# the plane, and to draw; and how far the plane reaches.
N = 160
STEPS, EVERY = 80, 2
SPAN = 1.25


@lru_cache
def half_moons() -> tuple[np.ndarray, np.ndarray]:
    """Return points (n, 2) on two noisy half circles, and their signs."""
    rng = np.random.default_rng(0)
    target = np.where(np.arange(N) % 2, 1.0, -1.0)
    angle = rng.uniform(0, np.pi, N)
    circle = np.column_stack([np.cos(angle), np.sin(angle)]) * target[:, None]
    centre = target[:, None] * [-0.5, -0.25]
    return 1.2 * (circle + centre + 0.15 * rng.normal(size=(N, 2))), target


@lru_cache(maxsize=1)
def descent(loss: str, decay: float, width: int, seed: int) -> np.ndarray:
    """Return the parameters at the start and after each step."""
    X, target = half_moons()
    slope_of = OF_MARGIN[loss][1]
    rng = np.random.default_rng(seed)
    start = rng.normal(size=4 * width + 1)
    # Biases begin at 0, and the score at about the size of a hidden unit.
    start[2 * width : 3 * width] = start[-1] = 0
    start[3 * width : -1] /= np.sqrt(width)

    def slope(theta):
        hidden, score = scores(theta, X, width)
        by_score = target * slope_of(target * score) / N
        return _backward(theta, hidden, by_score)

    return descend(
        slope,
        start,
        method="momentum",
        step=0.2,
        n_steps=STEPS,
        weight_decay=decay,
    )


def _parts(theta: np.ndarray, width: int) -> tuple[np.ndarray, ...]:
    """Return weights and biases of both layers, in torch's order."""
    first, second = theta[..., : 3 * width], theta[..., 3 * width :]
    return (
        first[..., : 2 * width].reshape(*theta.shape[:-1], width, 2),
        first[..., 2 * width :],
        second[..., :-1],
        second[..., -1],
    )


def scores(
    theta: np.ndarray, X: np.ndarray, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the hidden layer and the score of each input.

    For parameters of shape (…, p) they have shapes (…, width, n), (…, n).
    """
    W, b, w, c = _parts(theta, width)
    hidden = W @ X.T.astype(theta.dtype)
    hidden += b[..., None]
    np.tanh(hidden, out=hidden)
    return hidden, (w[..., None, :] @ hidden)[..., 0, :] + c[..., None]


def _backward(
    theta: np.ndarray, hidden: np.ndarray, slope: np.ndarray
) -> np.ndarray:
    """Return the gradient by all parameters from that by the scores."""
    w = _parts(theta, len(hidden))[2]
    inner = w[:, None] * (1 - hidden**2) * slope
    return np.concatenate(
        [
            (inner @ half_moons()[0]).ravel(),
            inner.sum(axis=1),
            hidden @ slope,
            [slope.sum()],
        ]
    )


def objective(
    theta: np.ndarray, loss: str, decay: float, width: int
) -> np.ndarray:
    """Return mean loss and penalty for parameters of shape (…, p)."""
    X, target = half_moons()
    margin = scores(theta, X, width)[1] * target.astype(theta.dtype)
    return OF_MARGIN[loss][0](margin).mean(axis=-1) + penalty(theta, decay)


def penalty(theta: np.ndarray, decay: float) -> np.ndarray:
    """Return λ/2 times the squared norm of the parameters."""
    return decay / 2 * (theta**2).sum(axis=-1)


def plane(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the plane through the end in which a path varies most.

    Returns
    -------
    directions : ndarray of shape (2, p)
        As long as the path reaches along them; its farthest point is at 1.
    path : ndarray of shape (n, 2)
        Where the path falls on the plane.
    inside : float
        Share of its squared distances from the end that lies in the plane.
    """
    offsets = theta[::EVERY] - theta[-1]
    _, lengths, axes = np.linalg.svd(offsets, full_matrices=False)
    path = offsets @ axes[:2].T
    reach = path[np.abs(path).argmax(axis=0), [0, 1]]
    inside = (lengths[:2] ** 2).sum() / (lengths**2).sum()
    return reach[:, None] * axes[:2], path / reach, inside


def points(end: np.ndarray, directions: np.ndarray, steps: int) -> np.ndarray:
    """Return the parameters (steps, steps, p) on a grid of the plane."""
    axis = np.linspace(-SPAN, SPAN, steps)
    across, up = axis[:, None] * directions[0], axis[:, None] * directions[1]
    return end + across + up[:, None]


def surface(
    end: np.ndarray,
    directions: np.ndarray,
    loss: str,
    width: int,
    steps: int,
) -> np.ndarray:
    """Return the loss, without the penalty, on a grid of the plane."""
    from lossviz.landscape import loss_landscape

    X, target = map(tensor, half_moons())
    with one_thread():
        return loss_landscape(
            network(tensor(end), width),
            torch_loss(loss),
            (X, target[:, None]),
            directions=tuple(tensor(directions)),
            span=SPAN,
            steps=steps,
            progress=False,
        ).z


def tensor(values: np.ndarray) -> Tensor:
    import torch

    return torch.from_numpy(values).float()


def network(theta: Tensor, width: int) -> nn.Module:
    from torch import nn

    network = nn.Sequential(
        nn.Linear(2, width), nn.Tanh(), nn.Linear(width, 1)
    )
    nn.utils.vector_to_parameters(theta, network.parameters())
    return network


def torch_loss(name: str):
    """Return the loss as torch computes it, of scores and their targets."""
    from torch.nn import functional

    if name == "hinge_loss":
        return lambda score, target: (1 - score * target).clamp(min=0).mean()
    return getattr(functional, name)
