"""From the bytes that a student handed in to a notebook that can be graded.

What an editor, a browser or a kernel left behind costs no points: an old
format, another encoding, padding, megabytes of outputs. Only a file that
holds no Python notebook at all is refused, with one sentence.
"""

import json
import re

from course import notebooks
from course.grading.intake import source
from course.notebooks import NotebookError

# A larger file is refused unread; a hundred megabytes of output are not.
MAX_FILE = 128 * 2**20
# A student's own pictures and outputs: large, and nothing that is graded.
BULKY = re.compile(rb'"(?:outputs|attachments|widgets)"')
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)
OPENING = re.compile(rb"\s*:\s*[{\[]")
# What a file of another shape raises when it is taken for a notebook.
BROKEN = (ValueError, TypeError, LookupError, AttributeError)
PYTHON = ("python", "ipython")


def tidy(data, name="notebook"):
    """Return the bytes of a notebook that `course.notebooks` reads.

    Parameters
    ----------
    data : bytes
        What was handed in.
    name : str
        What the file is called in messages.

    Returns
    -------
    bytes
        `data` itself where nothing is odd about it; else UTF-8, nbformat 4
        and, if the file is large, without outputs and pictures.

    Raises
    ------
    NotebookError
        If there is no Python notebook in it.
    """
    notebooks.refuse_large(name, len(data), MAX_FILE)
    data = _as_utf8(data)
    if len(data) > notebooks.MAX_BYTES:
        data = without_bulk(data)
        notebooks.refuse_large(
            name, len(data), notebooks.MAX_BYTES, " without its outputs"
        )
    data = _readable(data)
    try:
        notebook = notebooks.parse(data, name=name)
    except NotebookError as fault:
        data = _repaired(data)
        if data is None:
            raise
        notebook = _parsed(data, name, fault)
    _check_language(notebook, name)
    return data


def without_bulk(data):
    """Return a notebook's JSON with outputs and pictures left out.

    The text is cut, not parsed, in one pass and within the memory of one
    copy; what is no JSON stays none.
    """
    kept, start = [], 0
    for key in BULKY.finditer(data):
        opening = OPENING.match(data, key.end())
        if opening is None or key.start() < start:
            continue
        stop = _end_of_value(data, opening.end() - 1)
        kept += data[start : opening.end()], data[stop - 1 : stop]
        start = stop
    return b"".join([*kept, data[start:]])


def _end_of_value(data, start):
    """Return where the list or object that opens at `start` ends."""
    depth = 0
    for token in TOKEN.finditer(data, start):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return len(data)


def _as_utf8(data):
    """Return the text in UTF-8 if it is in one of Unicode's wider forms."""
    encoding = json.detect_encoding(data)
    if encoding.startswith("utf-8"):
        return data
    try:
        return data.decode(encoding).encode()
    except UnicodeError:
        return data


def _readable(data):
    """Return the text in UTF-8, without the padding of a crashed save."""
    try:
        data.decode()
    except UnicodeDecodeError:
        # An old editor's: each byte is a letter.
        data = data.decode("latin-1").encode()
    return data.rstrip(b"\0") if data.strip(b"\0") else data


def _repaired(data):
    """Return the notebook as nbformat 4 has it, or None if it is none."""
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
        if not isinstance(notebook, dict):
            return None
        notebook.setdefault("metadata", {})
        if notebook.get("nbformat") in (2, 3):
            notebook = _from_3(notebook)
        for cell in notebook["cells"]:
            cell.setdefault("metadata", {})
            if cell["cell_type"] not in notebooks.CELL_TYPES:
                cell["cell_type"] = "raw"
        return json.dumps(notebook).encode()
    except (*BROKEN, RecursionError):
        return None


def _from_3(notebook):
    """Return a notebook of nbformat 2 or 3 as one of nbformat 4."""
    sheets = notebook["worksheets"]
    cells = [_cell_from_3(cell) for sheet in sheets for cell in sheet["cells"]]
    return {
        "cells": cells,
        "metadata": notebook["metadata"],
        "nbformat": 4,
        "nbformat_minor": 0,
    }


def _cell_from_3(cell):
    metadata = cell.get("metadata", {})
    if cell["cell_type"] == "code":
        return {
            "cell_type": "code",
            "execution_count": None,
            "metadata": metadata,
            "outputs": [],
            "source": cell.get("input", ""),
        }
    kind = "raw" if cell["cell_type"] == "raw" else "markdown"
    return {
        "cell_type": kind,
        "metadata": metadata,
        "source": cell.get("source", ""),
    }


def _parsed(data, name, fault):
    """Return the repaired notebook; the first fault is the one to tell."""
    try:
        return notebooks.parse(data, name=name)
    except NotebookError:
        raise fault from None


def _check_language(notebook, name):
    """Refuse a notebook of another language, not one that only says so."""
    language = _language(notebook["metadata"])
    if language.lower() not in ("", *PYTHON) and not _defines(notebook):
        raise NotebookError(
            f"{name} must be a Python notebook, got one for {language[:20]}"
        )


def _language(metadata):
    for entry, key in (("language_info", "name"), ("kernelspec", "language")):
        entry = metadata.get(entry)
        value = entry.get(key) if isinstance(entry, dict) else None
        if isinstance(value, str) and value:
            return value
    return ""


def _defines(notebook):
    """Whether some code cell defines a function as Python does."""
    return any(
        source.functions(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    )
