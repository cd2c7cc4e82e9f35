"""Which assignment a class handed in."""

from collections import Counter

from course import notebooks
from course.grading.intake.submissions import assignment_of
from course.notebooks import NotebookError
from course.trouble import Trouble

# Enough of a class to tell; a large one is not read twice.
ENOUGH = 20


class UnclearAssignment(Trouble):
    """Nobody can tell which assignment is to be graded."""


def name_of(submissions):
    """Return the assignment that submissions say they are of.

    Parameters
    ----------
    submissions : list of Submission
        As found.

    Raises
    ------
    UnclearAssignment
        If none says so, or several are named; one sentence says which.
    """
    # Folders that bear the names of assignments leave no doubt.
    told = Counter(s.assignment for s in submissions if s.assignment)
    if not told:
        told = Counter(_says(submissions))
    if not told:
        raise UnclearAssignment(
            "assignment must be named with --assignment: no notebook says "
            "which one it is of"
        )
    (name, count), *others = told.most_common()
    # A few who handed in the wrong notebook do not count.
    if 2 * count <= told.total():
        raise UnclearAssignment(
            "assignment must be named with --assignment, got submissions of "
            f"{', '.join(sorted(told))}"
        )
    return name


def _says(submissions):
    """Yield the assignments that the first readable notebooks name."""
    left = ENOUGH
    for submission in submissions:
        try:
            notebook = notebooks.parse(submission.load())
        except (NotebookError, OSError):
            continue
        name = assignment_of(notebook)
        if name:
            yield name
            left -= 1
        if not left:
            return
