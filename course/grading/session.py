"""Running a submission: its cells once, then its functions by name.

A `Session` is the trusted side of a sandbox. It survives whatever the
submission does, says which cells had to be left out, and offers the `call`
of `course.questions.calls`, so that a question can be asked of a submission
as of any other answer.
"""

import time
from dataclasses import dataclass

from course.grading import replies
from course.grading.child import Child, ChildFault, Late
from course.grading.records import CellRecord
from course.grading.replies import Crash
from course.grading.sandbox import Limits, SandboxError
from course.questions.objects import Network, Optimizer
from course.questions.running import Wishes

__all__ = ["Cell", "Limits", "SandboxError", "Session"]

# How often a program that was lost is started again, and how often a
# function may lose it.
STARTS = 6
CRASHES = 2


@dataclass(frozen=True)
class Cell:
    """A code cell.

    Attributes
    ----------
    number : int
        Its place in the notebook, counted from 1 over all cells.
    source : str
        Its text.
    """

    number: int
    source: str


class Session:
    """A submission that runs, shut in.

    Parameters
    ----------
    cells : list of Cell
        What to run, in order.
    isolation : str
        "bubblewrap" or "limits only", see `sandbox.choose`.
    limits : Limits
        What it may use.

    Attributes
    ----------
    isolation : str
        How it is shut in.
    left_out : list of CellRecord
        Cells that hung, crashed or raised, in the order of the notebook.

    Raises
    ------
    SandboxError
        On the way in or out, if the sandbox itself failed: nothing that was
        found out about the submission counts then.
    """

    def __init__(self, cells, *, isolation="bubblewrap", limits=None):
        self.cells = list(cells)
        self.isolation = isolation
        self.limits = limits or Limits()
        self._child = None
        self._starts = 0
        self._left = self.limits.submission
        self._reasons = {}
        self._loaded = set()
        self._safe = set()
        self._lethal = set()
        self._hung = set()
        self._crashes = {}
        self._failure = None

    def __enter__(self):
        try:
            self._run_cells()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind, error, trace):
        self._stop()
        if self._failure is not None and error is None:
            raise self._failure

    @property
    def left_out(self):
        """Cells that hung, crashed or raised."""
        return [
            CellRecord(cell.number, _first_line(cell.source), reason)
            for cell in self.cells
            if (reason := self._reasons.get(cell.number))
        ]

    def call(self, name, *args, **keywords):
        """Call a function of the submission, see `course.questions.calls`.

        Raises
        ------
        NotNumbers
            If it returned anything but numbers.
        TimeoutError
            If it took too long, now or before.
        Exception
            What it raised, by name.
        """
        wishes, kwargs = Wishes.split(keywords)
        if name in self._hung:
            raise TimeoutError(f"{name} took too long before")
        if self._crashes.get(name, 0) >= CRASHES:
            raise Crash(f"{name} ended Python before")
        self._run_cells()
        request = {
            "do": "call",
            "name": name,
            "args": list(args),
            "kwargs": kwargs,
            "wishes": wishes.given(),
        }
        reply = self._ask(request, wishes.seconds or self.limits.call)
        return replies.read(reply, name, args, wishes).parts(wishes)

    def _ask(self, request, seconds):
        """Return the reply to a call; keep account of those without one."""
        name = request["name"]
        seconds = min(seconds, self._left)
        if seconds <= 0:
            raise TimeoutError(self._used_up())
        if self._child is None:
            raise Crash("the submission ended Python too often")
        try:
            self._load(request)
            reply = self._exchange(request, seconds)
        except Late:
            reply = {"late": True}
        except ChildFault as fault:
            self._crashes[name] = self._crashes.get(name, 0) + 1
            raise Crash(str(fault)) from None
        if reply.get("late") is True:
            self._hung.add(name)
            raise TimeoutError(f"{name} took longer than {seconds:g} s")
        return reply

    def _load(self, request):
        """Have loaded what the arguments need, outside the call's time."""
        for what in _needs([*request["args"], *request["kwargs"].values()]):
            if what not in self._loaded:
                load = {"do": "load", "what": what}
                self._exchange(load, self.limits.start)
                self._loaded.add(what)

    def _run_cells(self):
        """See to it that a program runs which has run the cells."""
        while self._child is None and self._starts < STARTS:
            self._starts += 1
            self._start()
            for cell in self.cells:
                if cell.number not in self._lethal and not self._ran(cell):
                    break

    def _start(self):
        try:
            self._child = Child(self.isolation, self.limits)
            self._loaded = set()
        except SandboxError as error:
            self._failure = error
            raise

    def _ran(self, cell):
        """Run a cell; return whether the program survived it."""
        seconds = min(self.limits.cell, self._left)
        if self._starts == STARTS and cell.number not in self._safe:
            reason = "It was not run: other cells ended Python too often."
        elif seconds <= 0:
            reason = f"It was not run: {self._used_up()}."
        else:
            reason = self._reason(cell, seconds)
        if reason:
            self._reasons[cell.number] = reason
        return self._child is not None

    def _reason(self, cell, seconds):
        """Run a cell; return what went wrong in one sentence, or nothing."""
        request = {"do": "cell", "number": cell.number, "source": cell.source}
        try:
            reply = self._exchange(request, seconds)
        except ChildFault as fault:
            self._lethal.add(cell.number)
            if isinstance(fault, Late):
                return f"It took longer than {seconds:g} s and was left out."
            return f"It was left out: {fault}."
        self._safe.add(cell.number)
        if reply.get("late") is True:
            return f"It took longer than {seconds:g} s and was stopped."
        return replies.cell_fault(reply)

    def _exchange(self, request, seconds):
        begin = time.monotonic()
        try:
            return self._child.exchange(request, seconds)
        except ChildFault:
            self._child = None
            raise
        except Exception as error:
            # Nothing that a submission can bring about.
            self._stop()
            self._failure = SandboxError(f"a request failed: {error}")
            raise self._failure from error
        finally:
            self._left -= time.monotonic() - begin

    def _used_up(self):
        return f"the submission used up its {self.limits.submission:g} s"

    def _stop(self):
        child, self._child = self._child, None
        if child is not None:
            child.stop()


def _needs(values):
    """Return what a program has to load for arguments like these."""
    needs = set()
    for value in values:
        if isinstance(value, Network) or hasattr(value, "detach"):
            needs.add("torch")
        if isinstance(value, Optimizer):
            needs.add("optimizer")
    return sorted(needs)


def _first_line(source):
    """Return the start of a cell's text, for people to find it by."""
    lines = (line.strip() for line in source.splitlines())
    return next((line[:80] for line in lines if line), "")
