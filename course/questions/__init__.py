"""The graded questions of the course.

`get("E2.1")` returns a `Question`; `ids()` lists them in order.
"""

from course.questions.base import Question
from course.questions.calls import local_call
from course.questions.catalogue import QUESTIONS

__all__ = ["Question", "UnknownQuestion", "get", "ids", "local_call"]

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
        known = ", ".join(_QUESTIONS)
        raise UnknownQuestion(f"question must be one of {known}, got {id!r}")
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
