"""Fill in the gradebook that an LMS exported, for it to take in again."""

import re
import sys
from pathlib import Path

from course.grading.records import NOT_GRADED
from course.grading.reports import look, tables
from course.grading.reports.csvfile import encoded, read_text
from course.grading.reports.exports import (
    WORKSHEET,
    GradebookError,
    recognise,
)
from course.grading.reports.people import Roster, called

__all__ = ["GradebookError", "fill"]

# What Canvas says of a student who is to get no points.
_SPARED = {"ex": "excused", "n/a": "not assigned"}
_SEVERAL = 5


def fill(records, gradebook_path, out_path, *, column=None, tell=None):
    """Fill grades into an LMS's own export; all else stays as it is.

    Students are known by the LMS's number, by address, login or ID number,
    or by name, and never by a name that two of them bear. Whoever was not
    graded, or was excused in the LMS, keeps what stands there.

    Parameters
    ----------
    records : list of Record
        The batch.
    gradebook_path : str or Path
        The export.
    out_path : str or Path
        The file to write.
    column : str, optional
        Title of the column to fill; by default the only one there is, or
        the one that bears the assignment's name.
    tell : callable, optional
        Called with one sentence for each student who was not found and for
        whatever else a teacher should know; by default they go to standard
        error.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    GradebookError
        If the export is of no known kind, or it is not clear which column
        to fill.
    """
    tell = tell or (lambda sentence: print(sentence, file=sys.stderr))
    file = Path(gradebook_path).name
    text, encoding, mark = read_text(gradebook_path)
    book = recognise(text, file)
    groups = tables.by_assignment(records)
    if len(groups) > 1:
        for record in groups.pop("", ()):
            tell(f"{called(record)} handed in for no known assignment.")
    chosen = _columns(book, list(groups), column, file)
    for assignment, column in chosen.items():
        _fill_column(book, groups[assignment], column, tell)
    out_path = Path(out_path)
    out_path.parent.mkdir(parents=True, exist_ok=True)
    out_path.write_bytes(encoded(book.file.text(), encoding, mark))
    return out_path


def _fill_column(book, group, column, tell):
    most = tables.full_marks(group)
    _compare(book, column, most, tell)
    separator, roster = "," if book.decimal_comma else ".", Roster(book)
    filled, kept, above = 0, 0, []
    for row, record in _matched(roster, group, tell):
        now = book.cell(row, column)
        spared = _SPARED.get(now.casefold(), "")
        if record.status == NOT_GRADED:
            spared = "not graded"
        if spared:
            tell(f"{called(record)} is {spared}; the row is as it was.")
            continue
        won = tables.points(record.points).replace(".", separator)
        book.file.change(row, column, won)
        filled += 1
        kept += not _comment(book, row, column, record, most)
        if record.points > book.most.get(column, record.points):
            above.append(called(record))
    if kept:
        tell(f"{kept} of the gradebook's comments stand as they were.")
    if above and book.kind == WORKSHEET:
        tell(
            f"Moodle takes in no grade above its maximum of "
            f"{book.most[column]:g}: raise it there, or lower the grade of "
            f"{_listed(above)}."
        )
    title = look.clean(book.grades[column])
    tell(f"{filled} of {len(group)} grades went into {title} of {book.kind}.")


def _matched(roster, group, tell):
    """Return (row, record) of all who were found, each row once."""
    found = {}
    for record in group:
        row, trouble = roster.find(record)
        if row is None:
            tell(f"{called(record)} {trouble}.")
        else:
            found.setdefault(row, []).append(record)
    for several in found.values():
        if len(several) > 1:
            names = _listed([called(record) for record in several])
            tell(f"{names} are not filled in, because they share one row.")
    return [(row, r[0]) for row, r in sorted(found.items()) if len(r) == 1]


def _comment(book, row, column, record, most):
    """Put the comment beside the points; tell whether it is ours now."""
    where = book.comments.get(column)
    if where is None:
        return True
    # A teacher's own words stay; those of an earlier batch do not.
    now = book.cell(row, where)
    if now and not now.startswith(tables.COMMENT):
        return False
    markup = book.kind == WORKSHEET
    book.file.change(row, where, tables.comment(record, most, markup=markup))
    return True


def _compare(book, column, most, tell):
    theirs = book.most.get(column)
    if theirs is not None and abs(theirs - most) > 1e-9:
        title = look.clean(book.grades[column])
        tell(
            f"The gradebook counts {theirs:g} points for {title}, the "
            f"assignment {most:g}: the points are filled in as they are."
        )


def _columns(book, assignments, wanted, file):
    """Return the column to fill for each assignment."""
    if wanted is not None:
        if len(assignments) > 1:
            raise GradebookError(
                f"column must be left out for {len(assignments)} assignments"
            )
        return {name: _titled(book, wanted, file) for name in assignments}
    if len(book.grades) == 1 and len(assignments) == 1:
        return dict.fromkeys(assignments, next(iter(book.grades)))
    if book.kind == WORKSHEET:
        raise GradebookError(
            f"{file} is the worksheet of one assignment, but the submissions "
            f"are for {', '.join(assignments)}"
        )
    chosen = {name: _named(book, name, file) for name in assignments}
    if len(set(chosen.values())) < len(chosen):
        raise GradebookError(
            f"each assignment must have a column of its own in {file}, got "
            f"{_titles(book)} for {', '.join(assignments)}"
        )
    return chosen


def _titled(book, wanted, file):
    for column, title in book.grades.items():
        if wanted.strip().casefold() in (
            title.strip().casefold(),
            re.sub(r" *\([^()]*\)$", "", title).strip().casefold(),
        ):
            return column
    raise GradebookError(
        f"column must be one of {_titles(book)} in {file}, got {wanted!r}"
    )


def _named(book, assignment, file):
    """Return the column that bears the name of an assignment."""
    name = _tokens(assignment)
    words = [token for token in name if not token.isdigit()]
    tokens = {c: _tokens(title) for c, title in book.grades.items()}
    # The strictest way of bearing the name that a single column passes.
    for bears in (
        lambda title: title in (name, words),
        lambda title: set(name) <= set(title),
        lambda title: words and set(words) <= set(title),
    ):
        columns = [c for c, title in tokens.items() if bears(title)]
        if len(columns) == 1:
            return columns[0]
    raise GradebookError(
        f"one column of {file} must bear the name of {assignment}, got "
        f"{_titles(book)}"
    )


def _tokens(title):
    """Return words and numbers of a title without module and number."""
    title = re.sub(r"( *\([^()]*\))+$", "", title.strip()).rpartition(": ")[2]
    tokens = re.findall(r"\d+|[^\W\d_]+", title.casefold())
    return [token.lstrip("0") or token for token in tokens]


def _titles(book):
    return _listed([look.clean(t) for t in book.grades.values()]) or "none"


def _listed(names):
    rest = len(names) - _SEVERAL
    shown = ", ".join(names[:_SEVERAL])
    return f"{shown} and {rest} more" if rest > 0 else shown
