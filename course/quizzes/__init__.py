"""The quiz items of the course.

`get("Q2.1")` returns an `Item`; `ids()` lists them in order. Each lecture's
items stand in a module of their own, as `ITEMS`.
"""

from course.quizzes import regression
from course.quizzes.items import Item, Option

__all__ = ["Item", "Option", "UnknownItem", "get", "ids"]

_ITEMS = {item.id: item for item in regression.ITEMS}


class UnknownItem(KeyError):
    """No quiz item has this id."""

    def __str__(self):
        return self.args[0]


def get(id):
    """Return the quiz item with an id such as "Q2.1".

    Raises
    ------
    UnknownItem
        If there is none; the message lists the ids there are.
    """
    if id not in ids():
        known = ", ".join(_ITEMS)
        raise UnknownItem(f"quiz item must be one of {known}, got {id!r}")
    return _ITEMS[id]


def ids(lecture=None):
    """Return the ids of all items, or of one lecture's, in order.

    Parameters
    ----------
    lecture : str, optional
        Number of the lecture, for example "2".
    """
    return [
        item.id for item in _ITEMS.values() if lecture in (None, item.lecture)
    ]
