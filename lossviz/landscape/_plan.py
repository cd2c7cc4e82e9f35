"""Which networks are plain chains of layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lossviz.landscape._cross_entropy import has_hooks
from lossviz.landscape._examples import Batch

# These never fall, so a maximum may be taken before them as well as after.
MONOTONE = {
    nn.ReLU: torch.relu_,
    nn.Tanh: torch.tanh_,
    nn.Sigmoid: torch.sigmoid_,
}
ELEMENTWISE = {
    *MONOTONE,
    nn.GELU,
    nn.ELU,
    nn.LeakyReLU,
    nn.SiLU,
    nn.Softplus,
}
WEIGHTED = {nn.Linear, nn.Conv2d}
# In eval mode these do nothing.
IDLE = {nn.Identity, nn.Dropout}
KNOWN = {*ELEMENTWISE, *IDLE, *WEIGHTED, nn.MaxPool2d, nn.Flatten}

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


def first_weighted(layers: list[nn.Module]) -> int:
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
    return 4 * width * len(inputs) * inputs.element_size()
