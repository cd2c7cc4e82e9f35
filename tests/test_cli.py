"""The command line does its work or says one plain sentence."""

import json
import subprocess
import sys

import pytest
import tiny_course as tiny

from course import lab, notebooks, release, update
from course.__main__ import main

# What JupyterLab takes as the defaults of its settings, ours among them.
DEFAULTS = """
import json
from jupyter_server.services.config.manager import ConfigManager
manager = ConfigManager(config_dir_name="labconfig")
print(json.dumps(manager.get("default_setting_overrides")))
"""


def refused(capsys, arguments, status):
    """Run a command that must fail; return its only sentence."""
    if status == 2:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 2
    else:
        assert main(arguments) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "required: COMMAND"),
        (["exersises"], "invalid choice: 'exersises'"),
        (["exercises", "--fast"], "unrecognized arguments: --fast"),
        (["reset"], "required: NOTEBOOK, QUESTION"),
        (["reset", "a.ipynb"], "required: QUESTION"),
        (["update", "now"], "unrecognized arguments: now"),
    ],
)
def test_bad_arguments_are_one_sentence(capsys, arguments, words):
    assert words in refused(capsys, arguments, 2)


@pytest.fixture
def student(tmp_path, monkeypatch):
    """Stand in a folder with a released exercise, and return its path."""
    monkeypatch.chdir(tmp_path)
    return tiny.write_exercise(tmp_path)


def test_reset_says_where_the_old_text_is(student, capsys):
    made = notebooks.read(student)
    made["cells"][2]["source"] = tiny.RIGHT
    notebooks.write(student, made)
    assert main(["reset", "tiny.ipynb", "E9.1"]) == 0
    told = capsys.readouterr().out
    (backup,) = student.parent.glob("*.py")
    assert backup.name in told
    assert backup.read_text() == tiny.RIGHT + "\n"
    assert notebooks.read(student)["cells"][2]["source"] == tiny.STUBS


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["reset", "tiny.ipynb", "E9.9"], "(E9.1), got E9.9"),
        (["reset", "none.ipynb", "E9.1"], "none.ipynb must be a file"),
        (["reset", ".", "E9.1"], "must be a file that can be read"),
        (["exercises"], "run this in the folder of the course"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    student, capsys, arguments, words
):
    assert words in refused(capsys, arguments, 1)


def test_a_notebook_that_is_no_json_is_one_sentence(student, capsys):
    student.write_text("{")
    told = refused(capsys, ["reset", "tiny.ipynb", "E9.1"], 1)
    assert "must be JSON" in told


def test_exercises_makes_each_assignment_or_the_named_ones(
    tmp_path, monkeypatch, capsys
):
    made = []

    def build(assignment, target, *, root):
        made.append(assignment)
        assert target == root / "exercises" / assignment
        return [target / "x.ipynb"]

    for name in ("02_b", "01_a"):
        folder = tmp_path / "solutions" / name
        folder.mkdir(parents=True)
        (folder / "x.ipynb").write_text("{}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(release, "build", build)
    assert main(["exercises"]) == 0
    assert made == ["01_a", "02_b"]
    assert main(["exercises", "02_b"]) == 0
    assert made[2:] == ["02_b"]
    assert "made exercises/02_b/x.ipynb" in capsys.readouterr().out


def test_exercises_keeps_what_was_changed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tiny.write_course(tmp_path))
    path = tmp_path / "exercises" / "90_tiny" / "tiny.ipynb"
    notebooks.write(path, tiny.notebook(tiny.RIGHT))
    before = path.read_bytes()
    assert "was changed" in refused(capsys, ["exercises"], 1)
    assert path.read_bytes() == before


def test_lab_asks_nobody_about_news(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path / "other"))
    environment = lab.environment(tmp_path)
    seen = subprocess.run(
        [sys.executable, "-c", DEFAULTS],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(seen.stdout) == lab.SETTINGS
    assert environment["JUPYTER_CONFIG_PATH"].endswith("other")


def test_lab_gets_all_of_its_own_options(monkeypatch):
    given = []
    monkeypatch.setattr(lab, "run", lambda words: given.append(words) or 3)
    assert main(["lab", "--no-browser", "--port", "8899", "--help"]) == 3
    assert given == [["--no-browser", "--port", "8899", "--help"]]


def test_update_gives_its_status_back(monkeypatch):
    monkeypatch.setattr(update, "run", lambda: 1)
    assert main(["update"]) == 1


def test_help_names_every_command():
    done = subprocess.run(
        [sys.executable, "-m", "course", "--help"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    for command in ("lab", "exercises", "reset", "update"):
        assert command in done.stdout
