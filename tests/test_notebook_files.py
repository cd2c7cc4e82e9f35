"""Notebook files are read strictly: a fault is one clear sentence."""

import json

import nbformat
import pytest
import tiny_course as tiny

from course import notebooks
from course.notebooks import NotebookError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.ipynb"


def whole(**changes):
    return json.dumps({**tiny.notebook(), **changes}).encode()


@pytest.mark.parametrize(
    "data, sentence",
    [
        (b"", "a.ipynb must hold a notebook, got an empty file"),
        (b" \n\n", "a.ipynb must hold a notebook, got an empty file"),
        (b'{"a": 1,}', "a.ipynb must be JSON, got a fault in line 1, column"),
        (b"not json", "a.ipynb must be JSON, got a fault in line 1, column 1"),
        (b'{"t": "caf\xe9"}', "a.ipynb must be UTF-8 text, got byte 0xe9 at"),
        (b"\0" * 9, "a.ipynb must be JSON"),
        (b"[" * 10**5, "a.ipynb must be JSON of sensible depth"),
        (b"1" * 10**5, "a.ipynb must be JSON of sensible depth and numbers"),
        (b"[]", "a.ipynb must be a notebook, got JSON of another kind"),
        (b"null", "a.ipynb must be a notebook, got JSON of another kind"),
        (b"{}", "a.ipynb must be a notebook, got JSON of another kind"),
        (whole(nbformat=3), "a.ipynb must be of nbformat 4, got 3"),
        (whole(nbformat="x" * 99), "a.ipynb must be of nbformat 4, got xxx"),
        (whole(cells={}), "a.ipynb must have a list of cells and metadata"),
        (whole(metadata=1), "a.ipynb must have a list of cells and metadata"),
        (whole(cells=[7]), "a.ipynb, cell 1, must be code, markdown or raw"),
        (
            whole(cells=[{"cell_type": "code", "source": ""}]),
            "a.ipynb, cell 1, must have metadata",
        ),
        (
            whole(cells=[tiny.cell("code", [1], "x")]),
            "a.ipynb, cell 1, must have text as its source",
        ),
    ],
)
def test_a_damaged_file_is_one_sentence(path, data, sentence):
    path.write_bytes(data)
    with pytest.raises(NotebookError) as caught:
        notebooks.read(path)
    told = str(caught.value)
    assert told.startswith(sentence)
    assert "\n" not in told
    assert len(told) < 120


def test_a_file_that_is_too_large_is_not_read(path):
    path.write_bytes(b"x" * 3000)
    with pytest.raises(NotebookError, match="at most 0.001.* MiB"):
        notebooks.read(path, max_bytes=2000)


def test_a_missing_file_and_a_folder_are_one_sentence(tmp_path):
    with pytest.raises(NotebookError, match="must be a file, but is missing"):
        notebooks.read(tmp_path / "none.ipynb")
    with pytest.raises(NotebookError, match="file that can be read, got: Is"):
        notebooks.read(tmp_path)


def test_a_notebook_is_written_as_jupyter_writes_it(path):
    made = tiny.notebook()
    made["cells"][0]["source"] = "# Zwölf\n\n* ½ r²\n"
    notebooks.write(path, made)
    written = path.read_bytes()
    nbformat.write(nbformat.from_dict(made), path)
    assert path.read_bytes() == written
    notebooks.write(path, notebooks.read(path))
    assert path.read_bytes() == written


def test_a_byte_order_mark_does_no_harm(path):
    path.write_bytes(b"\xef\xbb\xbf" + whole())
    assert notebooks.read(path)["cells"][0]["source"].startswith("# Tiny")


def test_sources_are_joined_whichever_way_they_are_stored(path):
    for source in ("a = 1\nb = 2", ["a = 1\n", "b = 2"]):
        path.write_bytes(whole(cells=[tiny.cell("code", source, "x")]))
        (cell,) = notebooks.read(path)["cells"]
        assert cell["source"] == "a = 1\nb = 2"


def test_text_that_no_encoding_knows_can_be_written(path):
    made = {**tiny.notebook(), "cells": [tiny.cell("code", "'\ud800'", "x")]}
    notebooks.write(path, made)
    assert notebooks.read(path)["cells"][0]["source"] == "'?'"


def test_a_failed_write_leaves_the_old_file(path):
    notebooks.write(path, tiny.notebook())
    before = path.read_bytes()
    broken = {**tiny.notebook(), "metadata": {"x": object()}}
    with pytest.raises(TypeError):
        notebooks.write(path, broken)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_cells_are_found_by_their_nbgrader_id():
    made = tiny.notebook()
    (cell,) = notebooks.find_cells(made, "E9-1")
    assert "double" in cell["source"]
    assert notebooks.find_cells(made, "E9-2") == []
    made["cells"].append(dict(cell))
    assert len(notebooks.find_cells(made, "E9-1")) == 2


@pytest.mark.parametrize("entry", [None, 3, "E9-1", [], {}])
def test_odd_nbgrader_metadata_is_no_id(entry):
    cell = {"metadata": {"nbgrader": entry}}
    assert notebooks.grade_id(cell) is None
