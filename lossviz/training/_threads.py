"""How many threads a training takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["one_thread"]


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch work on a single thread for a while.

    Small networks gain nothing from more. With more, sums are added in
    another order, so that results depend on the machine, and on a busy
    machine the threads wait for each other: training takes ten times longer.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
