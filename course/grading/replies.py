"""Reading what a submission replied, piece by piece, without trust.

A reply may be anything: a submission can write into the pipe itself. What
is read here is plain data of the right form, or an exception like the one
that the answer raised.
"""

import builtins

import numpy as np

from course.questions.compare import NotNumbers
from course.questions.running import Reply

MAX_NAME = 60
MAX_MESSAGE = 300


class AnswerError(Exception):
    """An exception of an answer's that has no namesake here."""


class Crash(AnswerError):
    """The answer ended the program that ran it, or broke its rules."""


def read(reply, name, args, wishes):
    """Return what a function returned; raise what it raised, by name.

    Parameters
    ----------
    reply : dict
        From the wire.
    name : str
        The function that was called.
    args : sequence
        What it was called with.
    wishes : Wishes
        What was wanted.

    Returns
    -------
    Reply
        Of arrays and nothing else.

    Raises
    ------
    NameError
        With the name, if there is no such function.
    NotNumbers
        If the function returned anything but numbers.
    Crash
        If the reply is of no form that was agreed on.
    Exception
        What the function raised.
    """
    if reply.get("missing") is True:
        raise NameError(f"no function {name} was found", name=name)
    if "refused" in reply:
        raise NotNumbers(_words(reply["refused"], MAX_NAME) or "thing")
    if "error" in reply:
        raise _fault(*_error(reply["error"])[:2])
    value = reply.get("value")
    if isinstance(value, tuple) and wishes.items:
        value = tuple(_array(item) for item in value)
    elif value is not None or not wishes.none:
        value = _array(value)
    return Reply(
        value,
        _arrays(reply.get("gradients"), len(wishes.grad_of), gaps=True),
        _arrays(reply.get("after"), len(args) if wishes.args_after else 0),
        _words(reply.get("kind"), MAX_NAME),
    )


def cell_fault(reply):
    """Return what stopped a cell, in one sentence; empty if nothing did."""
    if "error" not in reply:
        return ""
    try:
        name, message, line = _error(reply["error"])
    except Crash:
        return "It stopped in an unreadable way."
    told = f"{name}: {message}" if message else name
    where = f" (line {line})" if line else ""
    return f"It stopped with {told}{where}."


def _error(error):
    """Return name, first line of the message, and line of an exception."""
    if type(error) is not list or len(error) != 3 or type(error[2]) is not int:
        raise Crash("an error must have a name, a message and a line")
    name = _words(error[0], MAX_NAME)
    lines = str(error[1]).splitlines() or [""]
    return (
        name if name.isidentifier() else "Exception",
        _words(lines[0], MAX_MESSAGE),
        error[2],
    )


def _fault(name, message):
    """Return an exception of that name."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        try:
            return kind(message)
        except TypeError:
            pass
    return type(name, (AnswerError,), {})(message)


def _words(text, limit):
    """Return text that is fit to be shown: short, on one line, printable."""
    if type(text) is not str:
        raise Crash("words must be words")
    return "".join(c for c in text[:limit] if c.isprintable())


def _array(value):
    if not isinstance(value, np.ndarray):
        raise Crash("a value must be an array")
    return value


def _arrays(values, count, gaps=False):
    """Return a list of so many arrays, or of None where there may be gaps."""
    if type(values) is not list or len(values) != count:
        raise Crash(f"there must be {count} arrays")
    return [v if v is None and gaps else _array(v) for v in values]
