"""Calling an answer: a question goes in, plain data comes out.

Checks never touch a student's function directly. They describe each call
as a `Case`, hand it to a `call`, and judge the `Outcome`. Only arrays,
numbers and CPU tensors cross that border, so `call` may as well run the
function in another process.

The protocol of `call`
----------------------
`call(name, *args, **kwargs)` returns what the function returns, or raises
what it raises. Two keywords are reserved and never reach the function:

`grad_of=(0, 2)`
    The reply is `(value, gradients)`: the derivative of the returned scalar
    with respect to the arguments at these positions, in this order, found by
    automatic differentiation; `None` where the graph does not reach one.
`args_after=True`
    The reply is `(value, args)` with the arguments as the call left them.
"""

import contextlib
import copy
import io
import warnings
from dataclasses import dataclass, field, replace

import numpy as np

from course.questions.compare import NotNumbers, as_data

UNWRITTEN = ("NotImplementedError", "None", "ellipsis")


@dataclass(frozen=True)
class Case:
    """One call of one function of the answer.

    Attributes
    ----------
    function : str
        Name of the function.
    args : tuple
        Its arguments: numbers, lists, arrays or CPU tensors.
    kwargs : dict
        Its keyword arguments.
    grad_of : tuple of int
        Positions of the arguments whose gradients are wanted as well.
    args_after : bool
        Whether the arguments are looked at again after the call.
    """

    function: str
    args: tuple
    kwargs: dict = field(default_factory=dict)
    grad_of: tuple = ()
    args_after: bool = False


def case(function, *args, **kwargs):
    """Return the `Case` that calls `function(*args, **kwargs)`."""
    return Case(function, args, kwargs)


def watched(case):
    """Return the same case with a second look at its arguments."""
    return replace(case, args_after=True)


@dataclass(frozen=True)
class Outcome:
    """What came of a case.

    Attributes
    ----------
    value : ndarray or None
        What the function returned, as an array.
    gradients : tuple of (ndarray or None)
        Gradients, where the case asked for them.
    after : tuple of ndarray
        The arguments after the call, where the case asked for them.
    error : str
        Empty if a value came back; otherwise the name of the exception, or
        of the type that was returned in place of numbers.
    detail : str
        The first line of the exception's message.
    """

    value: np.ndarray | None = None
    gradients: tuple = ()
    after: tuple = ()
    error: str = ""
    detail: str = ""

    @property
    def unwritten(self):
        """Whether this is the reply of a function not yet written."""
        return self.error in UNWRITTEN


def ask(call, case):
    """Return the `Outcome` of a case; never raises for a fault in the call."""
    wishes = {}
    if case.grad_of:
        wishes["grad_of"] = case.grad_of
    if case.args_after:
        wishes["args_after"] = True
    try:
        reply = call(case.function, *case.args, **case.kwargs, **wishes)
        return _outcome(reply, case)
    except NotNumbers as fault:
        return Outcome(error=str(fault))
    except (Exception, SystemExit) as fault:
        # Subclasses of ValueError (NumPy has some) count as ValueError.
        is_value_error = isinstance(fault, ValueError)
        name = "ValueError" if is_value_error else type(fault).__name__
        lines = str(fault).splitlines() or [""]
        return Outcome(error=name, detail=lines[0])


def _outcome(reply, case):
    if case.grad_of:
        value, gradients = reply
        found = tuple(None if g is None else as_data(g) for g in gradients)
        return Outcome(as_data(value), gradients=found)
    if case.args_after:
        value, args = reply
        return Outcome(as_data(value), after=tuple(map(as_data, args)))
    return Outcome(as_data(reply))


def local_call(functions):
    """Return the `call` that runs functions of this process.

    Parameters
    ----------
    functions : mapping of str to callable
        The answer's functions by name, for example a notebook's namespace.

    Returns
    -------
    callable
        `call(name, *args, grad_of=(), args_after=False, **kwargs)` as the
        module describes it. The function gets copies of the arguments; what
        it prints and the warnings it emits are swallowed.
    """

    def call(name, *args, grad_of=(), args_after=False, **kwargs):
        if not callable(functions.get(name)):
            raise NameError(f"no function {name} was found")
        args = [copy.deepcopy(argument) for argument in args]
        for position in grad_of:
            args[position] = args[position].requires_grad_()
        with _quiet():
            value = functions[name](*args, **kwargs)
        if grad_of:
            return value, _gradients(value, [args[i] for i in grad_of])
        return (value, tuple(args)) if args_after else value

    return call


@contextlib.contextmanager
def _quiet():
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def _gradients(value, inputs):
    import torch

    if not (isinstance(value, torch.Tensor) and value.requires_grad):
        return tuple(None for _ in inputs)
    return torch.autograd.grad(value.sum(), inputs, allow_unused=True)
