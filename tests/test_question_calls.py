"""Calling an answer and comparing what came back."""

import numpy as np
import pytest
import torch

from course.questions import local_call
from course.questions.calls import Case, Outcome, ask, case, watched
from course.questions.compare import NotNumbers, as_data, close, difference


def _raises(error):
    def answer(*args):
        raise error

    return answer


@pytest.mark.parametrize(
    "value",
    [
        1,
        np.float32(1),
        True,
        [1, 2.0],
        (torch.tensor(1.0), torch.tensor(2.0, requires_grad=True)),
        torch.ones(2, 3),
    ],
)
def test_numbers_in_any_dress_are_data(value):
    assert as_data(value).dtype.kind in "fib"


@pytest.mark.parametrize("value", [None, "1", {1: 2}, object(), [[1], 2], 1j])
def test_anything_else_is_not(value):
    with pytest.raises(NotNumbers):
        as_data(value)


def test_shape_counts_and_precision_is_forgiven():
    third = np.float64(1 / 3)
    assert close(np.array(third), np.array(1 / 3))
    assert close(np.array(np.float32(third)), np.array(1 / 3))
    assert close(np.array(np.float32(1e6 + 20)), np.array(1e6))
    assert not close(np.array(float(np.float32(third)) * (1 + 2e-6)), third)
    assert not close(np.array([third]), np.array(third))
    assert close(np.array(third), np.array(0.334), slack=0.01)
    assert close(np.array(np.nan), np.array(np.nan))


def test_nan_and_inf_are_named():
    want = Outcome(np.array(1.0))
    for name in ("nan", "inf"):
        told = difference(Outcome(np.array(float(name))), want)
        assert told == f"returned {name} where the right value is finite"


def test_a_subclass_of_value_error_is_a_value_error():
    class ShapeError(ValueError):
        pass

    call = local_call({"f": _raises(ShapeError("a\nb")), "g": np.linalg.inv})
    assert ask(call, case("f")).error == "ValueError"
    assert ask(call, case("f")).detail == "a"
    assert ask(call, case("g", np.zeros((2, 2)))).error == "ValueError"


def test_the_answer_gets_copies_and_is_quiet(capsys):
    def noisy(values):
        print("noise")
        values[0] = np.log(0.0)
        return values.sum() * 0 + 1

    given = np.ones(2)
    call = local_call({"noisy": noisy})
    outcome = ask(call, watched(case("noisy", given)))
    assert given[0] == 1
    assert outcome.after[0][0] == -np.inf
    assert capsys.readouterr().out == ""


def test_gradients_come_back_for_the_arguments_asked_for():
    def product(a, b, c):
        return (a * b**2).sum()

    call = local_call({"product": product})
    one = torch.tensor([3.0])
    value, gradients = call("product", one, one, one, grad_of=(1, 2))
    assert value == 27
    assert gradients[0] == 18
    assert gradients[1] is None
    assert not one.requires_grad


def test_a_cut_graph_is_told():
    call = local_call({"whole": lambda a: a.sum(), "cut": lambda a: 3.0})
    one = torch.tensor([1.0, 2.0])
    whole, cut = (
        ask(call, Case(name, (one,), grad_of=(0,)))
        for name in ("whole", "cut")
    )
    assert difference(cut, whole) == (
        "returned a value from which no gradient flows back"
    )
