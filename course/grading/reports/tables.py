"""Grades as tables: nbgrader's columns, and files that an LMS takes in.

Text that a spreadsheet would run as a formula is disarmed; numbers stay
numbers. A submission that was not graded has no points anywhere: its row is
left out of what an LMS takes in, where an empty cell would wipe out a grade.
"""

import csv
import html
import io
import re
from pathlib import Path

from course.files import write_whole
from course.grading.records import GRADED, NOT_GRADED
from course.grading.reports import look

NBGRADER = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)

# Moodle reads the worksheet of an assignment by these names, in any order.
MOODLE = (
    "Identifier",
    "Full name",
    "ID number",
    "Email address",
    "Grade",
    "Maximum Grade",
    "Last modified (grade)",
    "Feedback comments",
)

# Canvas looks at the place of these, so their order counts.
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")

# How our comments in an LMS begin; one of an earlier batch is known by it.
COMMENT = "Graded automatically: "

_LONGEST = 10_000
# A lone dash is Moodle's word for "never".
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?|-")
_FORMULA = re.compile(r"[=+\-@＝＋－＠]")


def write_grades(records, path, *, due=""):
    """Write `grades.csv`, with the columns that nbgrader exports.

    Parameters
    ----------
    records : list of Record
        The batch.
    path : str or Path
        The file.
    due : str
        When the hand-in was due, for the column of that name.

    Returns
    -------
    Path
        The file.
    """
    rows = []
    for assignment, group in by_assignment(records).items():
        most = points(full_marks(group))
        for record in group:
            first, last = names_of(record)
            who = [record.student, last, first, email(record)]
            won = ["", "", ""]
            if record.status != NOT_GRADED:
                won = [record.raw_points, record.late, record.points]
                won = [points(value) for value in won]
            rows.append([assignment, due, record.submitted, *who, *won, most])
    return _write(path, NBGRADER, rows)


def write_moodle(records, path):
    """Write `moodle.csv`, which Moodle's grade imports take in.

    A student of a Moodle hand-in is known by the number of the participant,
    any other by e-mail address or ID number.

    Parameters
    ----------
    records : list of Record
        The batch.
    path : str or Path
        The file.

    Returns
    -------
    list of Path
        The file; where there are several assignments, one for each, with
        its name at the end.
    """
    return [
        _write(file, MOODLE, [_moodle(r, most) for r in group if _counts(r)])
        for file, _, most, group in _files(records, path)
    ]


def _moodle(record, most):
    return [
        f"Participant {record.lms_id}" if record.lms_id else "",
        " ".join(names_of(record)).strip(),
        "" if record.lms_id or email(record) else record.student,
        email(record),
        points(record.points),
        points(most),
        "-",
        comment(record, most),
    ]


def write_canvas(records, path, *, titles=None):
    """Write `canvas.csv`, which Canvas's gradebook takes in.

    Parameters
    ----------
    records : list of Record
        The batch.
    path : str or Path
        The file.
    titles : dict of str to str, optional
        Canvas's name of an assignment with its number, such as
        ``{"02_regression": "Regression (4711)"}``. Without it Canvas asks
        whether the column is one of its assignments or a new one.

    Returns
    -------
    list of Path
        The file; where there are several assignments, one for each, with
        its name at the end.
    """
    files = []
    for file, assignment, most, group in _files(records, path):
        title = (titles or {}).get(assignment, assignment)
        above = ["Points Possible", "", "", "", "", points(most)]
        rows = [_canvas(record) for record in group if _counts(record)]
        files.append(_write(file, [*CANVAS, title], [above, *rows]))
    return files


def _canvas(record):
    first, last = names_of(record)
    name = f"{last}, {first}" if first else last
    login = "" if record.lms_id else record.student
    return [name, record.lms_id, "", login, "", points(record.points)]


def by_assignment(records):
    """Return records by assignment, each group in the order of students.

    A file that could not be read does not tell what it is for; where all
    others are for one assignment, it is counted there.
    """
    names = {record.assignment for record in records} - {""}
    only = names.pop() if len(names) == 1 else ""
    groups = {}
    for record in sorted(records, key=lambda r: (r.assignment, r.student)):
        groups.setdefault(record.assignment or only, []).append(record)
    for group in groups.values():
        group.sort(key=lambda record: record.student)
    return groups


def full_marks(records):
    """Return the points to be won in an assignment, bonus left out.

    A file that could not be read has no questions to tell them by, so the
    others tell them.
    """
    return max((record.max_points for record in records), default=0)


def _files(records, path):
    """Yield file, assignment, points to be won and records, one by one."""
    path = Path(path)
    # With nobody in it the file still has its columns.
    groups = by_assignment(records) or {"": []}
    for assignment, group in groups.items():
        file = path
        if len(groups) > 1:
            ending = re.sub(r"\W+", "_", assignment) or "unknown"
            file = path.with_stem(f"{path.stem}-{ending}")
        yield file, assignment, full_marks(group), group


def _counts(record):
    return record.status != NOT_GRADED


def points(value):
    """Return points as text, to the second decimal: 4, 2.5, 12.25."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def safe(text):
    """Return text for a cell, so that no spreadsheet takes it for a formula.

    Parameters
    ----------
    text : object
        Anything; a number, also a negative one, stays as it is.
    """
    text = look.clean(text, limit=_LONGEST)
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def names_of(record):
    """Return first and last name of a student, as far as they are known."""
    name = look.clean(record.name)
    if "," in name:
        last, first = (part.strip() for part in name.split(",", 1))
        return first, last
    first, _, last = name.rpartition(" ")
    return first, last


def email(record):
    """Return the e-mail address of a student whose key is one, else ""."""
    return record.student if _looks_like_email(record.student) else ""


def comment(record, most, *, markup=True):
    """Return the points of a submission in words, for a teacher's comment.

    Parameters
    ----------
    record : Record
        The submission.
    most : float
        Points to be won.
    markup : bool
        Whether the comment is shown as HTML.
    """
    bonus = sum(q.points for q in record.questions if q.bonus)
    extra = f" including a bonus of {points(bonus)}" if bonus else ""
    won = f"{points(record.points)} of {points(most)} points{extra}"
    lines = [f"{COMMENT}{won}."]
    if record.status == GRADED:
        lines += [_line(question) for question in record.questions]
        if record.late:
            lines.append(f"Taken off for coming late: {points(record.late)}.")
        lines.append("The feedback page tells every part.")
    else:
        lines.append(look.clean(record.reason))
    if markup:
        return "<br>".join(html.escape(line, quote=False) for line in lines)
    return " ".join(lines)


def _line(question):
    won = f"{points(question.points)} of {points(question.max_points)}"
    line = f"{look.clean(question.id)}: {won}"
    if not question.started:
        return f"{line}, not started."
    hint = look.clean(question.hint, limit=look.TEXT).replace("`", "")
    return f"{line}. {hint}" if hint else f"{line}."


def _looks_like_email(text):
    return bool(re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", text))


def _write(path, head, rows):
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([safe(cell) for cell in head])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return write_whole(path, buffer.getvalue().encode())
