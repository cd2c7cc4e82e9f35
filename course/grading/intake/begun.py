"""Whether an answer was begun, as far as its code tells."""

import ast

from course import notebooks
from course.answers import form, is_stub
from course.grading.intake import source as code

# What a cell may hold beside an answer that was not begun.
IDLE = (ast.Import, ast.ImportFrom, ast.Pass)


def begun(question, source):
    """Whether an answer differs from what was handed out.

    Parameters
    ----------
    question : Question
        Names the functions and has the code they were handed out with.
    source : str
        The code of the answer.

    Returns
    -------
    bool or None
        None where there is no code at all, so that only running the
        notebook can tell.
    """
    wanted = set(question.functions)
    shipped = _definitions(question.shipped)
    untouched, other = set(), False
    for step in code.steps(source):
        names = code.defined(ast.unparse(step)) & wanted
        if names and not _is_untouched(step, shipped):
            return True
        untouched |= names
        other |= not names and not isinstance(step, IDLE)
    if untouched == wanted:
        return False
    return True if other else None


def is_no_code(notebook, question):
    """Whether the cell of an answer holds text that no parser accepts.

    Parameters
    ----------
    notebook : dict
        As `course.notebooks` reads it.
    question : Question
        Its id is the cell's mark.
    """
    cells = notebooks.find_cells(notebook, notebooks.answer_id(question.id))
    texts = [c["source"] for c in cells if c["cell_type"] == "code"]
    if sum(map(len, texts)) > code.MAX_LENGTH:
        return False
    return any(text.strip() and not code.plain(text) for text in texts)


def _is_untouched(step, shipped):
    if not isinstance(step, ast.FunctionDef):
        return False
    first = shipped.get(step.name)
    return is_stub(step) or (first is not None and form(step) == form(first))


def _definitions(source):
    found = code.steps(source)
    return {s.name: s for s in found if isinstance(s, ast.FunctionDef)}
