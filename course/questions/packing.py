"""Values as plain JSON and back, to the bit.

This is how the bundle for students keeps the cases of a question: arguments,
outcomes and judges. Numbers, text, lists, tuples, dictionaries, arrays and
CPU tensors are written out; dataclasses and functions go by their name, and
so must stand at the top of a module of `course/questions/` itself.
"""

import base64
import math
import sys
from dataclasses import MISSING, fields, is_dataclass
from importlib import import_module
from types import FunctionType

import numpy as np

from course.trouble import Trouble

PACKAGE = __package__


class PackingError(Trouble, TypeError):
    """A value that cannot be packed; the message is one sentence."""


def pack(value):
    """Return `value` as data that `json` can write.

    Raises
    ------
    PackingError
        If it holds anything but what the module names.
    """
    match value:
        case None | bool() | str():
            return value
        case np.generic() | np.ndarray():
            return {_kind_of_array(value): _pack_array(np.asarray(value))}
        case int():
            return value
        case float():
            return value if math.isfinite(value) else {"float": repr(value)}
        case list():
            return [pack(item) for item in value]
        case tuple():
            return {"tuple": [pack(item) for item in value]}
        case dict():
            return {"dict": [pack(list(pair)) for pair in value.items()]}
        case type():
            raise _not_packable(value)
        case FunctionType():
            return {"name": name_of(value)}
    if is_dataclass(value):
        return {name_of(type(value)): _pack_fields(value)}
    if _is_tensor(value):
        array = value.detach().cpu().numpy()
        return {"tensor": [_pack_array(array), value.requires_grad]}
    raise _not_packable(value)


def unpack(data):
    """Return the value that `pack` made `data` of."""
    if isinstance(data, list):
        return [unpack(item) for item in data]
    if not isinstance(data, dict):
        return data
    ((kind, content),) = data.items()
    match kind:
        case "float":
            return float(content)
        case "tuple":
            return tuple(unpack(item) for item in content)
        case "dict":
            return dict(unpack(pair) for pair in content)
        case "array":
            return _unpack_array(content)
        case "scalar":
            return _unpack_array(content)[()]
        case "tensor":
            return _unpack_tensor(*content)
        case "name":
            return _named(content)
    values = {name: unpack(value) for name, value in content.items()}
    return _named(kind)(**values)


def name_of(thing):
    """Return the name of a class or function of `course/questions/`.

    Raises
    ------
    PackingError
        If it does not stand at the top of one of its modules.
    """
    package, _, module = thing.__module__.rpartition(".")
    home = sys.modules.get(thing.__module__)
    found = getattr(home, thing.__name__, None)
    if package != PACKAGE or found is not thing:
        raise PackingError(
            "what travels to students must stand at the top of a module of "
            f"course/questions/ itself, got {thing.__qualname__} of "
            f"{thing.__module__}"
        )
    return f"{module}.{thing.__name__}"


def _named(name):
    module, _, name = name.partition(".")
    return getattr(import_module(f"{PACKAGE}.{module}"), name)


def _pack_fields(instance):
    """Return the packed fields of a dataclass that are not as by default."""
    packed = {}
    for field in fields(instance):
        value = pack(getattr(instance, field.name))
        default = field.default
        if field.default_factory is not MISSING:
            default = field.default_factory()
        if default is MISSING or value != pack(default):
            packed[field.name] = value
    return packed


def _kind_of_array(value):
    return "array" if isinstance(value, np.ndarray) else "scalar"


def _pack_array(array):
    if array.dtype.kind not in "fiubc":
        raise PackingError(
            f"arrays must hold numbers, got one of type {array.dtype}"
        )
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return [array.dtype.str, list(array.shape), data]


def _unpack_array(packed):
    kind, shape, data = packed
    flat = np.frombuffer(base64.b64decode(data), dtype=kind)
    return flat.reshape(shape).copy()


def _is_tensor(value):
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _unpack_tensor(packed, requires_grad):
    import torch

    tensor = torch.from_numpy(_unpack_array(packed))
    return tensor.requires_grad_(requires_grad)


def _not_packable(value):
    return PackingError(
        f"a value of type {type(value).__name__} cannot be packed"
    )
