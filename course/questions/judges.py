"""Judging the outcomes of a part: one sentence, or nothing to object to.

A judge is called as `judge(cases, outcomes, wants)`, where `wants` are the
reference's outcomes. A sentence may name the function, the kind of fault and
shapes; numbers only where the student can see the case.
"""

import numpy as np

from course.questions.compare import describe_error, difference


def outcomes_agree(cases, outcomes, wants):
    """Demand that every outcome is the reference's, to within rounding."""
    for case, got, want in zip(cases, outcomes, wants, strict=True):
        fault = difference(got, want)
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


def each_case(judge):
    """Return the judge that asks `judge(case, value, want)` of every case.

    Parameters
    ----------
    judge : callable
        Gets the returned array and the reference's; returns a clause that
        goes on after the function's name, or `None`.
    """

    def judge_all(cases, outcomes, wants):
        for case, got, want in zip(cases, outcomes, wants, strict=True):
            fault = (
                describe_error(got)
                if got.error
                else judge(case, got.value, want.value)
            )
            if fault:
                return f"`{case.function}` {fault}."
        return None

    return judge_all


def _call(case):
    words = [_show_argument(argument) for argument in case.args]
    words += [f"{name}={value!r}" for name, value in case.kwargs.items()]
    return f"{case.function}({', '.join(words)})"


def _show_argument(argument):
    if hasattr(argument, "detach"):
        return f"tensor({argument.tolist()})"
    if isinstance(argument, np.ndarray):
        return f"array({argument.tolist()})"
    return repr(argument)


def _show(outcome):
    return str(np.round(outcome.value, 4).tolist())


def _detail(outcome):
    return f" ({outcome.detail})" if outcome.detail else ""
