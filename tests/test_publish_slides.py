"""Cells become slides: what opens, what closes, what stands beside what."""

from html.parser import HTMLParser

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from course.publish import PublishError
from course.publish.slides import arranged

FIGURE = '<figure><img alt="a line" width="800" height="400" src="x"></figure>'


def text(source, kind=None):
    return new_markdown_cell(source, metadata=_slide(kind))


def code(source, kind=None, *, tags=(), html=None, data=None):
    data = data or ({"text/html": html} if html else {})
    outputs = [new_output("display_data", data)] if data else []
    metadata = {**_slide(kind), "tags": list(tags)}
    return new_code_cell(source, outputs=outputs, metadata=metadata)


def _slide(kind):
    return {"slideshow": {"slide_type": kind}}


def arrange(*cells):
    title = text("# Lecture 9: Tests\n\nHello.", "slide")
    notebook = nbformat.v4.new_notebook(cells=[title, *cells])
    arranged(notebook)
    return notebook.cells


class Outline(HTMLParser):
    """Writes the nesting of elements as text: "section(section(div()))"."""

    def __init__(self):
        super().__init__()
        self.open, self.text = [], ""

    def handle_starttag(self, tag, attributes):
        name = dict(attributes).get("class", tag)
        self.open.append(tag)
        self.text += f"{name}("

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.text += ")"

    def handle_data(self, data):
        self.text += data


def outline(cells):
    """Return the slides' nesting, each cell as the first word it holds."""
    parser = Outline()
    for cell in cells:
        deck = cell.metadata.deck
        parser.feed(deck["before"])
        for output in cell.get("outputs", ()):
            parser.feed(output.metadata.get("deck_before", ""))
        word = cell.source.split()[0].strip("#").strip() or "title"
        parser.feed(word + deck["after"])
    assert parser.open == []
    text = parser.text.replace("page(", "section(")
    return text.replace("place(Lecture 9: Tests)", "")


def test_slides_open_stacks_and_subslides_stand_in_them():
    cells = arrange(
        text("one", "subslide"), text("two", "-"), text("three", "slide")
    )
    assert outline(cells) == (
        "section(section(content(title))section(content(onetwo)))"
        "section(section(content(three)))"
    )


def test_skipped_cells_leave_no_trace():
    cells = arrange(text("gone", "skip"), text("stays", None))
    assert outline(cells) == "section(section(content(titlestays)))"


def test_a_fragment_goes_on_until_the_next_or_the_notes():
    cells = arrange(
        text("a", "fragment"),
        text("b", None),
        text("c", "fragment"),
        text("said", "notes"),
        text("d", None),
    )
    assert outline(cells) == (
        "section(section(content(titlefragment(ab)fragment(c)notes(said)d)))"
    )


def test_a_picture_shares_its_row_with_the_text_after_it():
    cells = arrange(code("draw", "subslide", html=FIGURE), text("words"))
    assert outline(cells).endswith("section(content(beside(drawwords))))")


def test_a_picture_and_its_text_may_appear_together():
    cells = arrange(code("draw", "fragment", html=FIGURE), text("words"))
    assert outline(cells).endswith("fragment(beside(drawwords)))))")


@pytest.mark.parametrize(
    "html, following",
    [
        (FIGURE.replace("800", "900"), text("words")),
        (FIGURE, text("words", "fragment")),
        (FIGURE, text("words", "subslide")),
        (FIGURE, code("more")),
        ("<p>no picture</p>", text("words")),
    ],
)
def test_a_picture_stands_alone_where_no_text_fits_beside_it(html, following):
    cells = arrange(code("draw", "subslide", html=html), following)
    assert "beside" not in outline(cells)


def test_the_foot_tells_lecture_and_section_without_its_minutes():
    cells = arrange(
        text("## 9.1 First & last · 7 min", "slide"),
        text("### Detail", "subslide"),
        text("## 9.2 Then", "slide"),
    )
    feet = [cell.metadata.deck["after"] for cell in cells]
    assert ">Lecture 9: Tests</p>" in feet[0]
    assert ">Lecture 9: Tests · 9.1 First &amp; last</p>" in feet[1]
    assert ">Lecture 9: Tests · 9.1 First &amp; last</p>" in feet[2]
    assert ">Lecture 9: Tests · 9.2 Then</p>" in feet[3]


def test_links_to_files_become_words_and_others_stay():
    source = "[E9](../exercises/e.ipynb) [up](#section-9.1) [w](https://x.y)"
    (_, cell) = arrange(text(source))
    assert cell.source == "E9 [up](#section-9.1) [w](https://x.y)"


@pytest.mark.parametrize(
    "tag, shown", [("hide-input", False), ("explorer", False), ("quiz", True)]
)
def test_code_that_is_not_the_lesson_is_folded(tag, shown):
    (_, cell) = arrange(code("quiz()", tags=["other", tag]))
    assert cell.metadata.deck["shows_source"] == shown


@pytest.mark.parametrize(
    "data, complaint",
    [
        ({"text/html": "<img src='x'>"}, "got none from: show()"),
        ({"text/html": FIGURE + '<img alt="">'}, "got none from: show()"),
        ({"image/png": "x", "text/plain": "fig"}, "got image/png from: show"),
    ],
)
def test_a_picture_without_words_is_refused(data, complaint):
    with pytest.raises(PublishError, match="alternative text") as caught:
        arrange(code("import this\nshow()", data=data))
    assert complaint in str(caught.value)


@pytest.mark.parametrize("source", ["![](a.png)", 'See <img src="a.png">'])
def test_a_picture_in_text_needs_words_too(source):
    with pytest.raises(PublishError, match="got none from: "):
        arrange(text(source))


def test_a_lecture_needs_a_title():
    notebook = nbformat.v4.new_notebook(cells=[text("## Only a section")])
    with pytest.raises(PublishError, match="must begin with a title"):
        arranged(notebook)
