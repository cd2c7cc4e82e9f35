"""What an assignment asks: the course's questions, and an instructor's."""

import json
import pickle

import pytest

from course import questions
from course.grading import sheet
from course.grading.sheet import SheetError

OWN = """
from course.questions.base import Part, Question
from course.questions.calls import case

FOURFOLD = Question(
    id="E2.X",
    title="Four times",
    lecture="02_regression",
    points=2,
    reference={"fourfold": lambda x: 4 * x},
    parts=(
        Part(
            "of random numbers",
            2,
            lambda rng: [case("fourfold", x) for x in rng.normal(size=5)],
            "Double it twice.",
        ),
    ),
    right=(),
    wrong=(),
)
QUESTIONS = (FOURFOLD,)
"""


@pytest.fixture
def folder(tmp_path):
    """Return an assignment's folder with a model solution."""
    notebook = {"nbformat": 4, "metadata": {}, "cells": []}
    (tmp_path / "model.ipynb").write_text(json.dumps(notebook))
    return tmp_path


def load(folder):
    return sheet.load("02_regression", folder)


def points_of(found):
    return {item.question.id: item.points for item in found.items}


def test_the_course_s_own_points_hold_without_a_file():
    found = sheet.load("02_regression")
    asked = {id: questions.get(id) for id in questions.ids("02_regression")}
    assert points_of(found) == {id: q.points for id, q in asked.items()}
    assert found.max_points == 35
    assert b"BEGIN SOLUTION" in found.model


def test_points_come_from_a_file_quoted_or_not(folder):
    (folder / "points.toml").write_text('E2.1 = 6\n"E2.2" = 1.5\nE2.B = 0\n')
    found = load(folder)
    points = points_of(found)
    assert points["E2.1"] == 6
    assert points["E2.2"] == 1.5
    assert "E2.B" not in points
    assert found.max_points == 35 + 2 - 1.5
    assert found.items[0].factor == 6 / 4


@pytest.mark.parametrize(
    "text, words",
    [
        ("E9.9 = 1", "got E9.9"),
        ("E2.1 = -1", "not negative, got -1"),
        ("E2.1 = true", "got True"),
        ("E2.1 = nan", "got nan"),
        ("E2.1 = 'four'", "got 'four'"),
        ("E2.1 =", "must be TOML"),
        ("\n".join(f"'{id}' = 0" for id in questions.ids()), "at least one"),
    ],
)
def test_wrong_points_are_one_sentence(folder, text, words):
    (folder / "points.toml").write_text(text)
    with pytest.raises(SheetError) as told:
        load(folder)
    assert words in str(told.value)
    assert "\n" not in str(told.value)


def test_own_questions_come_after_those_of_the_course(folder):
    (folder / "questions.py").write_text(OWN)
    (folder / "points.toml").write_text("E2.X = 3")
    found = load(folder)
    assert list(points_of(found))[-1] == "E2.X"
    assert found.max_points == 35 + 3


def test_an_own_question_takes_the_place_of_one_with_its_id(folder):
    (folder / "questions.py").write_text(OWN.replace("E2.X", "E2.3"))
    found = load(folder)
    assert list(points_of(found)) == questions.ids("02_regression")
    assert found.items[2].question.title == "Four times"
    assert questions.get("E2.3").title != "Four times"


def test_an_assignment_may_have_own_questions_only(folder):
    (folder / "questions.py").write_text(OWN)
    assert points_of(sheet.load("99_mine", folder)) == {"E2.X": 2}


@pytest.mark.parametrize(
    "source, words",
    [
        ("1 / 0", "questions.py must run, got ZeroDivisionError"),
        ("x = 1", "must define QUESTIONS"),
        ("QUESTIONS = ()", "must define QUESTIONS"),
        ("QUESTIONS = ('E2.1',)", "must define QUESTIONS"),
    ],
)
def test_wrong_own_questions_are_one_sentence(folder, source, words):
    (folder / "questions.py").write_text(source)
    with pytest.raises(SheetError, match=words):
        load(folder)


def test_an_unknown_assignment_is_one_sentence():
    with pytest.raises(SheetError, match="02_regression, got 77_nothing"):
        sheet.load("77_nothing")


def test_an_assignment_without_questions_is_one_sentence(folder):
    with pytest.raises(SheetError, match="with questions .*, got 77_nothing"):
        sheet.load("77_nothing", folder)


def test_there_must_be_one_model_solution(folder):
    (folder / "second.ipynb").write_bytes(
        (folder / "model.ipynb").read_bytes()
    )
    with pytest.raises(SheetError, match="one notebook, .* got 2"):
        load(folder)


def test_cells_that_a_human_grades_are_known(folder):
    mark = {"grade_id": "E2-M", "points": 3, "solution": True, "grade": True}
    cell = {"cell_type": "markdown", "source": "", "metadata": {}}
    cell["metadata"]["nbgrader"] = mark
    notebook = {"nbformat": 4, "metadata": {}, "cells": [cell]}
    (folder / "model.ipynb").write_text(json.dumps(notebook))
    assert load(folder).by_hand == (("E2-M", 3.0),)


def test_a_sheet_travels_as_data(folder):
    (folder / "questions.py").write_text(OWN)
    before = load(folder)
    # What it worked out holds functions, which do not travel.
    assert before.items and before.fingerprint
    after = pickle.loads(pickle.dumps(before))
    assert after == before
    assert points_of(after) == points_of(before)
    assert after.fingerprint == before.fingerprint


def test_a_fingerprint_changes_with_what_is_asked(folder):
    prints = {load(folder).fingerprint}
    (folder / "points.toml").write_text("E2.1 = 5")
    prints.add(load(folder).fingerprint)
    (folder / "questions.py").write_text(OWN)
    prints.add(load(folder).fingerprint)
    assert len(prints) == 3
    (folder / "questions.py").unlink()
    assert load(folder).fingerprint in prints
