"""The layers behind the first one, as steps with weights from outside.

Values are rows, (points, features, examples), wherever that can be: a batch
of points is then one matrix product, and the examples fill the processor's
vectors. Images go through as rows too as long as they are small, a
convolution being a matrix like any other; larger ones go through one point
at a time, as torch lays them out, (examples, channels, height, width).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lossviz.landscape._plan import MONOTONE
from lossviz.landscape._pooling import half_max, halves

# A convolution becomes a matrix if that has at most so many times the
# multiplications: matrix products run that much faster.
WASTE = 2.5
# And if the matrix has at most so many entries, since every point has one.
ENTRIES = 2**18


@dataclass(frozen=True)
class Link:
    """A layer without its weights.

    Parameters
    ----------
    step : callable
        Given values and weights, the points along axis 0 of each, returns
        the layer's values.
    shapes : list of Size
        Shapes of the weights at one point.
    expand : callable
        Turns the layer's parameters at a point into these weights.
    width : int
        Numbers for each example that come out.
    """

    step: Callable[[Tensor, list[Tensor]], Tensor]
    shapes: list[torch.Size]
    expand: Callable[[list[Tensor]], list[Tensor]]
    width: int


def pooling_first(layers: list[nn.Module]) -> list[nn.Module]:
    """Return the layers with pooling moved before activations.

    Pooling 2 × 2 leaves a quarter of the numbers for the activation.
    """
    layers = list(layers)
    for k in range(len(layers) - 1):
        pooled = type(layers[k + 1]) is nn.MaxPool2d
        if pooled and type(layers[k]) in MONOTONE:
            layers[k], layers[k + 1] = layers[k + 1], layers[k]
    return layers


def as_rows(layers: list[nn.Module], example: Tensor) -> list[Link] | None:
    """Return the links through which values go as rows, if all can.

    Parameters
    ----------
    layers : list of Module
        The layers, in order.
    example : Tensor
        One example as it comes to the first of them.
    """
    links = []
    for layer in layers:
        shape, example = example.shape, layer(example)
        if not _goes_as_rows(layer, shape, example.shape):
            return None
        if type(layer) is nn.MaxPool2d and links and links[-1].step is _shift:
            # Fewer numbers are left for the bias behind it.
            links.insert(-1, _row_pooling(shape, example))
        else:
            links += _row_links(layer, shape, example)
    return links


def as_images(layers: list[nn.Module], example: Tensor) -> list[Link]:
    """Return the links through which the values of one point go."""
    links = []
    for layer in layers:
        example = layer(example)
        shapes = [parameter.shape for parameter in layer.parameters()]
        links.append(Link(_step(layer), shapes, _as_given, example.numel()))
    return links


def _goes_as_rows(
    layer: nn.Module, shape: torch.Size, out: torch.Size
) -> bool:
    """Whether a layer can take rows, given the shapes that go in and out."""
    if type(layer) is nn.MaxPool2d:
        return halves(layer)
    if type(layer) is nn.Conv2d:
        entries = shape.numel() * out.numel()
        used = out.numel() * layer.weight[0].numel()
        return entries <= min(ENTRIES, WASTE * used)
    return True


def _row_links(layer: nn.Module, shape: torch.Size, out: Tensor) -> list[Link]:
    """Return the links of a layer, given the shapes that go in and out."""
    if type(layer) is nn.MaxPool2d:
        return [_row_pooling(shape, out)]
    if type(layer) is nn.Flatten:
        return []
    shapes, width = [p.shape for p in layer.parameters()], out.numel()
    if type(layer) is not nn.Conv2d:
        return [Link(_step(layer), shapes, _as_given, width)]
    entries = _entries(layer, shape)
    matrix = Link(_linear, [entries.shape], _Expansion(entries), width)
    return [matrix, *(Link(_shift, [b], _as_given, width) for b in shapes[1:])]


def _entries(layer: nn.Conv2d, shape: torch.Size) -> Tensor:
    """Return which weight stands where in a convolution's matrix.

    Found by convolving each unit image with the numbers 1, 2, … in place of
    the weights: each pixel meets each output through one weight at most.
    """
    weight = layer.weight
    numbers = torch.arange(1.0, weight.numel() + 1, dtype=torch.float64)
    pixels = torch.eye(shape[1:].numel(), dtype=torch.float64)
    found = F.conv2d(
        pixels.view(-1, *shape[1:]),
        numbers.view(weight.shape),
        **_geometry(layer),
    )
    return found.flatten(1).t().long().to(weight.device)


@dataclass(frozen=True)
class _Expansion:
    """Turns the weight of a convolution into its matrix."""

    entries: Tensor

    def __call__(self, parameters: list[Tensor]) -> list[Tensor]:
        (weight,) = parameters
        return [F.pad(weight.flatten(), (1, 0))[self.entries]]


def _as_given(parameters: list[Tensor]) -> list[Tensor]:
    return parameters


def _step(layer: nn.Module) -> Callable[[Tensor, list[Tensor]], Tensor]:
    if type(layer) is nn.Linear:
        return _linear
    if type(layer) is nn.Conv2d:
        return _convolution(layer)
    if type(layer) is nn.Flatten:
        return _flatten
    if type(layer) is nn.MaxPool2d and halves(layer):
        return lambda values, _: half_max(values)
    apply = MONOTONE.get(type(layer), layer)
    return lambda values, _: apply(values)


def _linear(values: Tensor, weights: list[Tensor]) -> Tensor:
    weight, *bias = weights
    if bias:
        return torch.baddbmm(bias[0][:, :, None], weight, values)
    return torch.bmm(weight, values)


def _shift(values: Tensor, weights: list[Tensor]) -> Tensor:
    """Add the bias of each channel to rows that are images."""
    (bias,) = weights
    points, channels = bias.shape
    images = values.view(points, channels, -1, values.shape[-1])
    return images.add_(bias[:, :, None, None]).flatten(1, 2)


def _convolution(layer: nn.Conv2d) -> Callable:
    geometry = _geometry(layer)

    def convolve(values: Tensor, weights: list[Tensor]) -> Tensor:
        return F.conv2d(values, *(part[0] for part in weights), **geometry)

    return convolve


def _geometry(layer: nn.Conv2d) -> dict:
    return {
        "stride": layer.stride,
        "padding": layer.padding,
        "dilation": layer.dilation,
        "groups": layer.groups,
    }


def _row_pooling(shape: torch.Size, out: Tensor) -> Link:
    def pool(values: Tensor, _: list[Tensor]) -> Tensor:
        points, _, examples = values.shape
        images = values.view(points, *shape[1:], examples)
        return half_max(images, axis=-3).view(points, -1, examples)

    return Link(pool, [], _as_given, out.numel())


def _flatten(values: Tensor, _: list[Tensor]) -> Tensor:
    """Turn the images of one point into (1, features, examples)."""
    if values.ndim == 3:
        return values
    return values.flatten(1).t()[None]
