"""Every lecture as a student meets it: opened, run, and played with."""

import re
from pathlib import Path

import pytest

from course import quizzes
from lossviz import explorers
from lossviz.controls import Slider

from . import checker
from .lab import OpenNotebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LECTURES = sorted((Path(__file__).parents[2] / "lectures").glob("*.ipynb"))
EXPLORER = re.compile(r"explorers\.(\w+)\.(\w+)\(\)")

QUIZ = re.compile(r"quiz\(\"(Q[\d.]+)\"\)")
QUESTION = re.compile(r"^(quiz|predict)\(", re.MULTILINE)


@pytest.fixture(scope="module", params=LECTURES, ids=lambda path: path.stem)
def lecture(request, browser, lab):
    """A lecture with all its cells run."""
    notebook = OpenNotebook(browser, lab, f"lectures/{request.param.name}")
    notebook.run_all()
    yield notebook
    notebook.close()


def _explorers(notebook):
    """Return module and name of the explorer of each cell that shows one."""
    found = {}
    for index, cell in enumerate(notebook.cells()):
        if match := EXPLORER.search(cell["source"]):
            found[index] = match.groups()
    return found


def _controls(module, name):
    """Return how many sliders and choices an explorer declares."""
    controls = getattr(getattr(explorers, module), name)().controls
    sliders = sum(isinstance(control, Slider) for control in controls)
    return {"sliders": sliders, "choices": len(controls) - sliders}


def test_it_runs_without_error_warning_or_request(lecture):
    complaints = checker.run_complaints(lecture)
    assert complaints + checker.page_complaints(lecture) == []


def test_it_shows_every_explorer_of_its_module(lecture):
    shown = list(_explorers(lecture).values())
    for module in {module for module, _ in shown}:
        declared = set(getattr(explorers, module).__all__)
        assert {name for where, name in shown if where == module} == declared
    assert len(shown) == len(set(shown))


def test_formulas_pictures_and_labels_are_whole(lecture):
    complaints = []
    for index in range(len(lecture.cells())):
        complaints += checker.text_complaints(lecture, index)
    assert complaints == []


def test_every_explorer_shows_the_controls_it_declares(lecture):
    complaints = []
    for index, (module, name) in _explorers(lecture).items():
        complaints += checker.control_count_complaints(
            lecture, index, **_controls(module, name)
        )
    assert complaints == []


def test_every_choice_and_slider_moves_its_picture_cleanly(lecture):
    complaints = []
    for index in _explorers(lecture):
        complaints += checker.choice_complaints(lecture, index)
        complaints += checker.slider_complaints(lecture, index)
    assert complaints + checker.page_complaints(lecture) == []


def test_the_keyboard_alone_reaches_every_explorer(lecture):
    complaints = []
    for index in _explorers(lecture):
        complaints += checker.keyboard_complaints(lecture, index)
    assert complaints == []


def test_it_asks_every_quiz_item_of_its_own(lecture):
    asked = QUIZ.findall("\n".join(c["source"] for c in lecture.cells()))
    own = quizzes.get(asked[0]).lecture
    assert sorted(asked) == sorted(quizzes.ids(own))


def test_every_question_replies_to_every_option(lecture):
    complaints = []
    for index, cell in enumerate(lecture.cells()):
        if cell["type"] == "code" and QUESTION.search(cell["source"]):
            complaints += checker.question_complaints(lecture, index)
    assert complaints + checker.page_complaints(lecture) == []
