"""A small course with its own questions, and a class that hands in.

Its assignment lives in a folder of its own, as an instructor's does, so that
worker processes and commands find it too.
"""

import json

from course.grading import batch, grade, jobs, sheet, single
from course.grading.intake import submissions
from course.grading.session import SandboxError, Session

ASSIGNMENT = "90_small"

QUESTIONS = '''
import os
import signal
from pathlib import Path

import numpy as np

from course.questions.base import Part, Question, Variant
from course.questions.calls import case


def agree(cases, outcomes, wants):
    for got, want in zip(outcomes, wants):
        if got.error:
            return f"`{got.error}` was raised: {got.detail}"
        if not np.allclose(got.value, want.value):
            return "A value is wrong."


def trap(cases, outcomes, wants):
    """Lose the worker over an answer, so often as `DEATHS` allows."""
    for got in outcomes:
        if not got.error and got.value == 13:
            deaths = Path(os.environ["DEATHS"])
            count = len(list(deaths.iterdir()))
            if count < int(deaths.name):
                (deaths / str(count)).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return None
    return agree(cases, outcomes, wants)


def part(name, points, function, judge=agree):
    def cases(rng):
        return [case(function, x) for x in rng.normal(size=4)]

    return Part(name, points, cases, f"Look at {function}.", judge=judge)


def question(id, reference, parts, **more):
    points = sum(part.points for part in parts)
    return Question(
        id=id, title=f"Question {id}", lecture="90_small", points=points,
        reference=reference, parts=parts, right=(),
        wrong=more.pop("wrong", ()), **more,
    )


QUESTIONS = (
    question(
        "E9.1",
        {"double": lambda x: 2 * x, "halve": lambda x: x / 2},
        (part("twice", 1, "double"), part("half", 3, "halve")),
        wrong=(
            Variant("square", "def double(x): return x * x", "Not squared."),
        ),
        forbidden=("multiply",),
    ),
    question(
        "E9.2",
        {"shift": lambda x: x + 1, "keep": lambda x: x},
        (part("shifted", 1, "shift"), part("kept", 1, "keep")),
        shipped=(
            "def shift(x):\\n    return abs(x) + 1\\n\\n\\n"
            "def keep(x):\\n    return x"
        ),
    ),
    question(
        "E9.3",
        {"seven": lambda x: 7.0},
        (part("seven", 2, "seven", trap),),
    ),
    question(
        "E9.B",
        {"triple": lambda x: 3 * x},
        (part("three times", 3, "triple"),),
        bonus=True,
    ),
)
'''

STUB = "raise NotImplementedError()"
RIGHT = {
    "E9-1": "def double(x):\n    return x + x\n\n\n"
    "def halve(x):\n    return x / 2",
    "E9-2": "def shift(x):\n    return x + 1\n\n\ndef keep(x):\n    return x",
    "E9-3": "def seven(x):\n    return 7.0",
    "E9-B": "def triple(x):\n    return 3 * x",
}
UNSOLVED = {
    "E9-1": f"def double(x):\n    {STUB}\n\n\ndef halve(x):\n    {STUB}",
    "E9-2": "def shift(x):\n    return abs(x) + 1  # why?\n\n\n"
    "def keep(x):\n    return x",
    "E9-3": f"def seven(x):\n    {STUB}",
    "E9-B": f"def triple(x):\n    {STUB}",
}
# Half of E9.1, all of E9.2 and E9.3, no bonus: 6 of 8.
PARTLY = {
    **RIGHT,
    "E9-1": "def double(x):\n    return x * x\n\n\n"
    "def halve(x):\n    return x / 2",
    "E9-2": UNSOLVED["E9-2"].replace("abs(x)", "x"),
    "E9-B": UNSOLVED["E9-B"],
}
# A worker that judges this answer is gone. `DEATHS` names a folder that keeps
# the count, and is called by how many there may be.
KILLER = {**RIGHT, "E9-3": "def seven(x):\n    return 13.0"}
# See `break_sandbox`.
FAULT = {**RIGHT, "E9-3": "def seven(x):\n    return 14.0"}


def notebook(answers, *, first="import numpy as np\nfrom course import check"):
    """Return a notebook with one cell for each answer and its check."""
    cells = [code(first)]
    for id, source in answers.items():
        name = id.replace("-", ".")
        mark = {"grade_id": id, "solution": True, "grade": False}
        cells.append(code(source, nbgrader=mark))
        mark = {"grade_id": f"{id}-check", "solution": False, "grade": True}
        cells.append(code(f'check("{name}")', nbgrader=mark))
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"course": {"assignment": ASSIGNMENT}},
        "cells": cells,
    }


def code(source, **metadata):
    """Return a code cell."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": source,
    }


def write_course(root):
    """Write the assignment, with its model solution, into a folder."""
    folder = root / "solutions" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "small.ipynb").write_text(json.dumps(notebook(RIGHT)))
    (folder / "questions.py").write_text(QUESTIONS)
    return folder


def enter(root, monkeypatch):
    """Write the course into a folder and stand there, knowing its secret."""
    write_course(root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("COURSE_SECRET", "a secret for tests")


def hand_in(folder, student, answers, **more):
    """Put a student's notebook, or other bytes, into a folder."""
    path = folder / student / "small.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(answers, dict):
        answers = json.dumps(notebook(answers, **more)).encode()
    path.write_bytes(answers)
    return path


def run(found=None, **more):
    """Grade what was found, or all that is in `in`, into `out`."""
    if found is None:
        found = submissions.find("in")
    settings = {"allow_weak": True, "progress": False}
    asked = sheet.load(ASSIGNMENT)
    return batch.run(found, "out", sheet=asked, **settings | more)


def points_of(done):
    """Return the points of each student of a batch."""
    return {record.student: record.points for record in done.records}


def grade_here(monkeypatch):
    """Let this process do the work of a single one, so that tests see it."""

    def results(task, pending):
        for job in pending:
            yield job, jobs.work(task, job)

    monkeypatch.setattr(single, "results", results)


def break_sandbox(monkeypatch):
    """Let the sandbox fail here for `FAULT`, and for nothing else."""

    def session(cells, **settings):
        if any("14.0" in cell.source for cell in cells):
            raise SandboxError("the sandbox is gone")
        return Session(cells, **settings)

    monkeypatch.setattr(grade, "Session", session)
    grade_here(monkeypatch)
