"""The layers behind the first one, as steps with weights from outside.

Values are rows, (points, features, examples), wherever that can be: a batch
of points is then one matrix product, and the examples fill the processor's
vectors. Images go through as rows too as long as they are small, a
convolution being matrices like any other layer; larger ones go through one
point at a time, as torch lays them out, (examples, channels, height, width).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lossviz.landscape._bands import (
    Expansion,
    bands_of,
    geometry_of,
    height_first,
    products_step,
)
from lossviz.landscape._plan import MONOTONE
from lossviz.landscape._pooling import every_second, half_max, halves

# A convolution becomes matrices if these have at most so many times the
# multiplications: matrix products run that much faster.
WASTE = 2.5
# And if they have at most so many entries, since every point has them.
ENTRIES = 2**18


@dataclass(frozen=True)
class Link:
    """A layer without its weights.

    Parameters
    ----------
    step : callable
        Given values and weights, the points along axis 0 of each, returns
        the layer's values.
    width : int
        Numbers for each example that come out, or stand beside each other
        on the way.
    parameters : int
        How many parameters the layer has.
    shapes : list of Size
        Shapes of the weights at one point.
    expand : callable
        Turns the layer's parameters at a point into these weights.
    elementwise : bool
        Whether each number comes from one number alone.
    """

    step: Callable[[Tensor, list[Tensor]], Tensor]
    width: int
    parameters: int = 0
    shapes: Sequence[torch.Size] = ()
    expand: Callable[[list[Tensor]], list[Tensor]] = list
    elementwise: bool = False


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
    links, order, layers = [], None, list(layers)
    while layers:
        layer, shape = layers.pop(0), example.shape[1:]
        example = layer(example)
        if type(layer) is nn.MaxPool2d:
            if not halves(layer):
                return None
            links.append(_row_pooling(shape, example))
        elif type(layer) is nn.Conv2d:
            pooled = pools(layers)
            if pooled:
                example = layers.pop(0)(example)
            convolution = _row_convolution(layer, shape, example, pooled)
            if convolution is None:
                return None
            links.append(convolution)
        elif type(layer) is nn.Flatten:
            order = height_first(shape) if len(shape) == 3 else order
        elif type(layer) is nn.Linear:
            links.append(_row_linear(layer, order))
            order = None
        else:
            links.append(_elementwise(layer, example))
    return links if order is None else [*links, _reordering(order)]


def pools(layers: list[nn.Module]) -> bool:
    """Whether 2 × 2 pooling comes first among layers."""
    return (
        bool(layers) and type(layers[0]) is nn.MaxPool2d and halves(layers[0])
    )


def bias_as_weight(links: list[Link]) -> list[Link] | None:
    """Return links that take a bias as the weight of one more feature.

    That feature is 1 as it comes to the first link, and the bias is that of
    the first layer with weights. None if there is no such layer.
    """
    one = torch.ones(1, 1, 1, dtype=torch.float64)
    for k, link in enumerate(links):
        if link.elementwise:
            one = link.step(one, [])
        elif link.step is _linear and len(link.shapes) == 2:
            expand = _Joined(link.expand, one.item())
            high, wide = link.shapes[0]
            joined = replace(
                link, shapes=[torch.Size((high, wide + 1))], expand=expand
            )
            return [*links[:k], joined, *links[k + 1 :]]
        else:
            return None
    return None


def as_images(layers: list[nn.Module], example: Tensor) -> list[Link]:
    """Return the links through which the values of one point go."""
    links = []
    for layer in layers:
        example = layer(example)
        shapes = [parameter.shape for parameter in layer.parameters()]
        links.append(Link(_step(layer), example.numel(), len(shapes), shapes))
    return links


def _row_linear(layer: nn.Linear, order: Tensor | None) -> Link:
    shapes = [parameter.shape for parameter in layer.parameters()]
    expand = list if order is None else _Reordered(order)
    return Link(_linear, layer.out_features, len(shapes), shapes, expand)


def _elementwise(layer: nn.Module, out: Tensor) -> Link:
    return Link(_step(layer), out.numel(), elementwise=True)


def _reordering(order: Tensor) -> Link:
    """Put the features of rows back as torch flattens images."""
    back = order.argsort()

    def reorder(values: Tensor, _: list[Tensor]) -> Tensor:
        return values.index_select(1, back.to(values.device))

    return Link(reorder, len(order))


@dataclass(frozen=True)
class _Reordered:
    """Sets the columns of a linear layer's weight in the order of rows."""

    order: Tensor

    def __call__(self, parameters: list[Tensor]) -> list[Tensor]:
        weight, *bias = parameters
        return [weight[:, self.order.to(weight.device)], *bias]


@dataclass(frozen=True)
class _Joined:
    """Appends the bias to the weights, for a feature that is `one`."""

    expand: Callable[[list[Tensor]], list[Tensor]]
    one: float

    def __call__(self, parameters: list[Tensor]) -> list[Tensor]:
        weight, bias = self.expand(parameters)
        return [torch.cat([weight, bias[:, None] / self.one], 1)]


def _row_convolution(
    layer: nn.Conv2d, shape: torch.Size, out: Tensor, pooled: bool
) -> Link | None:
    """Return the link of a convolution, or None if it is no good as rows.

    Parameters
    ----------
    layer : Conv2d
        The convolution.
    shape : Size
        Channels, height and width of an image that goes in.
    out : Tensor
        The image that comes out, after pooling if that is included.
    pooled : bool
        Whether 2 × 2 pooling comes right behind it.
    """
    used = out.numel() * layer.weight[0].numel() * (4 if pooled else 1)
    if shape.numel() * out.numel() > 4 * ENTRIES:
        return None
    bands = bands_of(layer, shape, pooled)
    if sum(b.entries.numel() for b in bands) > min(ENTRIES, WASTE * used):
        return None
    widest = max(len(band.entries) for band in bands) if pooled else 0
    shapes = [parameter.shape for parameter in layer.parameters()]
    return Link(
        products_step(
            [band.columns for band in bands], pooled, *out.shape[1:3]
        ),
        max(out.numel(), 2 * widest),
        len(shapes),
        [*(band.entries.shape for band in bands), *shapes[1:]],
        Expansion([band.entries for band in bands]),
    )


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


def _convolution(layer: nn.Conv2d) -> Callable:
    geometry = geometry_of(layer)

    def convolve(values: Tensor, weights: list[Tensor]) -> Tensor:
        return F.conv2d(values, *(part[0] for part in weights), **geometry)

    return convolve


def _row_pooling(shape: torch.Size, out: Tensor) -> Link:
    channels, high, wide = shape

    def pool(values: Tensor, _: list[Tensor]) -> Tensor:
        points, _, examples = values.shape
        images = values.view(points, high, channels, wide, examples)
        lines = torch.maximum(*every_second(images, 1))
        pooled = torch.maximum(*every_second(lines, 3))
        return pooled.view(points, -1, examples)

    return Link(pool, out.numel())


def _flatten(values: Tensor, _: list[Tensor]) -> Tensor:
    """Turn the images of one point into (1, features, examples)."""
    if values.ndim == 3:
        return values
    return values.flatten(1).t()[None]
