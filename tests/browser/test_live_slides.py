"""Every lecture as an instructor presents it: live, in a hall."""

from pathlib import Path

import nbformat
import pytest

from . import live, pages, specimens
from .lab import OpenNotebook, running_notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LECTURES = sorted((Path(__file__).parents[2] / "lectures").glob("*.ipynb"))
FONTS = "@deathbeds/jupyterlab-fonts"


class Show:
    """A lecture gone through by Space, its explorers moved on the way."""

    def __init__(self, notebook):
        self.notebook = notebook
        self.moved, self.complaints = set(), []
        self.slides = live.walk(notebook, self._play)

    def _play(self, slide):
        for index in slide.cells:
            is_new = index not in self.moved
            sliders = ".noUi-handle"
            cell = live.cell(self.notebook, index)
            if is_new and cell.locator(sliders).count():
                self.moved.add(index)
                self.complaints += live.slider_complaints(self.notebook, index)


@pytest.fixture(scope="module", params=LECTURES, ids=lambda path: path.stem)
def show(request, browser, lab):
    path = f"lectures/{request.param.name}"
    with running_notebook(browser, lab, path) as notebook:
        yield Show(notebook)


def test_no_slide_is_too_tall_too_wide_or_too_small(show):
    assert live.complaints(show.slides) == []


def test_every_cell_for_the_hall_is_shown_and_no_other(show):
    shown = {index for slide in show.slides for index in slide.cells}
    path = Path(__file__).parents[2] / show.notebook.path
    cells = nbformat.read(path, as_version=4).cells
    kinds = [c.metadata.get("slideshow", {}).get("slide_type") for c in cells]
    hidden = {i for i, k in enumerate(kinds) if k in ("skip", "notes")}
    assert shown == set(range(len(cells))) - hidden


def test_explorers_move_by_mouse_and_key_within_their_slide(show):
    assert len(show.moved) > 0
    assert show.complaints + pages.page_complaints(show.notebook) == []


@pytest.fixture(scope="module")
def faulty(browser, lab, tree):
    """What is said of each slide of a deck that is wrong on purpose."""
    lecture = nbformat.read(LECTURES[0], as_version=4)
    styles = {FONTS: lecture.metadata[FONTS]}
    specimens.write_slides(tree / "specimens" / "slides.ipynb", styles)
    notebook = OpenNotebook(browser, lab, "specimens/slides.ipynb")
    slides = live.walk(notebook)
    notebook.close()
    assert len(slides) == len(specimens.SLIDES)
    return {
        title: live.complaints([slide])
        for title, slide in zip(specimens.SLIDES, slides, strict=True)
    }


@pytest.mark.parametrize(
    "title, expected",
    [
        ("too tall", "pixels high"),
        ("too tall once opened", "pixels high"),
        ("too wide", "pixels wide"),
        ("too small", "text of 12 pixels"),
    ],
)
def test_a_faulty_slide_is_seen(faulty, title, expected):
    (complaint,) = faulty[title]
    assert expected in complaint


def test_a_sound_slide_gives_no_complaint(faulty):
    assert faulty["sound"] == []
