"""Engine for plain feed-forward networks.

All points of a plane share the inputs. What leaves the first layer with
weights is therefore affine in the point's coordinates, C + x D + y E, and
three products serve the whole plane. The layers behind it are computed for
several points at once, with examples along the last axis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from lossviz.landscape._chain import ELEMENTWISE, WEIGHTED, Chain
from lossviz.landscape._cross_entropy import has_hooks
from lossviz.landscape._examples import Batch
from lossviz.landscape._loops import Directions

# In eval mode these do nothing.
IDLE = {nn.Identity, nn.Dropout}
KNOWN = {*ELEMENTWISE, *IDLE, *WEIGHTED, nn.MaxPool2d, nn.Flatten}

# Bytes that the values of some points may take, to stay in the cache.
CACHE = {"cpu": 2**21, "cuda": 2**28}
# Bytes that the weights of the points in one call may take.
WEIGHTS = 2**24
# Groups of points in one call; what an interruption may lose.
GROUPS = 16
# Bytes of first-layer outputs kept for the whole plane.
KEPT = 2**28


def layers_of(model: nn.Module, batches: list[Batch]) -> list | None:
    """Return the layers of a network that the engine can take, else None."""
    layers = _flattened(model)
    if layers is None or not {type(layer) for layer in layers} <= KNOWN:
        return None
    if any(map(has_hooks, model.modules())):
        return None
    layers = [layer for layer in layers if type(layer) not in IDLE]
    weighted = [layer for layer in layers if type(layer) in WEIGHTED]
    own = sum(len(list(layer.parameters())) for layer in weighted)
    shared = own != len(list(model.parameters()))
    if shared or not weighted or not all(map(_is_plain, layers)):
        return None
    if len({parameter.dtype for parameter in model.parameters()}) > 1:
        return None
    fits = all(_fits(layers, inputs) for inputs, _ in batches)
    kept = sum(_kept_bytes(layers, inputs) for inputs, _ in batches)
    return layers if fits and kept <= KEPT else None


def _flattened(model: nn.Module) -> list[nn.Module] | None:
    """Return the layers of nested Sequentials in order."""
    if type(model) is not nn.Sequential:
        return [model] if type(model) in WEIGHTED else None
    layers = []
    for child in model:
        if type(child) is nn.Sequential:
            layers.extend(_flattened(child))
        else:
            layers.append(child)
    return layers


def _is_plain(layer: nn.Module) -> bool:
    if type(layer) is nn.Conv2d:
        return layer.padding_mode == "zeros"
    if type(layer) is nn.Flatten:
        return (layer.start_dim, layer.end_dim) == (1, -1)
    if type(layer) is nn.MaxPool2d:
        return not layer.return_indices
    return True


def _fits(layers: list[nn.Module], inputs: Tensor) -> bool:
    """Whether each layer is given rows, or images, as it expects."""
    if not inputs.is_floating_point() or len(inputs) == 0:
        return False
    dimensions = inputs.ndim
    for layer in layers:
        if type(layer) is nn.Flatten:
            dimensions = 2
        elif type(layer) is nn.Linear and dimensions != 2:
            return False
        elif type(layer) in (nn.Conv2d, nn.MaxPool2d) and dimensions != 4:
            return False
    return dimensions == 2


def _first_weighted(layers: list[nn.Module]) -> int:
    return next(k for k, one in enumerate(layers) if type(one) in WEIGHTED)


def _widths(layers: list[nn.Module], inputs: Tensor) -> list[int]:
    """Return how many numbers an example has behind each weighted layer."""
    example, widths = inputs[:1], []
    for layer in layers:
        example = layer(example)
        if type(layer) in WEIGHTED:
            widths.append(example.numel())
    return widths


def _kept_bytes(layers: list[nn.Module], inputs: Tensor) -> int:
    width = max(_widths(layers, inputs))
    return 3 * width * len(inputs) * inputs.element_size()


class Affine:
    """A chain of plain layers, behind a first layer that is affine.

    Parameters
    ----------
    layers : list of Module
        From `layers_of`.
    loss : callable
        Called with outputs and targets.
    batches : list of pairs of Tensor
        The examples.
    parts : dict of str to Tensor
        The parameters at the centre.
    directions : pair of Tensor
        Flat vectors on the model's device.
    """

    name = "affine"

    def __init__(
        self,
        layers: list[nn.Module],
        loss: Callable,
        batches: list[Batch],
        parts: dict[str, Tensor],
        directions: Directions,
    ) -> None:
        centre = torch.cat([part.reshape(-1) for part in parts.values()])
        k = _first_weighted(layers)
        first = sum(p.numel() for p in layers[k].parameters())
        points = [centre, *directions]
        self.batches = batches
        self.chains = [
            Chain(layers[: k + 1], layers[k + 1 :], loss, batch, points)
            for batch in batches
        ]
        sizes = [len(inputs) for inputs, _ in batches]
        self.shares = [size / sum(sizes) for size in sizes]
        self.centre, self.across, self.up = (p[first:] for p in points)
        self.views = _Views(layers[k + 1 :])
        self.group = self._group(layers)
        weights = max(1, len(self.centre)) * self.centre.element_size()
        self.chunk = max(1, min(GROUPS * self.group, WEIGHTS // weights))

    def _group(self, layers: list[nn.Module]) -> int:
        """Return how many points go through the layers together."""
        if any(type(layer) is nn.Conv2d for layer in layers):
            return 1
        numbers = max(
            max(_widths(layers, inputs)) * len(inputs)
            for inputs, _ in self.batches
        )
        size = numbers * self.centre.element_size()
        return max(1, CACHE[self.centre.device.type] // size)

    def start_row(self, y: float) -> None:
        """Set the coordinate along the second direction."""
        self.row = torch.add(self.centre, self.up, alpha=y)
        for chain in self.chains:
            chain.start_row(y)

    def values(self, xs: Sequence[float]) -> list[float]:
        """Return the losses at some x of the row."""
        xs = torch.tensor(xs, dtype=self.row.dtype, device=self.row.device)
        weights = self.views.of(
            torch.addcmul(self.row, xs[:, None], self.across)
        )
        total = 0
        for share, chain in zip(self.shares, self.chains, strict=True):
            groups = [
                chain.losses(
                    xs[k : k + self.group], weights, k, k + self.group
                )
                for k in range(0, len(xs), self.group)
            ]
            total += share * torch.cat(groups).double()
        return total.tolist()


class _Views:
    """The weights behind the first layer, as views of (g, n) vectors."""

    def __init__(self, layers: list[nn.Module]) -> None:
        self.layouts = [
            [parameter.shape for parameter in layer.parameters()]
            for layer in layers
        ]

    def of(self, vectors: Tensor) -> list[list[Tensor]]:
        """Return for each layer its weights, with the points in front."""
        start, weights = 0, []
        for shapes in self.layouts:
            weights.append([])
            for shape in shapes:
                part = vectors[:, start : start + shape.numel()]
                weights[-1].append(part.view(-1, *shape))
                start += shape.numel()
        return weights
