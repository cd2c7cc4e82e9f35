"""Running one function of an answer the way a question wishes.

The same code runs here and in the process that a submission is shut in, so
that an answer is treated alike in both.
"""

import contextlib
import io
import warnings
from dataclasses import dataclass, fields

import numpy as np

from course.questions.compare import NotNumbers, as_data
from course.questions.objects import Item, realise


@dataclass(frozen=True)
class Wishes:
    """What is wanted of a call besides the value; see `calls.Case`."""

    grad_of: tuple = ()
    args_after: bool = False
    repeat: int = 0
    apply_to: tuple = ()
    items: bool = False
    none: bool = False
    typed: bool = False
    seconds: float | None = None

    @classmethod
    def split(cls, keywords):
        """Return the wishes among keywords, and a dict of the others."""
        rest = dict(keywords)
        names = [field.name for field in fields(cls) if field.name in rest]
        return cls(**{name: rest.pop(name) for name in names}), rest

    def given(self):
        """Return those that differ from what goes without saying."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }


@dataclass(frozen=True)
class Reply:
    """What came of running a function.

    Attributes
    ----------
    value : object
        What it returned, with callables replaced by their outputs where the
        question wishes so.
    gradients : list
        For each argument asked for; `None` where the graph misses it.
    after : list
        The arguments after the call; of a network all its numbers in a row.
    kind : str
        Name of the type that was returned.
    """

    value: object
    gradients: list
    after: list
    kind: str

    def parts(self, wishes):
        """Return the value alone, or with what else was wished for."""
        found = [self.value]
        if wishes.grad_of:
            found.append(self.gradients)
        if wishes.args_after:
            found.append(self.after)
        if wishes.typed:
            found.append(self.kind)
        return self.value if len(found) == 1 else tuple(found)


def run(function, args, kwargs, wishes):
    """Return the `Reply` of a function; raises whatever it raises.

    Parameters
    ----------
    function : callable
        A function of the answer.
    args, kwargs : sequence, dict
        Plain values and descriptions of `course.questions.objects`; the
        function gets objects of its own.
    wishes : Wishes
        What is wanted.
    """
    args = realise(args)
    kwargs = dict(zip(kwargs, realise(list(kwargs.values())), strict=True))
    sources = [_with_gradient(args[place]) for place in wishes.grad_of]
    with quiet():
        if wishes.repeat:
            values = [function(*args, **kwargs) for _ in range(wishes.repeat)]
            value, first = values, values[0]
        else:
            value = first = function(*args, **kwargs)
        if wishes.apply_to:
            value = _applied(value, wishes.apply_to)
        gradients = _gradients(value, sources) if sources else []
    after = (
        [_state(argument) for argument in args] if wishes.args_after else []
    )
    return Reply(value, gradients, after, type(first).__name__)


def read(value, wishes):
    """Return a value as an array, or as the question wishes to read it.

    Parameters
    ----------
    value : object
        What an answer returned.
    wishes : Wishes
        With `items`, a tuple or list is read item by item; with `none`,
        `None` is fair.

    Returns
    -------
    ndarray, tuple of ndarray, or None

    Raises
    ------
    NotNumbers
        If it holds anything but numbers.
    """
    if value is None and wishes.none:
        return None
    if not (wishes.items and isinstance(value, (tuple, list))):
        return as_data(value)
    try:
        return tuple(as_data(item) for item in value)
    except NotNumbers:
        raise NotNumbers(type(value).__name__) from None


def error_name(fault):
    """Return what an exception of an answer is called.

    Subclasses of ValueError (NumPy has some) count as ValueError.
    """
    if isinstance(fault, ValueError):
        return "ValueError"
    return type(fault).__name__


@contextlib.contextmanager
def quiet():
    """Swallow what an answer prints and the warnings it emits."""
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(_Nowhere()),
    ):
        warnings.simplefilter("ignore")
        yield


class _Nowhere(io.TextIOBase):
    """Takes any amount of text and keeps none."""

    def write(self, text):
        return len(text)


def _with_gradient(argument):
    """Return what gradients are taken for: a tensor, or a network's list."""
    if hasattr(argument, "parameters"):
        return list(argument.parameters())
    return argument.requires_grad_()


def _gradients(value, sources):
    """Return the gradient for each source; None where nothing reaches it."""
    import torch

    if not (isinstance(value, torch.Tensor) and value.requires_grad):
        return [None for _ in sources]
    groups = [s if isinstance(s, list) else [s] for s in sources]
    flat = [tensor for group in groups for tensor in group]
    found = iter(torch.autograd.grad(value.sum(), flat, allow_unused=True))
    rows = [[next(found) for _ in group] for group in groups]
    return [
        _in_a_row(source, row) if isinstance(source, list) else row[0]
        for source, row in zip(sources, rows, strict=True)
    ]


def _in_a_row(parameters, gradients):
    """Return a network's gradients; zeros for parameters not reached."""
    import torch

    if all(gradient is None for gradient in gradients):
        return None
    pairs = zip(parameters, gradients, strict=True)
    whole = [torch.zeros_like(p) if g is None else g for p, g in pairs]
    return torch.cat([gradient.flatten() for gradient in whole])


def _state(argument):
    """Return what can be compared of an argument after the call."""
    if hasattr(argument, "parameters"):
        return _numbers_of(argument)
    try:
        return as_data(argument)
    except NotNumbers:
        return np.empty(0)


def _numbers_of(network):
    """Return all parameters of a network in a row."""
    parameters = [as_data(p).ravel() for p in network.parameters()]
    return np.concatenate(parameters) if parameters else np.empty(0)


def _applied(value, inputs):
    """Return a value with callables in it replaced by their outputs."""
    if callable(value):
        return _outputs(value, inputs, (value,))
    if not isinstance(value, (tuple, list)):
        return value
    return tuple(
        _outputs(item, inputs, value) if callable(item) else item
        for item in value
    )


def _outputs(function, inputs, reply):
    """Return what a function makes of each of the inputs.

    An input is one argument, or a tuple of several; an `Item` stands for
    what the answer itself returned at that place.
    """
    if not hasattr(function, "eval"):
        return [function(*_call_args(given, reply)) for given in inputs]
    import torch

    function.eval()
    with torch.no_grad():
        return [function(*_call_args(given, reply)) for given in inputs]


def _call_args(given, reply):
    several = given if isinstance(given, tuple) else (given,)
    return realise(
        [reply[a.number] if isinstance(a, Item) else a for a in several]
    )
