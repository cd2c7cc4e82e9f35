"""Single precision, in full.

Torch may round the factors of products of float32 matrices: convolutions on
a GPU do so unless told not to, and `torch.set_float32_matmul_precision`
allows it for all, on a CPU too. A landscape would then be wrong in its
fourth digit, and that of a model in half precision in its third.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, backends, nn

from lossviz.landscape._examples import Batch, own_loss

HALF = (torch.float16, torch.bfloat16)


@contextmanager
def exact_float32() -> Iterator[None]:
    """Let torch round nothing meanwhile, and give its settings back."""
    settings = _settings()
    before = [setting.fp32_precision for setting in settings]
    try:
        for setting in settings:
            setting.fp32_precision = "ieee"
        yield
    finally:
        for setting, precision in zip(settings, before, strict=True):
            setting.fp32_precision = precision


def _settings() -> list:
    cudnn, mkldnn = backends.cudnn, backends.mkldnn
    return [
        backends.cuda.matmul,
        *(cudnn.conv, cudnn.rnn),
        *(mkldnn.matmul, mkldnn.conv, mkldnn.rnn),
    ]


def widened(
    model: nn.Module, loss: Callable, batches: list[Batch]
) -> tuple[nn.Module, Callable, list[Batch]]:
    """Return all three in single precision, if the model is in half.

    A model that insists on its precision comes back as it is.
    """
    dtypes = {part.dtype for part in model.parameters()}
    if not dtypes <= set(HALF):
        return model, loss, batches
    wide = copy.deepcopy(model).float()
    criterion = loss
    if isinstance(loss, nn.Module):
        criterion = copy.deepcopy(loss).float()
    examples = [tuple(map(_single, batch)) for batch in batches]
    try:
        own_loss(wide, criterion, examples)
    except (RuntimeError, ValueError):
        return model, loss, batches
    return wide, criterion, examples


def _single(values: Tensor) -> Tensor:
    return values.float() if values.dtype in HALF else values
