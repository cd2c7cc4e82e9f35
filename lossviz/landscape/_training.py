"""Training a copy of a network while its points are kept."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

import torch
from torch import Tensor, nn

from lossviz.landscape._examples import quiet_torch, read_batches
from lossviz.landscape._vectors import Layout, copied_loss, moving_parts


def train(
    model: nn.Module,
    loss: Callable,
    data: Any,
    optimizer: Callable,
    steps: int,
    every: int,
    seed: int,
    device: Any,
) -> tuple[list[Tensor], nn.Module]:
    """Return the points of a training, and the trained copy."""
    trained = copy.deepcopy(model)
    if device is not None:
        trained = trained.to(device)
    parts = moving_parts(trained)
    layout = Layout(parts)
    where = next(iter(parts.values())).device
    with quiet_torch(seed, where), torch.enable_grad():
        batches = read_batches(data, where)
        criterion = copied_loss(loss, where)
        rule = optimizer(trained.parameters())
        points = [layout.vector("model", list(parts.values()))]
        for k, batch in enumerate(islice(cycle(batches), steps), 1):
            rule.step(_closure(trained, criterion, rule, batch))
            if k % every == 0:
                points.append(layout.vector("model", list(parts.values())))
    return points, trained


def _closure(
    model: nn.Module,
    loss: Callable,
    rule: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor],
) -> Callable[[], Tensor]:
    inputs, targets = batch

    def closure() -> Tensor:
        rule.zero_grad()
        value = loss(model(inputs), targets)
        value.backward()
        return value

    return closure
