"""Find what was handed in, whoever packed it, and read it safely.

Understood are a folder with one folder or one notebook per student,
nbgrader's `submitted/<student>/<assignment>/`, and what Moodle and Canvas
give for bulk download, as the zip or unpacked. Nothing is ever unpacked to
disk, no link is followed, and every file is read up to a limit.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from course.grading.intake import files, owners, reading
from course.grading.intake.cells import (
    answer_source,
    assignment_of,
    code_cells,
)
from course.grading.intake.choice import choose
from course.markup import to_plain
from course.notebooks import NotebookError

__all__ = [
    "Submission",
    "answer_source",
    "assignment_of",
    "code_cells",
    "find",
]


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one assignment.

    Attributes
    ----------
    student : str
        Key of the student, unique among the students of a batch, and safe as
        the name of a file.
    name : str
        The student's name where the LMS tells it, else empty.
    lms_id : str
        The number that Moodle or Canvas gave, else empty.
    assignment : str
        Such as "02_regression"; empty where only the notebook can tell.
    file : str
        Where it was found: a path, or `zip!member`.
    submitted : str
        When it was handed in (ISO 8601), else empty.
    late : bool
        Whether the LMS marked it as late.
    trouble : str
        What a human should know, in one sentence: no notebook, or several.
    entry : Entry or None
        The notebook, if there is one.
    """

    student: str
    name: str = ""
    lms_id: str = ""
    assignment: str = ""
    file: str = ""
    submitted: str = ""
    late: bool = False
    trouble: str = ""
    entry: files.Entry | None = field(default=None, repr=False)

    def load(self):
        """Return the notebook's bytes, fit for `course.notebooks.parse`.

        Raises
        ------
        NotebookError
            If there is none, or it cannot be used; one sentence.
        """
        if self.entry is None:
            raise NotebookError(self.trouble)
        return load(self.entry)


def find(source):
    """Return all submissions of a folder, a zip or a single notebook.

    Parameters
    ----------
    source : str or Path
        What was handed in.

    Returns
    -------
    list of Submission
        Sorted by student and assignment. A student of whom there is no
        notebook has one too, with its `trouble`.

    Raises
    ------
    NotebookError
        If `source` is none of these, or holds nothing.
    """
    source = Path(source)
    tree = source / "submitted"
    entries = files.walk(tree if tree.is_dir() else source)
    entries = owners.without_wrapper(entries, source)
    times = owners.timestamps(entries)
    owned = owners.owned(entries, times)
    keys = _keys(owned)
    root = source if source.is_dir() else source.parent
    found = [
        submission
        for owner, mine in owned.items()
        for submission in _submissions(owner, mine, keys, times, root)
    ]
    if not found:
        raise NotebookError(
            f"{source} must hold submissions, such as student/notebook.ipynb"
        )
    return sorted(found, key=lambda one: (one.student, one.assignment))


def load(entry):
    """Return the bytes of a found notebook; see `Submission.load`."""
    data = files.read(entry, reading.MAX_FILE)
    return reading.tidy(data, name=entry.name)


def _submissions(owner, mine, keys, times, root):
    """Yield one submission for each assignment among a student's files."""
    known = {
        "student": keys[owner.student],
        "name": to_plain(owner.name),
        "lms_id": owner.lms_id,
    }
    found = [entry for entry in mine if entry.is_notebook]
    if len(found) == 1:
        chosen = [(owner.assignment, found[0], "")]
    elif found:
        chosen = choose(found, load, owner.assignment)
    else:
        yield Submission(
            **known,
            assignment=owner.assignment,
            file=to_plain(mine[0].shown(root) if mine else "", limit=300),
            late=owners.marked_late(mine),
            trouble=_nothing(mine),
        )
        return
    for assignment, entry, trouble in chosen:
        yield Submission(
            **known,
            assignment=assignment,
            file=to_plain(entry.shown(root), limit=300),
            submitted=times.get(entry.parts[:2], ""),
            late=owners.marked_late([entry]),
            trouble=trouble,
            entry=entry,
        )


def _nothing(entries):
    """Say that there is no notebook, and what there is instead."""
    entries = [e for e in entries if e.name != owners.TIMESTAMP]
    if not entries:
        return "Nothing was handed in."
    shown = ", ".join(entry.name for entry in entries[:3])
    more = f" and {len(entries) - 3} more" if len(entries) > 3 else ""
    if any(entry.kind == "other" for entry in entries):
        return f"No notebook was handed in, but a link or the like: {shown}."
    return f"No notebook was handed in, only {shown}{more}."


def _keys(owned):
    """Return a key for each student: safe in file names, and unique."""
    keys, taken = {}, set()
    for student in sorted({owner.student for owner in owned}):
        base = key = _safe(student)
        number = 1
        # Some systems take Ada.html and ada.html for one file.
        while key.casefold() in taken:
            number += 1
            key = f"{base}-{number}"
        taken.add(key.casefold())
        keys[student] = key
    return keys


def _safe(text):
    """Return a text with nothing in it that a file's name cannot hold."""
    text = re.sub(r"[^\w .,@+()'-]", "_", text).strip(" .")
    return text[:60].strip(" .") or "student"
