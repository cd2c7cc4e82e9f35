"""The graded questions of the course.

`get("E2.1")` returns a `Question`; `ids()` lists them in order. `asked(id)`
knows what an instructor changed, too.
"""

from itertools import chain

from course.questions.base import Question
from course.questions.calls import local_call
from course.questions.catalogue import QUESTIONS, changed

__all__ = ["Question", "UnknownQuestion", "asked", "get", "ids", "local_call"]

_QUESTIONS = {question.id: question for question in QUESTIONS}


class UnknownQuestion(KeyError):
    """No question has this id."""

    def __str__(self):
        return self.args[0]


def get(id):
    """Return the question with an id such as "E2.1".

    Raises
    ------
    UnknownQuestion
        If there is none; the message lists the ids there are.
    """
    if id not in ids():
        raise _unknown(id, _QUESTIONS)
    return _QUESTIONS[id]


def ids(lecture=None):
    """Return the ids of all questions, or of one lecture's, in order.

    Parameters
    ----------
    lecture : str, optional
        Name of the lecture, for example "02_regression".
    """
    return [
        question.id
        for question in _QUESTIONS.values()
        if lecture in (None, question.lecture)
    ]


def asked(id):
    """Return a question as it is asked here, and all asked along with it.

    Parameters
    ----------
    id : str
        One of the course's or, in the full course, of an instructor's own.

    Returns
    -------
    Question
        With the points that an instructor gives it.
    list of Question
        All of its assignment, in order.

    Raises
    ------
    UnknownQuestion
        If there is none; the message lists the ids there are.
    """
    assignments = [{q.id: q for q in found} for found in changed()]
    for found in assignments:
        if id in found:
            return found[id], list(found.values())
    if id not in ids():
        raise _unknown(id, dict.fromkeys(chain(ids(), *assignments)))
    question = get(id)
    return question, [get(other) for other in ids(question.lecture)]


def _unknown(id, known):
    return UnknownQuestion(
        f"question must be one of {', '.join(known)}, got {id!r}"
    )
