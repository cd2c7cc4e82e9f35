"""Where code stands: cells moved, split, doubled, marked or not."""

import json
import re

import nbformat

from adversarial import handin
from adversarial.handin import QUESTIONS, cell, place
from adversarial.styles.base import (
    answers,
    changed,
    edited,
    is_answer,
    put,
    style,
)
from course import notebooks


@changed("imports in odd places")
def _(notebook):
    start = place(notebook, "import numpy as np")
    notebook["cells"][start]["source"] = "from course import *"
    put(
        notebook,
        len(notebook["cells"]),
        "import numpy\nfrom numpy import *\n"
        "import torch as torch\nfrom scipy.special import i0e as bessel",
        "np = __import__('numpy')",
    )


@changed("a scratch cell that fails after each answer")
def _(notebook):
    scratch = [
        "print(huber(result_of_yesterday))",
        "assert False, 'why?'",
        "def half(",
        "1 / 0",
        "quit()",
        "input('delta? ')",
        "raise SystemExit",
        "exit",
        "raise KeyboardInterrupt",
    ]
    for number, source in enumerate(scratch):
        mark = answers(notebook)[number % len(QUESTIONS)]
        where = notebook["cells"].index(mark) + 1
        put(notebook, where, source)


@changed("answers in reverse order")
def _(notebook):
    places = [n for n, c in enumerate(notebook["cells"]) if is_answer(c)]
    cells = [notebook["cells"][n] for n in places]
    for number, one in zip(places, reversed(cells), strict=True):
        notebook["cells"][number] = one


@changed("cells moved, imports last")
def _(notebook):
    start = notebook["cells"].pop(place(notebook, "import numpy as np"))
    notebook["cells"].append(start)


@changed("answers split into one cell for each function")
def _(notebook):
    cells = []
    for one in notebook["cells"]:
        pieces = [one["source"]]
        if is_answer(one):
            pieces = re.split(r"\n(?=def )", one["source"])
        cells += [{**one, "source": piece} for piece in pieces]
    notebook["cells"] = cells


@style
def new_cells_below_stubs_that_were_left():
    notebook = handin.exercise()
    for mark, source in handin.right_answers().items():
        (stub,) = notebooks.find_cells(notebook, mark)
        put(notebook, notebook["cells"].index(stub) + 1, source)
    return notebook


@changed("all marks lost, as in another editor")
def _(notebook):
    for one in notebook["cells"]:
        one["metadata"] = {"id": "x", "colab": {"base_uri": "y"}}
    notebook["metadata"] = {"colab": {"provenance": []}}


@changed("everything in one cell")
def _(notebook):
    sources = [
        c["source"] for c in notebook["cells"] if c["cell_type"] == "code"
    ]
    notebook["cells"] = [cell("\n\n".join(sources))]


@changed("check cells deleted, and helpers of other names")
def _(notebook):
    notebook["cells"] = [
        c
        for c in notebook["cells"]
        if not c["metadata"].get("nbgrader", {}).get("grade")
    ]
    put(
        notebook,
        5,
        "check = 3",
        "def test():\n    assert huber([0], 1) == 0",
        "reply = value = request = names = args = None",
    )


@changed("line ends and spaces of other systems")
def _(notebook):
    edited(
        notebook,
        lambda s: (
            "\ufeff" * 0 + s.replace("\n", "\r\n") + "   \r\n\f\r\n\t\r\n"
        ),
    )


@changed("wrong answers first, right ones in the end")
def _(notebook):
    first = place(notebook, "def huber(")
    put(notebook, first, *handin.wrong_answers().values())


@changed("an old format of notebooks")
def _(notebook):
    old = nbformat.from_dict(json.loads(json.dumps(notebook)))
    return json.loads(json.dumps(nbformat.convert(old, 3)))


@changed("a kernel of another name")
def _(notebook):
    notebook["metadata"] |= {
        "kernelspec": {"name": "my-r-env", "display_name": "R"},
        "language_info": {"name": "R"},
    }


@changed("outputs of megabytes")
def _(notebook):
    text = {"output_type": "stream", "name": "stdout", "text": "x" * 2**20}
    for one in answers(notebook):
        one["outputs"] = [text] * 2
