"""`make update` takes a new version and never loses an answer."""

import subprocess
from pathlib import Path

import pytest

from course import update

NOTEBOOK = "exercises/regression.ipynb"


def git(folder, *words):
    subprocess.run(
        ["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@t"]
        + list(words),
        check=True,
        capture_output=True,
    )


def write(folder, text, name=NOTEBOOK):
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf8")
    return path


@pytest.fixture
def clones(tmp_path):
    """A server's clone, where teachers work, and a student's clone."""
    server = tmp_path / "server"
    server.mkdir()
    git(server, "init", "-q", "-b", "main")
    write(server, "first")
    write(server, "course", "README.md")
    git(server, "add", ".")
    git(server, "commit", "-qm", "first")
    student = tmp_path / "student"
    git(tmp_path, "clone", "-q", str(server), str(student))
    return server, student


def publish(server, text, name=NOTEBOOK):
    write(server, text, name)
    git(server, "add", ".")
    git(server, "commit", "-qm", text)


def test_untouched_clone_gets_the_new_version(clones):
    server, student = clones
    publish(server, "second")
    assert update.run(student) == 0
    assert (student / NOTEBOOK).read_text() == "second"
    assert not list(student.glob("exercises/*.mine*"))


def test_answers_survive_a_new_exercise_in_a_file_of_their_own(clones):
    server, student = clones
    write(student, "my answers")
    publish(server, "second")
    assert update.run(student) == 0
    assert (student / NOTEBOOK).read_text() == "second"
    kept = student / "exercises" / "regression.mine.ipynb"
    assert kept.read_text() == "my answers"


def test_answers_stay_in_place_when_the_exercise_did_not_change(clones):
    server, student = clones
    write(student, "my answers")
    publish(server, "new text", "README.md")
    assert update.run(student) == 0
    assert (student / NOTEBOOK).read_text() == "my answers"
    assert (student / "README.md").read_text() == "new text"
    assert not list(student.glob("exercises/*.mine*"))


def test_second_update_keeps_the_copy_of_the_first(clones):
    server, student = clones
    for round_ in ("1", "2"):
        write(student, "answers " + round_)
        publish(server, "version " + round_)
        assert update.run(student) == 0
    texts = {
        path.name: path.read_text()
        for path in student.glob("exercises/*.mine*")
    }
    assert texts == {
        "regression.mine.ipynb": "answers 1",
        "regression.mine2.ipynb": "answers 2",
    }


def test_other_changed_files_stop_the_update_and_stay(clones, capsys):
    server, student = clones
    write(student, "my own readme", "README.md")
    publish(server, "new text", "README.md")
    assert update.run(student) == 1
    assert (student / "README.md").read_text() == "my own readme"
    told = capsys.readouterr().err
    assert "was not applied" in told and "README.md" in told
    assert told.count("\n") == 1 and "Aborting" not in told


def test_answers_stay_in_place_when_the_update_is_stopped(clones):
    server, student = clones
    write(student, "my answers")
    write(student, "my own readme", "README.md")
    publish(server, "second")
    publish(server, "new text", "README.md")
    assert update.run(student) == 1
    assert (student / NOTEBOOK).read_text() == "my answers"
    assert not list(student.glob("exercises/*.mine*"))


def test_commits_of_the_students_own_stop_the_update(clones, capsys):
    server, student = clones
    publish(student, "my own commit", "notes.md")
    publish(server, "second")
    assert update.run(student) == 1
    told = capsys.readouterr().err
    assert "fast-forward" in told and told.count("\n") == 1


def test_answers_that_were_staged_survive_too(clones):
    server, student = clones
    write(student, "my answers")
    git(student, "add", NOTEBOOK)
    publish(server, "second")
    assert update.run(student) == 0
    assert (student / NOTEBOOK).read_text() == "second"
    kept = student / "exercises" / "regression.mine.ipynb"
    assert kept.read_text() == "my answers"


def test_folder_without_git_is_one_sentence(tmp_path, capsys):
    assert update.run(tmp_path) == 1
    assert "must be a git clone" in capsys.readouterr().err


def test_unreachable_server_changes_nothing(clones, capsys):
    server, student = clones
    write(student, "my answers")
    server.rename(server.with_name("gone"))
    assert update.run(student) == 1
    assert (student / NOTEBOOK).read_text() == "my answers"
    assert "cannot be reached" in capsys.readouterr().err
