"""Small convolutions as products of matrices.

The features of an image that is a row stand with the height first, (height,
channels, width). A line of what a convolution makes then reads neighbouring
features, and its matrix holds few zeros.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Outputs in one product, at least: fewer are slow.
OUTPUTS = 64


def height_first(shape: torch.Size) -> Tensor:
    """Return where the features of flattened images stand in rows."""
    return torch.arange(shape.numel()).view(shape).transpose(0, 1).flatten()


@dataclass(frozen=True)
class Band:
    """Some outputs of a convolution, as a matrix.

    Parameters
    ----------
    columns : slice
        The features they read.
    entries : Tensor of shape (outputs, features)
        Which weight stands where, counted from 1; 0 for none.
    """

    columns: slice
    entries: Tensor


def bands_of(layer: nn.Conv2d, shape: torch.Size, pooled: bool) -> list[Band]:
    """Return the bands of a convolution of images of some shape.

    If pooling 2 × 2 comes next, two bands stand for each band of its
    outputs.
    """
    found = _entries(layer, shape)
    return _pooled_bands(found) if pooled else _bands(found)


def _entries(layer: nn.Conv2d, shape: torch.Size) -> Tensor:
    """Return which weight joins which feature to which output.

    Found by convolving each unit image with the numbers 1, 2, … in place of
    the weights: each pixel meets each output through one weight at most. The
    result has shape (features, channels, height, width).
    """
    weight = layer.weight
    numbers = torch.arange(1.0, weight.numel() + 1, dtype=torch.float64)
    pixels = torch.eye(shape.numel(), dtype=torch.float64)
    found = F.conv2d(
        pixels[height_first(shape)].view(-1, *shape),
        numbers.view(weight.shape),
        **geometry_of(layer),
    )
    return found.long().to(weight.device)


def _bands(found: Tensor) -> list[Band]:
    """Cut the lines of the images that come out into bands."""
    _, channels, _, width = found.shape
    lines = -(-OUTPUTS // (channels * width))
    return [
        _band(part.permute(2, 1, 3, 0)) for part in found.split(lines, dim=2)
    ]


def _pooled_bands(found: Tensor) -> list[Band]:
    """Cut them into pairs of bands, of lines 0, 2, … and lines 1, 3, ….

    The greater of two bands is to be taken, then the greater of the first
    and the second half of that.
    """
    _, channels, high, wide = found.shape
    lines = 2 * -(-OUTPUTS // (channels * wide))
    bands = []
    for part in found[:, :, : high // 2 * 2].split(lines, dim=2):
        pairs = part[..., : wide // 2 * 2].unflatten(-1, (-1, 2))
        for start in (0, 1):
            bands.append(_band(pairs[:, :, start::2].permute(4, 2, 1, 3, 0)))
    return bands


def _band(part: Tensor) -> Band:
    """Return a band, given its outputs in order and the features last."""
    part = part.flatten(0, -2)
    used = part.any(0).nonzero().flatten().tolist() or [0]
    columns = slice(used[0], used[-1] + 1)
    return Band(columns, part[:, columns])


@dataclass(frozen=True)
class Expansion:
    """Turns the weight of a convolution into its matrices, bias last."""

    entries: list[Tensor]

    def __call__(self, parameters: list[Tensor]) -> list[Tensor]:
        weight, *bias = parameters
        weights = F.pad(weight.flatten(), (1, 0))
        return [*(weights[entries] for entries in self.entries), *bias]


def products_step(
    columns: list[slice], pooled: bool, channels: int, high: int
) -> Callable:
    """Return the step of a convolution of images that are rows."""

    def convolve(values: Tensor, weights: list[Tensor]) -> Tensor:
        matrices, bias = weights[: len(columns)], weights[len(columns) :]
        products = (
            torch.bmm(matrix, values[:, some])
            for some, matrix in zip(columns, matrices, strict=True)
        )
        bands = list(map(_pooled, products, products) if pooled else products)
        values = bands[0] if len(bands) == 1 else torch.cat(bands, 1)
        if bias:
            points, _, examples = values.shape
            images = values.view(points, high, channels, -1, examples)
            images.add_(bias[0][:, None, :, None, None])
        return values

    return convolve


def _pooled(upper: Tensor, lower: Tensor) -> Tensor:
    """Return the maxima of windows, given a pair of bands."""
    torch.maximum(upper, lower, out=upper)
    return torch.maximum(*upper.chunk(2, dim=1))


def geometry_of(layer: nn.Conv2d) -> dict:
    """Return what a convolution is besides its weights."""
    return {
        "stride": layer.stride,
        "padding": layer.padding,
        "dilation": layer.dilation,
        "groups": layer.groups,
    }
