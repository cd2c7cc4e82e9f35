"""Hand-ins that are damaged, or only look so.

`WHOLE` are right answers in odd wrapping, which get all points; `BROKEN`
hold nothing that can be graded, and get 0 points and a sentence.
"""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from adversarial import handin
from course import notebooks


@dataclass(frozen=True)
class Damage:
    """One hand-in.

    Attributes
    ----------
    name : str
        What is odd about it; also the name of the student.
    make : callable
        Returns the bytes.
    file : str
        What the file is called.
    told : str
        Of a broken one, how its sentence goes on after the file's name; of
        a whole one, what a note says.
    """

    name: str
    make: Callable
    file: str = "regression.ipynb"
    told: str = ""


def right(change=None):
    """Return the bytes of all right answers but one, changed in some way."""
    answers = handin.right_answers()
    del answers["E2-5"]
    notebook = handin.answered(answers)
    handin.light(notebook)
    if change:
        change(notebook)
    return json.dumps(notebook, ensure_ascii=False).encode()


def text():
    return right().decode()


def first_answer(notebook):
    return notebook["cells"][handin.place(notebook, "def huber(")]


def with_outputs(notebook, megabytes):
    """Give the answers outputs of one megabyte each, in short lines."""
    line = "epoch 1, loss 0.5 [=====>]\r\n"
    output = {
        "output_type": "stream",
        "name": "stdout",
        "text": [line] * (2**20 // len(line)),
    }
    first_answer(notebook)["outputs"] = [output] * megabytes


def without_metadata(notebook):
    del notebook["metadata"]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            del cell["metadata"]


def doubled(notebook):
    notebook["cells"] = [c for c in notebook["cells"] for _ in range(2)]


def split(notebook):
    first = first_answer(notebook)
    one, other = first["source"].split("\n\n\n")
    where = notebook["cells"].index(first)
    notebook["cells"][where : where + 1] = [
        {**first, "source": source} for source in (one, other)
    ]


def renamed(notebook):
    for cell in notebook["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["grade_id"] += "_copy"


def without_checks(notebook):
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if not (notebooks.grade_id(cell) or "").endswith("-check")
    ]


def as_markdown(notebook):
    first_answer(notebook)["cell_type"] = "markdown"


def older_minor(notebook):
    notebook["nbformat_minor"] = 1
    for cell in notebook["cells"]:
        cell.pop("id", None)


def locked_cell_edited(notebook):
    for cell in notebook["cells"]:
        if (notebooks.grade_id(cell) or "").endswith("-check"):
            cell["source"] = "print('mine')\n" + cell["source"]


def zipped(name, data):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


def bomb():
    return zipped("regression.ipynb", b"\0" * (200 * 2**20))


def of_another_language():
    def change(notebook):
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["source"] = "huber <- function(r, delta) { r^2 }"
        notebook["metadata"]["kernelspec"] = {"name": "ir", "language": "R"}
        notebook["metadata"]["language_info"] = {"name": "R"}

    return right(change)


# Of all questions but E2.5, which would load torch.
POINTS = handin.FULL - 5
WHOLE = [
    Damage("a byte order mark", lambda: b"\xef\xbb\xbf" + right()),
    Damage("UTF-16", lambda: text().encode("utf-16")),
    Damage("UTF-16 without a mark", lambda: text().encode("utf-16-le")),
    Damage("Latin-1", lambda: text().encode("latin-1", errors="replace")),
    Damage("padding of zero bytes", lambda: right() + b"\0" * 10_000),
    Damage("line ends of Windows", lambda: right().replace(b"\n", b"\r\n")),
    Damage("an older minor version", lambda: right(older_minor)),
    Damage("no metadata", lambda: right(without_metadata)),
    Damage("100 MB of output", lambda: right(lambda n: with_outputs(n, 100))),
    Damage(
        "every cell twice",
        lambda: right(doubled),
        told="E2-1 stands in 2 cells; all were run.",
    ),
    Damage(
        "a split answer",
        lambda: right(split),
        told="E2-1 stands in 2 cells; all were run.",
    ),
    Damage(
        "marks with an ending",
        lambda: right(renamed),
        told="No cell carries the id E2-1 any more.",
    ),
    Damage(
        "no check cells",
        lambda: right(without_checks),
        told="Check cells are missing: E2-1-check",
    ),
    Damage(
        "an answer as text",
        lambda: right(as_markdown),
        told="with the answer E2-1 is text; it was run as code.",
    ),
    Damage("locked cells edited", lambda: right(locked_cell_edited)),
    Damage("a name with a number", right, file="regression (1).ipynb"),
    Damage("a folder deeper", right, file="home/ada/Übung 2/r.ipynb"),
    Damage("a zip", lambda: zipped("week 2/r.ipynb", right()), file="h.zip"),
    Damage("an ending too many", right, file="regression.ipynb.txt"),
]

BROKEN = [
    Damage("an empty file", bytes, told="must hold a notebook, got an empty"),
    Damage("zero bytes", lambda: b"\0" * 5000, told="must be JSON"),
    Damage("half a file", lambda: right()[:20_000], told="must be JSON, got"),
    Damage("no JSON", lambda: b"{'cells': []}", told="must be JSON, got"),
    Damage(
        "a merge that failed",
        lambda: b"<<<<<<< HEAD\n" + right() + b"=======\n",
        told="must be JSON, got a fault in line 1",
    ),
    Damage("a web page", lambda: b"<html>404</html>", told="must be JSON"),
    Damage("a picture", lambda: b"\x89PNG\r\n\xff\0" * 99, told="must be JS"),
    Damage("a list", lambda: b"[]", told="must be a notebook, got JSON"),
    Damage(
        "nested without end",
        lambda: b'{"cells": ' + b"[" * 10**6,
        told="must be JSON of sensible depth",
    ),
    Damage(
        "a number without end",
        lambda: b'{"nbformat": ' + b"4" * 10**6 + b"}",
        told="must be JSON of sensible depth and numbers",
    ),
    Damage(
        "a format of the future",
        lambda: right(lambda n: n.update(nbformat=9)),
        told="must be of nbformat 4, got 9",
    ),
    Damage(
        "cells that are none",
        lambda: b'{"nbformat": 4, "metadata": {}, "cells": [[1], 2]}',
        told="cell 1, must be code, markdown or raw",
    ),
    Damage("R", of_another_language, told="must be a Python notebook, got"),
    Damage(
        "50 MB of code",
        lambda: right(
            lambda n: first_answer(n).update(source="x = 1\n" * 8_738_133)
        ),
        told="must be at most 10 MiB without its outputs, got 5",
    ),
    Damage("a bomb", bomb, file="h.zip", told="must be at most 128 MiB, got"),
    Damage("a broken zip", lambda: b"PK\3\4" * 99, file="h.zip"),
    Damage("a report", lambda: b"%PDF-1.7", file="report.pdf"),
]
