"""Exercises come from solutions and never overwrite a student's work."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_course as tiny

from course import notebooks, questions, release
from course.release import ReleaseError

STUB = "raise NotImplementedError()"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    pytest.importorskip("nbgrader", reason="pip install nbgrader")
    return tiny.write_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def released(root):
    """Return the bytes of the exercise that the tiny course releases."""
    (path,) = release.build("90_tiny", root / "exercises/90_tiny", root=root)
    return path.read_bytes()


@pytest.fixture
def exercise(released, tmp_path):
    path = tmp_path / "tiny.ipynb"
    path.write_bytes(released)
    return path


def edit(path, source, id="E9-1"):
    made = notebooks.read(path)
    for cell in notebooks.find_cells(made, id):
        cell["source"] = source
    notebooks.write(path, made)


def nbgrader(root, *words):
    """Run stock nbgrader in a course, and return what it did."""
    beside = Path(sys.executable).parent
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=root,
        env={
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(root / "jupyter"),
            # It calls `alembic` by name.
            "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
    )


def test_a_solution_becomes_a_stub_that_keeps_its_mark(exercise):
    made = notebooks.read(exercise)
    (cell,) = notebooks.find_cells(made, "E9-1")
    assert cell["source"] == (
        f"def double(x):\n    {STUB}\n\n\ndef halve(x):\n    {STUB}"
    )
    assert cell["metadata"]["nbgrader"]["solution"] is True
    assert "SOLUTION" not in exercise.read_text()
    assert made["metadata"]["course"]["assignment"] == "90_tiny"


@pytest.mark.slow
def test_two_builds_are_equal_to_the_byte(root, released, tmp_path):
    (path,) = release.build("90_tiny", tmp_path, root=root)
    assert path.read_bytes() == released


def test_a_build_leaves_nothing_else_behind(root, released):
    assert {path.name for path in root.iterdir()} == {
        "exercises",
        "nbgrader_config.py",
        "solutions",
    }


@pytest.mark.slow
def test_plain_nbgrader_makes_the_same_exercise(released, tmp_path):
    tiny.write_course(tmp_path)
    done = nbgrader(tmp_path, "generate_assignment", "90_tiny")
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "exercises" / "90_tiny").iterdir()
    assert path.read_bytes() == released


@pytest.mark.slow
def test_plain_nbgrader_gives_the_points_of_the_check(released, tmp_path):
    tiny.write_course(tmp_path)
    with (tmp_path / release.CONFIG).open("a") as settings:
        # nbgrader's own steps in place of the course's.
        settings.write('del c["Autograde"]\n')
    assert not nbgrader(tmp_path, "generate_assignment", "90_tiny").returncode
    answers = {
        "unsolved": None,
        "partial": tiny.RIGHT.replace("x + x", "x * x"),
        "solved": tiny.RIGHT.replace("x + x", "print(x) or x + x"),
    }
    for student, source in answers.items():
        path = tmp_path / f"grading/submitted/{student}/90_tiny/tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(released)
        if source:
            edit(path, source)
    done = nbgrader(tmp_path, "autograde", "90_tiny")
    assert done.returncode == 0, done.stderr
    assert "full credit" not in done.stderr
    assert _scores(tmp_path) == {"unsolved": 0, "partial": 2, "solved": 4}


def _scores(root):
    from nbgrader.api import Gradebook

    address = f"sqlite:///{root / 'grading' / 'gradebook.db'}"
    with Gradebook(address) as book:
        return {
            work.student.id: work.score
            for work in book.assignment_submissions("90_tiny")
        }


@pytest.mark.slow
def test_plain_nbgrader_validates_what_passes_only(root, exercise):
    told = nbgrader(root, "validate", str(exercise)).stdout
    assert "VALIDATION FAILED ON 1 CELL" in told
    assert "E9.1 Twice and half: not started" in told
    edit(exercise, tiny.RIGHT)
    told = nbgrader(root, "validate", str(exercise)).stdout
    assert "Success" in told


def test_the_settings_keep_students_data_in_one_ignored_folder():
    ignored = (tiny.REPOSITORY / ".gitignore").read_text().splitlines()
    assert "/grading/" in ignored
    settings = (tiny.REPOSITORY / release.CONFIG).read_text()
    for step in ("submitted", "autograded", "feedback"):
        assert f'{step}_directory = "grading/{step}"' in settings


def test_shipped_code_stands_in_place_of_the_stub(monkeypatch, tmp_path):
    pytest.importorskip("nbgrader", reason="pip install nbgrader")
    import nbformat
    from nbgrader.coursedir import CourseDirectory

    from course import nbgrader_plugin

    folders = CourseDirectory(root=str(tmp_path))
    monkeypatch.setattr(nbgrader_plugin, "_course", lambda step: folders)
    monkeypatch.setattr(questions, "get", tiny.get)
    monkeypatch.setattr(questions, "ids", tiny.ids)
    made = tiny.notebook()
    made["cells"] += [
        tiny.answer("E9-2", STUB),
        tiny.graded("E9-2-check", 'check("E9.2")', 2),
        tiny.answer("elsewhere", STUB),
    ]
    step = nbgrader_plugin.ShipStartingCode()
    about = {"nbgrader": {"assignment": "90_tiny"}}
    made, _ = step.preprocess(nbformat.from_dict(made), about)
    sources = [cell.source for cell in made.cells]
    assert sources[2] == tiny.SOLUTION
    assert sources[4:] == [tiny.BUGGY, 'check("E9.2")', STUB]


def test_running_an_exercise_does_not_count_as_a_change(exercise):
    made = notebooks.read(exercise)
    made["cells"][1]["outputs"] = [{"output_type": "stream", "text": "hello"}]
    made["cells"][1]["execution_count"] = 3
    made["metadata"]["kernelspec"]["display_name"] = "another"
    notebooks.write(exercise, made)
    assert release.is_as_released(exercise)


def swap(cells):
    cells[2], cells[3] = cells[3], cells[2]


def move_text(cells):
    cells[0]["source"] += cells[1]["source"]
    cells[1]["source"] = ""


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: cells[2].update(source=cells[2]["source"] + " "),
        lambda cells: cells[0].update(source="# my notes"),
        lambda cells: cells[0].update(cell_type="raw"),
        lambda cells: cells.append(tiny.cell("code", "", "new")),
        lambda cells: cells.pop(),
        swap,
        move_text,
    ],
)
def test_any_change_of_the_cells_is_noticed_and_kept(exercise, change):
    made = notebooks.read(exercise)
    assert release.is_as_released(exercise)
    change(made["cells"])
    notebooks.write(exercise, made)
    assert not release.is_as_released(exercise)
    with pytest.raises(ReleaseError, match="was changed since it was"):
        release.refuse_changed(exercise)


def test_a_hash_tells_two_cells_from_one_with_the_same_text():
    two = [tiny.cell("code", text, text) for text in ("a", "b")]
    one = [tiny.cell("code", "acodeb", "a")]
    assert release.released_hash({"cells": two}) != release.released_hash(
        {"cells": one}
    )


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"{}", b"[]"])
def test_what_is_no_release_is_kept(exercise, data):
    exercise.write_bytes(data)
    assert not release.is_as_released(exercise)
    with pytest.raises(ReleaseError):
        release.refuse_changed(exercise)


@pytest.mark.parametrize("entry", [None, [], 3, {}, {"released": None}])
def test_a_notebook_without_the_mark_is_kept(exercise, entry):
    made = notebooks.read(exercise)
    made["metadata"]["course"] = entry
    notebooks.write(exercise, made)
    assert not release.is_as_released(exercise)


def test_a_build_refuses_to_overwrite_an_answer(root, exercise):
    edit(exercise, tiny.RIGHT)
    before = exercise.read_bytes()
    with pytest.raises(ReleaseError, match="was changed since"):
        release.build("90_tiny", exercise.parent, root=root)
    assert exercise.read_bytes() == before


@pytest.mark.slow
def test_a_build_renews_an_exercise_nobody_worked_in(root, exercise, released):
    made = notebooks.read(exercise)
    made["cells"][1]["execution_count"] = 3
    notebooks.write(exercise, made)
    release.build("90_tiny", exercise.parent, root=root)
    assert exercise.read_bytes() == released


def test_no_assignment_of_this_name_is_one_sentence(root, tmp_path):
    with pytest.raises(ReleaseError, match="one of 90_tiny, got 99_none"):
        release.build("99_none", tmp_path, root=root)
    with pytest.raises(ReleaseError, match="in the folder of the course"):
        release.build("90_tiny", tmp_path, root=tmp_path)


def test_without_nbgrader_one_sentence_says_how_to_get_it(
    root, tmp_path, monkeypatch
):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ReleaseError, match="bootstrap.py --extras grading"):
        release.build("90_tiny", tmp_path, root=root)


@pytest.mark.slow
def test_what_nbgrader_refuses_is_told_in_one_sentence(tmp_path):
    root = tiny.write_course(tmp_path)
    path = root / "solutions" / "90_tiny" / "tiny.ipynb"
    open_ended = tiny.SOLUTION.replace("### END SOLUTION", "")
    path.write_text(json.dumps(tiny.notebook(open_ended)))
    with pytest.raises(ReleaseError) as caught:
        release.build("90_tiny", root / "exercises" / "90_tiny", root=root)
    told = str(caught.value)
    assert told.startswith("nbgrader could not make 90_tiny: ")
    assert "solution statement" in told
    assert "\n" not in told
    assert not (root / "exercises").exists()
