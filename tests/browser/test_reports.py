"""The pages of a graded class, as a browser shows them."""

import pytest

from course.grading.records import NOT_GRADED, UNREADABLE
from course.grading.reports import overview, pages

from . import checker

made_up = pytest.importorskip("made_up_class")

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1100, "height": 900}
LOOKS = [
    {"viewport": DESK, "color_scheme": "light"},
    {"viewport": DESK, "color_scheme": "dark"},
    {"viewport": PHONE, "color_scheme": "light"},
]


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Addresses of the pages of a class: of all, and of three students."""
    folder = tmp_path_factory.mktemp("grades")
    batch = made_up.records()
    shown = [overview.write(batch, folder / "overview.html")]
    for status in ("graded", UNREADABLE, NOT_GRADED):
        one = next(r for r in batch if r.status == status)
        shown.append(pages.write_feedback(one, folder / "feedback"))
    return [path.as_uri() for path in shown]


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "phone"])
def test_pages_show_quietly_and_fit(browser, reports, look):
    for address in reports:
        page = browser.new_page(**look)
        said, asked = [], []
        page.on("console", lambda m, said=said: said.append(m.text))
        page.on("pageerror", lambda e, said=said: said.append(str(e)))
        page.on("request", lambda r, asked=asked: asked.append(r.url))
        page.goto(address)
        assert said == [] and asked == [address]
        wide = "document.documentElement.scrollWidth - innerWidth"
        assert page.evaluate(wide) <= 0
        assert not checker.is_blank(page.screenshot())
        page.close()


GROUND = "getComputedStyle(document.body).backgroundColor"


def test_dark_screens_get_dark_pages_and_white_paper(browser, reports):
    for address in reports:
        page = browser.new_page(color_scheme="dark")
        page.goto(address)
        assert page.evaluate(GROUND) == "rgb(22, 24, 28)"
        page.emulate_media(media="print")
        assert page.evaluate(GROUND) == "rgb(255, 255, 255)"
        page.close()


def test_a_link_leads_from_the_class_to_the_student(browser, reports):
    page = browser.new_page()
    page.goto(reports[0])
    place = page.evaluate("[...document.links].map(a => a.href)")
    assert set(reports[1:]) <= set(place)
    page.goto(reports[1])
    page.click("a[href='#question-2']")
    top = "document.getElementById('question-2').getBoundingClientRect().top"
    assert 0 <= page.evaluate(top) < 300
    page.close()
