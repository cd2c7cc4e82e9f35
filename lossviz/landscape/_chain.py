"""One batch of examples on its way through a feed-forward network.

Images go through one point at a time, as torch lays them out; rows of
numbers go through for several points at once, as (points, features,
examples).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lossviz.landscape._cross_entropy import cross_entropy_of, stacked
from lossviz.landscape._examples import Batch
from lossviz.landscape._pooling import half_max, halves, window_corners

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

# What a layer does to the values, given its weights at each of the points.
Step = Callable[[Tensor, list[Tensor]], Tensor]


class Chain:
    """The loss of one batch at the points of a plane.

    Parameters
    ----------
    head : list of Module
        Layers without weights, then the first one with weights.
    tail : list of Module
        The layers behind it.
    loss : callable
        Called with outputs and targets.
    batch : pair of Tensor
        The examples.
    points : list of Tensor
        Centre and two directions, as flat vectors.
    """

    def __init__(
        self,
        head: list[nn.Module],
        tail: list[nn.Module],
        loss: Callable,
        batch: Batch,
        points: list[Tensor],
    ) -> None:
        inputs, self.targets = batch
        *weightless, first = head
        for layer in weightless:
            inputs = layer(inputs)
        order = pooling_first(tail)
        self.windows = _pools_by_halves(tail, order)
        products = [_first_product(first, inputs, point) for point in points]
        if self.windows:
            products = [window_corners(product) for product in products]
            order = order[1:]
        self.centre, self.across, self.up = products
        self.row = torch.empty_like(self.centre)
        self.images = type(first) is nn.Conv2d
        self.buffer = None
        self.steps = [(k, _step(tail[k])) for k in order]
        self.loss = loss
        self.cross_entropy = None
        self.loss_chosen = False

    def start_row(self, y: float) -> None:
        """Set the coordinate along the second direction."""
        torch.add(self.centre, self.up, alpha=y, out=self.row)

    def losses(
        self, xs: Tensor, weights: list[list[Tensor]], start: int, stop: int
    ) -> Tensor:
        """Return the loss at some x of the row.

        Parameters
        ----------
        xs : Tensor of shape (g,)
            A single one for images.
        weights : list of list of Tensor
            Weights of each layer of the tail, points along axis 0.
        start, stop : int
            Which of these points the x belong to.
        """
        values = self._first_images(xs) if self.images else self._first(xs)
        for k, step in self.steps:
            values = step(values, [part[start:stop] for part in weights[k]])
        if not self.loss_chosen:
            self._choose_loss(values)
        if self.cross_entropy is not None:
            return self.cross_entropy(values)
        return stacked(values, lambda out: self.loss(out, self.targets))

    def _choose_loss(self, outputs: Tensor) -> None:
        self.loss_chosen = True
        self.cross_entropy = cross_entropy_of(self.loss, self.targets, outputs)

    def _first(self, xs: Tensor) -> Tensor:
        if self.buffer is None:
            self.buffer = self.row.new_empty(len(xs), *self.row.shape)
        out = self.buffer[: len(xs)]
        return torch.addcmul(self.row, xs[:, None, None], self.across, out=out)

    def _first_images(self, xs: Tensor) -> Tensor:
        x = xs.item()
        if not self.windows:
            return torch.add(self.row, self.across, alpha=x)
        largest, *others = zip(self.row, self.across, strict=True)
        largest = torch.add(*largest, alpha=x)
        for row, across in others:
            torch.maximum(
                largest, torch.add(row, across, alpha=x), out=largest
            )
        return largest


def pooling_first(layers: list[nn.Module]) -> list[int]:
    """Return the order of layers in which pooling comes before activations.

    Pooling 2 × 2 leaves a quarter of the numbers for the activation.
    """
    order = list(range(len(layers)))
    for k in range(len(layers) - 1):
        pooled = type(layers[k + 1]) is nn.MaxPool2d
        if pooled and type(layers[order[k]]) in MONOTONE:
            order[k], order[k + 1] = order[k + 1], order[k]
    return order


def _pools_by_halves(layers: list[nn.Module], order: list[int]) -> bool:
    """Whether 2 × 2 pooling comes right behind the first layer."""
    layer = layers[order[0]] if order else None
    return type(layer) is nn.MaxPool2d and halves(layer)


def _first_product(layer: nn.Module, inputs: Tensor, point: Tensor) -> Tensor:
    """Return what the first layer makes of its inputs at a point."""
    shapes = [parameter.shape for parameter in layer.parameters()]
    sizes = [shape.numel() for shape in shapes]
    parts = point[: sum(sizes)].split(sizes)
    weights = [
        part.view(1, *shape) for part, shape in zip(parts, shapes, strict=True)
    ]
    if type(layer) is nn.Conv2d:
        return _convolution(layer)(inputs, weights)
    return _linear(inputs.t()[None], weights)[0]


def _step(layer: nn.Module) -> Step:
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


def _convolution(layer: nn.Conv2d) -> Step:
    def convolve(values: Tensor, weights: list[Tensor]) -> Tensor:
        return F.conv2d(
            values,
            *(weight[0] for weight in weights),
            stride=layer.stride,
            padding=layer.padding,
            dilation=layer.dilation,
            groups=layer.groups,
        )

    return convolve


def _flatten(values: Tensor, _: list[Tensor]) -> Tensor:
    """Turn the images of one point into (1, features, examples)."""
    if values.ndim == 3:
        return values
    return values.flatten(1).t()[None]
