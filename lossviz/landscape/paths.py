"""Paths of training through parameter space, and onto a plane in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lossviz.landscape._checks import checked_progress, checked_seed
from lossviz.validation import count

if TYPE_CHECKING:
    from torch import Tensor, nn

    from lossviz.landscape._vectors import Layout

__all__ = ["Path", "Projection", "path_losses", "project", "train_path"]


@dataclass(frozen=True, eq=False)
class Projection:
    """A path as it falls on a plane.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Coordinates of the nearest points of the plane.
    outside : ndarray of shape (n,)
        Share of each point's squared distance from the centre that lies
        outside the plane: 0 on the plane, 1 at right angles to it.
    share_outside : float
        The same share for all points together.
    """

    x: np.ndarray
    y: np.ndarray
    outside: np.ndarray
    share_outside: float


def project(
    center: Tensor,
    directions: tuple[Tensor, Tensor],
    layout: Layout,
    path: Sequence[Any],
) -> Projection:
    """Return the nearest points of a plane to those of a path.

    Parameters
    ----------
    center, directions : Tensor
        The plane, as flat vectors.
    layout : Layout
        Names and shapes of the parameters.
    path : sequence
        Points in any form, one or more.
    """
    import torch

    from lossviz.landscape._vectors import points_of

    plane = torch.stack(directions).double()
    # of length 1, so that a short direction counts as much as a long one
    sizes = plane.norm(dim=1, keepdim=True)
    plane /= sizes
    gram = plane @ plane.T
    across, lengths, distances = [], [], []
    for point in points_of("path", path):
        offset = (layout.vector("path", point) - center).double()
        products = plane @ offset
        coordinates = torch.linalg.lstsq(gram, products[:, None]).solution
        residual = offset - plane.T @ coordinates[:, 0]
        across.append(coordinates[:, 0])
        lengths.append(float(offset @ offset))
        distances.append(float(residual @ residual))
    x, y = (torch.stack(across) / sizes.T).T.numpy()
    lengths, distances = np.array(lengths), np.array(distances)
    outside = np.divide(
        distances, lengths, out=np.zeros_like(lengths), where=lengths > 0
    )
    total = lengths.sum()
    return Projection(
        x, y, outside, float(distances.sum() / total) if total else 0.0
    )


@dataclass(frozen=True, eq=False)
class Path:
    """The points a training goes through; iterating gives them in order.

    Parameters
    ----------
    points : list of Tensor
        Parameters as flat vectors, the start first.
    losses : ndarray of shape (n,)
        Loss at each point over all data, in eval mode.
    model : Module
        The trained copy.
    """

    points: list[Tensor] = field(repr=False)
    losses: np.ndarray
    model: nn.Module = field(repr=False)

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)


def train_path(
    model: nn.Module,
    loss: Callable,
    data: Any,
    optimizer: Callable,
    *,
    steps: int = 100,
    every: int = 1,
    seed: int = 0,
    device: Any = None,
    progress: bool | None = None,
) -> Path:
    """Train a copy of a network, and keep the points on its way.

    To see several optimizers on one surface, train from the same model with
    each of them. Ctrl-C, or the stop button of a notebook, ends the path
    early.

    Parameters
    ----------
    model : Module
        Where the path starts; stays as it is.
    loss, data
        As for `loss_landscape`. Each step takes one batch, in turn.
    optimizer : callable
        Given the parameters, returns an optimizer of torch, such as
        ``lambda p: torch.optim.SGD(p, lr=0.1)``.
    steps : int, default 100
        Number of steps.
    every : int, default 1
        Steps from one point that is kept to the next.
    seed : int, default 0
        Settles dropout and the order of a loader.
    device : torch.device or str, optional
        Where to compute; where the model is if omitted.
    progress : bool, optional
        Show a bar, or none; if omitted, when the work takes over a second.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If an argument is refused; the message says which and why.
    """
    from lossviz.landscape import _training
    from lossviz.landscape._examples import read_once

    steps, every = count("steps", steps), count("every", every)
    seed, progress = checked_seed(seed), checked_progress(progress)
    data = read_once(data, seed)
    points, trained = _training.train(
        model, loss, data, optimizer, steps, every, seed, device, progress
    )
    losses = path_losses(
        model, loss, data, points, seed=seed, device=device, progress=progress
    )
    return Path(points, losses, trained)


def path_losses(
    model: nn.Module,
    loss: Callable,
    data: Any,
    path: Sequence[Any],
    *,
    seed: int = 0,
    device: Any = None,
    progress: bool | None = None,
) -> np.ndarray:
    """Return the true loss at every point of a path.

    A path that is drawn on a plane is not on it: the loss below it there is
    not its own. This is.

    Parameters
    ----------
    model, loss, data, seed, device, progress
        As for `loss_landscape`; the model gives the form of the network.
    path : Path or sequence
        Points as models, state dicts, lists of tensors or flat vectors.

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    ValueError
        If a point has not the parameters of the model, or an argument is
        refused.
    """
    from lossviz.landscape import _survey
    from lossviz.landscape._progress import bar_of
    from lossviz.landscape._vectors import points_of

    seed, progress = checked_seed(seed), checked_progress(progress)
    path = points_of("path", path)
    with (
        _survey.prepared(
            model, loss, data, seed=seed, device=device
        ) as setting,
        bar_of(len(path), "losses", "point", progress) as bar,
    ):
        losses = []
        for point in path:
            losses.append(setting.loss_at("path", point))
            bar.update()
        return np.array(losses)
