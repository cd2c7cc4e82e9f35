"""Arguments, outcomes and judges survive their way through JSON."""

import json
import math
from dataclasses import fields, is_dataclass

import numpy as np
import pytest
import torch

from course.questions import judges, lines, objects
from course.questions.base import Part, Variant
from course.questions.calls import Case, Outcome, case
from course.questions.packing import PackingError, pack, unpack

ROWS = np.arange(6.0).reshape(2, 3)


def through(value):
    """Return what comes back of a value that went through JSON."""
    return unpack(json.loads(json.dumps(pack(value), allow_nan=False)))


def same(one, other):
    """Whether two values are the same in type, shape and every bit."""
    if type(one) is not type(other):
        return False
    if isinstance(one, torch.Tensor):
        return one.requires_grad == other.requires_grad and same(
            one.detach().numpy(), other.detach().numpy()
        )
    if isinstance(one, np.ndarray | np.generic):
        kinds = one.dtype == other.dtype and one.shape == other.shape
        return kinds and one.tobytes() == other.tobytes()
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if is_dataclass(one):
        names = [field.name for field in fields(one)]
        return all(same(getattr(one, n), getattr(other, n)) for n in names)
    return one == other or one != one


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 0, -7, 10**30, 0.1, -0.0, 5e-324, "δ = ½", ""),
        *(math.nan, math.inf, -math.inf),
        *([], [1, [2.5, None]], (), (1,), ([1], ("a", (2,)))),
        *({}, {"tuple": 1, "array": (2,)}, {"float": "nan"}),
        *(ROWS, ROWS.T, ROWS[:, ::2], np.array(3.5), np.empty((0, 2))),
        np.array([np.nan, np.inf, -0.0]),
        *(ROWS.astype(kind) for kind in ("f4", "i8", "u1", "?", "c16", ">f8")),
        *(np.float64(0.1), np.float32(0.1), np.int64(-3), np.bool_(True)),
        *(torch.tensor(ROWS), torch.tensor(2), torch.tensor([True])),
        torch.tensor([1.5], requires_grad=True),
        case("f", [1.0], np.float64(2), delta=(1, 2)),
        Case("f", (torch.tensor([1.0]),), grad_of=(0,), args_after=True),
        Outcome(ROWS, gradients=(None, ROWS), after=(ROWS,)),
        Outcome(error="ValueError", detail="too “small”"),
        Variant("square", "", hint="Twice is x + x."),
        objects.Network((("linear", 3, 2), ("tanh",)), (ROWS.T, ROWS[0])),
        objects.Optimizer("SGD", {"lr": 0.1}, of=1),
        *(objects.Generator(3), objects.DType("float32")),
    ],
    ids=repr,
)
def test_a_value_comes_back_as_it_was(value):
    assert same(through(value), value)


def test_arrays_that_come_back_can_be_written_to():
    back = through(ROWS)
    back += 1
    assert back[0, 0] == 1


@pytest.mark.parametrize(
    "judge",
    [
        judges.outcomes_agree,
        judges.examples_agree,
        judges.Within(1e-3),
        judges.EachCase(lines.share_below),
        judges.EachCase(lines.ReachesOptimum(lines.mean_huber, "loss", 1.1)),
    ],
    ids=repr,
)
def test_a_judge_goes_by_its_name(judge):
    part = Part("a part", 1.0, None, "a hint", judge, visible=True)
    assert through(part) == part


def own_judge(cases, outcomes, wants):
    return None


@pytest.mark.parametrize(
    "value, told",
    [
        (own_judge, "course/questions/ itself, got own_judge of test_packing"),
        (lambda x: x, "got <lambda> of test_packing"),
        (judges.Within(judges), "type module cannot be packed"),
        (float, "type type cannot be packed"),
        (object(), "type object cannot be packed"),
        (1j, "type complex cannot be packed"),
        (np.array(["a"]), "arrays must hold numbers, got one of type <U1"),
        (np.array([None]), "arrays must hold numbers, got one of type object"),
    ],
)
def test_what_cannot_travel_is_one_sentence(value, told):
    with pytest.raises(PackingError, match=told) as caught:
        pack([value])
    assert "\n" not in str(caught.value)
