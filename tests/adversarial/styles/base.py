"""Right answers in many styles, each of which must get full marks.

A style is a function that makes the notebook; most start from the right
answers in the exercise as it was handed out, and change one thing.
"""

import re
import textwrap

from adversarial import handin
from adversarial.handin import QUESTIONS, cell
from course.notebooks import answer_id

STYLES = {}


def style(function):
    """Add a function that returns a notebook to the styles."""
    STYLES[function.__name__.replace("_", " ")] = function
    return function


def changed(name):
    """Add a function that changes the right notebook to the styles."""

    def add(function):
        def make():
            notebook = right()
            return function(notebook) or notebook

        STYLES[name] = make
        return function

    return add


def right():
    """Return the exercise with all right answers."""
    return handin.answered(handin.right_answers())


def variants(*words):
    """Return the right answers, those of a kind where there are such."""
    answers = handin.right_answers()
    for question in QUESTIONS:
        for variant in question.right:
            if any(word in variant.name for word in words):
                mark = answer_id(question.id)
                answers[mark] += "\n\n" + _dedented(variant.source)
                break
    return handin.answered(answers)


def _dedented(source):
    lines = source.strip("\n").splitlines()
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[indent:] for line in lines)


def answers(notebook):
    return [c for c in notebook["cells"] if is_answer(c)]


def is_answer(cell):
    return bool(cell["metadata"].get("nbgrader", {}).get("solution"))


def edited(notebook, edit):
    """Let `edit` change the source of every answer."""
    for one in answers(notebook):
        one["source"] = edit(one["source"])


def beginning(notebook, lines):
    """Let every function of the answers begin with these lines."""
    body = textwrap.indent(lines, "    ")
    edited(
        notebook,
        lambda source: re.sub(
            r"^def \w+\(.*\):$",
            lambda head: f"{head[0]}\n{body}",
            source,
            flags=re.M,
        ),
    )


def put(notebook, where, *sources):
    """Put code cells before the one with the number `where`."""
    notebook["cells"][where:where] = map(cell, sources)
