"""The questions as an instructor asks them: with points and some of their own.

Grading has a `sheet` for that. `check` and the students' bundle ask here, and
so they say what the grading will.
"""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from course import questions
from course.grading import sheet


def questions_of(assignment, folder):
    """Return the questions of an assignment, in order.

    A question that is left out is still in the notebook, so `check` knows
    it, for no points.

    Parameters
    ----------
    assignment : str
        For example "02_regression".
    folder : str or Path
        Where its model solution is.

    Raises
    ------
    SheetError
        If a file beside the model solution is wrong.
    """
    return list(_asked_by(sheet.load(assignment, folder)))


def changed():
    """Return the assignments that an instructor changed.

    Returns
    -------
    list of list of Question
        Each with all its questions.
    """
    folders = {}
    for solutions in sheet.PLACES:
        for folder in sorted(solutions.glob("*/")):
            folders.setdefault(folder.name, folder)
    return [
        questions_of(assignment, folder)
        for assignment, folder in folders.items()
        if _is_changed(folder)
    ]


def _is_changed(folder):
    beside = (sheet.POINTS, sheet.QUESTIONS)
    return any(Path(folder, name).exists() for name in beside)


@lru_cache(maxsize=16)
def _asked_by(sheet):
    """Return the same questions each time: they remember their cases."""
    ids = questions.ids(sheet.assignment)
    points = {item.question.id: item.points for item in sheet.items}
    found = {id: questions.get(id) for id in ids}
    found |= {item.question.id: item.question for item in sheet.items}
    return tuple(
        _in(sheet.assignment, _worth(question, points.get(id, 0)))
        for id, question in found.items()
    )


def _in(assignment, question):
    """Return a question as one of an assignment, whatever it says itself."""
    if question.lecture == assignment:
        return question
    return replace(question, lecture=assignment)


def _worth(question, points):
    """Return a question with its points, which its parts share as before."""
    if points == question.points:
        return question
    factor = points / question.points
    parts = [replace(p, points=p.points * factor) for p in question.parts]
    total = sum(part.points for part in parts)
    return replace(question, points=total, parts=tuple(parts))
