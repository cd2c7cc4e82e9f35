"""The site as readers meet it, in a browser without network."""

import re
import shutil
from pathlib import Path

import pytest
import site_rules

from course.publish import lectures
from course.publish import site as publishing

from . import pages, sites
from .sites import OpenSite

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LECTURES = [f"lectures/{path.stem}.html" for path in lectures()]
EXERCISES = [
    path.relative_to(publishing.ROOT).with_suffix(".html").as_posix()
    for path in publishing.exercises()
]
# One page of each kind, and every page that is written by hand.
KINDS = [
    "index.html",
    *EXERCISES,
    "notation.html",
    "catalogue/index.html",
    "catalogue/classification.html",
    "catalogue/ranking.html",
    "reference/index.html",
    "reference/lossviz.fits.html",
    "search.html",
]
# Lectures take long; two looks have seen both sizes and both schemes.
LOOKS = [
    (sites.WIDE, "light", [*KINDS, *LECTURES]),
    (sites.WIDE, "dark", KINDS),
    (sites.NARROW, "light", KINDS),
    (sites.NARROW, "dark", [*KINDS, *LECTURES]),
]
BAD = """<!doctype html>
<html><head><title>Bad</title>
<script defer src="https://example.org/player.js"></script></head>
<body><main><article><h1>Bad</h1><h3>Too deep</h3>
<p style="color: #bbb; width: 5000px">Pale and wide, \\(\\frac12 r^2\\)</p>
<a href="nowhere.html">no page</a> <a href="notation.html#no">no place</a>
<img src="https://example.org/a.png">
<script>missing()</script></article></main></body></html>"""


@pytest.fixture(scope="module")
def folder(packages, tmp_path_factory):
    """The site, made once for all tests."""
    root = tmp_path_factory.mktemp("publishing")
    return publishing.build(root / "site", root / "source").parent


@pytest.fixture(scope="module")
def files(folder):
    """What stands in the files of the site."""
    return site_rules.pages(folder)


