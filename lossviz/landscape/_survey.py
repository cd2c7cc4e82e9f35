"""Choosing an engine, and walking over the points of a grid with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lossviz.landscape._affine import Affine
from lossviz.landscape._directions import pca_directions, random_direction
from lossviz.landscape._examples import (
    Batch,
    guarded_loss,
    own_loss,
    quiet_torch,
    read_batches,
)
from lossviz.landscape._loops import Directions, Flat, Loop
from lossviz.landscape._plan import layers_of
from lossviz.landscape._precision import exact_float32, widened
from lossviz.landscape._progress import bar_of, tell
from lossviz.landscape._vectors import (
    Layout,
    copied_loss,
    frozen_copy,
    moving_parts,
)


@dataclass
class Setting:
    """A frozen copy of a model with a loss and examples, ready to be moved.

    Parameters
    ----------
    model : Module
        The copy, in eval mode.
    loss : callable
        Called with outputs and targets.
    batches : list of pairs of Tensor
        The examples, on the model's device.
    parts : dict of str to Tensor
        What moves in the model.
    layout : Layout
        Where the parts lie in a flat vector.
    centre : Tensor
        The model's own parameters as such a vector, on the CPU.
    centre_loss : float
        The loss of the model's own forward pass.
    """

    model: nn.Module
    loss: Callable
    batches: list[Batch]
    parts: dict[str, Tensor]
    layout: Layout
    centre: Tensor
    centre_loss: float

    def loss_at(self, name: str, point: Any) -> float:
        """Return the loss at a point of any form; the model moves there."""
        pieces = self.layout.split(self.layout.vector(name, point))
        for part, piece in zip(self.parts.values(), pieces, strict=True):
            part.copy_(piece)
        return own_loss(self.model, self.loss, self.batches)

    def engine(self, name: str, directions: Directions) -> Any:
        """Return the engine asked for, or the fastest that can be had."""
        device = next(iter(self.parts.values())).device
        directions = tuple(direction.to(device) for direction in directions)
        given = self.loss, self.batches, self.parts, directions
        if name in ("auto", "affine"):
            layers = layers_of(self.model, self.batches)
            if layers is not None:
                return Affine(layers, *given)
            if name == "affine":
                raise ValueError(
                    "engine must suit the model, got 'affine' for one that "
                    "is no plain chain of layers, or for too much data"
                )
        return (Loop if name == "loop" else Flat)(self.model, *given)


@contextmanager
def prepared(
    model: nn.Module,
    loss: Callable,
    data: Any,
    *,
    seed: int,
    device: Any,
    buffers: bool = False,
) -> Iterator[Setting]:
    """Prepare a setting, gradients and torch's randomness being set aside."""
    copied = frozen_copy(model, device)
    where = next(iter(moving_parts(copied).values())).device
    with quiet_torch(seed, where):
        batches = read_batches(data, where)
        loss = copied_loss(loss, where)
        centre_loss = guarded_loss(copied, loss, batches)
        copied, loss, batches = widened(copied, loss, batches)
        parts = moving_parts(copied, buffers=buffers)
        layout = Layout(parts)
        centre = layout.vector("model", list(parts.values()))
        with exact_float32():
            yield Setting(
                copied, loss, batches, parts, layout, centre, centre_loss
            )


def random_directions(
    setting: Setting, normalize: str | None, seed: int, count: int
) -> tuple[Tensor, ...]:
    """Return as many random directions as asked for."""
    generator = torch.Generator().manual_seed(seed)
    return tuple(
        random_direction(setting.parts, normalize, generator)
        for _ in range(count)
    )


def plane_directions(
    setting: Setting,
    directions: Any,
    normalize: str | None,
    seed: int,
    history: Any,
) -> Directions:
    """Return the two directions of a plane, asked for in any way."""
    if isinstance(directions, str):
        if directions == "random":
            return random_directions(setting, normalize, seed, 2)
        return pca_directions(setting.layout, setting.centre, history)
    given = tuple(
        setting.layout.vector(f"directions[{k}]", direction)
        for k, direction in enumerate(directions)
    )
    _check_plane(torch.stack(given).double())
    return given


def _check_plane(directions: Tensor) -> None:
    lengths = directions.norm(dim=1, keepdim=True)
    units = torch.where(lengths > 0, directions / lengths, 0)
    if not torch.linalg.svdvals(units).min() > 1e-6:
        raise ValueError(
            "directions must span a plane, got two along one line"
        )


@dataclass
class Survey:
    """Losses on a grid, those missing being nan.

    Parameters
    ----------
    z : ndarray of shape (m, n)
        The losses.
    engine : str
        Name of the engine.
    seconds : float
        Time taken.
    note : str
        How the model was evaluated, and what is missing.
    """

    z: np.ndarray
    engine: str
    seconds: float
    note: str


def survey(
    engine: Any, x: np.ndarray, y: np.ndarray, progress: bool | None
) -> Survey:
    """Evaluate every point of a grid, or those before an interruption."""
    z = np.full((len(y), len(x)), np.nan)
    note, done = "Evaluated in eval mode.", 0
    start = time.perf_counter()
    try:
        with bar_of(z.size, "landscape", "point", progress) as bar:
            for points in _fill(engine, x.tolist(), y.tolist(), z):
                done += points
                bar.update(points)
    except KeyboardInterrupt:
        note += (
            f" Interrupted after {done} of {z.size} points; the rest is nan."
        )
        tell(note)
    return Survey(z, engine.name, time.perf_counter() - start, note)


def _fill(
    engine: Any, x: list[float], y: list[float], z: np.ndarray
) -> Iterator[int]:
    """Fill z, and say each time how many points were found."""
    # Equal pieces of a row, none of them too long for the engine.
    count = -(-len(x) // engine.chunk)
    size = -(-len(x) // count)
    for i, height in enumerate(y):
        for j in range(0, len(x), size):
            some = x[j : j + size]
            z[i, j : j + len(some)] = engine.values(height, some)
            yield len(some)
