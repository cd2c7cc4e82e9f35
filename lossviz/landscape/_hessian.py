"""Products of a loss's Hessian with vectors, by differentiating twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from scipy.sparse.linalg import LinearOperator, eigsh
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from lossviz.landscape._examples import as_differentiable
from lossviz.landscape._survey import Setting, prepared

# Up to this size the whole matrix is cheaper than an iteration.
SMALL = 64


class Hessian:
    """The Hessian of the mean loss at a model's parameters.

    Parameters
    ----------
    setting : Setting
        The model, the loss and the examples.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.size, self.dtype = setting.layout.size, setting.layout.dtype
        self.parts = list(setting.parts.values())
        for part in self.parts:
            part.requires_grad_()
        self.examples = sum(len(inputs) for inputs, _ in setting.batches)

    def product(self, vector: np.ndarray) -> np.ndarray:
        """Return the Hessian times a vector, both as float64 arrays."""
        vector = torch.from_numpy(np.ascontiguousarray(vector))
        split = self.setting.layout.split(vector.reshape(-1))
        direction = [
            piece.to(part)
            for piece, part in zip(split, self.parts, strict=True)
        ]
        total = np.zeros(self.size)
        for inputs, targets in self.setting.batches:
            share = len(inputs) / self.examples
            total += share * self._batch_product(inputs, targets, direction)
        if not np.isfinite(total).all():
            raise ValueError(
                "loss must have finite second derivatives at the model"
            )
        return total

    def _batch_product(
        self, inputs: Tensor, targets: Tensor, direction: list[Tensor]
    ) -> np.ndarray:
        with torch.enable_grad():
            value = self.setting.loss(self.setting.model(inputs), targets)
            value = as_differentiable(value)
            slopes = _gradient(value, self.parts, create_graph=True)
            along = sum(
                (slope * piece).sum()
                for slope, piece in zip(slopes, direction, strict=True)
            )
            columns = _gradient(along, self.parts)
        flat = torch.cat([column.reshape(-1) for column in columns])
        return flat.detach().cpu().double().numpy()


def _gradient(
    value: Tensor, parts: list[Tensor], *, create_graph: bool = False
) -> tuple[Tensor, ...]:
    """Return the gradient, zero where a value does not depend on a part."""
    if not value.requires_grad:
        return tuple(torch.zeros_like(part) for part in parts)
    return torch.autograd.grad(
        value,
        parts,
        create_graph=create_graph,
        allow_unused=True,
        materialize_grads=True,
    )


@contextmanager
def hessian(
    model: nn.Module, loss: Callable, data: Any, seed: int, device: Any
) -> Iterator[Hessian]:
    """Prepare the Hessian of a copy of a model."""
    with prepared(model, loss, data, seed=seed, device=device) as setting:
        with _twice_differentiable(setting.model):
            yield Hessian(setting)


@contextmanager
def _twice_differentiable(model: nn.Module) -> Iterator[None]:
    """Let torch use kernels whose gradients have gradients.

    Its faster ones for attention have none, nor has cuDNN for recurrent
    networks.
    """
    before = torch.backends.cudnn.enabled
    recurrent = any(isinstance(m, nn.RNNBase) for m in model.modules())
    try:
        torch.backends.cudnn.enabled = before and not recurrent
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.cudnn.enabled = before


def largest(
    operator: Hessian, k: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the k largest eigenvalues, falling, and their vectors."""
    n = operator.size
    if n <= max(SMALL, k + 1):
        columns = [operator.product(unit) for unit in np.eye(n)]
        matrix = np.array(columns)
        values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    else:
        start = np.random.default_rng(seed).normal(size=n)
        linear = LinearOperator((n, n), matvec=operator.product, dtype=float)
        # In single precision a product is good to six digits, no more.
        values, vectors = eigsh(linear, k, which="LA", v0=start, tol=1e-6)
    order = np.argsort(values)[::-1][:k]
    return values[order], vectors[:, order]
