"""nbgrader's formgrader in JupyterLab, clicked through as a teacher does."""

import shutil
from pathlib import Path

import pytest
from shut_in import needs_sandbox

from course import notebooks

from .lab import running_lab
from .pages import OpenPage

pytest.importorskip("nbgrader", reason="pip install nbgrader")
pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_sandbox]

REPOSITORY = Path(__file__).parents[2]
ASSIGNMENT = "02_regression"
# The first half of the first question, and nothing else.
ANSWER = """
def huber(r, delta):
    a = np.abs(np.asarray(r, dtype=float))
    return np.where(a <= delta, a**2 / 2, delta * a - delta**2 / 2)

def pseudo_huber(r, delta):
    return huber(r, delta)
"""
COMMENT = "Look at the **second** function once more."
LIMIT = 90_000  # milliseconds for each step on a busy machine


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course into which one student has handed in."""
    root = tmp_path_factory.mktemp("course")
    for folder in ("solutions", "exercises"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    work = notebooks.read(root / "exercises" / ASSIGNMENT / "regression.ipynb")
    (answer,) = notebooks.find_cells(work, "E2-1")
    answer["source"] = ANSWER
    folder = root / "grading" / "submitted" / "ada" / ASSIGNMENT
    folder.mkdir(parents=True)
    notebooks.write(folder / "regression.ipynb", work)
    return root


@pytest.fixture
def formgrader(browser, course, tmp_path, monkeypatch):
    """The frame of formgrader, opened by JupyterLab's menu."""
    # Nobody needs to have the environment activated.
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    with running_lab(course, tmp_path) as url:
        opened = OpenPage(browser, (1600, 1200))
        # The server does nothing else while it grades.
        opened.page.set_default_timeout(LIMIT)
        opened.page.goto(f"{url}/lab?reset")
        menu = opened.page.get_by_text("Nbgrader", exact=True)
        menu.click()
        opened.page.get_by_text("Formgrader", exact=True).click()
        yield opened.page.frame_locator("iframe")
        opened.close()


def confirm(formgrader, *words):
    """Read what a dialogue says, and close it."""
    dialogue = formgrader.locator(".modal.in")
    dialogue.get_by_text(words[0]).first.wait_for()
    said = dialogue.inner_text()
    assert all(word in said for word in words), said
    dialogue.get_by_role("button", name="OK").click()
    dialogue.wait_for(state="detached")


def test_a_teacher_grades_comments_and_gives_feedback(formgrader, course):
    row = formgrader.locator("tr", has_text=ASSIGNMENT)
    row.locator(".assign a").click()
    confirm(formgrader, "Successfully created the student version")
    row.locator(".num-submissions a").click()

    ada = formgrader.locator("tr", has_text="ada")
    ada.get_by_text("needs autograding").wait_for()
    ada.locator(".autograde a").click()
    confirm(formgrader, "Successfully autograded", "for student 'ada'")
    ada.get_by_text("graded", exact=True).wait_for()
    assert ada.locator(".score").inner_text() == "1.5 / 35"

    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name=ASSIGNMENT).click()
    formgrader.get_by_role("link", name="regression", exact=True).click()
    formgrader.get_by_role("link", name="Submission #1").click()
    points = formgrader.locator("#E2-1-check.score")
    assert points.get_attribute("placeholder") == "1.5"
    comment = formgrader.locator("#E2-1-comment")
    comment.fill(COMMENT)
    comment.press("Tab")
    formgrader.locator(".comment-saved:visible").first.wait_for()

    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name="Manage Assignments").click()
    row.locator(".num-submissions a").click()
    ada.locator(".generate-feedback a").click()
    confirm(formgrader, "Successfully generated feedback")
    folder = course / "grading" / "feedback" / "ada" / ASSIGNMENT
    page = (folder / "regression.html").read_text("utf-8")
    assert "Look at the <strong>second</strong> function once more." in page
    assert "1.5 of 4 points" in page
    assert "(Score: 1.5 / 35.0)" in page