@pytest.fixture(scope="module")
def spoilt(folder, tmp_path_factory):
    """A small site with a page on which everything is wrong."""
    root = tmp_path_factory.mktemp("spoilt")
    shutil.copy(folder / "notation.html", root)
    (root / "bad.html").write_text(BAD, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def opened(folder, browser):
    """The site, open in one window."""
    site = OpenSite(browser, folder)
    yield site
    site.close()


def test_every_link_leads_to_a_page_and_a_place(files):
    assert site_rules.link_complaints(files) == []


def test_no_page_loads_anything_from_outside(files):
    assert site_rules.request_complaints(files) == []


def test_pages_have_a_language_a_title_and_words_for_pictures(files):
    assert site_rules.page_complaints(files) == []


def test_a_spoilt_page_is_complained_of(spoilt):
    files = site_rules.pages(spoilt)
    said = [
        *site_rules.link_complaints(files),
        *site_rules.request_complaints(files),
        *site_rules.page_complaints(files),
    ]
    assert [c for c in said if c.startswith("bad.html")] == [
        "bad.html: no file nowhere.html",
        "bad.html: no place notation.html#no",
        "bad.html: loads https://example.org/player.js",
        "bad.html: loads https://example.org/a.png",
        "bad.html: no language",
        "bad.html: picture without words",
        "bad.html: from h1 to h3",
    ]


@pytest.mark.parametrize("size, scheme, names", LOOKS)
def test_every_kind_of_page_can_be_read_by_all(
    folder, browser, packages, size, scheme, names
):
    site = OpenSite(browser, folder, size, color_scheme=scheme)
    complaints = []
    for name in names:
        site.show(name)
        found = sites.page_complaints(site)
        found += pages.axe_complaints(site, packages)
        complaints += [f"{name}: {fault}" for fault in found]
    site.close()
    assert complaints == []


def test_no_page_is_wider_than_a_phone(folder, browser):
    site = OpenSite(browser, folder, sites.NARROW)
    complaints = []
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith("_static"):
            site.show(name)
            complaints += [f"{name}: {fault}" for fault in site.ask("wide")]
    site.close()
    assert complaints == []


def test_pictures_can_be_read_on_a_phone(folder, browser):
    """They shrink to no less than 11 pixels for letters of 18."""
    site = OpenSite(browser, folder, sites.NARROW)
    for name in ("catalogue/residual.html", *LECTURES):
        pictures = site.show(name).page.evaluate(
            """() => [...document.querySelectorAll("article img")].map(
                (image) => image.getBoundingClientRect().width
                    / (image.getAttribute("width")
                        ?? parseFloat(image.style.width)))"""
        )
        assert pictures and min(pictures) > 0.59
    site.close()


def test_a_spoilt_page_fails_in_the_browser_too(spoilt, browser, packages):
    site = OpenSite(browser, spoilt).show("bad.html")
    found = sites.page_complaints(site) + pages.axe_complaints(site, packages)
    site.close()
    said = "\n".join(found)
    for fault in (
        "page error: missing is not defined",
        "request to https://example.org/a.png",
        "raw formula: Pale and wide",
        "too wide: ",
        "color-contrast: ",
        "html-has-lang: ",
        "image-alt: ",
    ):
        assert fault in said


@pytest.mark.parametrize("name", LECTURES)
def test_every_player_moves_by_key_and_by_mouse(opened, name):
    opened.show(name)
    (source,) = (p for p in lectures() if p.stem == Path(name).stem)
    shown = re.findall(
        r"\bexplorers\.\w+\.\w+\(", source.read_text(encoding="utf-8")
    )
    players = opened.ask("players")
    assert len(players) == len(shown) > 0
    complaints = []
    for player in players:
        opened.wake(player)
        complaints += pages.player_complaints(opened, player)
    assert complaints == []


def test_a_player_without_its_film_keeps_picture_and_words(folder, browser):
    """And is complained of, as it does not move."""
    copy = folder / "lectures" / "filmless.html"
    text = (folder / LECTURES[0]).read_text(encoding="utf-8")
    copy.write_text(re.sub(r'data-film="\w+"', 'data-film="none"', text))
    site = OpenSite(browser, folder).show("lectures/filmless.html")
    copy.unlink()
    player = site.ask("players")[0]
    state = site.ask("player", player)
    assert state["picture"].startswith("data:image/png") and state["words"]
    assert pages.player_complaints(site, player) == [f"{player}: no control"]
    site.close()


def test_the_search_finds_a_loss(opened):
    opened.show("search.html?q=huber_loss")
    opened.page.wait_for_selector("#search-results li")
    found = " ".join(opened.ask("found"))
    assert "Catalogue of losses" in found
    assert "lossviz.losses.huber_loss" in found
    opened.show("search.html?q=nosuchword")
    opened.page.wait_for_selector(".search-summary:has-text('did not match')")
    assert opened.ask("found") == []


def test_nothing_moves_for_those_who_asked_for_it(folder, browser):
    moving = {}
    for wish in ("reduce", "no-preference"):
        site = OpenSite(browser, folder, reduced_motion=wish)
        moving[wish] = site.show("index.html").ask("moving")
        site.close()
    assert moving["reduce"] == 0 < moving["no-preference"]


def test_exercises_hold_no_answers_and_lectures_no_notes(folder):
    for name in EXERCISES:
        text = (folder / name).read_text(encoding="utf-8")
        assert "NotImplementedError" in text
        assert "BEGIN SOLUTION" not in text
    for name in LECTURES:
        text = (folder / name).read_text(encoding="utf-8")
        assert "Speaker notes" not in text and "google.colab" not in text


def test_what_search_quotes_is_free_of_tex(folder, browser):
    """Pages are fetched for quotes: a server must be asked, as on the web."""
    with sites.served(folder) as address:
        site = OpenSite(browser, folder)
        site.show("search.html?q=huber", address)
        site.page.wait_for_selector("#search-results p.context")
        assert site.ask("formulas") == []
        site.close()
