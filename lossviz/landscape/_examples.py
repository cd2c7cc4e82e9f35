"""The examples a loss is averaged over, and the loss of a model on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

Batch = tuple[Tensor, Tensor]


@contextmanager
def quiet_torch(seed: int, device: torch.device) -> Iterator[None]:
    """Switch gradients off, and give back torch's random state afterwards.

    What is random meanwhile, such as a loader's order, follows the seed.
    """
    cuda = device.type == "cuda"
    devices = range(torch.cuda.device_count()) if cuda else []
    # torch.manual_seed would also seed devices that are not put back.
    seed_all = (
        torch.manual_seed if cuda else torch.default_generator.manual_seed
    )
    with torch.no_grad(), torch.random.fork_rng(devices):
        seed_all(seed)
        yield


def read_batches(data: Any, device: torch.device | None = None) -> list[Batch]:
    """Return the examples as pairs of tensors, read once.

    Parameters
    ----------
    data : pair of Tensor, or iterable of such pairs
        Inputs and targets; a pair is one batch.
    device : torch.device, optional
        Where the tensors are put; where they are if omitted.

    Raises
    ------
    ValueError
        If something else than pairs of tensors comes, or nothing.
    """
    if _is_pair(data):
        data = [data]
    elif isinstance(data, Tensor) or not isinstance(data, Iterable):
        raise _no_pairs(data)
    batches = []
    with _unmoved(getattr(data, "generator", None)):
        for pair in data:
            if not _is_pair(pair):
                raise _no_pairs(pair)
            batches.append(tuple(part.detach().to(device) for part in pair))
    # the mean over no examples is no number
    batches = [batch for batch in batches if len(batch[0])]
    if not batches:
        raise ValueError("data must hold at least one example, got none")
    return batches


def read_once(data: Any, seed: int) -> list[Batch]:
    """Return the examples where they are, for those who need them twice.

    What gives examples only once, or others each time, then does as well.
    """
    with quiet_torch(seed, torch.device("cpu")):
        return read_batches(data)


@contextmanager
def _unmoved(generator: Any) -> Iterator[None]:
    """Give a loader's own generator back as it was."""
    if not isinstance(generator, torch.Generator):
        yield
        return
    state = generator.get_state()
    try:
        yield
    finally:
        generator.set_state(state)


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, (tuple, list))
        and len(value) == 2
        and all(isinstance(part, Tensor) and part.ndim for part in value)
    )


def _no_pairs(value: Any) -> ValueError:
    return ValueError(
        "data must be a pair of tensors (inputs, targets) or give such "
        f"pairs, as a DataLoader does, got {type(value).__name__}"
    )


def mean_over(batches: list[Batch], value: Callable[..., float]) -> float:
    """Return the mean of a value over batches, weighted by their sizes."""
    if len(batches) == 1:
        return value(*batches[0])
    sizes = [len(inputs) for inputs, _ in batches]
    total = sum(
        size * value(*batch)
        for size, batch in zip(sizes, batches, strict=True)
    )
    return total / sum(sizes)


def as_number(value: Any) -> float:
    """Return a loss as a float, or say that it is none."""
    shape = tuple(getattr(value, "shape", ()))
    if shape not in ((), (1,)):
        raise ValueError(f"loss must return one number, got shape {shape}")
    if isinstance(value, Tensor) and value.is_complex():
        raise ValueError(f"loss must return a real number, got {value.dtype}")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"loss must return one number, got {type(value).__name__}"
        ) from None


def as_differentiable(value: Any) -> Tensor:
    """Return a loss that can be differentiated, or say that it cannot."""
    if not isinstance(value, Tensor):
        raise ValueError(
            f"loss must return a tensor, got {type(value).__name__}"
        )
    if value.numel() != 1:
        shape = tuple(value.shape)
        raise ValueError(f"loss must return one number, got shape {shape}")
    return value


def own_loss(model: nn.Module, loss: Callable, batches: list[Batch]) -> float:
    """Return the mean loss of a model, by its own forward pass."""
    return mean_over(batches, lambda x, y: as_number(loss(model(x), y)))


def guarded_loss(
    model: nn.Module, loss: Callable, batches: list[Batch]
) -> float:
    """Return `own_loss`, and keep the model from writing into its inputs.

    A first layer that works in place overwrites what it is given. Here it
    is put back, and from then on the model is given copies.
    """
    writes = []

    def value(inputs: Tensor, targets: Tensor) -> float:
        before = inputs.clone()
        try:
            return as_number(loss(model(inputs), targets))
        finally:
            if not torch.equal(inputs, before):
                inputs.copy_(before)
                writes.append(True)

    mean = mean_over(batches, value)
    if writes:
        model.register_forward_pre_hook(_with_copies)
    return mean


def _with_copies(model: nn.Module, inputs: tuple) -> tuple:
    return tuple(part.clone() for part in inputs)
