"""Small steps of work while the controls of an explorer rest.

The steps run on the event loop that the kernel runs anyway, between its
messages: no thread is started, so nothing is left that could write after the
kernel is done, and where no loop runs (in scripts and tests) nothing happens
by itself.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Rest"]

# Seconds without a move before the first step, and between two steps, in
# which the kernel takes its messages.
PAUSE = 0.15
BREATH = 0.005


class Rest:
    """Repeats a step until there is none left or something else begins.

    Parameters
    ----------
    step : callable
        Does a little work, and returns whether there may be more.
    """

    def __init__(self, step: Callable[[], bool]):
        self._step = step
        self._round = 0
        # JupyterLab may handle the messages of widgets on another thread
        # than cells; each has a loop of its own.
        self._lock = threading.RLock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """End the steps so far, and keep new ones off for a while."""
        with self._lock:
            self._round += 1
            yield

    def begin(self) -> None:
        """Take the steps from now on, if a loop runs; end those so far."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        with self.held():
            loop.call_later(PAUSE, self._go_on, loop, self._round)

    def _go_on(self, loop: asyncio.AbstractEventLoop, begun: int) -> None:
        with self._lock:
            if begun == self._round and self._step():
                loop.call_later(BREATH, self._go_on, loop, begun)
