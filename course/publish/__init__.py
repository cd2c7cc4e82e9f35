"""From executed lectures to offline decks and the site."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
LECTURES = ROOT / "lectures"


class PublishError(RuntimeError):
    """What cannot be published; the message is one sentence."""


def lectures():
    """Return the paths of all lectures, in order."""
    return sorted(LECTURES.glob("[0-9]*.ipynb"))


def inside(folder):
    """Return a folder's path; a relative one starts at the repository."""
    return ROOT / folder
