"""From executed lectures to offline decks and the site."""

from pathlib import Path

from course.trouble import Trouble

ROOT = Path(__file__).parents[2]
LECTURES = ROOT / "lectures"


class PublishError(Trouble):
    """Something cannot be published."""


def lectures():
    """Return the paths of all lectures, in order."""
    return sorted(LECTURES.glob("[0-9]*.ipynb"))


def inside(folder):
    """Return a folder's path; a relative one starts at the repository."""
    return ROOT / folder
