"""Messages between the grader and a submission: what passes and what not."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from course.grading import wire
from course.questions.objects import (
    DType,
    Function,
    Generator,
    Item,
    Network,
    Optimizer,
)


def sent(message, **settings):
    """Return a message as it arrives."""
    frame = wire.pack(message)
    head, body = wire.LENGTHS.unpack(frame[: wire.LENGTHS.size])
    rest = frame[wire.LENGTHS.size :]
    assert len(rest) == head + body
    return wire.unpack(rest[:head], rest[head:], **settings)


def forged(tree, body=b""):
    return wire.unpack(json.dumps(tree).encode(), body)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text(), inner)
    ),
    max_leaves=20,
)


@given(value=PLAIN)
def test_plain_values_arrive_as_they_were(value):
    arrived = sent({"value": value})["value"]
    assert repr(arrived) == repr(value)
    assert type(arrived) is type(value)


NUMBERS = (
    arrays.boolean_dtypes()
    | arrays.integer_dtypes(endianness="?")
    | arrays.unsigned_integer_dtypes(endianness="?")
    | arrays.floating_dtypes(endianness="?", sizes=(16, 32, 64))
)


@given(
    array=arrays.arrays(NUMBERS, arrays.array_shapes(min_dims=0, min_side=0)),
    forms=st.data(),
)
def test_arrays_arrive_with_shape_kind_and_every_bit(array, forms):
    view = array.T if forms.draw(st.booleans()) else array
    arrived = sent({"a": view, "n": 1})["a"]
    assert arrived.shape == view.shape
    assert arrived.dtype == view.dtype.newbyteorder("=")
    assert arrived.tobytes() == view.astype(arrived.dtype).tobytes()
    assert arrived.flags.writeable and arrived.flags.c_contiguous


def test_several_arrays_keep_their_places():
    message = {"a": np.arange(3), "b": [np.zeros(0), (np.ones((2, 1)),)]}
    arrived = sent(message)
    assert arrived["a"].tolist() == [0, 1, 2]
    assert arrived["b"][0].shape == (0,)
    assert arrived["b"][1][0].tolist() == [[1], [1]]


def test_arguments_arrive_as_what_they_are():
    tensor = torch.tensor([[1.0, 2.0]], requires_grad=True)
    network = Network((("linear", 2, 1),), (np.ones((1, 2)), np.zeros(1)))
    args = [
        *(np.float32(0.5), tensor, network, Optimizer("SGD", {"lr": 0.1})),
        *(Function("np.sum"), Generator(3), DType("float32"), Item(1)),
    ]
    arrived = sent({"args": args}, objects=True)["args"]
    assert type(arrived[0]) is np.float32
    assert torch.equal(arrived[1], tensor) and arrived[1].dtype == tensor.dtype
    assert arrived[2].layers == network.layers
    assert arrived[2].parameters[0].tolist() == [[1, 1]]
    assert arrived[3:] == args[3:]


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        1j,
        b"bytes",
        np.array(["word"]),
        np.array([object()]),
        np.array([1j]),
        np.zeros(1, dtype="M8[s]"),
        np.zeros(1, dtype=[("a", float)]),
    ],
)
def test_nothing_else_is_sent(value):
    with pytest.raises(wire.WireError, match="cannot be sent"):
        wire.pack({"value": value})


@pytest.mark.parametrize(
    "tree",
    [
        *(
            {"tensor": ["<f8", [0]]},
            {"number": "<f8"},
            {"Item": {"number": 1}},
        ),
        *({"Function": {"source": "print"}}, {"pickle": "x"}),
    ],
)
def test_a_submission_sends_no_objects(tree):
    with pytest.raises(wire.WireError, match="known tag"):
        forged({"dict": {"value": tree}})


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"tuple": 1},
        {"dict": []},
        {"dict": {}, "tuple": []},
        {"array": 1},
        {"array": ["<f8"]},
        {"array": ["<f8", [1], 2]},
        {"array": ["<f8", [1]]},
        {"array": ["<f8", [-1]]},
        {"array": ["<f8", [True]]},
        {"array": ["<f8", [1.0]]},
        {"array": ["<f8", ["1"]]},
        {"array": ["<f8", 1]},
        {"array": ["<f8", [2**70]]},
        {"array": ["<f8", [2**39, 2**39, 2**39, 2**39]]},
        {"array": ["<f8", [0, 2**39, 2**39]]},
        {"array": ["<f8", [1] * 100]},
        {"array": ["O", [1]]},
        {"array": ["|O", [1]]},
        {"array": ["<c16", [0]]},
        {"array": ["|V8", [0]]},
        {"array": ["<M8[s]", [0]]},
        {"array": [["<f8"], [0]]},
        {"array": [None, [0]]},
    ],
)
def test_a_forged_structure_is_refused(tree):
    with pytest.raises(wire.WireError):
        forged({"dict": {"value": tree}})


@pytest.mark.parametrize("tree", [None, 1, "x", [], {"tuple": []}])
def test_a_message_is_a_dict(tree):
    with pytest.raises(wire.WireError, match="must be a dict"):
        forged(tree)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"dict":' * 100_000,
        b"9" * 10_000,
        b'{"dict": {"a": ' + b"[" * 50 + b"]" * 50 + b"}}",
    ],
    ids=["empty", "cut", "bytes", "deep list", "deep dict", "long", "nested"],
)
def test_a_forged_head_is_refused(head):
    with pytest.raises(wire.WireError):
        wire.unpack(head, b"")


def test_the_body_is_used_up_to_the_last_byte():
    form = {"dict": {"a": {"array": ["<f8", [1]]}}}
    assert forged(form, bytes(8))["a"].tolist() == [0]
    for size in (0, 7, 9, 16):
        with pytest.raises(wire.WireError):
            forged(form, bytes(size))


@given(data=st.binary(max_size=200), body=st.binary(max_size=50))
def test_noise_is_refused_and_nothing_worse(data, body):
    try:
        wire.unpack(data, body)
    except wire.WireError:
        pass
