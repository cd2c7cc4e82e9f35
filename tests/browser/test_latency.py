"""The latency meter sees every answer, and sees where there is none."""

import pytest

from . import latency, specimens
from .lab import running_notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEYS = 4


@pytest.fixture(scope="module")
def faulty(browser, lab, tree):
    number = specimens.write_faulty(tree / "specimens" / "late.ipynb")
    with running_notebook(browser, lab, "specimens/late.ipynb") as notebook:
        yield notebook, number


def measured(faulty, name):
    notebook, number = faulty
    return latency.measure(notebook, number[name], name, keys=KEYS)


def test_every_key_is_timed(faulty):
    answers = measured(faulty, "constant alternative text")
    assert len(answers.times) == KEYS
    assert min(answers.times) > 0
    assert answers.faults == ()
    assert "FAIL" not in latency.line(
        latency.Answers("quick", times=(30.0, 50.0, 400.0), faults=())
    )


def test_a_slow_answer_fails():
    slow = latency.Answers("slow", times=(70.0, 80.0, 90.0), faults=())
    assert latency.line(slow).endswith("FAIL")


def test_a_dead_explorer_fails(faulty):
    answers = measured(faulty, "unconnected")
    assert answers.times == ()
    assert latency.line(answers).endswith("FAIL")


def test_a_blank_frame_fails(faulty):
    answers = measured(faulty, "blank between two pictures")
    assert "frames blank" in answers.faults[0]
    assert "FAIL  " in latency.line(answers)
