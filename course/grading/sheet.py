"""What an assignment asks, and for how many points.

An instructor changes a course's assignment without touching `course/`: two
files beside the model solution, in `solutions/02_regression/`, are enough.

`points.toml` gives questions other points; 0 leaves a question out:

    E2.1 = 6
    E2.B = 0

`questions.py` holds questions of the instructor's own, as `QUESTIONS`. One
that has the id of a question of the course takes its place.
"""

import hashlib
import math
import tomllib
import types
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from course import notebooks, questions
from course.questions.base import Question
from course.trouble import Trouble

POINTS = "points.toml"
QUESTIONS = "questions.py"
PACKAGE = Path(__file__).resolve().parents[1]
# Where the assignments are looked for, in this order.
PLACES = (Path("solutions"), PACKAGE.parent / "solutions")


class SheetError(Trouble, ValueError):
    """An assignment cannot be graded as it is; one sentence says why."""


@dataclass(frozen=True, eq=False)
class Item:
    """A question of a sheet.

    Attributes
    ----------
    question : Question
        What is asked.
    points : float
        What it is worth here; its parts share them as they always do.
    """

    question: Question
    points: float

    @property
    def factor(self):
        """What a point of the question is worth here."""
        return self.points / self.question.points


@dataclass(frozen=True)
class Sheet:
    """An assignment as data that travels to other processes.

    Attributes
    ----------
    assignment : str
        For example "02_regression".
    model : bytes
        The notebook with the model solution.
    points : tuple of (str, float)
        Points of the questions that differ from the course's, by id.
    own : str
        Source of the instructor's own questions; empty if there are none.
    by_hand : tuple of (str, float)
        Ids and points of the cells that a human grades.
    """

    assignment: str
    model: bytes
    points: tuple = ()
    own: str = ""
    by_hand: tuple = ()

    @cached_property
    def items(self):
        """The questions with their points, in order: a list of `Item`."""
        changed = dict(self.points)
        found = _questions(self.assignment, self.own)
        items = [Item(q, changed.get(q.id, q.points)) for q in found]
        return [item for item in items if item.points > 0]

    @property
    def max_points(self):
        """Points to be won, bonus left out."""
        return sum(i.points for i in self.items if not i.question.bonus)

    @cached_property
    def marks(self):
        """The nbgrader ids of the cells that were handed out: a set."""
        cells = notebooks.parse(self.model)["cells"]
        return {notebooks.grade_id(cell) for cell in cells} - {None}

    @cached_property
    def fingerprint(self):
        """Short text that changes with anything that could change a grade."""
        mine = repr((self.assignment, self.points, self.own))
        text = f"{mine}\n{_fingerprint_of_course()}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def __getstate__(self):
        """Leave out what was worked out here: it holds functions."""
        return {name: getattr(self, name) for name in self._data()}

    @classmethod
    def _data(cls):
        return cls.__dataclass_fields__


def load(assignment, folder=None):
    """Return the sheet of an assignment.

    Parameters
    ----------
    assignment : str
        For example "02_regression".
    folder : str or Path, optional
        Where the model solution is; by default the assignment's folder in
        `solutions/`, here or beside the package.

    Returns
    -------
    Sheet

    Raises
    ------
    SheetError
        If there is no such assignment, or a file beside it is wrong.
    """
    folder = Path(folder) if folder else _folder(assignment)
    model = _model(folder)
    own = _read(folder / QUESTIONS)
    found = _questions(assignment, own)
    if not found:
        known = ", ".join(_assignments()) or "none"
        raise SheetError(
            f"assignment must be one with questions ({known}), got "
            f"{assignment}"
        )
    points = _points(folder / POINTS, [question.id for question in found])
    sheet = Sheet(assignment, model.read_bytes(), points, own, _by_hand(model))
    if not sheet.items:
        raise SheetError(f"{folder / POINTS} must leave at least one question")
    return sheet


def _folder(assignment):
    for solutions in PLACES:
        if (solutions / assignment).is_dir():
            return solutions / assignment
    known = sorted({p.name for s in PLACES for p in s.glob("*") if p.is_dir()})
    if not known:
        raise SheetError(
            "solutions/ must hold the model solutions; run this in the "
            "folder of the course"
        )
    raise SheetError(
        f"assignment must be one of {', '.join(known)}, got {assignment}"
    )


def _model(folder):
    found = sorted(folder.glob("*.ipynb"))
    if len(found) != 1:
        raise SheetError(
            f"{folder} must hold one notebook, the model solution, got "
            f"{len(found)}"
        )
    return found[0]


def _read(path):
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise SheetError(f"{path} must be UTF-8 text") from None


def _assignments():
    lectures = {questions.get(id).lecture for id in questions.ids()}
    return sorted(lectures)


@lru_cache(maxsize=16)
def _questions(assignment, own):
    """Return the course's questions and the instructor's own, in order."""
    found = {id: questions.get(id) for id in questions.ids(assignment)}
    # A question that takes another's place keeps that place.
    found |= {question.id: question for question in _own(own)}
    return tuple(found.values())


def _own(source):
    if not source:
        return ()
    module = types.ModuleType("own_questions")
    try:
        exec(compile(source, QUESTIONS, "exec"), vars(module))
    except Exception as fault:
        raise SheetError(
            f"{QUESTIONS} must run, got {type(fault).__name__}: {fault}"
        ) from fault
    own = getattr(module, "QUESTIONS", None)
    if (
        not isinstance(own, (tuple, list))
        or not own
        or not all(isinstance(question, Question) for question in own)
    ):
        raise SheetError(f"{QUESTIONS} must define QUESTIONS, a tuple of them")
    return tuple(own)


def _points(path, known):
    """Return the points that a file gives, as pairs."""
    try:
        table = tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as fault:
        raise SheetError(f"{path} must be TOML, got: {fault}") from None
    pairs = tuple(_flat(table))
    for id, points in pairs:
        if id not in known:
            raise SheetError(
                f"{path} must name questions among {', '.join(known)}, got "
                f"{id}"
            )
        if not _are_points(points):
            raise SheetError(
                f"{path} must give {id} a number of points that is not "
                f"negative, got {points!r}"
            )
    return tuple((id, float(points)) for id, points in pairs)


def _flat(table, before=""):
    """Yield the entries of a table; TOML reads E2.1 as 1 inside of E2."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _are_points(value):
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
        and value >= 0
    )


def _by_hand(model):
    """Return ids and points of the cells that nbgrader leaves to humans."""
    entries = [
        cell["metadata"].get("nbgrader", {})
        for cell in notebooks.read(model)["cells"]
    ]
    return tuple(
        (entry["grade_id"], float(entry["points"]))
        for entry in entries
        if entry.get("solution") and entry.get("grade")
    )


@lru_cache(maxsize=1)
def _fingerprint_of_course():
    """Return a hash of the code that judges."""
    digest = hashlib.sha256()
    for part in ("questions", "grading"):
        for path in sorted((PACKAGE / part).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
