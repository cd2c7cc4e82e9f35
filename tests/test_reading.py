"""What was handed in becomes a notebook, whatever an editor made of it."""

import json
from pathlib import Path

import nbformat
import pytest
import tiny_course as tiny

from course import notebooks
from course.grading.intake import reading, submissions
from course.notebooks import NotebookError

ROOT = Path(__file__).parents[1]
EXERCISE = ROOT / "exercises" / "02_regression" / "regression.ipynb"
SMALL = json.dumps(tiny.notebook()).encode()


@pytest.fixture
def handed_in(tmp_path):
    """Return a function that hands in a file and gives what is found."""

    def hand_in(data):
        path = tmp_path / "regression.ipynb"
        path.write_bytes(data)
        (found,) = submissions.find(path)
        return found

    return hand_in


@pytest.fixture
def load(handed_in):
    """Return a function that gives the notebook in what is handed in."""
    return lambda data: notebooks.parse(handed_in(data).load())


def dump(made):
    return json.dumps(made).encode()


def test_an_ordinary_file_is_loaded_as_it_is(handed_in):
    data = EXERCISE.read_bytes()
    assert handed_in(data).load() == data


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_any_of_unicodes_encodings_will_do(load, encoding):
    data = json.dumps(tiny.notebook("größe = '∑'"), ensure_ascii=False)
    made = load(data.encode(encoding))
    assert made["cells"][2]["source"] == "größe = '∑'"


def test_an_old_editors_encoding_will_do(load):
    made = tiny.notebook("größe = 1")
    made["cells"][0]["source"] = "# Title"
    data = json.dumps(made, ensure_ascii=False).encode("latin-1")
    assert load(data)["cells"][2]["source"] == "größe = 1"


def test_the_padding_of_a_crashed_save_does_no_harm(load):
    assert load(SMALL + b"\0" * 5000) == notebooks.parse(SMALL)


def test_outputs_and_pictures_do_not_count_as_size(load):
    made = tiny.notebook("mine = 1")
    lines = ['"outputs": [ \\" ]\n'] * 300_000 + ["]}]}" * 500_000]
    output = {"output_type": "stream", "name": "stdout", "text": lines}
    made["cells"][2]["outputs"] = [output] * 2
    made["cells"][0]["attachments"] = {"a.png": {"image/png": "A" * 2**22}}
    made["metadata"]["widgets"] = {"state": {"x": ["{" * 2**22]}}
    data = dump(made)
    assert len(data) > notebooks.MAX_BYTES
    slim = load(data)
    assert slim["cells"][2]["source"] == "mine = 1"
    assert slim["cells"][2]["outputs"] == []
    assert slim["cells"][0]["attachments"] == {}
    assert slim["metadata"]["widgets"] == {}
    assert slim["cells"][0]["source"] == made["cells"][0]["source"]
    assert slim["cells"][3] == made["cells"][3]


def test_sources_that_speak_of_outputs_are_kept(monkeypatch, load):
    sources = ['x = {"outputs": [1, 2]}', ["outputs", ": [\n", '"outputs"']]
    made = tiny.notebook(sources[0])
    made["cells"][1]["source"] = sources[1]
    small = json.dumps(made)
    made["cells"][3]["outputs"] = [{"text": "x" * 50_000}]
    monkeypatch.setattr(notebooks, "MAX_BYTES", len(small) + 1000)
    slim = load(dump(made))
    assert slim["cells"][2]["source"] == sources[0]
    assert slim["cells"][1]["source"] == "".join(sources[1])


def test_sources_of_fifty_megabytes_are_refused(handed_in):
    row = handed_in(dump(tiny.notebook("#" * 50_000_000)))
    with pytest.raises(NotebookError) as caught:
        row.load()
    assert str(caught.value) == (
        "regression.ipynb must be at most 10 MiB without its outputs, "
        "got 47.7 MiB"
    )


