"""Which of several notebooks of one student is the one to grade."""

import re
from dataclasses import dataclass

from course import notebooks
from course.grading.intake.cells import assignment_of
from course.grading.intake.files import Entry
from course.notebooks import NotebookError


@dataclass(frozen=True)
class Candidate:
    """One of the notebooks, with what speaks for it.

    Attributes
    ----------
    entry : Entry
        Where it is.
    assignment : str
        What it says it is.
    begun : int
        How many answers differ from what was handed out; -1 if it cannot be
        read.
    """

    entry: Entry
    assignment: str
    begun: int

    @property
    def rank(self):
        """What candidates are ordered by: work done, then age."""
        # Copies count up, and so do the numbers that Canvas puts in names.
        numbers = re.findall(r"\d{1,18}", self.entry.parts[-1])
        # Two seconds are as exact as some systems keep time.
        age = self.entry.modified // 2, [int(n) for n in numbers]
        return self.begun, *age, self.entry.parts


def choose(entries, load, assignment=""):
    """Return one notebook for each assignment that a student handed in.

    Parameters
    ----------
    entries : list of Entry
        The student's notebooks, two or more.
    load : callable
        `load(entry)` returns bytes or raises a `NotebookError`.
    assignment : str
        The assignment all were handed in for, if that is known.

    Returns
    -------
    list of (str, Entry, str)
        The assignment, the notebook, and one sentence on those left aside
        ("" if there are none).
    """
    candidates = [_candidate(entry, load) for entry in entries]
    kinds = sorted({c.assignment for c in candidates if c.assignment})
    if assignment and assignment in kinds:
        kinds = [assignment]
    elif assignment or len(kinds) < 2:
        # A copy that lost its mark may still be the one worked in.
        best = max(candidates, key=lambda c: c.rank)
        told = assignment or "".join(kinds)
        return [(told, best.entry, _told(best, candidates))]
    chosen = []
    for kind in kinds:
        mine = [c for c in candidates if c.assignment == kind]
        lost = [c for c in candidates if c.assignment not in kinds]
        best = max(mine, key=lambda c: c.rank)
        chosen.append((kind, best.entry, _told(best, mine + lost)))
    return chosen


def _candidate(entry, load):
    try:
        notebook = notebooks.parse(load(entry))
    except NotebookError:
        return Candidate(entry, "", -1)
    return Candidate(entry, assignment_of(notebook), _begun(notebook))


def _begun(notebook):
    """How many answer cells differ from their first state."""
    pairs = [
        (cell["source"], notebooks.released_source(cell))
        for cell in notebook["cells"]
    ]
    return sum(
        first is not None and source.strip() != first.strip()
        for source, first in pairs
    )


def _told(best, candidates):
    """Say which notebook was graded, and which were not."""
    others = [c.entry.name for c in candidates if c is not best]
    if not others:
        return ""
    shown = ", ".join(sorted(others)[:3])
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return (
        f"{len(others) + 1} notebooks were handed in: {best.entry.name} "
        f"was graded, {shown}{more} not."
    )
