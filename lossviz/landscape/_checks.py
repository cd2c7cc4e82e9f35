"""Checks of the arguments that all functions of landscapes share."""

from __future__ import annotations

from lossviz.validation import broken, choice, count, flag

# Torch's generators take seeds of 64 bits.
SEEDS = 2**64


def checked_seed(seed: int) -> int:
    """Return a seed that torch's generators take."""
    seed = count("seed", seed, minimum=0)
    if seed >= SEEDS:
        raise broken("seed", f"be below {SEEDS}", seed)
    return seed


def checked_progress(progress: bool | None) -> bool | None:
    """Return whether to show a bar; None leaves it to the work."""
    return None if progress is None else flag("progress", progress)


def checked_choices(
    normalize: str | None, seed: int, engine: str, progress: bool | None
) -> int:
    """Check the arguments that all landscapes share, and return the seed."""
    if normalize is not None:
        choice("normalize", normalize, ("filter", "layer"))
    choice("engine", engine, ("auto", "affine", "flat", "loop"))
    checked_progress(progress)
    return checked_seed(seed)
