"""Calling an answer: a question goes in, plain data comes out.

Checks never touch a student's function directly. They describe each call
as a `Case`, hand it to a `call`, and judge the `Outcome`. Only arrays and
numbers, CPU tensors and the descriptions of `course.questions.objects` cross
that border, so `call` may as well run the function in another process.

The protocol of `call`
----------------------
`call(name, *args, **kwargs)` returns what the function returns, or raises
what it raises. Some keywords are reserved and never reach the function.
Three of them ask for more than the value; the reply is then a tuple of the
value and what was asked for, in this order:

`grad_of=(0, 2)`
    Gradients: the derivatives of the returned scalar with respect to the
    arguments at these positions, in this order, found by automatic
    differentiation; `None` where the graph does not reach one. A network's
    are those of all its parameters in a row.
`args_after=True`
    The arguments as the call left them; of a network, its parameters in a
    row.
`typed=True`
    The name of the type that was returned.

The others change what the value is:

`repeat=3`
    The function is called so often on the same arguments; the value is the
    list of what came back.
`apply_to=(1.0, (x, y))`
    The returned function or module, or each one in a returned tuple, is
    replaced by the list of its outputs for these inputs; a module is put
    into evaluation mode. A tuple holds several arguments. `Item(1)` stands
    for what the answer itself returned at place 1 of its tuple.
`items=True`
    A returned tuple is read item by item, so that its items may differ in
    shape.
`none=True`
    `None` is a fair answer.
`seconds=20.0`
    The time that the call may take, where somebody holds a watch.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from course.questions.compare import NotNumbers, as_data
from course.questions.objects import Network
from course.questions.running import Wishes, error_name, read, run

UNWRITTEN = ("NotImplementedError", "None", "ellipsis")


@dataclass(frozen=True)
class Case:
    """One call of one function of the answer.

    Attributes
    ----------
    function : str
        Name of the function.
    args : tuple
        Its arguments: numbers, words, lists, arrays, CPU tensors, or
        descriptions of `course.questions.objects`.
    kwargs : dict
        Its keyword arguments.
    grad_of : tuple of int
        Positions of the arguments whose gradients are wanted as well.
    args_after : bool
        Whether the arguments are looked at again after the call.
    repeat : int
        How often the function is called on the same arguments; 0 for once,
        with the value by itself.
    apply_to : tuple
        Inputs for the function or module that the answer returns.
    items : bool
        Whether a returned tuple is judged item by item.
    none : bool
        Whether `None` is a fair answer.
    typed : bool
        Whether the type that was returned matters.
    """

    function: str
    args: tuple
    kwargs: dict = field(default_factory=dict)
    grad_of: tuple = ()
    args_after: bool = False
    repeat: int = 0
    apply_to: tuple = ()
    items: bool = False
    none: bool = False
    typed: bool = False

    def wishes(self, seconds=None):
        """Return the `Wishes` of this case, with a time limit if any."""
        wishes, _ = Wishes.split({**vars(self), "seconds": seconds})
        return wishes


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
    value : ndarray, tuple of ndarray, or None
        What the function returned, as an array; as several, or as None,
        where the case allows that.
    gradients : tuple of (ndarray or None)
        Gradients, where the case asked for them.
    after : tuple of ndarray
        The arguments after the call, where the case asked for them; empty
        arrays for those that hold no numbers.
    trained : tuple of ndarray
        The parameters of each network among the arguments after the call.
    kind : str
        Name of the type that was returned, where the case asked for it.
    error : str
        Empty if a value came back; otherwise the name of the exception, or
        of the type that was returned in place of numbers.
    detail : str
        The first line of the exception's message.
    """

    value: np.ndarray | tuple | None = None
    gradients: tuple = ()
    after: tuple = ()
    trained: tuple = ()
    kind: str = ""
    error: str = ""
    detail: str = ""

    @property
    def unwritten(self):
        """Whether this is the reply of a function not yet written."""
        return self.error in UNWRITTEN


def ask(call, case, seconds=None):
    """Return the `Outcome` of a case; never raises for a fault in the call.

    Parameters
    ----------
    call : callable
        See the module.
    case : Case
        What to call.
    seconds : float, optional
        The time it may take, where that is not the usual.
    """
    wishes = case.wishes(seconds)
    try:
        reply = call(
            case.function, *case.args, **case.kwargs, **wishes.given()
        )
        return _outcome(reply, case, wishes)
    except NotNumbers as fault:
        # A type may lack a name, but an outcome without one is no error.
        return Outcome(error=str(fault) or "thing")
    except (Exception, SystemExit) as fault:
        name = error_name(fault) or "Exception"
        return Outcome(error=name, detail=_first_line(fault))


def _first_line(fault):
    """Return the start of an exception's text, which is the student's."""
    try:
        return (str(fault).splitlines() or [""])[0]
    except Exception:
        return ""


def _outcome(reply, case, wishes):
    extras = iter(())
    if case.grad_of or case.args_after or case.typed:
        reply, *extras = reply
        extras = iter(extras)
    found = {"value": read(reply, wishes)}
    if case.grad_of:
        gradients = next(extras)
        found["gradients"] = tuple(
            None if g is None else as_data(g) for g in gradients
        )
    if case.args_after:
        found |= _after(next(extras), case)
    if case.typed:
        found["kind"] = next(extras)
    return Outcome(**found)


def _after(args, case):
    """Return what became of the arguments, networks apart from the others."""
    pairs = list(zip(case.args, map(as_data, args), strict=True))
    return {
        "after": tuple(a for c, a in pairs if not isinstance(c, Network)),
        "trained": tuple(a for c, a in pairs if isinstance(c, Network)),
    }


def local_call(functions):
    """Return the `call` that runs functions of this process.

    Parameters
    ----------
    functions : mapping of str to callable
        The answer's functions by name, for example a notebook's namespace.

    Returns
    -------
    callable
        `call(name, *args, **keywords)` as the module describes it. The
        function gets copies of the arguments; what it prints and the
        warnings it emits are swallowed. Nobody holds a watch.
    """

    def call(name, *args, **keywords):
        wishes, kwargs = Wishes.split(keywords)
        if not callable(functions.get(name)):
            raise NameError(f"no function {name} was found")
        return run(functions[name], args, kwargs, wishes).parts(wishes)

    return call
