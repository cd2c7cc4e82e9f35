"""`check` asks what the grading asks: with an instructor's changes."""

import json

import pytest
import test_sheet
import tiny_course as tiny

from course import checks, questions
from course.grading import asked, sheet
from course.grading.sheet import SheetError

ASSIGNMENT = "02_regression"
OWN = test_sheet.OWN.replace("02_regression", "anything")
FOURFOLD = "def fourfold(x):\n    return 4 * x"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return an assignment's folder with a model solution."""
    folder = tmp_path / "solutions" / ASSIGNMENT
    folder.mkdir(parents=True)
    notebook = {"nbformat": 4, "metadata": {}, "cells": []}
    (folder / "model.ipynb").write_text(json.dumps(notebook))
    monkeypatch.setattr(sheet, "PLACES", (tmp_path / "solutions",))
    monkeypatch.setattr(checks, "results", {})
    for name in ("COURSE_CHECK", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def check(monkeypatch):
    """Return `check` of a source."""

    def check_source(id, source):
        namespace = tiny.define(source)
        monkeypatch.setattr(checks, "user_namespace", lambda: namespace)
        return checks.check(id)

    return check_source


def test_an_own_question_is_checked(folder, check):
    with pytest.raises(questions.UnknownQuestion):
        check("E2.X", FOURFOLD)
    (folder / "questions.py").write_text(OWN)
    report = check("E2.X", FOURFOLD)
    assert report.passed
    assert (report.points, report.max_points) == (2, 2)
    assert report.so_far.startswith("2 of 37 points so far")
    wrong = check("E2.X", FOURFOLD.replace("4", "2"))
    assert wrong.state == "not right yet"
    assert "Double it twice." in repr(wrong)


def test_another_question_is_as_before_with_an_own_one_beside_it(
    folder, check
):
    before = repr(check("E2.1", ""))
    assert "of 35 points" in before
    (folder / "questions.py").write_text(OWN)
    assert questions.asked("E2.1")[0] is questions.get("E2.1")
    assert repr(check("E2.1", "")) == before.replace("of 35", "of 37")


def test_an_own_question_takes_the_place_of_one_with_its_id(folder, check):
    (folder / "questions.py").write_text(OWN.replace("E2.X", "E2.3"))
    assert check("E2.3", FOURFOLD).passed
    _, others = questions.asked("E2.3")
    assert [q.id for q in others] == questions.ids(ASSIGNMENT)
    assert {q.lecture for q in others} == {ASSIGNMENT}


def test_points_are_those_of_the_grading(folder, check):
    (folder / "questions.py").write_text(OWN)
    (folder / "points.toml").write_text("E2.X = 3\nE2.1 = 0")
    report = check("E2.X", FOURFOLD)
    assert (report.points, report.max_points) == (3, 3)
    assert report.so_far.startswith("3 of 34 points so far")
    # It is left out, and still in the notebook.
    assert check("E2.1", "").max_points == 0
    items = {i.question.id: i.points for i in sheet.load(ASSIGNMENT).items}
    found = asked.questions_of(ASSIGNMENT, folder)
    assert {q.id: q.points for q in found} == {**items, "E2.1": 0}
    assert all(
        sum(part.points for part in q.parts) == pytest.approx(q.points)
        for q in found
    )


def test_a_change_of_the_file_is_seen_at_once(folder, check):
    (folder / "questions.py").write_text(OWN)
    assert check("E2.X", FOURFOLD).passed
    (folder / "questions.py").write_text(OWN.replace("4 * x", "5 * x"))
    assert not check("E2.X", FOURFOLD).passed
    again, _ = questions.asked("E2.X")
    # Its cases need not be drawn once more.
    assert again is questions.asked("E2.X")[0]


def test_an_unknown_question_is_told_with_the_own_ones(folder):
    (folder / "questions.py").write_text(OWN)
    with pytest.raises(questions.UnknownQuestion) as told:
        questions.asked("E9.9")
    known = ", ".join([*questions.ids(), "E2.X"])
    assert str(told.value) == f"question must be one of {known}, got 'E9.9'"


def test_a_wrong_file_is_one_sentence(folder, check):
    (folder / "questions.py").write_text("1 / 0")
    with pytest.raises(SheetError, match=r"questions\.py must run, got Zero"):
        check("E2.1", "")


def test_an_own_question_goes_back_to_what_was_shipped(
    folder, capsys, monkeypatch
):
    # Other tests may have left one behind.
    monkeypatch.setattr(checks, "_shell", lambda: None)
    shipped = 'wrong=(),\n    shipped="def fourfold(x): return x",'
    (folder / "questions.py").write_text(OWN.replace("wrong=(),", shipped))
    checks.reset("E2.X")
    assert capsys.readouterr().out == "def fourfold(x): return x\n"


def test_the_folder_at_hand_comes_first(folder, tmp_path, monkeypatch):
    (folder / "questions.py").write_text(OWN)
    mine = tmp_path / "mine"
    (mine / ASSIGNMENT).mkdir(parents=True)
    monkeypatch.setattr(sheet, "PLACES", (mine, folder.parent))
    assert asked.changed() == []
    monkeypatch.setattr(sheet, "PLACES", (folder.parent, mine))
    assert len(asked.changed()) == 1
