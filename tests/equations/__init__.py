"""Numerical checks of the equations that the lectures display.

A check is a function marked by `@equation("2.4-huber")`. Its docstring is
the equation as displayed, spaces aside, so that nobody changes the one
without meeting the other; its body asserts that the equation holds.
"""

from collections.abc import Callable

CHECKS: dict[str, Callable] = {}


def equation(name: str) -> Callable:
    """Register the check of the equation with that id."""

    def register(check: Callable) -> Callable:
        if name in CHECKS:
            raise ValueError(f"equation {name!r} has two checks")
        CHECKS[name] = check
        return check

    return register
