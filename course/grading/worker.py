"""The program that runs a submission, shut in with it.

It runs the cells it is sent one by one, and then calls functions and returns
plain values. Nothing in here is a secret, and nothing can be trusted once
the first cell has run: whatever a submission does to this process, it can
only spoil its own answers.
"""

import inspect
import linecache
import os
import signal
import sys
import types

import numpy as np

from course.grading import magics, wire
from course.questions.compare import NotNumbers, as_data
from course.questions.running import Wishes, quiet, read, run

# How much an answer may send back of its own words.
MAX_WORDS = 300


class TimeUp(BaseException):
    """The time for a cell or a call is used up."""


def serve(max_reply):
    """Serve requests until there are no more.

    Parameters
    ----------
    max_reply : int
        Bytes that a reply may have.
    """
    requests, replies = _take_channel()
    watch = _Watch()
    notebook = _notebook()
    process = os.getpid()
    _send(replies, {"id": "", "ready": True, "user": os.getuid()})
    while True:
        request = _receive(requests)
        reply = watch.over(request["seconds"], _answer, request, notebook)
        if os.getpid() != process:
            # A fork of the submission's came back here.
            os._exit(0)
        if sum(a.nbytes for a in _arrays(reply)) > max_reply:
            reply = {"refused": "too large"}
        _send(replies, {"id": request["id"], **reply})


def _take_channel():
    """Return the pipes to the grader; leave nothing in their usual places."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for usual in (0, 1, 2):
        os.dup2(nowhere, usual)
    sys.stdin = open(os.devnull)
    sys.stdout = open(os.devnull, "w")
    sys.stderr = open(os.devnull, "w")
    return requests, replies


def _notebook():
    """Return the module whose names are the notebook's."""
    notebook = types.ModuleType("__main__")
    # Dataclasses and pickles look their module up by its name.
    sys.modules["__main__"] = notebook
    notebook.get_ipython = lambda: magics.Shell()
    notebook.display = lambda *args, **kwargs: None
    return notebook


def _receive(requests):
    lengths = requests.read(wire.LENGTHS.size)
    if len(lengths) < wire.LENGTHS.size:
        os._exit(0)
    head, body = map(requests.read, wire.LENGTHS.unpack(lengths))
    return wire.unpack(head, body, objects=True)


def _send(replies, reply):
    replies.write(wire.pack(reply))
    replies.flush()


class _Watch:
    """Stops what takes too long, so that the notebook's names survive it."""

    def __init__(self):
        self.running = False
        signal.signal(signal.SIGALRM, self._ring)

    def _ring(self, number, frame):
        if self.running:
            self.running = False
            raise TimeUp

    def over(self, seconds, work, *args):
        """Return what `work` returns, or what there is to say instead."""
        try:
            try:
                self.running = True
                signal.setitimer(signal.ITIMER_REAL, seconds)
                return work(*args)
            finally:
                self.running = False
                signal.setitimer(signal.ITIMER_REAL, 0)
        except TimeUp:
            return {"late": True}
        except BaseException:
            return {"error": ["Exception", "", 0]}


def _answer(request, notebook):
    try:
        if request["do"] == "cell":
            _run_cell(request["number"], request["source"], vars(notebook))
            return {}
        if request["do"] == "load":
            _load(request["what"])
            return {}
        return _called(request, vars(notebook))
    except TimeUp:
        raise
    except NotNumbers as fault:
        return {"refused": str(fault)[:MAX_WORDS]}
    except BaseException as fault:
        return {"error": _told(fault)}


def _run_cell(number, source, names):
    """Run a cell as a notebook would."""
    name = f"<cell {number}>"
    if "IPython" in source and "get_ipython" in source:
        import IPython

        IPython.get_ipython = names["get_ipython"]
    source = magics.to_python(source)
    lines = source.splitlines(keepends=True)
    linecache.cache[name] = (len(source), None, lines, name)
    flags = magics.ALLOW_AWAIT
    code = compile(source, name, "exec", flags, dont_inherit=True)
    if code.co_flags & inspect.CO_COROUTINE:
        import asyncio

        asyncio.run(eval(code, names))
    else:
        exec(code, names)


def _load(what):
    """Load what the arguments of a call need, which takes seconds."""
    import torch

    if what == "optimizer":
        # With the first optimiser, torch loads its compiler.
        torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)


def _called(request, names):
    """Call a function; return its value and what else is wished for."""
    function = names.get(request["name"])
    if not callable(function):
        return {"missing": True}
    wishes = Wishes(**request["wishes"])
    reply = run(function, request["args"], request["kwargs"], wishes)
    with quiet():
        value = read(reply.value, wishes)
        return {
            "value": _sendable(value),
            "gradients": [
                None if g is None else _sendable(as_data(g))
                for g in reply.gradients
            ],
            "after": [_sendable(as_data(a)) for a in reply.after],
            "kind": reply.kind[:MAX_WORDS],
        }


def _sendable(value):
    """Return arrays in a precision that can be sent."""
    if isinstance(value, tuple):
        return tuple(map(_sendable, value))
    if value is not None and value.dtype == np.longdouble:
        return value.astype(float)
    return value


def _arrays(reply):
    """Return all arrays of a reply."""
    value = reply.get("value")
    values = value if isinstance(value, tuple) else (value,)
    found = (*values, *reply.get("gradients", ()), *reply.get("after", ()))
    return [array for array in found if array is not None]


def _told(fault):
    """Return an exception's name and message, and the line it came from."""
    # As the checks do: NumPy's own kinds of ValueError count as one.
    is_value_error = isinstance(fault, ValueError)
    name = "ValueError" if is_value_error else type(fault).__name__
    text, line = str(fault), 0
    if isinstance(fault, SyntaxError):
        # Its text tells the line as well, of a cell by a number of ours.
        text, line = str(fault.msg), fault.lineno
    step = fault.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename.startswith("<cell "):
            line = step.tb_lineno
        step = step.tb_next
    return [name[:MAX_WORDS], text[:MAX_WORDS], line or 0]
