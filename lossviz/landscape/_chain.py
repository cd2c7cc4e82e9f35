"""One batch of examples on its way through a feed-forward network.

The examples are cut into tiles, so that what some points make of a tile
stays in the processor's cache from layer to layer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lossviz.landscape._cross_entropy import cross_entropy_shares
from lossviz.landscape._examples import Batch, as_number
from lossviz.landscape._links import Link
from lossviz.landscape._pooling import window_corners

# Bytes of values worked on at one time: for each thread of a processor, so
# that they stay in its cache, and on a GPU in all.
CACHE = {"cpu": 2**20, "gpu": 2**28}
# Points that go through together: at least, as the first layer is read anew
# for them, and at most, as an interruption may lose so many.
POINTS = (8, 64)
# Examples in a tile, at least: a product of matrices is slow with fewer.
FEWEST = 128
# Tiles are cut at multiples of these, as a processor's vectors are.
EVEN = 16


@dataclass(frozen=True)
class Tile:
    """What the first layer makes of some examples.

    Parameters
    ----------
    centre, across, up : Tensor
        Its outputs at the centre, and what each direction adds.
    row : Tensor
        Its outputs where a row crosses the second direction.
    examples : slice
        Which examples these are.
    shares : Tensor, optional
        For cross-entropy, the share of each class of each in the mean.
    corners : list of pair of Tensor
        Views of `row` and `across`: whole, or at each corner of the windows
        that are pooled.
    """

    centre: Tensor
    across: Tensor
    up: Tensor
    row: Tensor
    examples: slice
    shares: Tensor | None
    corners: list[tuple[Tensor, Tensor]]


class Chain:
    """The loss of one batch at the points of a plane.

    Parameters
    ----------
    first : Module
        The first layer with weights.
    pooled : bool
        Whether 2 × 2 pooling comes right behind it.
    links : list of Link
        The layers behind that.
    rows : bool
        Whether values go through the links as rows, or as images.
    one : bool
        Whether the links expect one more feature, which is 1.
    loss : callable
        Called with outputs and targets.
    batch : pair of Tensor
        What comes to the first layer, and the targets.
    points : list of list of Tensor
        Parameters of the first layer at the centre and in two directions.
    """

    def __init__(
        self,
        first: nn.Module,
        pooled: bool,
        links: list[Link],
        *,
        rows: bool,
        one: bool,
        loss: Callable,
        batch: Batch,
        points: list[list[Tensor]],
    ) -> None:
        inputs, self.targets = batch
        self.n, self.pooled, self.rows = len(inputs), pooled, rows
        self.links, self.loss = links, loss
        products = [_product(first, inputs, point) for point in points]
        if pooled:
            products = [window_corners(product) for product in products]
        if rows:
            products = [_as_rows(product, pooled) for product in products]
        if one:
            products = [
                F.pad(product, (0, 0, 0, 1), value=float(k == 0))
                for k, product in enumerate(products)
            ]
        held = products[0].numel() // self.n
        widths = [held // 4 if pooled else held]
        widths += [link.width for link in links]
        self.classes = widths[-1]
        self.shares = cross_entropy_shares(
            loss, self.targets, self.classes, inputs.dtype
        )
        size, self.group = self._sizes(products[0], held, max(widths))
        self.tiles = self._tiles(products, size)
        self.memory = {}

    @property
    def kept(self) -> int:
        """How many numbers are kept for each point until all are there."""
        return 0 if self.shares is not None else self.classes * self.n

    def _sizes(self, like: Tensor, held: int, width: int) -> tuple[int, int]:
        """Return how many examples make a tile, and points a group.

        Parameters
        ----------
        like : Tensor
            Of the kind that is worked on.
        held : int
            Numbers of an example that all points use.
        width : int
            Numbers of an example that each point makes.
        """
        if not self.rows:
            return self.n, 1
        memory = CACHE["gpu"]
        if like.device.type == "cpu":
            memory = torch.get_num_threads() * CACHE["cpu"]
        numbers = memory // like.element_size()
        least, most = POINTS
        size = max(FEWEST, numbers // (2 * held + most * width))
        tiles = max(1, round(self.n / size))
        size = EVEN * -(-self.n // (EVEN * tiles))
        group = (numbers - 2 * held * size) // (width * size)
        return size, max(least, min(most, group))

    def _tiles(self, products: list[Tensor], size: int) -> list[Tile]:
        axis = -1 if self.rows else int(self.pooled)
        tiles = []
        for start in range(0, self.n, size):
            examples = slice(start, min(start + size, self.n))
            centre, across, up = (
                product.narrow(axis, start, examples.stop - start).contiguous()
                for product in products
            )
            shares = self.shares
            if shares is not None:
                shares = shares[:, examples].reshape(-1)
            row = torch.empty_like(centre)
            corners = [(row, across)]
            if self.pooled:
                corners = list(zip(row, across, strict=True))
            tiles.append(
                Tile(centre, across, up, row, examples, shares, corners)
            )
        return tiles

    def start_row(self, y: float) -> None:
        """Set the coordinate along the second direction."""
        for tile in self.tiles:
            torch.add(tile.centre, tile.up, alpha=y, out=tile.row)

    def losses(self, xs: Tensor, weights: list[list[Tensor]]) -> Tensor:
        """Return the losses at some x of the row, a tensor of shape (g,).

        Parameters
        ----------
        xs : Tensor of shape (g,)
            Coordinates along the first direction.
        weights : list of list of Tensor
            Weights of each link, points along axis 0.
        """
        if self.shares is None:
            return self._own_losses(xs, weights)
        total = xs.new_zeros(len(xs))
        for tile in self.tiles:
            logs = torch.log_softmax(self._outputs(tile, xs, weights), 1)
            total.addmv_(logs.flatten(1), tile.shares, alpha=-1)
        return total

    def _own_losses(self, xs: Tensor, weights: list[list[Tensor]]) -> Tensor:
        """Return the losses as the caller's own function gives them."""
        outputs = xs.new_empty(len(xs), self.classes, self.n)
        for tile in self.tiles:
            outputs[..., tile.examples] = self._outputs(tile, xs, weights)
        losses = [
            as_number(self.loss(part.t().contiguous(), self.targets))
            for part in outputs
        ]
        return torch.tensor(losses, dtype=torch.float64)

    def _outputs(
        self, tile: Tile, xs: Tensor, weights: list[list[Tensor]]
    ) -> Tensor:
        values = self._first(tile, xs)
        for link, parts in zip(self.links, weights, strict=True):
            values = link.step(values, parts)
        return values

    def _first(self, tile: Tile, xs: Tensor) -> Tensor:
        """Return the outputs of the first layer, pooled if that comes next."""
        (row, across), *others = tile.corners
        shape = len(xs), *row.shape
        xs = xs.view(-1, *[1] * row.ndim)
        largest = self._memory("largest", shape)
        torch.addcmul(row, xs, across, out=largest)
        for row, across in others:
            corner = self._memory("corner", shape)
            torch.addcmul(row, xs, across, out=corner)
            torch.maximum(largest, corner, out=largest)
        return largest if self.rows else largest[0]

    def _memory(self, name: str, shape: tuple[int, ...]) -> Tensor:
        """Return memory that is used again and again."""
        if (name, shape) not in self.memory:
            self.memory[name, shape] = self.tiles[0].row.new_empty(shape)
        return self.memory[name, shape]


def _product(layer: nn.Module, inputs: Tensor, point: list[Tensor]) -> Tensor:
    """Return what a layer makes of its inputs with other parameters."""
    names = [name for name, _ in layer.named_parameters()]
    return torch.func.functional_call(
        layer, dict(zip(names, point, strict=True)), (inputs,)
    )


def _as_rows(product: Tensor, pooled: bool) -> Tensor:
    """Turn (N, …) outputs into (features, N), keeping corners in front."""
    start = int(pooled)
    if product.ndim > 2:
        product = product.transpose(start + 1, start + 2)
    return product.flatten(start + 1).transpose(start, start + 1)
