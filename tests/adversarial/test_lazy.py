"""Answers without a thought earn nothing, whatever the question."""

import numpy as np
import pytest
import torch

from course import questions
from course.questions import local_call

NAMELESS = type("", (Exception,), {})


class Mute(Exception):
    """Has nothing to say, and says so badly."""

    def __str__(self):
        raise RuntimeError("no words")


def raising(error):
    def answer(*args):
        raise error("no idea")

    return answer


def shaped_like_the_first(number):
    return lambda *args: np.full(np.shape(args[0]) if args else (), number)


LAZY = {
    **{
        repr(value): lambda *args, value=value: value
        for value in (
            *(None, ..., True, 0, 1.0, np.nan, np.inf, 1j, "", b"", object()),
            *([], (), {}, [np.nan], [[1], [1, 2]], (0.0, 0.0), [np.inf] * 2),
            *(np.empty((0, 1)), np.empty((1, 0)), np.float16(0)),
            *(torch.zeros(()), np.ma.masked, np.datetime64("NaT")),
        )
    },
    **{
        error.__name__ or "nameless": raising(error)
        for error in (ValueError, NotImplementedError, NAMELESS, Mute)
    },
    "the first argument": lambda *args: args[0] if args else 0.0,
    "the last argument": lambda *args: args[-1] if args else 0.0,
    "zeros": shaped_like_the_first(0.0),
    "nan everywhere": shaped_like_the_first(np.nan),
    "a nameless thing": lambda *args: type("", (), {})(),
    "its own zero": lambda *args: torch.zeros(
        (), dtype=torch.float64, requires_grad=True
    ),
}


@pytest.mark.parametrize("id", questions.ids())
def test_a_lazy_answer_earns_nothing(id):
    question = questions.get(id)
    earned = {}
    for name, answer in LAZY.items():
        call = local_call(dict.fromkeys(question.functions, answer))
        result = question.evaluate(call, seed=1)
        if result.points:
            earned[name] = [part.name for part in result.parts if part.ok]
    assert earned == {}


@pytest.mark.parametrize("source", ["x = '\0'", "-" * 100_000, "def ("])
def test_code_that_no_parser_takes_uses_nothing(source):
    assert questions.get("E2.1").flags(source) == ()
