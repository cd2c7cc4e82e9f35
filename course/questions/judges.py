"""Judging the outcomes of a part: one sentence, or nothing to object to.

A judge is called as `judge(cases, outcomes, wants)`, where `wants` are the
reference's outcomes. A sentence may name the function, the kind of fault and
shapes; numbers only where the student can see the case.

Students get the judges as they stand here, and the values to compare with
from a file. So a judge is a function or a dataclass at the top of a module of
`course/questions/` itself, and its code gives no answer away.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course.questions.compare import changed, describe_error, difference


@dataclass(frozen=True)
class Within:
    """The judge that demands the reference's outcomes.

    They agree to within rounding, or to within `slack` where that is wider.
    """

    slack: float

    def __call__(self, cases, outcomes, wants):
        """Return one sentence, or None."""
        for case, got, want in zip(cases, outcomes, wants, strict=True):
            fault = difference(got, want, self.slack)
            if fault:
                return f"`{case.function}` {fault}."
        return None


outcomes_agree = Within(0.0)


def refusals_agree(cases, outcomes, wants):
    """Demand an error where one is due, and any value where none is.

    Without the second, a function that refuses everything would do.
    """
    for case, got, want in zip(cases, outcomes, wants, strict=True):
        fault = difference(got, want) if want.error or got.error else None
        if fault:
            return f"`{case.function}` {fault}."
    return None


def examples_agree(cases, outcomes, wants):
    """Demand the same of cases that the student sees, and tell the numbers."""
    for case, got, want in zip(cases, outcomes, wants, strict=True):
        fault = difference(got, want)
        if fault:
            told = f"`{_call(case)}` {fault}"
            if want.error or got.error:
                return f"{told}{_detail(got)}."
            return f"{told}: expected {_show(want)}, got {_show(got)}."
    return None


@dataclass(frozen=True)
class EachCase:
    """The judge that asks `judge(case, value, want)` of every case.

    Attributes
    ----------
    judge : callable
        Gets the case, the returned array and the reference's; returns a
        clause that goes on after the function's name, or `None`.
    """

    judge: Callable

    def __call__(self, cases, outcomes, wants):
        """Return one sentence, or None."""
        for case, got, want in zip(cases, outcomes, wants, strict=True):
            if got.error:
                fault = describe_error(got)
            else:
                fault = self.judge(case, got.value, want.value)
            fault = fault or changed(got.after, want.after)
            if fault:
                return f"`{case.function}` {fault}."
        return None


def _call(case):
    words = [_show_argument(argument) for argument in case.args]
    words += [f"{name}={value!r}" for name, value in case.kwargs.items()]
    return f"{case.function}({', '.join(words)})"


def _show_argument(argument):
    if hasattr(argument, "detach"):
        return f"tensor({_rounded(argument)})"
    if isinstance(argument, np.ndarray):
        return f"array({_rounded(argument)})"
    return repr(argument)


def _show(outcome):
    if isinstance(outcome.value, tuple):
        return f"({', '.join(map(_rounded, outcome.value))})"
    return _rounded(outcome.value)


def _rounded(numbers):
    if numbers is None:
        return "None"
    return str(np.round(np.asarray(numbers, dtype=float), 4).tolist())


def _detail(outcome):
    return f" ({outcome.detail})" if outcome.detail else ""
