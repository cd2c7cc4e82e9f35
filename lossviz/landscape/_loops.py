"""Engines for any module: one forward pass for each point.

An engine is given a frozen copy of the model, and asked for the losses at
some x of a row with one y.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from lossviz.landscape._cross_entropy import (
    cross_entropy,
    cross_entropy_shares,
    few_classes,
)
from lossviz.landscape._examples import Batch, as_number, mean_over
from lossviz.landscape._pooling import slice_pooling
from lossviz.landscape._vectors import Layout

Directions = tuple[Tensor, Tensor]


class Loop:
    """The plain loop, against which the other engines are tested.

    Parameters
    ----------
    model : Module
        A copy, whose parameters are overwritten.
    loss : callable
        Called with outputs and targets.
    batches : list of pairs of Tensor
        The examples.
    parts : dict of str to Tensor
        What moves in `model`.
    directions : pair of Tensor
        Flat vectors on the model's device.
    """

    name = "loop"
    chunk = 1

    def __init__(
        self,
        model: nn.Module,
        loss: Callable,
        batches: list[Batch],
        parts: dict[str, Tensor],
        directions: Directions,
    ) -> None:
        self.model, self.loss, self.batches = model, loss, batches
        self.parts = list(parts.values())
        self.centre = [part.clone() for part in self.parts]
        layout = Layout(parts)
        self.across, self.up = (layout.split(d) for d in directions)

    def values(self, y: float, xs: Sequence[float]) -> list[float]:
        """Return the losses at some points of a row."""
        return [self._value(x, y) for x in xs]

    def _value(self, x: float, y: float) -> float:
        for part, w, u, v in zip(
            self.parts, self.centre, self.across, self.up, strict=True
        ):
            part.copy_(w + x * u + y * v)
        return mean_over(self.batches, self._loss)

    def _loss(self, inputs: Tensor, targets: Tensor) -> float:
        return as_number(self.loss(self.model(inputs), targets))


class Flat:
    """Any module, its parameters being views of one flat vector.

    A point costs one addition besides the forward pass. Cross-entropy of
    few classes is taken with the class axis first, and max pooling of
    2 × 2 windows by slices. The parameters are those of `Loop`.
    """

    name = "flat"
    chunk = 1

    def __init__(
        self,
        model: nn.Module,
        loss: Callable,
        batches: list[Batch],
        parts: dict[str, Tensor],
        directions: Directions,
    ) -> None:
        self.model, self.batches = model, batches
        self.losses = [_Loss(loss, targets) for _, targets in batches]
        self.across, self.up = directions
        layout = Layout(parts)
        self.centre = torch.cat(
            [part.reshape(-1).to(layout.dtype) for part in parts.values()]
        )
        self.vector = self.centre.clone()
        self.row, self.y = self.centre.clone(), 0.0
        self.copies = []
        for part, view in zip(
            parts.values(), layout.split(self.vector), strict=True
        ):
            if part.dtype == layout.dtype:
                part.data = view
            else:
                self.copies.append((part, view))
        slice_pooling(model)

    def values(self, y: float, xs: Sequence[float]) -> list[float]:
        """Return the losses at some points of a row."""
        if y != self.y:
            torch.add(self.centre, self.up, alpha=y, out=self.row)
            self.y = y
        return [self._value(x) for x in xs]

    def _value(self, x: float) -> float:
        torch.add(self.row, self.across, alpha=x, out=self.vector)
        for part, view in self.copies:
            part.copy_(view)
        losses = iter(self.losses)
        return mean_over(
            self.batches, lambda inputs, _: next(losses)(self.model(inputs))
        )


class _Loss:
    """A loss against fixed targets, in the faster order if there is one."""

    def __init__(self, loss: Callable, targets: Tensor) -> None:
        self.loss, self.targets = loss, targets
        self.seen, self.shares = False, None

    def __call__(self, outputs: Tensor) -> float:
        if not self.seen:
            self._choose(outputs)
        if self.shares is not None:
            return cross_entropy(outputs, self.shares)
        return as_number(self.loss(outputs, self.targets))

    def _choose(self, outputs: Tensor) -> None:
        self.seen = True
        if few_classes(outputs):
            shares = cross_entropy_shares(
                self.loss, self.targets, outputs.shape[1], outputs.dtype
            )
            self.shares = None if shares is None else shares.reshape(-1)
