"""Every lecture as a student meets it: opened, run, and played with."""

import re
from pathlib import Path

import pytest

from course import quizzes
from lossviz import explorers

from . import checker, pages
from .lab import running_notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LECTURES = sorted((Path(__file__).parents[2] / "lectures").glob("*.ipynb"))
QUIZ = re.compile(r"quiz\(\"(Q[\d.]+)\"\)")
QUESTION = re.compile(r"^(quiz|predict)\(", re.MULTILINE)


@pytest.fixture(scope="module", params=LECTURES, ids=lambda path: path.stem)
def lecture(request, browser, lab):
    """A lecture with all its cells run."""
    path = f"lectures/{request.param.name}"
    with running_notebook(browser, lab, path) as notebook:
        yield notebook


def test_it_runs_without_error_warning_or_request(lecture):
    complaints = checker.run_complaints(lecture)
    assert complaints + pages.page_complaints(lecture) == []


def test_it_shows_every_explorer_of_its_module(lecture):
    sources = "\n".join(cell["source"] for cell in lecture.cells())
    (module,) = set(re.findall(r"explorers\.(\w+)", sources))
    shown = [
        name.replace("-", "_") for name, _ in lecture.explorers().values()
    ]
    assert sorted(shown) == sorted(getattr(explorers, module).__all__)


def test_formulas_pictures_and_labels_are_whole(lecture):
    complaints = []
    for index in range(len(lecture.cells())):
        complaints += checker.text_complaints(lecture, index)
    assert complaints == []


def test_every_explorer_shows_the_controls_it_declares(lecture):
    complaints = []
    for index, (_, kinds) in lecture.explorers().items():
        complaints += checker.control_count_complaints(
            lecture,
            index,
            sliders=kinds.count("Slider"),
            choices=kinds.count("Choice"),
        )
    assert complaints == []


def test_every_choice_and_slider_moves_its_picture_cleanly(lecture):
    complaints = []
    for index in lecture.explorers():
        complaints += checker.choice_complaints(lecture, index)
        complaints += checker.slider_complaints(lecture, index)
    assert complaints + pages.page_complaints(lecture) == []


def test_the_keyboard_alone_reaches_every_explorer(lecture):
    complaints = []
    for index in lecture.explorers():
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
    assert complaints + pages.page_complaints(lecture) == []
