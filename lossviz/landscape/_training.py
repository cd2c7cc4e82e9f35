"""Training a copy of a network while its points are kept."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

import torch
from torch import Tensor, nn

from lossviz.landscape._examples import (
    as_differentiable,
    quiet_torch,
    read_batches,
)
from lossviz.landscape._progress import bar_of, tell
from lossviz.landscape._vectors import (
    Layout,
    copied_loss,
    copied_model,
    moving_parts,
)


def train(
    model: nn.Module,
    loss: Callable,
    data: Any,
    optimizer: Callable,
    steps: int,
    every: int,
    seed: int,
    device: Any,
    progress: bool | None,
) -> tuple[list[Tensor], nn.Module]:
    """Return the points of a training, and the trained copy."""
    trained = copied_model(model, device)
    if not any(part.requires_grad for part in trained.parameters()):
        raise ValueError("model must have parameters to train, got none")
    parts = moving_parts(trained)
    layout = Layout(parts)
    where = next(iter(parts.values())).device
    with quiet_torch(seed, where), torch.enable_grad():
        batches = read_batches(data, where)
        criterion = copied_loss(loss, where)
        rule = _rule(optimizer, trained)
        points = [layout.vector("model", list(parts.values()))]
        bar, done = bar_of(steps, "training", "step", progress), 0
        try:
            for batch in islice(cycle(batches), steps):
                rule.step(_closure(trained, criterion, rule, batch))
                done += 1
                if done % every == 0:
                    points.append(layout.vector("model", list(parts.values())))
                bar.update()
        except KeyboardInterrupt:
            tell(f"Interrupted after {done} of {steps} steps of training.")
        finally:
            bar.close()
    return points, trained


def _rule(optimizer: Callable, model: nn.Module) -> torch.optim.Optimizer:
    if isinstance(optimizer, torch.optim.Optimizer) or not callable(optimizer):
        raise ValueError(
            "optimizer must be callable with the parameters, "
            f"got {type(optimizer).__name__}"
        )
    rule = optimizer(model.parameters())
    if not isinstance(rule, torch.optim.Optimizer):
        raise ValueError(
            "optimizer must return a torch.optim.Optimizer, "
            f"got {type(rule).__name__}"
        )
    return rule


def _closure(
    model: nn.Module,
    loss: Callable,
    rule: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor],
) -> Callable[[], Tensor]:
    inputs, targets = batch

    def closure() -> Tensor:
        rule.zero_grad()
        # of a copy, as a model may write into what it is given
        value = loss(model(inputs.clone()), targets)
        as_differentiable(value).backward()
        return value

    return closure
