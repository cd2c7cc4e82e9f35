"""What a graded notebook tells in its check cells, for nbgrader's pages."""

from course.markup import to_plain
from course.reports import NOT_RIGHT, NOT_STARTED, PASSED, Report


def report(result):
    """Return what is told of a question, as `check` would.

    Parameters
    ----------
    result : QuestionRecord or None
        How it went; None where nobody asked for it.
    """
    if result is None:
        return "This cell is not graded."
    state = NOT_RIGHT if result.started else NOT_STARTED
    if result.parts and all(part.ok for part in result.parts):
        state = PASSED
    label = "Likely cause" if result.mistake else "Hint"
    told = Report(
        id=result.id,
        title=result.title,
        state=state,
        points=result.points,
        max_points=result.max_points,
        advice=[f"{label}: {result.hint}"] if result.hint else [],
    )
    if state == NOT_RIGHT:
        told.parts = [_part(part) for part in result.parts]
    return repr(told)


def remarks(record):
    """Return what is told once: why nothing was run, or what was odd.

    Parameters
    ----------
    record : Record
        The submission.

    Returns
    -------
    list of str
        One text, or none.
    """
    told = [to_plain(note) for note in record.notes]
    told += [
        to_plain(f"Cell {cell.number}, `{cell.first_line}`: {cell.reason}")
        for cell in record.cells
    ]
    if record.reason:
        told.insert(0, to_plain(record.reason))
    return ["\n".join(told)] if told else []


def _part(part):
    told = f"{part.name}: {part.message}" if part.message else part.name
    # It may quote what the student's code said.
    return part.ok, to_plain(told, limit=400)
