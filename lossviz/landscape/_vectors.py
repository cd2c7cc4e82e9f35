"""The parameters of a model as one flat vector, and a copy to move them in.

Points of parameter space come in many forms: a model, a state dict, a list
of tensors, a flat vector. All become a flat vector here, in the order of
``model.parameters()``.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import reduce
from typing import Any

import torch
from torch import Tensor, nn


def frozen_copy(model: nn.Module, device: Any = None) -> nn.Module:
    """Return a copy in eval mode that needs no gradients."""
    if not isinstance(model, nn.Module):
        raise ValueError(
            f"model must be a torch.nn.Module, got {type(model).__name__}"
        )
    copied = copy.deepcopy(model).eval().requires_grad_(False)
    for parameter in copied.parameters():
        parameter.grad = None
    return copied if device is None else copied.to(device)


def copied_loss(loss: Any, device: torch.device) -> Any:
    """Return a loss that may be moved to `device`, and check it is one."""
    if not callable(loss):
        raise ValueError(
            "loss must be callable with outputs and targets, "
            f"got {type(loss).__name__}"
        )
    if isinstance(loss, nn.Module):
        return copy.deepcopy(loss).to(device)
    return loss


def moving_parts(
    model: nn.Module, *, buffers: bool = False
) -> dict[str, Tensor]:
    """Return by name what a direction moves: floating parameters.

    With `buffers`, the floating buffers (a BatchNorm's running statistics)
    follow them.
    """
    named = dict(model.named_parameters())
    if buffers:
        named.update(model.named_buffers())
    parts = {n: t for n, t in named.items() if t.is_floating_point()}
    if not parts:
        raise ValueError("model must have parameters, got none")
    return parts


class Layout:
    """Where each part of a model lies in its flat vector.

    Parameters
    ----------
    parts : dict of str to Tensor
        What moves, in order.
    """

    def __init__(self, parts: dict[str, Tensor]) -> None:
        self.shapes = {name: part.shape for name, part in parts.items()}
        self.sizes = [part.numel() for part in parts.values()]
        self.size = sum(self.sizes)
        dtypes = [part.dtype for part in parts.values()]
        self.dtype = reduce(torch.promote_types, dtypes)

    def split(self, vector: Tensor) -> list[Tensor]:
        """Return the parts of a vector, as views with their shapes."""
        return [
            part.view(shape)
            for part, shape in zip(
                vector.split(self.sizes), self.shapes.values(), strict=True
            )
        ]

    def vector(self, name: str, point: Any) -> Tensor:
        """Return a point of any form as a flat vector on the CPU."""
        if isinstance(point, nn.Module):
            point = dict([*point.named_parameters(), *point.named_buffers()])
        if isinstance(point, Mapping):
            missing = [part for part in self.shapes if part not in point]
            if missing:
                raise ValueError(f"{name} must hold {missing[0]!r}")
            point = [point[part] for part in self.shapes]
        if isinstance(point, (list, tuple)):
            point = self._joined(name, point)
        return self._checked(name, torch.as_tensor(point))

    def _joined(self, name: str, parts: Any) -> Tensor:
        parts = [torch.as_tensor(part) for part in parts]
        shapes = [tuple(part.shape) for part in parts]
        expected = [tuple(shape) for shape in self.shapes.values()]
        if shapes != expected:
            raise ValueError(
                f"{name} must have the shapes of the model's parameters, "
                f"got {shapes}"
            )
        return torch.cat([part.detach().reshape(-1) for part in parts])

    def _checked(self, name: str, vector: Tensor) -> Tensor:
        if vector.shape != (self.size,):
            raise ValueError(
                f"{name} must have one number for each of the "
                f"{self.size} parameters, got shape {tuple(vector.shape)}"
            )
        vector = vector.detach().to("cpu", self.dtype, copy=True)
        if not torch.isfinite(vector).all():
            raise ValueError(f"{name} must hold finite numbers only")
        return vector
