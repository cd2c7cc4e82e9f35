"""Decks as they are presented and handed out, in a browser without network."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from course.publish import decks as publishing
from course.publish import lectures, slides
from course.publish.slides import cell_type
from lossviz import player
from lossviz.explorer import Choice, Explorer, Slider

from . import decks, pages
from .decks import EXCUSED, OpenDeck

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module", params=lectures(), ids=lambda path: path.stem)
def built(request, packages, tmp_path_factory):
    """A lecture and its deck."""
    out = tmp_path_factory.mktemp("slides")
    return request.param, publishing.build(request.param, out)


@pytest.fixture(scope="module")
def deck(built, browser):
    opened = OpenDeck(browser, built[1])
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def printed(built, browser):
    """The deck as it is laid out for paper: all slides in sight."""
    opened = OpenDeck(browser, built[1], query="?print-pdf")
    yield opened
    opened.close()


@pytest.mark.parametrize("size", decks.SIZES)
def test_every_slide_fits_and_is_legible(built, browser, size):
    opened = OpenDeck(browser, built[1], size)
    complaints = opened.ask("slides")
    opened.close()
    assert complaints == []


def test_formulas_pictures_and_notes_are_there(built, deck):
    assert decks.content_complaints(deck) == []
    cells = nbformat.read(built[0], 4).cells
    assert deck.ask("notes") == sum(cell_type(c) == "notes" for c in cells)


def test_every_player_moves_by_key_and_by_mouse(built, deck):
    source = built[0].read_text(encoding="utf-8")
    players = deck.ask("players")
    assert len(players) == len(re.findall(r"\bexplorers\.\w+\.\w+\(", source))
    complaints = []
    for one in players:
        complaints += pages.player_complaints(deck, one)
    assert complaints == []


def test_a_presenters_remote_works_after_a_slider_was_used(deck):
    deck.ask("showPlayer", deck.ask("players")[0])
    place = deck.ask("place")
    deck.page.locator(".player input:visible").first.focus()
    deck.page.keyboard.press("PageDown")
    assert deck.ask("place") == place + 1
    deck.page.keyboard.press("PageUp")
    assert deck.ask("place") == place


def test_space_walks_through_all_and_opens_no_answer(deck):
    deck.page.keyboard.press("Home")
    place = deck.ask("place")
    assert place == 0
    for _ in range(12):
        deck.page.keyboard.press("Space")
    assert deck.ask("place") > 6


def test_the_buttons_turn_the_slides(deck):
    deck.page.keyboard.press("Home")
    deck.page.locator("#on").click()
    assert deck.page.locator("#count").inner_text().startswith("2 / ")
    deck.page.locator("#back").click()
    assert deck.page.locator("#count").inner_text().startswith("1 / ")


def test_a_link_to_a_section_leads_to_its_slide(deck):
    links = deck.page.locator(".slides a[href^='#']")
    target = links.first.get_attribute("href")
    links.first.evaluate("link => link.click()")
    current = deck.page.locator(f".page.present [id='{target[1:]}']")
    current.wait_for(state="attached")


def test_the_speakers_window_shows_notes_with_formulas(deck):
    deck.ask("showNotes")
    window = deck.speaker_window()
    notes = window.locator(".speaker-controls-notes .value")
    notes.locator("svg").first.wait_for(timeout=decks.READY_LIMIT)
    said = notes.inner_text()
    window.close()
    assert said.startswith("Speaker notes.")
    assert not re.search(r"\$|\\[a-z]", said)


def test_axe_finds_nothing_on_paper(printed, packages):
    assert pages.axe_complaints(printed, packages) == []


def test_axe_finds_nothing_on_a_slide_that_moves(deck, packages):
    deck.ask("showPlayer", deck.ask("players")[0])
    complaints = pages.axe_complaints(deck, packages, excused=EXCUSED)
    assert complaints == []


def test_every_page_of_paper_keeps_its_margins(printed):
    assert printed.ask("paper") == []


def test_paper_has_a_page_for_each_slide_and_open_answers(printed):
    pdf = printed.page.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert pages == printed.page.evaluate("Reveal.getTotalSlides()")
    answers = printed.page.locator("details:not(.asked details)")
    closed = printed.page.locator("details:not(.asked details):not([open])")
    assert answers.count() > 0
    assert closed.count() == 0


def test_nothing_moves_for_readers_who_want_it_so(built, browser):
    opened = OpenDeck(browser, built[1], reduced_motion="reduce")
    moving = opened.ask("moving")
    opened.close()
    assert moving == 0


def test_nothing_fails_and_nothing_is_asked_for_outside(deck, printed):
    complaints = pages.page_complaints(deck) + pages.page_complaints(printed)
    assert complaints == []


# decks that are wrong on purpose


def _slide(source, kind="slide"):
    return new_markdown_cell(
        source, metadata={"slideshow": {"slide_type": kind}}
    )


def _shown(html):
    return new_code_cell(
        "show()",
        outputs=[new_output("display_data", {"text/html": html})],
        metadata={"slideshow": {"slide_type": "slide"}},
    )


def _player(label="height"):
    def build(figure, data):
        return figure.subplots().plot([0, 1], [0, 9])

    def draw(data, artists):
        artists[0].set_ydata([0, data["height"]])

    return player.moving(
        Explorer(
            name="ramp",
            question="Where does it end?",
            controls=[
                Slider("height", label, 1, 9, 4),
                Choice("sign", "sign", ["up", "down"], "up"),
            ],
            compute=lambda height, sign: {
                "height": height if sign == "up" else -height
            },
            build=build,
            draw=draw,
            alt=lambda data, **_: f"A line to {data['height']}.",
            size=(8, 4),
        )
    )


QUIZ = (
    '<div><p class="course-kind">Quiz</p><p>Which?</p>'
    "<details><summary>This</summary><p>No.</p></details></div>"
)
SOUND = [
    _slide("# Lecture 9: Tests\n\nA formula: $x^2$."),
    _slide("Say $e^x$.", "notes"),
    _shown(_player()),
    _shown(QUIZ),
]
MOVES = "input.addEventListener"
FAULTS = {
    "too low": (_slide("## Tall\n\n" + "* line\n" * 30), "px too low"),
    "too low, open": (
        _slide(
            "## Tall\n\n<details><summary>More</summary>\n\n"
            + "line\n\n" * 30
            + "</details>"
        ),
        "px too low",
    ),
    "too low on paper": (
        _slide(
            "## Two\n\n<div><details><summary>One</summary>\n\n"
            + "line\n\n" * 9
            + "</details></div>\n\n<div><details><summary>Two</summary>\n\n"
            + "line\n\n" * 9
            + "</details></div>"
        ),
        "foot is covered",
    ),
    "too wide": (
        new_code_cell("x = " + "1 + " * 40 + "1"),
        "px too wide",
    ),
    "too wide, printed": (
        new_code_cell("", outputs=[new_output("stream", text="1 " * 99)]),
        "px too wide",
    ),
    "small": (
        _slide('<span style="font-size: 14px">tiny</span>'),
        "px: tiny",
    ),
    "shrunk": (
        _slide(
            '<img alt="a dot" width="800" style="width: 300px" src="data:'
            "image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
            '">'
        ),
        "a picture shrunk to",
    ),
    "raw": (_slide(r"We see \frac{1}{2} here."), "not set: We see"),
    "unknown command": (_slide(r"$\nonesuch$"), "formula not set"),
    "lost anchor": (_slide("[there](#section-9.9)"), "nowhere: #section-9.9"),
    "lost file": (
        _slide('<a href="../exercises/e.ipynb">there</a>'),
        "nowhere: ../exercises/e.ipynb",
    ),
    "outside": (
        _slide('<img alt="far" src="https://example.org/far.png">'),
        "request to https://example.org",
    ),
    "script": (_shown("<script>none()</script>"), "none is not defined"),
    "pale": (
        _slide('<span style="color: #bbbbbb">pale</span>'),
        "color-contrast",
    ),
    "skipped heading": (_slide("#### Deep"), "heading-order"),
    "dead slider": (
        _shown(_player().replace(MOVES, "input.dispatchEvent ?? void")),
        "picture did not change",
    ),
    "same words": (
        _shown(
            re.sub(
                r'"words": \[.*?\]',
                '"words": "aaaaaaaaaaaaaaaaaaaa' + "a" * 99 + '"',
                _player(),
            )
        ),
        "words did not change",
    ),
    "no label": (_shown(_player(" ")), "no label"),
}


def _every_complaint(browser, packages, cells, folder):
    notebook = nbformat.v4.new_notebook(cells=cells)
    path = Path(folder) / "deck.html"
    path.write_text(publishing.page(notebook), encoding="utf-8")
    opened = OpenDeck(browser, path)
    complaints = opened.ask("slides") + decks.content_complaints(opened)
    for one in opened.ask("players"):
        complaints += pages.player_complaints(opened, one)
    complaints += pages.page_complaints(opened)
    opened.close()
    on_paper = OpenDeck(browser, path, query="?print-pdf")
    complaints += on_paper.ask("paper")
    complaints += pages.axe_complaints(on_paper, packages)
    on_paper.close()
    return complaints


def test_a_sound_deck_gives_no_complaint(browser, packages, tmp_path):
    assert _every_complaint(browser, packages, SOUND, tmp_path) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_deck_is_seen(browser, packages, tmp_path, name):
    cell, expected = FAULTS[name]
    cells = [*SOUND[:2], cell]
    complaints = _every_complaint(browser, packages, cells, tmp_path)
    assert [c for c in complaints if expected in c] != []


def test_a_picture_whose_words_got_lost_is_seen(
    browser, packages, tmp_path, monkeypatch
):
    # The build refuses such pictures, so it is looked away for once.
    monkeypatch.setattr(slides, "_require_words", lambda cell: None)
    cells = [*SOUND[:2], _slide('<img src="data:,">')]
    complaints = _every_complaint(browser, packages, cells, tmp_path)
    assert "picture without words" in complaints


def test_a_deck_without_notes_is_seen(browser, packages, tmp_path):
    cells = [cell for cell in SOUND if cell_type(cell) != "notes"]
    complaints = _every_complaint(browser, packages, cells, tmp_path)
    assert complaints == ["no notes"]


def test_a_player_shows_what_its_controls_say(browser, tmp_path):
    path = tmp_path / "player.html"
    path.write_text(f"<!doctype html><body>{_player()}", encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    slider, choice = page.locator("input"), page.locator("select")
    seen = set()
    for sign in ("up", "down"):
        choice.select_option(sign)
        slider.press("Home")
        for _ in range(int(slider.get_attribute("max")) + 1):
            height = page.locator("output").inner_text()
            expected = height if sign == "up" else f"-{height}"
            assert page.locator("img").get_attribute("alt") == (
                f"A line to {expected}."
            )
            assert slider.get_attribute("aria-valuetext") == height
            seen.add(page.locator("img").get_attribute("src"))
            slider.press("ArrowRight")
    assert len(seen) == 18
    page.close()
