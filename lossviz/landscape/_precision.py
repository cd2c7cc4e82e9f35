"""Products of float32 matrices in full precision.

Torch may round their factors: convolutions on a GPU do so unless told not
to, and `torch.set_float32_matmul_precision` allows it for all, on a CPU too.
A landscape would then be wrong in its fourth digit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import backends


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
