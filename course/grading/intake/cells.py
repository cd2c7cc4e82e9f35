"""What of a notebook is run, and what of it answers a question.

Answers are found by the names of their functions, not by the marks of their
cells: marks get lost, doubled and moved, by accident and on purpose.
"""

import re
from functools import lru_cache

from course import notebooks, questions
from course.grading.intake import source as code
from course.grading.session import Cell
from course.markup import to_plain
from course.notebooks import answer_id

# A name that is safe as the name of a folder.
ASSIGNMENT = re.compile(r"\w[\w.-]{0,60}")
# Far more code than any notebook of an exercise has.
MAX_CODE = 300_000
CHECK = re.compile(r"check\((['\"])[\w.]+\1\)")


def assignment_of(notebook):
    """Return the assignment that a notebook says it is, or "".

    Parameters
    ----------
    notebook : dict
        As `course.notebooks` reads it. If the mark of its release is gone,
        the ids of its cells tell.
    """
    told = notebooks.entry(notebook, "course").get("assignment")
    if isinstance(told, str) and ASSIGNMENT.fullmatch(told):
        return told
    marks = set(_marks(notebook))
    lectures = [
        questions.get(id).lecture
        for id in questions.ids()
        if answer_id(id) in marks
    ]
    return max(sorted(set(lectures)), key=lectures.count, default="")


def code_cells(notebook, expected=None, marks=()):
    """Return the cells to run, and what is odd about the notebook.

    Parameters
    ----------
    notebook : dict
        As `course.notebooks` reads it.
    expected : sequence of Question, optional
        The questions asked; those of the notebook's assignment if omitted.
    marks : collection of str
        Ids of other cells that were handed out as well.

    Returns
    -------
    cells : list of Cell
        In order, numbered from 1 over all cells. Cells that hold nothing
        but a `check` are left out.
    notes : list of str
        One sentence each.
    """
    if expected is None:
        ids = questions.ids(assignment_of(notebook))
        expected = [questions.get(id) for id in ids]
    answers = [answer_id(question.id) for question in expected]
    cells, notes = [], []
    for number, cell in enumerate(notebook["cells"], start=1):
        source = cell["source"]
        if cell["cell_type"] == "code":
            if not is_check(source):
                cells.append(Cell(number, source))
        elif notebooks.grade_id(cell) in answers and code.functions(source):
            cells.append(Cell(number, source))
            notes.append(
                f"Cell {number} with the answer "
                f"{notebooks.grade_id(cell)} is text; it was run as code."
            )
    if sum(len(cell.source) + 100 for cell in cells) > MAX_CODE:
        notes.append("There is too much code to look through all of it.")
    return cells, notes + _odd_marks(notebook, answers, marks)


def is_check(source):
    """Whether a cell holds nothing but calls of `check`."""
    lines = [line.strip() for line in source.splitlines()]
    told = [line for line in lines if line and not line.startswith("#")]
    return bool(told) and all(CHECK.fullmatch(line) for line in told)


def answer_source(notebook, question):
    """Return the code of the answer to one question, with its helpers.

    Parameters
    ----------
    notebook : dict
        As `course.notebooks` reads it.
    question : Question
        Names the functions.

    Returns
    -------
    str
        The cells that carry the question's mark or define one of its
        functions, and those that define what these use, in order. It
        parses: IPython's lines are gone, and so is code that is none.
    """
    wanted = answer_id(question.id)
    cells, _ = code_cells(notebook, [question])
    marks = [
        notebooks.grade_id(notebook["cells"][c.number - 1]) for c in cells
    ]
    rows = _looked_through(tuple(cell.source for cell in cells))
    names, chosen = set(question.functions), set()
    fresh = {
        number
        for number, (_, defined, _) in enumerate(rows)
        if marks[number] == wanted or defined & names
    }
    while fresh:
        chosen |= fresh
        names = {name for number in fresh for name in rows[number][2]}
        fresh = {
            number
            for number, (_, defined, _) in enumerate(rows)
            if number not in chosen and defined & names
        }
    return "\n\n".join(rows[number][0] for number in sorted(chosen))


@lru_cache(maxsize=1)
def _looked_through(sources):
    """Return of each cell its code, the names it defines and those it uses.

    What goes beyond `MAX_CODE` is passed over.
    """
    rows, length = [], 0
    for source in sources:
        # Each cell costs some time, an empty one too.
        length += len(source) + 100
        text = code.plain(source) if length <= MAX_CODE else ""
        rows.append((text, code.defined(text), code.used(text)))
    return rows


def _marks(notebook):
    """Return the nbgrader ids in order; whatever else stands there is none."""
    found = map(notebooks.grade_id, notebook["cells"])
    return [mark for mark in found if isinstance(mark, str)]


def _odd_marks(notebook, answers, others):
    """Say which answers are doubled, missing or marked by a strange id."""
    marks = _marks(notebook)
    notes = []
    for answer in answers:
        count = marks.count(answer)
        if count > 1:
            notes.append(f"{answer} stands in {count} cells; all were run.")
        elif not count:
            notes.append(f"No cell carries the id {answer} any more.")
    checks = [f"{answer}-check" for answer in answers]
    gone = [check for check in checks if check not in marks]
    if gone:
        notes.append(f"Check cells are missing: {', '.join(gone)}.")
    strange = set(marks) - {*answers, *checks, *others}
    if strange:
        shown = ", ".join(to_plain(m, limit=30) for m in sorted(strange)[:3])
        notes.append(f"Cells carry ids that were not handed out: {shown}.")
    return notes
