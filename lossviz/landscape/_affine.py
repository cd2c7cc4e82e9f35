"""Engine for plain feed-forward networks.

All points of a plane share the inputs. What leaves the first layer with
weights is therefore affine in the point's coordinates, C + x D + y E, and
three products serve the whole plane.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from lossviz.landscape._chain import Chain
from lossviz.landscape._examples import Batch
from lossviz.landscape._links import (
    Link,
    as_images,
    as_rows,
    bias_as_weight,
    pooling_first,
    pools,
)
from lossviz.landscape._loops import Directions
from lossviz.landscape._plan import first_weighted
from lossviz.landscape._vectors import Layout

# Bytes that the weights of the points in one call may take, or the outputs.
BYTES = 2**24


class Affine:
    """A chain of plain layers, behind a first layer that is affine.

    Parameters
    ----------
    layers : list of Module
        The network, from `lossviz.landscape._plan.layers_of`.
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
        k = first_weighted(layers)
        first, tail = layers[k], pooling_first(layers[k + 1 :])
        layout = Layout(parts)
        points = [list(parts.values())]
        points += [layout.split(direction) for direction in directions]
        own = len(list(first.parameters()))
        batches = [(_through(layers[:k], X), y) for X, y in batches]
        rows, links = _links(first, tail, batches[0][0][:1])
        pooled = pools(tail)
        links = links[1:] if pooled else links
        joined = bias_as_weight(links) if rows else None
        links = joined or links
        self.chains = [
            Chain(
                first,
                pooled,
                links,
                rows=rows,
                one=joined is not None,
                loss=loss,
                batch=batch,
                points=[point[:own] for point in points],
            )
            for batch in batches
        ]
        sizes = [len(X) for X, _ in batches]
        self.shares = [size / sum(sizes) for size in sizes]
        self.tail = _Tail(links)
        self.centre, self.across, self.up = (
            self.tail.vector(point[own:]).to(directions[0]) for point in points
        )
        self.row, self.y = self.centre.clone(), None
        self.chunk = self._chunk()

    def _chunk(self) -> int:
        """Return how many points may be asked for at one time."""
        kept = [len(self.centre), *(chain.kept for chain in self.chains)]
        size = max(1, *kept) * self.centre.element_size()
        group = min(chain.group for chain in self.chains)
        return max(1, min(group, BYTES // size))

    def values(self, y: float, xs: Sequence[float]) -> list[float]:
        """Return the losses at some points of a row."""
        if y != self.y:
            self._start_row(y)
        xs = torch.tensor(xs, dtype=self.row.dtype, device=self.row.device)
        weights = self.tail.split(
            torch.addcmul(self.row, xs[:, None], self.across)
        )
        total = sum(
            share * chain.losses(xs, weights).double()
            for share, chain in zip(self.shares, self.chains, strict=True)
        )
        return total.tolist()

    def _start_row(self, y: float) -> None:
        self.y = y
        torch.add(self.centre, self.up, alpha=y, out=self.row)
        for chain in self.chains:
            chain.start_row(y)


def _through(layers: list[nn.Module], inputs: Tensor) -> Tensor:
    for layer in layers:
        inputs = layer(inputs)
    return inputs


def _links(
    first: nn.Module, tail: list[nn.Module], inputs: Tensor
) -> tuple[bool, list[Link]]:
    """Return whether values go as rows, and the links for that."""
    example = first(inputs)
    links = as_rows(tail, example)
    if links is not None:
        return True, links
    return False, as_images(tail, example)


class _Tail:
    """The weights of all links at a point, as one vector."""

    def __init__(self, links: list[Link]) -> None:
        self.links = links

    def vector(self, parameters: list[Tensor]) -> Tensor:
        """Return the parameters behind the first layer as such a vector."""
        given, parts = iter(parameters), []
        for link in self.links:
            own = [next(given) for _ in range(link.parameters)]
            parts += [part.reshape(-1) for part in link.expand(own)]
        return torch.cat(parts) if parts else torch.empty(0)

    def split(self, vectors: Tensor) -> list[list[Tensor]]:
        """Return the weights of each link, as views of (g, n) vectors."""
        start, weights = 0, []
        for link in self.links:
            weights.append([])
            for shape in link.shapes:
                part = vectors[:, start : start + shape.numel()]
                weights[-1].append(part.view(-1, *shape))
                start += shape.numel()
        return weights
