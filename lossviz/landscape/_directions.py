"""Directions in parameter space: random, or from a training history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lossviz.landscape._vectors import Layout, points_of

# Columns of a history that are turned into float64 at one time.
BLOCK = 2**16


def random_direction(
    parts: dict[str, Tensor], normalize: str | None, generator: Any
) -> Tensor:
    """Draw a normal direction, scaled to the parameters it starts from.

    Parameters
    ----------
    parts : dict of str to Tensor
        The parameters.
    normalize : {"filter", "layer", None}
        Norms that are made equal to those of the parameters: each filter's
        (slices along axis 0) or each layer's, both leaving parameters with
        fewer than two axes where they are; or, with None, only that of all
        parameters together.
    generator : torch.Generator
        On the CPU, so that a seed means the same on every device.

    References
    ----------
    Li, Xu, Taylor, Studer & Goldstein (2018), Visualizing the loss landscape
    of neural nets.
    """
    drawn = [
        _scaled(part, normalize, generator).reshape(-1)
        for part in parts.values()
    ]
    direction = torch.cat(drawn)
    if normalize is None:
        start = torch.cat([part.reshape(-1) for part in parts.values()])
        direction *= start.cpu().double().norm() / direction.norm()
    if not direction.any():
        raise ValueError(
            f"normalize must leave something to move, got {normalize!r} "
            "for parameters that are zero or have a single axis"
        )
    return direction.to(Layout(parts).dtype)


def _scaled(part: Tensor, normalize: str | None, generator: Any) -> Tensor:
    if normalize is not None and part.ndim < 2:
        return torch.zeros(part.shape, dtype=torch.float64)
    drawn = torch.randn(part.shape, generator=generator, dtype=torch.float64)
    if normalize is None:
        return drawn
    rows = len(part) if normalize == "filter" else 1
    start, drawn = part.cpu().double().reshape(rows, -1), drawn.view(rows, -1)
    return drawn * start.norm(dim=1, keepdim=True) / _norms(drawn)


def _norms(rows: Tensor) -> Tensor:
    return rows.norm(dim=1, keepdim=True)


def pca_directions(
    layout: Layout, centre: Tensor, history: Sequence[Any]
) -> tuple[Tensor, Tensor]:
    """Return the two directions along which a history varies most.

    They are the principal components of the points as seen from the centre,
    and as long as the farthest of these points along them, so that
    coordinates from −1 to 1 show the whole history.

    Raises
    ------
    ValueError
        If the points do not span a plane.
    """
    offsets = torch.stack(
        [
            layout.vector("history", point) - centre
            for point in points_of("history", history)
        ]
    )
    gram = sum(block @ block.T for block in _blocks(offsets))
    variances, axes = torch.linalg.eigh(gram)
    if len(offsets) < 2 or not variances[-2] > 1e-10 * variances[-1]:
        raise ValueError(
            "history must hold at least two points that span a plane with "
            f"the model, got {len(offsets)}"
        )
    first, second = axes.T.flip(0)[:2]
    return _component(offsets, first), _component(offsets, second)


def _blocks(offsets: Tensor) -> Any:
    return (block.double() for block in offsets.split(BLOCK, dim=1))


def _component(offsets: Tensor, axis: Tensor) -> Tensor:
    """Return a principal component, the farthest point being at 1."""
    component = torch.cat([axis @ block for block in _blocks(offsets)])
    component /= component.norm()
    coordinates = sum(
        block @ part
        for block, part in zip(
            _blocks(offsets), component.split(BLOCK), strict=True
        )
    )
    farthest = coordinates[coordinates.abs().argmax()]
    return (component * farthest).to(offsets.dtype)
