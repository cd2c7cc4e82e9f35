"""How the grader and a shut-in submission talk: plain data in frames.

A frame is two lengths, a head and a body: JSON that tells the structure, and
the bytes of all arrays in a row. No code travels, nothing is unpickled, and
what comes from the other side is checked piece by piece before it is used.
"""

import json
import math
import struct
from dataclasses import fields

import numpy as np

from course.questions.objects import KINDS

LENGTHS = struct.Struct(">II")
DTYPES = frozenset("|b1 |i1 |u1 <i2 <u2 <i4 <u4 <i8 <u8 <f2 <f4 <f8".split())
MAX_HEAD = 2**20
MAX_DEPTH = 12
_KINDS = {kind.__name__: kind for kind in KINDS}


class WireError(ValueError):
    """A message that cannot be sent, or that does not keep to the rules."""


def pack(message):
    """Return the frame of a message.

    Parameters
    ----------
    message : dict
        With words as keys, and values made of None, numbers, words, lists,
        tuples, dicts, arrays, CPU tensors and the descriptions of
        `course.questions.objects`.

    Raises
    ------
    WireError
        If it holds anything else.
    """
    arrays = []
    head = json.dumps(_tree(message, arrays)).encode()
    size = sum(map(len, arrays))
    return b"".join([LENGTHS.pack(len(head), size), head, *arrays])


def unpack(head, body, *, objects=False):
    """Return the message in a frame.

    Parameters
    ----------
    head, body : bytes
        The two parts of the frame.
    objects : bool
        Whether tensors and the descriptions of `course.questions.objects`
        may be in it: only the grader may send those.

    Raises
    ------
    WireError
        If the frame breaks any rule.
    """
    try:
        tree = json.loads(head)
    except (ValueError, RecursionError):
        raise WireError("the head must be JSON of sensible depth") from None
    reader = _Reader(memoryview(body), objects)
    message = reader.value(tree)
    if reader.place != len(body):
        raise WireError("the body must hold the arrays of the head, no more")
    if not isinstance(message, dict):
        raise WireError("a message must be a dict")
    return message


def _tree(value, arrays):
    """Return the JSON of a value; its arrays are added to a list."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is list:
        return [_tree(item, arrays) for item in value]
    if type(value) is tuple:
        return {"tuple": [_tree(item, arrays) for item in value]}
    if type(value) is dict:
        return {"dict": {k: _tree(v, arrays) for k, v in value.items()}}
    if type(value) in KINDS:
        named = {f.name: getattr(value, f.name) for f in fields(value)}
        inner = {k: _tree(v, arrays) for k, v in named.items()}
        return {type(value).__name__: inner}
    if isinstance(value, np.generic):
        return {"number": _array(value, arrays)[0]}
    if isinstance(value, np.ndarray):
        return {"array": _array(value, arrays)}
    if hasattr(value, "detach"):
        return {"tensor": _array(value.detach().cpu().numpy(), arrays)}
    raise WireError(f"a value of type {type(value).__name__} cannot be sent")


def _array(value, arrays):
    """Return dtype and shape of an array; its bytes are added to a list."""
    array = np.array(value, order="C", subok=False)
    dtype = array.dtype.newbyteorder("<")
    if dtype.str not in DTYPES:
        raise WireError(f"an array of {array.dtype.name} cannot be sent")
    arrays.append(array.astype(dtype).tobytes())
    return [dtype.str, list(array.shape)]


class _Reader:
    """Turns the JSON of a message into values, and its body into arrays."""

    def __init__(self, body, objects):
        self.body = body
        self.objects = objects
        self.place = 0

    def value(self, tree, depth=0):
        if depth > MAX_DEPTH:
            raise WireError(f"values must nest at most {MAX_DEPTH} deep")
        if tree is None or type(tree) in (bool, int, float, str):
            return tree
        if type(tree) is list:
            return [self.value(item, depth + 1) for item in tree]
        if len(tree) != 1:
            raise WireError("a value must have one tag")
        [(tag, inner)] = tree.items()
        return self._tagged(tag, inner, depth + 1)

    def _tagged(self, tag, inner, depth):
        if tag == "tuple" and type(inner) is list:
            return tuple(self.value(item, depth) for item in inner)
        if tag == "dict" and type(inner) is dict:
            return {k: self.value(v, depth) for k, v in inner.items()}
        if tag == "array":
            return self._array(inner)
        if self.objects:
            return self._object(tag, inner, depth)
        raise WireError("a value must have a known tag")

    def _object(self, tag, inner, depth):
        if tag == "number":
            return self._array([inner, []])[()]
        if tag == "tensor":
            import torch

            return torch.from_numpy(self._array(inner))
        kind = _KINDS[tag]
        return kind(**{k: self.value(v, depth) for k, v in inner.items()})

    def _array(self, form):
        dtype, shape = _checked_form(form)
        # Python's own numbers, which no shape makes overflow.
        size = math.prod(shape) * dtype.itemsize
        piece = self.body[self.place : self.place + size]
        if len(piece) != size:
            raise WireError("an array must have the bytes of its shape")
        self.place += size
        try:
            return np.frombuffer(piece, dtype).reshape(shape).copy()
        except ValueError:
            raise WireError("an array must have a shape of sense") from None


def _checked_form(form):
    """Return the dtype and the shape that a message gives for an array."""
    if type(form) is not list or len(form) != 2:
        raise WireError("an array must have a dtype and a shape")
    dtype, shape = form
    if type(dtype) is not str or dtype not in DTYPES:
        raise WireError("an array must be of a plain number's dtype")
    if (
        type(shape) is not list
        or len(shape) > 32
        or not all(type(n) is int and 0 <= n < 2**40 for n in shape)
    ):
        raise WireError("an array must have a shape of whole numbers")
    return np.dtype(dtype), tuple(shape)
