"""Whose a file is, told by its path.

The paths are those of plain folders, of nbgrader's tree, and of what Moodle
and Canvas make of a student's name, number and files.
"""

import os
import re
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from course.grading.intake import files
from course.notebooks import NotebookError

# In which nbgrader keeps when a student handed in.
TIMESTAMP = "timestamp.txt"
ASSIGNMENT = re.compile(r"\d\d_\w+")
# Moodle takes the underscores out of names; the file's own name may follow.
MOODLE = re.compile(
    r"(?P<name>[^_]+)(?:_(?P<id>\d+))?_assignsubmission_[a-z]+(?:_.*)?"
)
# Canvas runs surname and first name together in small letters.
CANVAS = re.compile(
    r"(?P<name>.+?)_(?P<late>LATE_)?(?P<id>\d+)_(?P<file>\d+|text|link)[_.].+"
)
CANVAS_ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?(?P<name>anon)_(?P<id>[A-Za-z0-9]+)_"
    r"(?P<file>\d+|text|link)[_.].+"
)


@dataclass(frozen=True)
class Owner:
    """Whose a file is, as far as its path tells."""

    student: str
    name: str = ""
    lms_id: str = ""
    assignment: str = ""


def owned(entries, times):
    """Return the files of each student and assignment.

    Parameters
    ----------
    entries : list of Entry
        What was found.
    times : dict
        As `timestamps` returns it.

    Returns
    -------
    dict of Owner to list of Entry
        Folders are left out; a student may have no file at all.
    """
    canvas = _canvas_names(entries)
    found = {}
    for entry in entries:
        owner = _owner(entry, canvas, times)
        if owner is not None:
            found.setdefault(owner, []).append(entry)
    # A student's folder in nbgrader's tree holds folders of assignments.
    parents = {owner.student for owner in found if owner.assignment}
    return {
        owner: [entry for entry in mine if entry.kind != "folder"]
        for owner, mine in found.items()
        if owner.assignment
        or owner.student not in parents
        or any(entry.is_notebook for entry in mine)
    }


def _owner(entry, canvas, times):
    """Return whose an entry is, or None if it is nobody's."""
    for part in entry.parts:
        told = MOODLE.fullmatch(part)
        if told:
            return _of_lms(told)
    first, *rest = entry.parts
    if first in canvas:
        return _of_lms(canvas[first])
    student = files.stem(first)
    if not rest:
        loose = entry.kind == "file" and not entry.is_notebook
        # A list or a text beside the submissions belongs to the teacher.
        return None if loose else Owner(student)
    inside = len(rest) > 1 or entry.kind == "folder"
    if inside and (ASSIGNMENT.fullmatch(rest[0]) or (first, rest[0]) in times):
        return Owner(student, assignment=rest[0])
    return Owner(student)


def _of_lms(told):
    key = "_".join(filter(None, told.group("name", "id")))
    return Owner(key, told["name"], told["id"] or "")


def _canvas_names(entries):
    """Return what Canvas's names say, by name; {} if Canvas gave none."""
    names = {
        entry.parts[0]
        for entry in entries
        if len(entry.parts) > 1 or entry.kind == "file"
    }
    told = {
        name: match
        for name in names
        for pattern in (CANVAS_ANONYMOUS, CANVAS)
        if (match := pattern.fullmatch(name))
    }
    # Canvas never gives two files one number; `exam_2024_01_ada` does.
    numbers = [match["file"] for match in told.values()]
    numbers = [number for number in numbers if number.isdigit()]
    plain = [n for n in names - set(told) if files.NOTEBOOK.fullmatch(n)]
    if len(set(numbers)) < len(numbers) or len(plain) > len(told):
        return {}
    return told


def without_wrapper(entries, source):
    """Take off the folders that somebody put around a zip's submissions."""
    depth = 0
    if source.is_file():
        paths = [e.parts for e in entries if e.kind != "folder"] or [()]
        depth = len(os.path.commonprefix([path[:-1] for path in paths]))
        while depth and not _wraps(paths, depth, source.stem):
            depth -= 1
    below = [entry for entry in entries if len(entry.parts) > depth]
    return [replace(entry, parts=entry.parts[depth:]) for entry in below]


def _wraps(paths, depth, stem):
    """Whether the first folders of all paths belong to no student."""
    if any(map(MOODLE.fullmatch, paths[0][:depth])):
        return False
    below = {path[depth] for path in paths if len(path) > depth + 1}
    students = {name for name in below if not ASSIGNMENT.fullmatch(name)}
    return len(students) > 1 or paths[0][depth - 1] == stem


def marked_late(entries):
    """Whether Canvas marked a student's files as late."""
    names = [entry.parts[0] for entry in entries]
    told = [
        CANVAS_ANONYMOUS.fullmatch(n) or CANVAS.fullmatch(n) for n in names
    ]
    return any(match and match["late"] for match in told)


def timestamps(entries):
    """Return when students handed in, from the files nbgrader keeps."""
    times = {}
    for entry in entries:
        if entry.parts[2:] == (TIMESTAMP,) and entry.kind == "file":
            try:
                text = files.read(entry, 200).decode(errors="replace")
            except NotebookError:
                continue
            times[entry.parts[:2]] = _iso(text)
    return times


def _iso(text):
    """Return nbgrader's `2026-11-02 10:00:00.5 UTC` as ISO 8601, or ""."""
    day, hour, zone = (text.split() + ["", "", ""])[:3]
    try:
        moment = datetime.fromisoformat(f"{day} {hour}")
        if zone[:1] in ("+", "-"):
            moment = datetime.fromisoformat(f"{day} {hour}{zone}")
        elif zone:
            moment = moment.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, KeyError, OSError):  # as unknown zones raise
        return ""
    return moment.isoformat()
