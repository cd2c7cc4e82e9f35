"""A lecture is run once, with players in place of widgets."""

import nbformat
import pytest

from course.publish import PublishError, execute

BAR = "from tqdm.notebook import tqdm\nlist(tqdm([1, 2]))\nNone"
BOTH = """
import ipywidgets
class Shown:
    def _repr_mimebundle_(self, **_):
        bundle = ipywidgets.HTML("live")._repr_mimebundle_()
        return {**bundle, "text/html": "<p>still</p>"}
Shown()
"""


@pytest.fixture
def write(tmp_path):
    """A function that writes a notebook of code cells."""

    def notebook(*sources, name="lesson"):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    return notebook


def outputs(path):
    return [cell.outputs for cell in nbformat.read(path, 4).cells]


def test_it_runs_once_where_it_lies_and_asks_for_players(write, tmp_path):
    path = write(
        "import os; print(os.environ['COURSE_STATIC'])",
        "print('x', file=open('runs.txt', 'a'))",
    )
    first = execute.executed(path, tmp_path / "build")
    assert execute.executed(path, tmp_path / "build") == first
    assert first.name == path.name
    assert outputs(first)[0][0].text == "1\n"
    assert (tmp_path / "runs.txt").read_text() == "x\n"
    write("print('changed')")
    second = execute.executed(path, tmp_path / "build")
    assert outputs(second)[0][0].text == "changed\n"


def test_widgets_and_bars_stay_out_what_is_html_stays(write, tmp_path):
    path = execute.executed(write(BAR, BOTH), tmp_path / "build")
    bar, both = outputs(path)
    assert bar == []
    assert both[0].data["text/html"] == "<p>still</p>"
    assert execute.WIDGET not in both[0].data
    assert "widgets" not in nbformat.read(path, 4).metadata


def test_text_printed_in_parts_is_one_output(write, tmp_path):
    source = "for i in range(9): print(i, flush=True, end=' ')"
    path = execute.executed(write(source), tmp_path / "build")
    ((output,),) = outputs(path)
    assert output.text == "0 1 2 3 4 5 6 7 8 "


@pytest.mark.parametrize(
    "source, reason",
    [
        ("1 / 0", "a cell raised ZeroDivisionError: division by zero"),
        ("import os; os._exit(1)", "Kernel died"),
    ],
)
def test_a_lecture_that_fails_is_one_sentence(write, tmp_path, source, reason):
    path = write(source)
    with pytest.raises(PublishError) as caught:
        execute.executed(path, tmp_path / "build")
    message = str(caught.value)
    assert message.startswith("lesson.ipynb must run to its end, but")
    assert message.endswith(reason)
    assert list(tmp_path.glob("build/*")) == []


def test_a_missing_lecture_is_one_sentence():
    with pytest.raises(PublishError, match="^.*99_none.ipynb must be a file"):
        execute.executed("99_none")


def test_only_the_newest_copies_are_kept(write, tmp_path):
    for number in range(execute.KEPT + 2):
        newest = execute.executed(write(f"print({number})"), tmp_path / "b")
    kept = list((tmp_path / "b").glob("*/lesson.ipynb"))
    assert len(kept) == execute.KEPT
    assert newest in kept


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A repository of two modules, in place of the course's own."""
    for file in ("lossviz/a.py", "course/publish/site.py"):
        path = tmp_path / "repository" / file
        path.parent.mkdir(parents=True)
        path.write_text("old")
    monkeypatch.setattr(execute, "ROOT", tmp_path / "repository")
    return tmp_path / "repository"


@pytest.mark.parametrize(
    "file, counts",
    [
        ("lossviz/a.py", True),
        ("lossviz/new.js", True),
        ("course/publish/site.py", False),
        ("lossviz/__pycache__/a.pyc", False),
    ],
)
def test_a_change_of_what_it_may_import_makes_it_run_again(
    write, sources, file, counts
):
    path = write("1")
    before = execute.fingerprint(path)
    (sources / file).parent.mkdir(exist_ok=True)
    (sources / file).write_text("new")
    assert (execute.fingerprint(path) != before) == counts


def test_a_module_that_takes_another_name_counts_too(write, sources):
    path = write("1")
    before = execute.fingerprint(path)
    (sources / "lossviz/a.py").rename(sources / "lossviz/b.py")
    assert execute.fingerprint(path) != before
