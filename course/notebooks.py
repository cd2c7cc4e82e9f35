"""Read and write notebooks, strictly, with one clear sentence per fault.

A notebook is the plain dictionary of its JSON (nbformat 4), in which every
cell's source is one string. Only the standard library is needed, so that a
damaged file costs nothing but its sentence.
"""

import json
from pathlib import Path

from course.files import write_whole
from course.trouble import Trouble

MAX_BYTES = 10 * 2**20
CELL_TYPES = ("code", "markdown", "raw")


class NotebookError(Trouble, ValueError):
    """A notebook that cannot be used; the message is one sentence."""


def read(path, *, max_bytes=MAX_BYTES):
    """Return the notebook in a file.

    Parameters
    ----------
    path : str or Path
        The file.
    max_bytes : int
        A larger file is refused unread.

    Returns
    -------
    dict
        The notebook, with each cell's source as one string.

    Raises
    ------
    NotebookError
        If the file is missing, empty, too large, not UTF-8, not JSON or not
        a notebook of nbformat 4.
    """
    path = Path(path)
    return parse(_read_bytes(path, max_bytes), name=path.name)


def parse(data, *, name="notebook"):
    """Return the notebook in `data` (bytes); `name` stands in the messages.

    Raises
    ------
    NotebookError
        If `data` is empty, not UTF-8, not JSON or not nbformat 4.
    """
    if not data.strip():
        raise NotebookError(f"{name} must hold a notebook, got an empty file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotebookError(
            f"{name} must be UTF-8 text, got byte 0x{data[error.start]:02x} "
            f"at position {error.start}"
        ) from None
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotebookError(
            f"{name} must be JSON, got a fault in line {error.lineno}, "
            f"column {error.colno}"
        ) from None
    except (RecursionError, ValueError):
        raise NotebookError(
            f"{name} must be JSON of sensible depth and numbers"
        ) from None
    return _checked(notebook, name)


def write(path, notebook):
    """Write a notebook as Jupyter does; the file is replaced as a whole.

    Parameters
    ----------
    path : str or Path
        The file; its folder is made if it is missing.
    notebook : dict
        As `read` returns it.
    """
    write_whole(path, dump(notebook))


def dump(notebook):
    """Return the bytes of a notebook, in the form that Jupyter writes."""
    cells = [
        {**cell, "source": cell["source"].splitlines(keepends=True)}
        for cell in notebook["cells"]
    ]
    text = json.dumps(
        {**notebook, "cells": cells},
        ensure_ascii=False,
        indent=1,
        sort_keys=True,
    )
    return (text + "\n").encode(errors="replace")


def answer_id(question_id):
    """Return the nbgrader id of a question's answer: E2.1 → E2-1."""
    return question_id.replace(".", "-")


def entry(thing, key):
    """Return what a notebook or a cell has in its metadata under a key.

    Returns
    -------
    dict
        Empty where there is nothing, or anything but a dictionary.
    """
    found = thing["metadata"].get(key)
    return found if isinstance(found, dict) else {}


def grade_id(cell):
    """Return the nbgrader id of a cell, or None."""
    return entry(cell, "nbgrader").get("grade_id")


def released_source(cell):
    """Return the source that an answer cell was released with, or None."""
    source = entry(cell, "course").get("first_state")
    return source if isinstance(source, str) else None


def find_cells(notebook, wanted):
    """Return the cells that carry the nbgrader id `wanted`, in order.

    A cell that was split in JupyterLab leaves several with the same id.
    """
    return [cell for cell in notebook["cells"] if grade_id(cell) == wanted]


def refuse_large(name, size, limit, how=""):
    """Raise a `NotebookError` if a file has more than `limit` bytes.

    `how` says of what size is meant, where that is not the file's own.
    """
    if size > limit:
        raise NotebookError(
            f"{name} must be at most {limit / 2**20:g} MiB{how}, got "
            f"{size / 2**20:.1f} MiB"
        )


def _read_bytes(path, max_bytes):
    try:
        refuse_large(path.name, path.stat().st_size, max_bytes)
        return path.read_bytes()
    except FileNotFoundError:
        raise NotebookError(f"{path} must be a file, but is missing") from None
    except OSError as error:
        raise NotebookError(
            f"{path} must be a file that can be read, got: {error.strerror}"
        ) from None


def _checked(notebook, name):
    """Return the notebook with joined sources, if its structure is right."""
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        raise NotebookError(
            f"{name} must be a notebook, got JSON of another kind"
        )
    if notebook["nbformat"] != 4:
        shown = str(notebook["nbformat"])[:20]
        raise NotebookError(f"{name} must be of nbformat 4, got {shown}")
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not isinstance(
        notebook.get("metadata"), dict
    ):
        raise NotebookError(f"{name} must have a list of cells and metadata")
    cells = [
        _checked_cell(cell, f"{name}, cell {number},")
        for number, cell in enumerate(cells, start=1)
    ]
    return {**notebook, "cells": cells}


def _checked_cell(cell, name):
    if not isinstance(cell, dict) or cell.get("cell_type") not in CELL_TYPES:
        raise NotebookError(f"{name} must be code, markdown or raw")
    if not isinstance(cell.get("metadata"), dict):
        raise NotebookError(f"{name} must have metadata")
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(s, str) for s in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise NotebookError(f"{name} must have text as its source")
    return {**cell, "source": source}
