"""The checkers stay silent where all is well and see each known fault."""

import pytest

from . import checker, pages, specimens
from .lab import running_notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def sound(browser, lab, tree):
    specimens.write_sound(tree / "specimens" / "sound.ipynb")
    with running_notebook(browser, lab, "specimens/sound.ipynb") as notebook:
        yield notebook


@pytest.fixture(scope="module")
def faulty(browser, lab, tree):
    number = specimens.write_faulty(tree / "specimens" / "faulty.ipynb")
    with running_notebook(browser, lab, "specimens/faulty.ipynb") as notebook:
        yield notebook, number


def _every_complaint(notebook, index):
    return (
        checker.control_count_complaints(notebook, index, sliders=1, choices=1)
        + checker.choice_complaints(notebook, index)
        + checker.slider_complaints(notebook, index)
        + checker.keyboard_complaints(notebook, index)
    )


def test_a_sound_notebook_gives_no_complaint(sound):
    cells = sound.cells()
    complaints = checker.run_complaints(sound)
    for index in range(len(cells)):
        complaints += checker.text_complaints(sound, index)
    complaints += _every_complaint(sound, len(cells) - 1)
    complaints += checker.question_complaints(sound, len(cells) - 2)
    complaints += checker.question_complaints(sound, len(cells) - 3)
    assert complaints + pages.page_complaints(sound) == []


@pytest.mark.parametrize(
    "name, expected",
    [
        (
            "unconnected",
            [
                "mouse: the picture did not change",
                "keyboard: the picture did not change",
                "'down': the picture did not change",
            ],
        ),
        ("fails at the upper end", ["End: ValueError: too high"]),
        ("warns at the lower end", ["Home: ", "UserWarning: too low"]),
        (
            "refuses the lower end",
            ["Home: Too low.", "Home: there is no picture"],
        ),
        (
            "constant alternative text",
            ["the alternative text did not change"],
        ),
        ("blank between two pictures", ["frames blank"]),
        ("jumps", ["the picture jumped"]),
        ("no widget", ["no widget appeared"]),
    ],
)
def test_a_faulty_explorer_is_seen(faulty, name, expected):
    notebook, number = faulty
    complaints = "\n".join(_every_complaint(notebook, number[name]))
    assert [part for part in expected if part not in complaints] == []


@pytest.mark.parametrize(
    "name, answers",
    [
        ("mute question", [0, 1]),
        ("one reply to all", [1]),
        ("mute field", [0]),
    ],
)
def test_a_question_without_replies_is_seen(faulty, name, answers):
    notebook, number = faulty
    index = number[name]
    assert checker.question_complaints(notebook, index) == [
        f"cell {index}, answer {answer}: no reply of its own"
        for answer in answers
    ]


@pytest.mark.parametrize(
    "name, expected",
    [
        ("picture without alternative text", "without alternative text"),
        ("plain figure", "without alternative text"),
        ("cut label", "is cut off"),
        ("too wide", "too wide: 15"),
    ],
)
def test_a_faulty_text_is_seen(faulty, name, expected):
    notebook, number = faulty
    (complaint,) = checker.text_complaints(notebook, number[name])
    assert expected in complaint


def test_faults_of_formulas_are_seen(faulty):
    notebook, number = faulty
    assert checker.text_complaints(notebook, number["formula"]) == [
        "cell 0: not rendered:  and  and $x",
        "cell 0: formula not set: Extra \\left or missing \\right",
        "cell 0: formula not set: unknown \\fraction",
    ]


def test_faults_of_the_run_are_seen(faulty):
    notebook, number = faulty
    complaints = checker.run_complaints(notebook)
    for name, expected in [
        ("warns when run", "careless"),
        ("cell fails", "ZeroDivisionError: division by zero"),
        ("not run", "not run"),
    ]:
        about_cell = [
            complaint
            for complaint in complaints
            if complaint.startswith(f"cell {number[name]}: ")
        ]
        assert len(about_cell) == 1 and expected in about_cell[0]
    assert len(complaints) == 3


def test_faults_of_the_page_are_seen(faulty):
    notebook, _ = faulty
    assert pages.page_complaints(notebook) == [
        "page error: broken",
        "request to https://example.org/dot.png",
    ]


def test_missing_controls_are_seen(faulty):
    notebook, number = faulty
    assert checker.control_count_complaints(
        notebook, number["jumps"], sliders=2, choices=0
    ) == [
        f"cell {number['jumps']}: 1 sliders where 2 are declared",
        f"cell {number['jumps']}: 1 choices where 0 are declared",
    ]


def test_a_cell_without_controls_is_out_of_reach(faulty):
    notebook, number = faulty
    (complaint,) = checker.keyboard_complaints(
        notebook, number["no slider"], presses=5
    )
    assert "no control after 5 presses" in complaint
