"""A student's answer: its source, whether it was begun, how it stopped."""

import ast
import inspect
import linecache
import re
from dataclasses import dataclass
from textwrap import dedent

from course.markup import to_plain


@dataclass(frozen=True)
class Crash:
    """An exception raised while a function of the answer ran.

    Attributes
    ----------
    function : str
        Name of the function that was called.
    kind, message : str
        Type and text of the exception.
    line : str
        The line of the student's own code that it came through, or "".
    """

    function: str
    kind: str
    message: str
    line: str

    @property
    def deliberate(self):
        """Whether the student's own code raised it on purpose."""
        return self.line.startswith("raise")

    def __str__(self):
        where = f" at `{self.line}`" if self.line else ""
        return f"{self.kind}: {self.message} (in `{self.function}`{where})"


class Answer:
    """The functions of one answer, found in a namespace.

    Parameters
    ----------
    question : Question
        Names the functions and has the code they were shipped with.
    namespace : mapping of str to object
        Where the student's notebook defines its names.

    Attributes
    ----------
    functions : dict of str to callable
        Those that are there; what they raise is noted in `crashes`.
    crashes : list of Crash
        What went wrong, in order.
    """

    def __init__(self, question, namespace):
        found = {name: namespace.get(name) for name in question.functions}
        self.question = question
        self.namespace = namespace
        self.sources = {
            name: source_of(function) for name, function in found.items()
        }
        self.missing = [name for name, f in found.items() if not callable(f)]
        self.crashes = []
        self.functions = {
            name: self._watched(name, function)
            for name, function in found.items()
            if callable(function)
        }

    @property
    def source(self):
        """The code of all functions whose source is known."""
        return "\n".join(filter(None, self.sources.values()))

    def begun(self):
        """Whether any function differs from what was shipped.

        Returns
        -------
        bool or None
            None where the source of a function is unknown, so that only its
            behaviour can tell.
        """
        states = [self._begun(name) for name in self.functions]
        if True in states:
            return True
        return None if None in states else False

    def crash_behind(self, messages):
        """Return the crash that the messages of a check speak of, or None.

        An exception that the question asks for is none.
        """
        kinds = re.findall(
            r"(?:stopped with|, not) (\w+)", "\n".join(messages)
        )
        told = [crash for crash in self.crashes if crash.kind in kinds]
        return min(told, key=lambda crash: crash.deliberate, default=None)

    def _begun(self, name):
        source = self.sources[name]
        if source is None:
            return None
        mine = _bodies(source).get(name)
        if mine is None:
            return True
        if is_stub(mine):
            return False
        shipped = _bodies(self.question.shipped).get(name)
        return shipped is None or form(mine) != form(shipped)

    def _watched(self, name, function):
        def run(*args, **kwargs):
            try:
                return function(*args, **kwargs)
            except NotImplementedError:
                raise
            except (Exception, SystemExit) as error:
                self.crashes.append(self._crash(name, error))
                raise

        return run

    def _crash(self, name, error):
        from course.questions.running import error_name

        line = self._own_line(error)
        return Crash(name, error_name(error), to_plain(error), line)

    def _own_line(self, error):
        """Return the deepest line of the traceback that the student wrote."""
        line = ""
        step = error.__traceback__
        while step is not None:
            frame = step.tb_frame
            if frame.f_globals is self.namespace:
                line = linecache.getline(
                    frame.f_code.co_filename, step.tb_lineno
                )
            step = step.tb_next
        return to_plain(line, limit=80)


def source_of(function):
    """Return a function's source without its indentation, or None."""
    try:
        return dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return None


def is_stub(function):
    """Whether the body of a function (a syntax tree) does nothing yet."""
    return all(_does_nothing(step) for step in _body(function))


def form(function):
    """Return what a function's code is, whatever its layout and comments."""
    steps = [ast.dump(step) for step in _body(function)]
    return ast.dump(function.args), steps


def _bodies(source):
    """Return the functions defined at the top of `source`, by name."""
    try:
        steps = ast.parse(source).body
    except SyntaxError:
        return {}
    return {s.name: s for s in steps if isinstance(s, ast.FunctionDef)}


def _body(function):
    """Return the statements of a function, without its docstring."""
    has_docstring = ast.get_docstring(function, clean=False) is not None
    return function.body[has_docstring:]


def _does_nothing(step):
    match step:
        case ast.Pass():
            return True
        case ast.Expr(value=value) | ast.Return(value=value):
            # A bare `return`, or one of the constants `...` and `None`.
            return value is None or (
                isinstance(value, ast.Constant)
                and value.value in (None, Ellipsis)
            )
        case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError")):
            return True
    return False
