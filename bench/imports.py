"""What ``import lossviz`` costs beyond NumPy, in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from bench.timing import Row

LIMIT = 100
HEAVY = {"torch", "matplotlib", "ipywidgets", "scipy", "sklearn", "IPython"}
_CODE = """
import sys, time, numpy
before, start = set(sys.modules), time.perf_counter()
import lossviz
print(1e3 * (time.perf_counter() - start), *set(sys.modules) - before)
"""


def rows() -> Iterator[Row]:
    """Measure the time of the import; anything heavy fails the row."""
    runs = [_import() for _ in range(7)]
    heavy = sorted(HEAVY.intersection(runs[0][1]))
    modules = len(runs[0][1])
    what = f"import lossviz after numpy: {modules} modules"
    if heavy:
        what += f", among them {', '.join(heavy)}"
    yield Row(what, median(time for time, _ in runs), 0 if heavy else LIMIT)


def _import() -> tuple[float, set[str]]:
    run = subprocess.run(
        [sys.executable, "-c", _CODE],
        capture_output=True,
        text=True,
        check=True,
    )
    time, *modules = run.stdout.split()
    return float(time), set(modules)
