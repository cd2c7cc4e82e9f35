"""What of a notebook is run, and what of it answers a question."""

from pathlib import Path

import pytest
import tiny_course as tiny

from course import notebooks, questions
from course.grading.intake import source as code
from course.grading.intake import submissions

ROOT = Path(__file__).parents[1]
EXERCISE = ROOT / "exercises" / "02_regression" / "regression.ipynb"


def work(notebook, mark, source="mine = 1"):
    (cell,) = notebooks.find_cells(notebook, mark)
    cell["source"] = source
    return cell


@pytest.fixture
def exercise():
    return notebooks.read(EXERCISE)


def run(notebook):
    """Return the sources of the cells to run, and the notes."""
    cells, notes = submissions.code_cells(notebook)
    for cell in cells:
        assert notebook["cells"][cell.number - 1]["source"] == cell.source
    return [cell.source for cell in cells], notes


def test_the_assignment_is_what_the_notebook_says(exercise):
    assert submissions.assignment_of(exercise) == "02_regression"
    del exercise["metadata"]["course"]
    assert submissions.assignment_of(exercise) == "02_regression"
    for cell in exercise["cells"]:
        cell["metadata"] = {}
    assert submissions.assignment_of(exercise) == ""


@pytest.mark.parametrize(
    "entry", [{"assignment": "../../etc"}, {"assignment": 3}, [], "x"]
)
def test_a_strange_assignment_is_none(entry):
    made = tiny.notebook()
    made["metadata"]["course"] = entry
    assert submissions.assignment_of(made) == ""


def test_all_code_but_the_checks_is_run(exercise):
    sources, notes = run(exercise)
    assert notes == []
    assert not any(source.startswith("check(") for source in sources)
    assert sum("NotImplementedError" in source for source in sources) == 8
    assert any(source.startswith("import numpy") for source in sources)
    # This one draws a picture if the check passes.
    assert any('if check("E2.3")' in source for source in sources)


def test_code_that_was_put_beside_a_check_is_run(exercise):
    work(exercise, "E2-1-check", 'huber = max\ncheck("E2.1")')
    assert 'huber = max\ncheck("E2.1")' in run(exercise)[0]


def test_a_split_answer_is_run_whole_and_noted(exercise):
    first = work(exercise, "E2-1", "def huber(r, delta): return 1")
    rest = {**first, "source": "def pseudo_huber(r, delta): return 2"}
    exercise["cells"].insert(exercise["cells"].index(first) + 1, rest)
    sources, notes = run(exercise)
    assert {first["source"], rest["source"]} < set(sources)
    assert notes == ["E2-1 stands in 2 cells; all were run."]


def test_deleted_and_renamed_cells_are_noted(exercise):
    kept = [
        cell
        for cell in exercise["cells"]
        if notebooks.grade_id(cell) not in ("E2-2", "E2-2-check")
    ]
    exercise["cells"] = kept
    (cell,) = notebooks.find_cells(exercise, "E2-3")
    cell["metadata"]["nbgrader"]["grade_id"] = "mine"
    sources, notes = run(exercise)
    assert cell["source"] in sources
    assert notes == [
        "No cell carries the id E2-2 any more.",
        "No cell carries the id E2-3 any more.",
        "Check cells are missing: E2-2-check.",
        "Cells carry ids that were not handed out: mine.",
    ]


def test_an_answer_turned_into_text_is_run_and_noted(exercise):
    cell = work(exercise, "E2-1", "def huber(r, delta): return 1")
    cell["cell_type"] = "markdown"
    number = exercise["cells"].index(cell) + 1
    sources, notes = run(exercise)
    assert cell["source"] in sources
    assert notes == [
        f"Cell {number} with the answer E2-1 is text; it was run as code."
    ]
    cell["source"] = "I could not do this one."
    assert cell["source"] not in run(exercise)[0]


def test_marks_of_any_kind_are_survived(exercise):
    before = run(exercise)[0]
    odd = [3, None, ["x"], {"grade_id": 7}, {"grade_id": ["E2-1"]}]
    for cell, entry in zip(exercise["cells"], odd, strict=False):
        cell["metadata"]["nbgrader"] = entry
    sources, notes = run(exercise)
    assert sources == before
    assert notes == []


def test_questions_of_an_instructor_can_be_expected():
    made = tiny.notebook("def double(x): return 2 * x")
    cells, notes = submissions.code_cells(made, [tiny.DOUBLE, tiny.SHIFT])
    assert [cell.number for cell in cells] == [2, 3]
    assert notes == [
        "No cell carries the id E9-2 any more.",
        "Check cells are missing: E9-2-check.",
    ]


def test_the_source_of_an_answer_holds_its_helpers_and_no_more(exercise):
    work(
        exercise,
        "E2-3",
        "%%time\ndef fit_line_huber(x, y, delta):\n"
        "    return solve(x, y, delta)",
    )
    extra = {**exercise["cells"][3]}
    helpers = "%pip list\ndef solve(*given):\n    return step(given)"
    exercise["cells"] += [
        {**extra, "source": source, "metadata": {}}
        for source in (
            helpers,
            "from numpy.linalg import lstsq as step",
            "def unused(): return huber_loss",
            "x, y = 1, 2",
            "delta = (",
        )
    ]
    source = submissions.answer_source(exercise, questions.get("E2.3"))
    compile(source, "answer", "exec")
    for line in ("return solve(", "return step(", "import lstsq"):
        assert line in source
    for line in ("unused", "x, y = 1", "delta = (", "fit_quantile", "%"):
        assert line not in source


def test_an_answer_is_found_without_its_mark(exercise):
    exercise["cells"].append(
        {**exercise["cells"][3], "source": "huber = lambda r, delta: 0"}
    )
    source = submissions.answer_source(exercise, questions.get("E2.1"))
    assert source.endswith("huber = lambda r, delta: 0")
    assert "def huber(r, delta):" in source


@pytest.mark.parametrize(
    "source",
    [
        "x = '\0'",
        "x = 1" + "+1" * 500,
        "(" * 10_000,
        "-" * 100_000 + "1",
        "def huber(:",
        "\ud800",
    ],
)
def test_code_that_is_none_has_no_source(exercise, source):
    work(exercise, "E2-1", source)
    answer = submissions.answer_source(exercise, questions.get("E2.1"))
    assert answer.strip() in ("", "'\ud800'")


def test_more_code_than_anyone_writes_is_run_but_not_looked_through(exercise):
    names = "import math as huber\n"
    long, many = [names + "x," * 60_000], [f"x = {n}" for n in range(10_000)]
    for extra in (long, [names + "#" * 90_000] * 4, many):
        made = {**exercise, "cells": list(exercise["cells"])}
        made["cells"] += [tiny.cell("code", source, "x") for source in extra]
        sources, notes = run(made)
        assert sources[-1] == extra[-1]
        answer = submissions.answer_source(made, questions.get("E2.1"))
        assert answer.count("import math") == (3 if len(extra) == 4 else 0)
        told = "There is too much code to look through all of it."
        assert (told in notes) == (len(extra) > 1)


@pytest.mark.parametrize(
    "source",
    [" " * 10**6, "a" * 10**6 + "?!", "a, " * 10**5 + "\n(", "%\n" * 9],
)
def test_no_line_takes_long_to_look_at(source):
    assert code.defined(source) == set()
    assert code.used(source[:90_000]) >= set()


def test_whatever_stands_in_the_answers_cell_belongs_to_it(exercise):
    work(exercise, "E2-1", "note = 'I could not do this one'")
    answer = submissions.answer_source(exercise, questions.get("E2.1"))
    assert answer == "note = 'I could not do this one'"
