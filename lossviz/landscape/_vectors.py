"""The parameters of a model as one flat vector, and a copy to move them in.

Points of parameter space come in many forms: a model, a state dict, a list
of tensors, a flat vector. All become a flat vector here, in the order of
``model.parameters()``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

import torch
from torch import Tensor, nn


def frozen_copy(model: nn.Module, device: Any = None) -> nn.Module:
    """Return a copy in eval mode that needs no gradients."""
    copied = copied_model(model, device).eval()
    for parameter in copied.parameters():
        # one by one, as a scripted module does not pass this on
        parameter.requires_grad_(False)
        parameter.grad = None
    return copied


def copied_model(model: nn.Module, device: Any = None) -> nn.Module:
    """Return a copy, on another device if one is given."""
    if not isinstance(model, nn.Module):
        raise ValueError(
            f"model must be a torch.nn.Module, got {type(model).__name__}"
        )
    if any(map(nn.parameter.is_lazy, model.parameters())):
        raise ValueError(
            "model must have been called once, got lazy parameters"
        )
    try:
        # a scripted module would hang its copy on a graph
        with torch.no_grad():
            copied = copy.deepcopy(model, _kept_results(model))
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            "model must be one that copy.deepcopy can copy, "
            f"got {type(error).__name__}: {error}"
        ) from error
    pairs = zip(model.parameters(), copied.parameters(), strict=True)
    for own, parameter in pairs:
        parameter.requires_grad_(own.requires_grad)
    return copied if device is None else copied.to(_usable(device))


def _kept_results(model: nn.Module) -> dict[int, Tensor]:
    """Return copies of what a model keeps of its last call, by id.

    Attention to be drawn, or weights made by a hook, hang on a graph, and
    torch does not copy them; `copy.deepcopy` takes these copies instead.
    """
    copies, seen, pending = {}, set(), [model]
    while pending:
        thing = pending.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, Tensor):
            if not thing.is_leaf:
                copies[id(thing)] = thing.detach().clone()
        elif isinstance(thing, nn.Module):
            pending.extend(vars(thing).values())
        elif isinstance(thing, dict):
            pending.extend(thing.values())
        elif isinstance(thing, (list, tuple)):
            pending.extend(thing)
    return copies


def _usable(device: Any) -> torch.device:
    """Return a device, if tensors can be computed with on it."""
    try:
        one = torch.zeros(1, device=device)
        # on "meta" there is no number to read
        one.item()
    except (RuntimeError, AssertionError, TypeError):
        raise ValueError(
            f"device must be one that torch can use here, got {device!r}"
        ) from None
    return one.device


def copied_loss(loss: Any, device: torch.device) -> Any:
    """Return a loss that may be moved to `device`, and check it is one."""
    if not callable(loss) or isinstance(loss, type):
        got = type(loss).__name__
        if isinstance(loss, type):
            got = f"the class {loss.__name__}, not an instance"
        raise ValueError(
            f"loss must be callable with outputs and targets, got {got}"
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
    parts = {n: t for n, t in named.items() if _moves(t)}
    if not parts:
        raise ValueError("model must have parameters, got none")
    return parts


def _moves(part: Tensor) -> bool:
    return part.is_floating_point()


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
        own = []
        if isinstance(point, nn.Module):
            own = [n for n, p in point.named_parameters() if _moves(p)]
            point = dict([*point.named_parameters(), *point.named_buffers()])
        if isinstance(point, Mapping):
            missing = [part for part in self.shapes if part not in point]
            if missing:
                raise ValueError(f"{name} must hold {missing[0]!r}")
            more = [part for part in own if part not in self.shapes]
            if more:
                raise ValueError(
                    f"{name} must have the model's parameters and no more, "
                    f"got {more[0]!r}"
                )
            point = [point[part] for part in self.shapes]
        if isinstance(point, (list, tuple)):
            point = self._joined(name, point)
        return self._checked(name, _as_tensor(name, point))

    def _joined(self, name: str, parts: Any) -> Tensor:
        parts = [_as_tensor(name, part) for part in parts]
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


def _as_tensor(name: str, value: Any) -> Tensor:
    try:
        tensor = torch.as_tensor(value)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(
            f"{name} must be given as models, state dicts, lists of tensors "
            f"or flat vectors, got {type(value).__name__}"
        ) from None
    if tensor.is_complex():
        raise ValueError(
            f"{name} must hold real numbers only, got {tensor.dtype}"
        )
    return tensor


def points_of(name: str, path: Any) -> list[Any]:
    """Return the points of a path, if it is one."""
    one = isinstance(path, (nn.Module, Mapping, str))
    if one or not isinstance(path, (Iterable, Tensor)):
        raise ValueError(
            f"{name} must be a sequence of points, got {type(path).__name__}"
        )
    points = list(path)
    if not points:
        raise ValueError(f"{name} must hold at least one point, got none")
    return points
