"""A course of one lecture, three questions and one small notebook.

It stands in for the real one where tests look at the machinery. A notebook
that imports this module has its questions in place of the real ones.
"""

import json
import linecache
from pathlib import Path

from course import notebooks, questions, release
from course.questions.base import Part, Question, Variant
from course.questions.calls import case

REPOSITORY = Path(__file__).parents[1]

DOUBLE = Question(
    id="E9.1",
    title="Twice and half",
    lecture="90_tiny",
    points=4,
    reference={"double": lambda x: 2 * x, "halve": lambda x: x / 2},
    parts=(
        Part(
            "twice a small number",
            1,
            lambda rng: [case("double", x) for x in (0.0, 2.0, 5.0)],
            "Work out double(2) by hand.",
        ),
        Part(
            "twice a random number",
            1,
            lambda rng: [case("double", x) for x in rng.normal(size=8)],
            "Try a negative number.",
        ),
        Part(
            "half a random number",
            2,
            lambda rng: [case("halve", x) for x in rng.normal(size=8)],
            "Halving is not doubling.",
        ),
    ),
    right=(),
    wrong=(
        Variant(
            "square",
            "def double(x): return x * x",
            "You square the number; twice it is a sum: x + x.",
        ),
    ),
    forbidden=("multiply",),
)

BUGGY = "def shift(x):\n    # one too many\n    return abs(x) + 1"

SHIFT = Question(
    id="E9.2",
    title="Find the fault",
    lecture="90_tiny",
    points=2,
    reference={"shift": lambda x: x + 1},
    parts=(
        Part(
            "positive numbers",
            1,
            lambda rng: [case("shift", x) for x in rng.uniform(1, 2, 5)],
            "Start from zero.",
        ),
        Part(
            "negative numbers",
            1,
            lambda rng: [case("shift", -x) for x in rng.uniform(1, 2, 5)],
            "Look at what abs does.",
        ),
    ),
    right=(),
    wrong=(),
    shipped=BUGGY,
)

BONUS = Question(
    id="E9.B",
    title="For the curious",
    lecture="90_tiny",
    points=3,
    reference={"triple": lambda x: 3 * x},
    parts=(
        Part(
            "three times a number",
            3,
            lambda rng: [case("triple", x) for x in rng.normal(size=5)],
            "Three times.",
        ),
    ),
    right=(),
    wrong=(),
    bonus=True,
)


def root(x):
    """Return the square root of a number that is not negative."""
    if x < 0:
        raise ValueError(f"x must not be negative, got {x}")
    return x**0.5


ROOT = Question(
    id="E9.3",
    title="Guarded root",
    lecture="91_other",
    points=2,
    reference={"root": root},
    parts=(
        Part(
            "the square root",
            1,
            lambda rng: [case("root", x) for x in rng.uniform(2, 3, 5)],
            "The square of the root is the number.",
        ),
        Part(
            "ValueError below zero",
            1,
            lambda rng: [case("root", -x) for x in rng.uniform(2, 3, 5)],
            "Raise it yourself.",
        ),
    ),
    right=(),
    wrong=(),
)

QUESTIONS = {q.id: q for q in (DOUBLE, SHIFT, BONUS, ROOT)}

RIGHT = """
def double(x):
    return x + x

def halve(x):
    return x / 2
"""
STUBS = """
def double(x):
    raise NotImplementedError()

def halve(x):
    raise NotImplementedError()
"""


def get(id):
    """Stand in for `course.questions.get`."""
    if id not in QUESTIONS:
        raise questions.UnknownQuestion(f"unknown {id}")
    return QUESTIONS[id]


def ids(lecture=None):
    """Stand in for `course.questions.ids`."""
    return [q.id for q in QUESTIONS.values() if lecture in (None, q.lecture)]


def take_over():
    """Put the questions of this course in place of the real ones."""
    questions.get, questions.ids = get, ids


def define(source, namespace=None):
    """Run `source` as a notebook's cell and return the names it defines."""
    namespace = {} if namespace is None else namespace
    name = f"<cell {len(linecache.cache)}>"
    linecache.cache[name] = (
        len(source),
        None,
        source.splitlines(keepends=True),
        name,
    )
    exec(compile(source, name, "exec"), namespace)
    return namespace


def cell(kind, source, id, nbgrader=None, **metadata):
    """Return a notebook's cell."""
    if nbgrader:
        metadata["nbgrader"] = {"schema_version": 3, "task": False, **nbgrader}
    made = {"cell_type": kind, "id": id, "source": source}
    if kind == "code":
        made |= {"outputs": [], "execution_count": None}
    return {**made, "metadata": metadata}


def answer(id, source):
    """Return an answer cell."""
    entry = {"grade_id": id, "solution": True, "grade": False, "locked": False}
    return cell("code", source, id, entry)


def graded(id, source, points):
    """Return a check cell."""
    entry = {"grade_id": id, "solution": False, "grade": True, "locked": True}
    return cell("code", source, id, {**entry, "points": points})


SOLUTION = """def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION


def halve(x):
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION"""


def notebook(double=SOLUTION):
    """Return the notebook of this course's only assignment."""
    cells = [
        cell("markdown", "# Tiny: twice “x” is 2·x", "title"),
        cell(
            "code",
            "import sys\n"
            f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
            "import tiny_course\n\n"
            "tiny_course.take_over()\n"
            "from course import check",
            "imports",
        ),
        answer("E9-1", double),
        graded("E9-1-check", 'check("E9.1")', 4),
    ]
    kernel = {"name": "python3", "display_name": "Python 3"}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {**kernel, "language": "python"}},
        "cells": cells,
    }


def write_exercise(folder):
    """Write the exercise as nbgrader would release it; return its path."""
    made = notebook(STUBS)
    release.stamp(made, "90_tiny")
    path = folder / "tiny.ipynb"
    notebooks.write(path, made)
    return path


def write_course(root):
    """Write this course's solutions and the real nbgrader settings."""
    folder = root / "solutions" / "90_tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_text(json.dumps(notebook()))
    settings = REPOSITORY / "nbgrader_config.py"
    (root / settings.name).write_bytes(settings.read_bytes())
    return root
