"""Put a single answer of an exercise back to its first state.

Each answer cell carries that state in its metadata, so the notebook alone is
enough, wherever it went and whatever it is called.
"""

from pathlib import Path

from course import notebooks
from course.notebooks import NotebookError, answer_id


def first_state(question_id, folders):
    """Return the first state of an answer, found in a folder's notebooks.

    Parameters
    ----------
    question_id : str
        Such as ``"E2.1"``.
    folders : sequence of str or Path
        Searched in this order; files that are no notebooks are passed over.

    Returns
    -------
    str or None
        The source as released, or None where no notebook knows it.
    """
    wanted = answer_id(question_id)
    for folder in folders:
        for path in sorted(Path(folder).glob("*.ipynb")):
            try:
                cells = notebooks.find_cells(notebooks.read(path), wanted)
            except NotebookError:
                continue
            states = _states(cells)
            if states:
                return states[0]
    return None


def reset_answer(path, question_id):
    """Put one answer of an exercise back to its first state.

    Parameters
    ----------
    path : str or Path
        The student's notebook.
    question_id : str
        Such as ``"E2.1"``.

    Returns
    -------
    Path
        A new file beside the notebook that keeps the replaced text.

    Raises
    ------
    NotebookError
        If the file is no notebook, or does not hold the answer as released.
    """
    path = Path(path)
    notebook = notebooks.read(path)
    wanted = answer_id(question_id)
    cells = notebooks.find_cells(notebook, wanted)
    states = _states(cells)
    if not states:
        known = ", ".join(_answers(notebook)) or "none"
        raise NotebookError(
            f"question must be an answer of {path.name} ({known}), got "
            f"{question_id}"
        )
    backup = _unused(path.with_name(f"{path.stem}.{wanted}.mine.py"))
    old = "\n\n".join(cell["source"] for cell in cells) + "\n"
    backup.write_bytes(old.encode(errors="replace"))
    _restore(notebook, cells, states[0])
    notebooks.write(path, notebook)
    return backup


def add(commands):
    """Add the command `reset` to those of `python -m course`."""
    reset = commands.add_parser(
        "reset", help="put one answer of a notebook back to its first state"
    )
    reset.add_argument("notebook", metavar="NOTEBOOK")
    reset.add_argument("question", metavar="QUESTION", help="such as E2.1")
    reset.set_defaults(run=reset_command)


def reset_command(options):
    """Run `python -m course reset`: restore one answer of a notebook."""
    backup = reset_answer(options.notebook, options.question)
    print(
        f"{options.question} is back in its first state; what you had is in "
        f"{backup}; if the notebook is open, choose File → Reload Notebook "
        "from Disk"
    )


def _states(cells):
    """Return the first states that cells keep."""
    found = map(notebooks.released_source, cells)
    return [source for source in found if source is not None]


def _answers(notebook):
    """Return the ids of the questions whose first state a notebook keeps."""
    names = [
        notebooks.grade_id(cell) or ""
        for cell in notebook["cells"]
        if notebooks.released_source(cell) is not None
    ]
    return list(dict.fromkeys(name.replace("-", ".") for name in names))


def _restore(notebook, cells, source):
    """Put `source` into the first of `cells`, and drop its split-off rest."""
    first, *rest = cells
    first["source"] = source
    if first["cell_type"] == "code":
        first["outputs"], first["execution_count"] = [], None
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if not any(cell is other for other in rest)
    ]


def _unused(path):
    """Return `path`, or the first numbered name that is not taken."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
