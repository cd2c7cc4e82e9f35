"""The checks of arguments: what passes, and the sentence for what does not."""

import numpy as np
import pytest

from lossviz import validation as v

MANY = ["mse_loss", "huber_loss", *map(str, range(20))]
NOT_NUMBERS = [float("nan"), True, "1", None, 1j, [1.0]]


@pytest.mark.parametrize("number", [2, 2.0, np.float32(2), np.array(2)])
def test_a_number_of_any_kind_becomes_a_float(number):
    checked = [
        v.positive("x", number),
        v.non_negative("x", number),
        v.finite("x", number),
        v.between("x", number, 0, 3),
    ]
    assert checked == [2.0] * 4
    assert {type(value) for value in checked} == {float}


@pytest.mark.parametrize("value", NOT_NUMBERS)
@pytest.mark.parametrize(
    "check",
    [
        v.positive,
        v.non_negative,
        v.finite,
        v.real,
        lambda name, value: v.between(name, value, 0, 1),
        v.count,
    ],
)
def test_what_is_no_number_is_refused_by_name(check, value):
    with pytest.raises(ValueError, match=r"^delta must .*, got "):
        check("delta", value)


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: v.positive("delta", 0), "delta must be positive, got 0"),
        (
            lambda: v.positive("delta", np.float64(-1)),
            "delta must be positive, got -1.0",
        ),
        (
            lambda: v.positive("delta", float("inf")),
            "delta must be finite, got inf",
        ),
        (
            lambda: v.positive("delta", 10**400),
            "delta must be positive, got 1" + 58 * "0" + "…",
        ),
        (
            lambda: v.non_negative("beta", -1),
            "beta must not be negative, got -1",
        ),
        (
            lambda: v.non_negative("beta", float("inf")),
            "beta must be finite, got inf",
        ),
        (
            lambda: v.finite("shift", float("-inf")),
            "shift must be a finite number, got -inf",
        ),
        (
            lambda: v.between("q", 1.5, 0, 1),
            "q must lie strictly between 0 and 1, got 1.5",
        ),
        (
            lambda: v.between("q", 1, 0, 1),
            "q must lie strictly between 0 and 1, got 1",
        ),
        (
            lambda: v.between("alpha", 3, -np.inf, 2, open=False),
            "alpha must lie between -inf and 2, got 3",
        ),
        (
            lambda: v.count("n", 0),
            "n must be a whole number of at least 1, got 0",
        ),
        (
            lambda: v.count("n", 2.0),
            "n must be a whole number of at least 1, got 2.0",
        ),
        (
            lambda: v.count("n", 2.0, minimum=None),
            "n must be a whole number, got 2.0",
        ),
        (
            lambda: v.choice("method", "lion", ["sgd", "adam"]),
            "method must be 'sgd' or 'adam', got 'lion'",
        ),
        (
            lambda: v.choice("method", None, ["sgd"]),
            "method must be 'sgd', got None",
        ),
        (
            lambda: v.choice("reduction", "avg", ["mean", "sum", "none"]),
            "reduction must be 'mean', 'sum' or 'none', got 'avg'",
        ),
        (
            lambda: v.choice("loss", "Huber", MANY, where="LOSSES"),
            "loss must be one of LOSSES, got 'Huber' (nearest: 'huber_loss')",
        ),
        (
            lambda: v.choice("loss", "mse", MANY, where="LOSSES"),
            "loss must be one of LOSSES, got 'mse' (nearest: 'mse_loss')",
        ),
        (
            lambda: v.choice("loss", "zzz", MANY, where="LOSSES"),
            "loss must be one of LOSSES, got 'zzz'",
        ),
        (
            lambda: v.choice("loss", [1], MANY, where="LOSSES"),
            "loss must be one of LOSSES, got [1]",
        ),
        (
            lambda: v.choice("loss", "mse", MANY[:2], where="LOSSES"),
            "loss must be 'mse_loss' or 'huber_loss', got 'mse'",
        ),
        (lambda: v.real("alpha", "a"), "alpha must be a number, got 'a'"),
        (
            lambda: v.interval("xlim", None),
            "xlim must be a pair, got None",
        ),
        (
            lambda: v.interval("xlim", (0, np.inf)),
            "xlim[1] must be a finite number, got inf",
        ),
        (
            lambda: v.interval("xlim", ("a", 1)),
            "xlim[0] must be a finite number, got 'a'",
        ),
        (
            lambda: v.interval("xlim", [2, 2]),
            "xlim must increase, got [2, 2]",
        ),
        (
            lambda: v.pair("view", np.ones((3, 3))),
            "view must be a pair, got array([[1., 1., 1.], "
            "[1., 1., 1.], [1., 1., 1.]])",
        ),
        (lambda: v.text("label", [1]), "label must be a string, got [1]"),
        (lambda: v.function("f", 3), "f must be callable, got 3"),
        (lambda: v.mapping("marks", 3), "marks must be a mapping, got 3"),
        (
            lambda: v.vector("x", 3),
            "x must have one dimension, got shape ()",
        ),
        (
            lambda: v.vector("x", []),
            "x must hold at least 1 number, got 0",
        ),
        (
            lambda: v.vector("x", [1], minimum=2),
            "x must hold at least 2 numbers, got 1",
        ),
        (
            lambda: v.all_finite("x", np.array([1, -np.inf, np.nan])),
            "x must hold finite numbers only, got -inf",
        ),
        (
            lambda: v.all_signs("target", np.array([1.0, -1, 0.5])),
            "target must hold 1 and -1 only, got 0.5",
        ),
        (lambda: v.flag("full", 1), "full must be True or False, got 1"),
        (
            lambda: v.as_float("input", ["a"]),
            "input must hold real numbers only, got ['a']",
        ),
        (
            lambda: v.as_float("input", [1j]),
            "input must hold real numbers only, got [1j]",
        ),
        (
            lambda: v.as_float("input", [None]),
            "input must hold real numbers only, got [None]",
        ),
        (
            lambda: v.as_float("input", [[1], [1, 2]]),
            "input must have rows of one length, got [[1], [1, 2]]",
        ),
        (
            lambda: v.as_float("input", np.ma.array([1, 2], mask=[1, 0])),
            "input must hold no masked numbers, got 1 of them",
        ),
        (
            lambda: v.all_positive("scale", np.array([1.0, 0.0, -1.0])),
            "scale must be positive, got 0.0",
        ),
        (
            lambda: v.all_non_negative("var", np.array([0.0, -2.0])),
            "var must not be negative, got -2.0",
        ),
        (
            lambda: v.same_shape(input=np.ones((3, 1)), target=np.ones(3)),
            "input and target must have the same shape, got (3, 1) and (3,)",
        ),
        (
            lambda: v.same_shape(a=1, b=[1], c=[1, 2]),
            "a, b and c must have the same shape, got (), (1,) and (2,)",
        ),
    ],
)
def test_the_sentence_names_parameter_rule_and_value(call, sentence):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == sentence


