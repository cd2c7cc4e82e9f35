"""The files that a batch ends in."""

import json
from pathlib import Path

from course.files import write_whole
from course.grading.reports import gradebooks, overview, pages, tables
from course.grading.reports.csvfile import read_text
from course.grading.reports.exports import recognise

JSON = "grades.json"
OVERVIEW = "overview.html"


def check_gradebook(path):
    """Raise a `GradebookError` if the file is no export of a known LMS.

    Parameters
    ----------
    path : str or Path
        The export.
    """
    text, *_ = read_text(path)
    recognise(text, Path(path).name)


def write(records, out, *, due=None, gradebook=None, column=None):
    """Write all tables and pages.

    Parameters
    ----------
    records : list of Record
        The batch.
    out : str or Path
        The folder they go to.
    due : datetime, optional
        When the hand-in was due.
    gradebook : str or Path, optional
        An LMS's own export; a copy that is filled in is written too.
    column : str, optional
        Title of its column to fill, where several could be meant.

    Returns
    -------
    list of Path
        The files, the pages of the students left out.
    """
    out = Path(out)
    made = [
        tables.write_grades(
            records,
            out / "grades.csv",
            due=due.isoformat() if due else "",
        ),
        *tables.write_moodle(records, out / "moodle.csv"),
        *tables.write_canvas(records, out / "canvas.csv"),
        _write_json(records, out / JSON),
        overview.write(records, out / OVERVIEW),
    ]
    for record in records:
        pages.write_feedback(record, out / "feedback")
    if gradebook is not None:
        filled = out / f"filled-{Path(gradebook).name}"
        made.append(gradebooks.fill(records, gradebook, filled, column=column))
    return made


def _write_json(records, path):
    content = {"records": [record.to_dict() for record in records]}
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    # A file's name on the disk, or a student's text, may be no valid Unicode.
    return write_whole(path, text.encode(errors="backslashreplace"))
