"""What long work tells on its way: a bar, and where it was interrupted."""

from __future__ import annotations

import sys
import warnings

from tqdm.auto import tqdm

# Seconds after which a bar appears by itself.
PATIENCE = 1.0


def bar_of(total: int, name: str, unit: str, progress: bool | None) -> tqdm:
    """Return a progress bar: shown, hidden, or (None) shown in long work."""
    return tqdm(
        total=total,
        desc=name,
        unit=unit,
        leave=False,
        delay=0 if progress else PATIENCE,
        disable=progress is False,
    )


def tell(message: str) -> None:
    """Warn whoever called the package, not a module within it."""
    depth, frame = 2, sys._getframe(1)
    while frame.f_back and _is_ours(frame.f_globals["__name__"]):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(message, RuntimeWarning, stacklevel=depth)


def _is_ours(module: str) -> bool:
    return module.split(".")[0] == "lossviz"
