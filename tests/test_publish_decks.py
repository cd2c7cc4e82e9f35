"""The page of a deck: what stands in it, what it leaves out, its command."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from course.__main__ import main
from course.publish import decks

FIGURE = '<figure><img alt="a line" width="800" src="data:,"></figure>'


@pytest.fixture(autouse=True)
def parts(monkeypatch):
    """Short texts in place of what comes from npm."""
    monkeypatch.setattr(decks.npm, "text", lambda name: f"/* {name} */")


def page(*cells):
    title = new_markdown_cell("# Lecture 9: a < b")
    return decks.page(nbformat.v4.new_notebook(cells=[title, *cells]))


def shown(data, source="show()", **metadata):
    outputs = [new_output("execute_result", data)]
    return new_code_cell(source, outputs=outputs, metadata=metadata)


def test_the_page_has_language_title_and_all_parts_within():
    html = page()
    assert '<html lang="en">' in html
    assert "<title>Lecture 9: a &lt; b</title>" in html
    for name in (*decks.STYLES, *decks.SCRIPTS, decks.MATHJAX):
        assert f"/* {name} */" in html
    assert not re.search(r'<(script|link|img)[^>]*(src|href)="(?!data:)', html)


def test_code_output_and_printed_text_stand_on_it():
    cell = new_code_cell(
        "x = 1 < 2\nprint(x)",
        outputs=[new_output("stream", name="stdout", text="True <\n")],
    )
    html = page(cell)
    assert '<pre class="printed">True &lt;\n</pre>' in html
    assert html.count('<div class="source">') == 1


def test_folded_code_leaves_its_output():
    html = page(shown({"text/html": FIGURE}, tags=["hide-input"]))
    assert '<div class="source">' not in html
    assert '<img alt="a line"' in html


def test_a_picture_with_words_goes_before_a_bare_one():
    html = page(shown({"image/png": "QUJD", "text/html": FIGURE}))
    assert '<img alt="a line"' in html
    assert "QUJD" not in html


def test_headings_have_no_mark_that_a_screen_reader_would_read():
    assert "¶" not in page(new_markdown_cell("## Section"))


def test_no_script_of_a_library_ends_the_page(monkeypatch):
    library = 'a = "</script><!-- <b>"'
    monkeypatch.setattr(
        decks.npm, "text", lambda name: library * name.endswith(".js")
    )
    html = page()
    assert html.count("</script>") == html.count("<script") == 3
    assert html.count(r'a = "\x3C/script>\x3C!-- <b>"') == 3


def test_an_unknown_lecture_is_one_sentence(capsys):
    assert main(["slides", "99_none"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("LECTURE must be one of 02_regression")
    assert said.endswith("got 99_none\n")


def test_a_deck_is_named_with_its_size(monkeypatch, tmp_path, capsys):
    path = tmp_path / "9_small.ipynb"
    cells = [new_markdown_cell("# Small")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    monkeypatch.setattr(decks, "executed", lambda lecture: path)
    monkeypatch.setattr(decks, "inside", lambda folder: tmp_path / folder)
    assert main(["slides", str(path)]) == 0
    target = tmp_path / "build/slides/9_small.html"
    assert capsys.readouterr().out == f"{target}  0.0 MB\n"
    assert "<h1" in target.read_text(encoding="utf-8")
    assert list(target.parent.iterdir()) == [target]


def test_a_deck_that_is_too_heavy_is_one_sentence(
    monkeypatch, tmp_path, capsys
):
    path = tmp_path / "9_big.html"
    path.write_bytes(bytes(25_100_000))
    monkeypatch.setattr(decks, "build", lambda lecture: path)
    assert main(["slides", "02_regression"]) == 1
    assert "must be at most 25 MB, got 25.1" in capsys.readouterr().err
