"""An exercise as a student meets it: opened, checked, answered, checked."""

import ast
import textwrap
from pathlib import Path

import pytest

from course import questions

from . import checker, pages
from .lab import running_notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EXERCISES = Path(__file__).parents[2] / "exercises"
NOTEBOOKS = sorted(
    path.relative_to(EXERCISES.parent) for path in EXERCISES.rglob("*.ipynb")
)


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def exercise(request, browser, lab):
    """An exercise notebook with all its cells run, untouched."""
    path = request.param.as_posix()
    with running_notebook(browser, lab, path) as notebook:
        yield notebook


def _graded(notebook):
    """Return the numbers of answer cell and check cell of each question."""
    where = {
        cell["gradeId"]: index
        for index, cell in enumerate(notebook.cells())
        if cell["gradeId"]
    }
    return {
        name.replace("-", "."): (index, where[f"{name}-check"])
        for name, index in where.items()
        if f"{name}-check" in where
    }


def _right_answer(question):
    """Return a right answer that defines every function asked for."""
    for variant in question.right:
        source = textwrap.dedent(variant.source).strip()
        defined = {
            node.name
            for node in ast.parse(source).body
            if isinstance(node, ast.FunctionDef)
        }
        if defined >= set(question.functions):
            return "import numpy as np\n\n" + source
    raise AssertionError(f"{question.id} has no complete right variant")


def _answer(notebook, cells, source):
    """Type an answer, run it and its check by keyboard; return the report."""
    answer, check = cells
    notebook.type_into(answer, source)
    notebook.page.keyboard.press("Shift+Enter")
    notebook.show(check)
    notebook.page.keyboard.press("Shift+Enter")
    notebook.ask("settle", check)
    return _plain(notebook.ask("text", check))


def _plain(text):
    return " ".join(text.replace("`", "").split())


def test_untouched_it_runs_clean_and_no_question_is_started(exercise):
    complaints = checker.run_complaints(exercise)
    assert complaints + pages.page_complaints(exercise) == []
    graded = _graded(exercise)
    assert set(graded) >= set(
        questions.ids(questions.get(min(graded)).lecture)
    )
    for question, (_, check) in graded.items():
        exercise.show(check)
        exercise.wait_until("isRendered", check)
        report = exercise.ask("text", check)
        assert question in report and "not started, 0 of" in report


def test_a_right_answer_passes_and_a_mistake_gets_its_hint(exercise):
    name, cells = min(_graded(exercise).items())
    question = questions.get(name)
    right = _right_answer(question)
    points = f"passed, {question.points:g} of {question.points:g} points"
    assert points in _answer(exercise, cells, right)
    mistake = question.wrong[0]
    report = _answer(
        exercise, cells, f"{right}\n\n{textwrap.dedent(mistake.source)}"
    )
    assert "not right yet" in report and _plain(mistake.hint) in report
    assert points in _answer(exercise, cells, right)
