"""How the measurements are taken and judged.

Times are those the thread spends computing: on an idle machine the same as
those on the clock, and on a busy one still those of the code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isfinite
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Parameters
    ----------
    what : str
        What was measured.
    ours : float
        Median time in milliseconds, or what else was measured.
    limit : float
        The most that `ours` may be; infinite if only the ratio counts.
    other : float, optional
        Median time of the other way, in milliseconds.
    ratio : float, optional
        The least that other / ours must be.
    unit : str, default "ms"
        What `ours`, `other` and `limit` are counted in.
    """

    what: str
    ours: float
    limit: float
    other: float | None = None
    ratio: float | None = None
    unit: str = "ms"

    @property
    def passed(self) -> bool:
        """Whether both targets are met."""
        fast = self.ours <= self.limit
        if self.ratio is None:
            return fast
        return fast and self.other / self.ours >= self.ratio

    def cells(self) -> list[str]:
        """Return the line as it is printed."""
        other = ratio = ""
        target = []
        if isfinite(self.limit):
            target.append(f"≤ {self.limit:.4g} {self.unit}")
        if self.other is not None:
            other = f"{self.other:.3g}"
            ratio = f"{self.other / self.ours:.3g}"
        if self.ratio is not None:
            target.append(f"≥ {self.ratio:g}×")
        return [
            self.what,
            f"{self.ours:.3g}",
            other,
            ratio,
            ", ".join(target),
            "PASS" if self.passed else "FAIL",
        ]


def milliseconds(call: Callable, arguments: Iterable) -> list[float]:
    """Return how long `call` took for each argument, the first left out.

    The first call pays for what is set up once.
    """
    times = []
    for argument in arguments:
        start = time.thread_time()
        call(argument)
        times.append(1e3 * (time.thread_time() - start))
    return times[1:]


def typical(call: Callable, repeats: int) -> float:
    """Return the median time of a call without arguments."""
    return median(milliseconds(lambda _: call(), range(repeats + 1)))
