"""What a question is, and how an answer to it is judged.

A question owns everything a grader knows: a reference, parts that draw
random cases and judge the outcomes, right answers in different styles that
must get full marks, and named mistakes with the hint that each one deserves.
An answer is known only through a `call` (see `course.questions.calls`), and
every property is judged on values that came back.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import dedent

import numpy as np

from course.questions.calls import ask
from course.questions.judges import examples_agree, outcomes_agree
from course.questions.trials import diagnose, draw

DEFINITIONS = (ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Variant:
    """An answer kept to test the checks with, right or wrong in a known way.

    Attributes
    ----------
    name : str
        What is special about it, in a few words.
    source : str
        Code of the functions in which it differs from the reference; `np`
        is there, anything else it imports itself.
    hint : str
        For a mistake: what to tell the student who made it.
    """

    name: str
    source: str
    hint: str = ""

    def functions(self, reference):
        """Return the reference's functions, overridden by this variant's."""
        namespace = {"np": np, **reference}
        code = compile(dedent(self.source), f"<{self.name}>", "exec")
        exec(code, namespace)
        return namespace


@dataclass(frozen=True)
class Part:
    """One thing that is checked, and its share of the points.

    Attributes
    ----------
    name : str
        The property, as the student reads it.
    points : float
        Points given if it holds.
    cases : callable
        `cases(rng)` returns a list of `Case`.
    hint : str
        What to look at if it fails and no named mistake explains it.
    judge : callable
        `judge(cases, outcomes, wants)` returns one sentence, or `None` if
        the property holds; `wants` are the reference's outcomes.
    visible : bool
        Whether the student sees the cases: messages then tell the numbers.
    """

    name: str
    points: float
    cases: Callable
    hint: str
    judge: Callable = outcomes_agree
    visible: bool = False


@dataclass(frozen=True)
class PartResult:
    """How one part went."""

    name: str
    points: float
    max_points: float
    ok: bool
    message: str = ""


@dataclass(frozen=True)
class Result:
    """How an answer went.

    Attributes
    ----------
    points, max_points : float
        Points won and points to be won.
    parts : list of PartResult
        The parts in order.
    hint : str or None
        What to look at next; `None` if all is well.
    mistake : str or None
        Name of the known mistake behind the hint, if one was recognised.
    flags : tuple of str
        Library calls for a human to look at; they cost no points.
    unwritten : bool
        Whether no function of the answer has returned anything yet.
    """

    points: float
    max_points: float
    parts: list
    hint: str | None = None
    mistake: str | None = None
    flags: tuple = ()
    unwritten: bool = False

    @property
    def passed(self):
        """Whether every part is right."""
        return all(part.ok for part in self.parts)


@dataclass(frozen=True, eq=False)
class Question:
    """A graded exercise: its reference, its checks and what tests them.

    Attributes
    ----------
    id : str
        As in the text, for example "E2.1".
    title : str
        A few words.
    lecture : str
        Name of the lecture it belongs to, for example "02_regression".
    points : float
        Points of all parts together.
    reference : dict of str to callable
        The right functions by name; plain code, without the libraries' losses.
    parts : tuple of Part
        What is checked.
    right : tuple of Variant
        Right answers of different style.
    wrong : tuple of Variant
        Known mistakes, the likelier ones first.
    bonus : bool
        Whether the points come on top.
    trains : bool
        Whether an evaluation takes longer than a fraction of a second.
    forbidden : tuple of str
        Library functions that would answer the question by themselves.
    slack : float
        How near an outcome must come to a mistake's to be put down to it;
        wide for fits, which two solvers never end at the same digits.
    shipped : str
        Source of the answer cell as students get it, where that is code
        with a fault to find; empty for the plain stub.
    seconds : float or None
        The time one call may take where the answer is graded; None for the
        grader's usual.
    """

    id: str
    title: str
    lecture: str
    points: float
    reference: dict
    parts: tuple
    right: tuple
    wrong: tuple
    bonus: bool = False
    trains: bool = False
    forbidden: tuple = ()
    slack: float = 0.0
    shipped: str = ""
    seconds: float | None = None

    def __post_init__(self):
        total = sum(part.points for part in self.parts)
        if total != self.points:
            raise ValueError(
                f"points of the parts of {self.id} must add up to "
                f"{self.points}, got {total}"
            )

    @property
    def functions(self):
        """Names of the functions the answer must define."""
        return tuple(self.reference)

    def evaluate(self, call, *, seed, source=""):
        """Judge an answer on cases drawn from a seed.

        Parameters
        ----------
        call : callable
            Runs a function of the answer, see `course.questions.calls`.
        seed : int
            Same seed, same cases.
        source : str
            Code of the answer, scanned for `forbidden` calls.

        Returns
        -------
        Result
            A fault of the answer, whatever it is, ends up in here.
        """
        trial = self.trial(seed)
        replies = [
            [ask(call, case, self.seconds) for case in cases]
            for cases in trial.cases
        ]
        rows = zip(self.parts, trial.cases, replies, trial.wants, strict=True)
        parts = [_judged(*row) for row in rows]
        mistake, hint = self._advice(trial, replies, parts)
        return Result(
            points=sum(part.points for part in parts),
            max_points=self.points,
            parts=parts,
            hint=hint,
            mistake=mistake,
            flags=self.flags(source),
            unwritten=all(o.unwritten for row in replies for o in row),
        )

    def trial(self, seed):
        """Return the `Trial` of a seed: its cases and what is right."""
        return draw(self, seed)

    def _advice(self, trial, replies, results):
        """Name of the recognised mistake, if any, and the hint to give."""
        rows = zip(self.parts, results, replies, strict=True)
        failed = [(part, row) for part, result, row in rows if not result.ok]
        if not failed:
            return None, None
        mistake = diagnose(trial, replies)
        if mistake:
            return mistake.name, mistake.hint
        for part, row in failed:
            if not any(outcome.unwritten for outcome in row):
                return None, part.hint
        return None, _write_next(trial.cases, replies)

    def flags(self, source):
        """Return the `forbidden` names that a piece of code uses.

        Names that it defines itself do not count, and code that does not
        parse uses none.
        """
        try:
            nodes = list(ast.walk(ast.parse(dedent(source))))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ()
        own = {node.name for node in nodes if isinstance(node, DEFINITIONS)}
        used = {name for node in nodes for name in _names(node)} - own
        return tuple(name for name in self.forbidden if name in used)


def _judged(part, cases, outcomes, wants):
    try:
        message = part.judge(cases, outcomes, wants) or ""
    except Exception:
        # What comes back may have any shape; a judge may count on its own.
        message = "The answer is of another form than is asked for."
    points = 0.0 if message else part.points
    return PartResult(part.name, points, part.points, not message, message)


def _write_next(cases, replies):
    """The hint for an answer of which only some functions are written."""
    rows = zip(cases, replies, strict=True)
    pairs = (pair for row in rows for pair in zip(*row, strict=True))
    name = next(case.function for case, got in pairs if got.unwritten)
    return (
        f"`{name}` has returned nothing yet: write it next, and end it with "
        "a `return`."
    )


def _names(node):
    """Names that a node of a syntax tree uses or imports."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.alias):
        return [node.name.split(".")[-1]]
    return []


def example(points, *cases, hint, judge=examples_agree):
    """Return the part that checks what the statement shows worked out."""
    return Part(
        "the example of the statement",
        points,
        lambda rng: list(cases),
        hint,
        judge,
        visible=True,
    )