@pytest.mark.parametrize(
    "data",
    [
        b'{"outputs": [' + b'"\\"' * 500_000,
        b'"outputs": [' * 300_000,
        b'{"outputs": [' + b"[" * 3_000_000,
        b'"outputs"' * 400_000 + b'"\\',
    ],
)
def test_text_that_never_closes_costs_no_time(data, monkeypatch):
    # Two passes at most: a search that starts over would take hours.
    monkeypatch.setattr(notebooks, "MAX_BYTES", 1000)
    with pytest.raises(NotebookError):
        reading.tidy(data)


@pytest.mark.parametrize("minor", [0, 2, 4, 5])
def test_every_minor_of_nbformat_4_will_do(load, minor):
    made = nbformat.v4.new_notebook(nbformat_minor=minor)
    made["cells"] = [nbformat.v4.new_code_cell("x = 1")]
    if minor < 5:
        del made["cells"][0]["id"]
    data = nbformat.writes(made).encode()
    assert load(data)["cells"][0]["source"] == "x = 1"


@pytest.mark.parametrize("version", [2, 3])
def test_old_formats_are_brought_up_to_date(load, version):
    old = nbformat.convert(nbformat.from_dict(tiny.notebook()), 3)
    old["worksheets"][0]["cells"].append(
        {"cell_type": "heading", "level": 2, "source": "End", "metadata": {}}
    )
    old["nbformat"] = version
    made = load(json.dumps(old).encode())
    kinds = ["markdown", "code", "code", "code", "markdown"]
    assert [cell["cell_type"] for cell in made["cells"]] == kinds
    assert made["cells"][2]["source"] == tiny.SOLUTION
    assert notebooks.grade_id(made["cells"][2]) == "E9-1"


def test_missing_metadata_and_strange_cells_are_put_right(load):
    made = tiny.notebook()
    del made["metadata"]
    del made["cells"][1]["metadata"]
    made["cells"][0]["cell_type"] = "chart"
    kinds = [cell["cell_type"] for cell in load(dump(made))["cells"]]
    assert kinds == ["raw", "code", "code", "code"]


@pytest.mark.parametrize(
    "data, told",
    [
        (b"", "must hold a notebook, got an empty file"),
        (b"\0" * 3000, "must be JSON"),
        (b"PK\3\4" + b"\xff\0" * 40, "must be JSON"),
        (b"<html>not found</html>", "must be JSON"),
        (SMALL[:-300], "must be JSON, got a fault in line 1"),
        (b"[" * 100_000, "must be JSON of sensible depth"),
        (b'{"nbformat": 4, "cells": [[]]}', "must have a list of cells"),
        (dump({**tiny.notebook(), "nbformat": 5}), "must be of nbformat 4"),
        (dump({"nbformat": 3, "worksheets": 7}), "must be of nbformat 4"),
        (dump({"nbformat": 1, "cells": []}), "must be of nbformat 4, got 1"),
    ],
)
def test_what_is_no_notebook_is_one_sentence(handed_in, data, told):
    row = handed_in(data)
    with pytest.raises(NotebookError) as caught:
        row.load()
    assert str(caught.value).startswith(f"regression.ipynb {told}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("entry", ["kernelspec", "language_info"])
def test_another_language_is_one_sentence(load, entry):
    made = tiny.notebook("double <- function(x) { 2 * x }")
    for cell in made["cells"]:
        cell["source"] = cell["source"].replace("import", "library")
    made["metadata"] = {
        "kernelspec": {"name": "ir", "language": "R"},
        "language_info": {"name": "R"},
    }
    del made["metadata"][entry]
    with pytest.raises(NotebookError, match="must be a Python .* one for R$"):
        load(dump(made))


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "julia-1.9", "language": "julia"}},
        {"kernelspec": {"name": "conda-env-ml-py", "language": "python"}},
        {"kernelspec": {"name": "gone"}, "language_info": {"name": "ipython"}},
        {"kernelspec": 3, "language_info": []},
        {},
    ],
)
def test_the_kernels_name_does_not_matter_where_the_code_is_python(
    load, metadata
):
    made = {**tiny.notebook(), "metadata": metadata}
    assert load(dump(made))["cells"]
