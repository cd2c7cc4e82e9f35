"""Makes notebooks as students hand them in, from the exercise itself."""

import copy
import json
import re
from functools import cache
from pathlib import Path

from course import notebooks, questions
from course.notebooks import answer_id

ROOT = Path(__file__).parents[2]
ASSIGNMENT = "02_regression"
QUESTIONS = [questions.get(id) for id in questions.ids(ASSIGNMENT)]
FULL = sum(q.points for q in QUESTIONS)
WRONG = "return -1.0"


@cache
def _read(side):
    (path,) = (ROOT / side / ASSIGNMENT).glob("*.ipynb")
    return notebooks.read(path)


def exercise():
    """Return the notebook as it was handed out."""
    return copy.deepcopy(_read("exercises"))


def right_answers():
    """Return the sources of the right answers by grade id."""
    found = {}
    for question in QUESTIONS:
        mark = answer_id(question.id)
        (cell,) = notebooks.find_cells(_read("solutions"), mark)
        found[mark] = re.sub(r" *### \w+ SOLUTION\n?", "", cell["source"])
    return found


def wrong_answers(body=WRONG):
    """Return answers by grade id whose functions all have one body.

    In it `NAME` is the function's name and `args` are its arguments.
    """
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    return {
        answer_id(question.id): "\n\n".join(
            f"def {name}(*args):\n    NAME = {name!r}\n{lines}"
            for name in question.functions
        )
        for question in QUESTIONS
    }


def answered(answers):
    """Return the exercise with these answers, by grade id, written in."""
    notebook = exercise()
    for mark, source in answers.items():
        (cell,) = notebooks.find_cells(notebook, mark)
        cell["source"] = source
    return notebook


def light(notebook):
    """Take out what loads torch and draws pictures, which takes longest.

    Without an answer to the question on tensors nothing needs torch.
    """
    start = place(notebook, "import numpy")
    notebook["cells"][start]["source"] = "import numpy as np"
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] != "code" or "plots." not in cell["source"]
    ]
    return start


def cell(source):
    """Return a code cell of the student's own."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


def place(notebook, source):
    """Return where the first code cell with this text in it stands."""
    return next(
        number
        for number, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code" and source in cell["source"]
    )


def data(notebook):
    """Return the bytes of a notebook, whatever is in it."""
    return json.dumps(notebook).encode()