def test_the_ends_belong_to_a_closed_interval_only():
    assert v.between("alpha", 2, 0, 2, open=False) == 2
    assert v.between("alpha", -np.inf, -np.inf, 2, open=False) == -np.inf


def test_a_long_value_is_cut_to_one_readable_sentence():
    with pytest.raises(ValueError) as caught:
        v.as_float("input", ["word"] * 1000)
    assert len(str(caught.value)) < 120
    assert "\n" not in str(caught.value)


def test_a_value_of_sixty_characters_is_still_shown_whole():
    with pytest.raises(ValueError, match="got '" + 58 * "a" + "'$"):
        v.choice("method", 58 * "a", ["sgd"])


def test_whole_numbers_come_back_as_int():
    assert type(v.count("n", np.int64(3))) is int


def test_without_a_minimum_a_whole_number_may_be_negative():
    assert v.count("ignore_index", -100, minimum=None) == -100


def test_booleans_of_either_kind_are_flags():
    assert v.flag("full", np.True_) is True
    assert v.flag("full", False) is False


def test_nan_passes_in_data():
    data = np.array([np.nan, 1.0])
    assert v.all_positive("scale", data) is data
    assert v.all_non_negative("var", data) is data


@pytest.mark.parametrize("data", [[1, 2], (True, False), range(3), 3])
def test_array_likes_become_float64(data):
    array = v.as_float("input", data)
    assert array.dtype == np.float64
    np.testing.assert_array_equal(array, data)


def test_a_float64_array_is_not_copied():
    data = np.ones(3)
    assert np.shares_memory(v.as_float("input", data), data)


def test_a_tensor_is_taken_unless_it_needs_a_gradient():
    torch = pytest.importorskip("torch")
    np.testing.assert_array_equal(v.as_float("x", torch.ones(2)), [1, 1])
    with pytest.raises(ValueError, match="^x must be an array or plain"):
        v.as_float("x", torch.ones(2, requires_grad=True))


def test_what_fits_comes_back_ready_for_use():
    assert v.real("alpha", -np.inf) == -np.inf
    assert v.interval("xlim", np.array([1, 2])) == (1.0, 2.0)
    assert v.text("label", "line") == "line" and v.text("label", None) is None
    assert v.function("f", len) is len
    assert v.mapping("marks", {"a": 1}) == {"a": 1}
    assert v.mapping("marks", None) == {}
    np.testing.assert_array_equal(v.vector("x", (1, 2)), [1.0, 2.0])
    assert v.vector("x", [], minimum=0).shape == (0,)
    signs = np.array([1.0, -1, np.nan])
    assert v.all_signs("target", signs) is signs
    whole = np.array([1.0, 2.0])
    assert v.all_finite("x", whole) is whole


def test_equal_shapes_pass():
    v.same_shape(input=np.ones((2, 0)), target=np.zeros((2, 0)))
