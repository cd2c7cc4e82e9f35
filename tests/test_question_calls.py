"""Calling an answer and comparing what came back."""

import kinds_of_questions as kinds
import numpy as np
import pytest
import torch

from course.questions import local_call
from course.questions.calls import Case, Outcome, ask, case, watched
from course.questions.compare import NotNumbers, as_data, close, difference
from course.questions.objects import (
    DType,
    Function,
    Generator,
    Item,
    Network,
    Optimizer,
    realise,
)


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


@pytest.mark.parametrize("question", kinds.QUESTIONS, ids=lambda q: q.id)
def test_every_kind_of_signature_can_be_asked(question):
    right = [v.functions(question.reference) for v in question.right]
    for functions in (question.reference, *right):
        result = question.evaluate(local_call(functions), seed=1)
        assert result.passed, result
    for variant in question.wrong:
        functions = variant.functions(question.reference)
        result = question.evaluate(local_call(functions), seed=1)
        assert not result.passed, variant


NETWORK = Network(
    (("linear", 2, 3), ("batch norm", 3), ("relu",), ("linear", 3, 1)),
    tuple(
        np.full(shape, place, dtype=np.float32)
        for place, shape in enumerate([(3, 2), 3, 3, 3, (1, 3), 1])
    ),
)


def test_a_network_is_made_with_its_numbers_and_nothing_else_moves():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    network, optimizer = realise([NETWORK, Optimizer("Adam", {"lr": 0.5}, 0)])
    assert torch.equal(torch.get_rng_state(), before)
    assert [type(layer).__name__ for layer in network] == [
        *("Linear", "BatchNorm1d", "ReLU", "Linear")
    ]
    for place, parameter in enumerate(network.parameters()):
        assert parameter.dtype == torch.float32
        assert torch.all(parameter == place)
    assert network.training
    [group] = optimizer.param_groups
    assert group["lr"] == 0.5
    assert group["params"][0] is next(network.parameters())


def test_what_is_made_is_made_anew():
    given = [np.zeros(2), [1], torch.zeros(1), NETWORK, Generator(3)]
    for one, other in zip(realise(given), realise(given), strict=True):
        assert one is not other
    again = [realise([Generator(3)])[0].random() for _ in range(2)]
    assert again[0] == again[1]
    fun, dtype = realise([Function("lambda x: np.sum(x)"), DType("float32")])
    assert fun([1, 2]) == 3
    assert dtype is np.float32


def test_parameters_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="shorter|longer"):
        realise([Network((("linear", 1, 1),), (np.ones((1, 1)),))])
    with pytest.raises(ValueError, match="name must be one of SGD, Adam, got"):
        realise([NETWORK, Optimizer("Magic", {}, 0)])


def test_arguments_are_shown_as_one_would_write_them():
    assert repr(NETWORK) == (
        "network(linear 2 3, batch norm 3, relu, linear 3 1)"
    )
    assert repr(Optimizer("SGD", {"lr": 0.1, "momentum": 0.9})) == (
        "SGD(lr=0.1, momentum=0.9)"
    )
    assert repr(Function("lambda x: x")) == "lambda x: x"
    assert repr(Generator(1)) == "np.random.default_rng(1)"
    assert repr(DType("float32")) == "np.float32"


def test_a_returned_module_is_run_as_after_training():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout(0.5))
    asked = Case("f", (), apply_to=(torch.ones(50, 2), torch.ones(50, 2)))
    outcome = ask(local_call({"f": lambda: model}), asked)
    assert outcome.value.shape == (2, 50, 2)
    assert np.ptp(outcome.value, axis=(0, 1)) == pytest.approx(0)


def test_inputs_may_be_what_the_answer_returned():
    asked = Case("f", (), items=True, apply_to=((Item(1), 3.0), Item(1)))

    def answer():
        return lambda a, b=0.0: a - b, 10.0

    outcome = ask(local_call({"f": answer}), asked)
    assert [item.tolist() for item in outcome.value] == [[7, 10], 10]


def test_wishes_are_told_apart_and_in_order():
    def answer(model, x):
        x += 1
        return model(x).sum()

    x = torch.ones(2, 2)
    asked = Case("f", (NETWORK, x), grad_of=(0,), args_after=True, typed=True)
    outcome = ask(local_call({"f": answer}), asked)
    assert outcome.kind == "Tensor"
    assert outcome.gradients[0].shape == (19,)
    assert outcome.gradients[0][-1] == 2
    assert [a.tolist() for a in outcome.after] == [[[2, 2], [2, 2]]]
    assert outcome.trained[0].shape == (19,)
    assert x.sum() == 4


def test_a_function_may_be_called_repeatedly():
    asked = Case("f", ([1.0],), repeat=3, args_after=True)
    answer = {"f": lambda values: values.append(2.0) or len(values)}
    outcome = ask(local_call(answer), asked)
    assert outcome.value.tolist() == [2, 3, 4]
    assert outcome.after[0].tolist() == [1, 2, 2, 2]


def test_several_things_and_none_are_compared_one_by_one():
    one, two = np.array(1.0), np.array([1.0, 2.0])
    want = Outcome((one, two))
    told = {
        "returned one thing where 2 are due": one,
        "returned 1 things where 2 are due": (one,),
        "returned shape () where shape (2,) is due (item 2 of 2)": (one, one),
        "returned a wrong value (item 1 of 2)": (one + 1, two),
    }
    for words, value in told.items():
        assert difference(Outcome(value), want) == words
    assert difference(want, want) is None
    assert difference(want, Outcome(one)) == (
        "returned 2 things where one is due"
    )
    nothing = Outcome(None)
    assert difference(nothing, nothing) is None
    assert difference(nothing, Outcome(one)) == (
        "returned None where a number is due"
    )
    assert difference(Outcome(one), nothing) == (
        "returned a number where None is due"
    )


def test_a_network_is_compared_by_what_became_of_it():
    want = Outcome(np.array(1.0), trained=(np.array([1.0, 2.0]),))
    near = Outcome(np.array(1.0), trained=(np.array([1.0, 2.0 + 1e-9]),))
    far = Outcome(np.array(1.0), trained=(np.array([1.0, 2.1]),))
    assert difference(near, want) is None
    assert difference(far, want) == (
        "left other parameters in the network than it should"
    )


@pytest.mark.parametrize(
    "error, words",
    [
        ("TimeoutError", "did not come to an end in time"),
        ("Crash", "ended Python instead of returning"),
        ("NotImplementedError", "is not written yet"),
        ("KeyError", "stopped with KeyError"),
        ("str", "returned a str, not numbers"),
    ],
)
def test_what_went_wrong_is_said_in_words(error, words):
    assert difference(Outcome(error=error), Outcome(np.array(1.0))) == words


def test_a_judge_that_stumbles_gives_no_points():
    def judge(cases, outcomes, wants):
        return None if outcomes[0].value[0] == 1 else "No."

    asked = kinds.question(
        "odd",
        "def f(): return [1]",
        lambda rng: [case("f")],
        judge=judge,
    )
    for value, points in (([1], 1), ([2], 0), (3.0, 0)):
        call = local_call({"f": lambda value=value: value})
        assert asked.evaluate(call, seed=0).points == points
    assert "another form" in asked.evaluate(call, seed=0).parts[0].message
