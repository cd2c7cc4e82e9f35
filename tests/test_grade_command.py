"""`python -m course grade`: from what was handed in to grades."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import classroom
import pytest

from course.__main__ import main
from course.grading import sandbox
from course.grading.progress import bar
from course.grading.records import Record

REPOSITORY = Path(__file__).parents[1]
FILES = {
    "journal.jsonl",
    "grades.csv",
    "moodle.csv",
    "canvas.csv",
    "grades.json",
    "overview.html",
    "feedback",
}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Stand in the folder of a small course with two hand-ins."""
    classroom.enter(tmp_path, monkeypatch)
    classroom.hand_in(Path("in"), "ada", classroom.RIGHT)
    classroom.hand_in(Path("in"), "bob", classroom.PARTLY)
    return tmp_path


@pytest.fixture
def grade(course, capsys, monkeypatch):
    """Return a function that runs the command, in this process alone."""
    classroom.grade_here(monkeypatch)

    def run(*options, source="in"):
        words = ["grade", source, "--out", "out", "--allow-weak", *options]
        status = main(words)
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return status, told.out, told.err

    return run


def refused(capsys, *words):
    """Run a command that must end in one sentence; return it."""
    try:
        status = main(["grade", *words])
    except SystemExit as left:
        status = left.code
    out, err = capsys.readouterr()
    assert status == 1
    assert err.count("\n") == 1 and "Traceback" not in err
    return err


def table(name):
    with open(Path("out", name), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_class_gets_its_grades(grade):
    status, told, err = grade()
    assert status == 0
    assert err == ""
    how = sandbox.choose(allow_weak=True)
    assert told.splitlines()[0] == f"90_small, 8 points; isolation: {how}"
    assert "2 graded; mean 9.0 of 8 points, bonus included\n" in told
    assert told.endswith(f"look first at {Path('out', 'overview.html')}\n")
    assert {path.name for path in Path("out").iterdir()} == FILES
    rows = {row["student_id"]: row for row in table("grades.csv")}
    assert {who: row["score"] for who, row in rows.items()} == {
        "ada": "11",
        "bob": "7",
    }
    pages = {path.name for path in Path("out", "feedback").iterdir()}
    assert pages == {"ada.html", "bob.html"}
    kept = json.loads(Path("out", "grades.json").read_text())["records"]
    assert [Record.from_dict(one).points for one in kept] == [11, 7]
    assert [one["seed"] > 0 for one in kept] == [True, True]


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("status", [0, 1, 2, 130])
def test_make_fails_only_where_grading_failed(tmp_path, status):
    (tmp_path / "graded.sh").write_text(f"exit {status}")
    done = subprocess.run(
        # within `make test`, make would tell the folders it enters
        ["make", "--no-print-directory"]
        + ["--file", str(REPOSITORY / "Makefile"), "grade"]
        + ["--old-file", ".venv/ready-test", "SUBMISSIONS=in"]
        + ["RUN=sh graded.sh"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    failed = status in (1, 130)
    assert (done.returncode != 0) == failed
    assert ("Error" in done.stderr) == failed
    assert done.stdout == ""


def test_what_needs_a_human_is_told_and_is_status_2(grade):
    classroom.hand_in(Path("in"), "cid", b"{")
    flagged = classroom.RIGHT["E9-1"].replace("x + x", "np.multiply(2, x)")
    classroom.hand_in(Path("in"), "dan", {**classroom.RIGHT, "E9-1": flagged})
    status, told, _ = grade()
    assert status == 2
    assert "3 graded, 1 unreadable; mean of the graded 9.7 of 8" in told
    assert "for a human: 2\n" in told
    assert "  cid: small.ipynb must be JSON" in told
    assert "  dan: E9.1 uses multiply" in told


def test_nothing_graded_is_status_1(grade, monkeypatch):
    classroom.break_sandbox(monkeypatch)
    shutil.rmtree("in")
    classroom.hand_in(Path("in"), "gus", classroom.FAULT)
    status, told, _ = grade()
    assert status == 1
    assert "0 graded, 1 not graded" in told
    assert "  gus: the sandbox is gone" in told


def test_a_second_run_goes_on(grade):
    grade()
    classroom.hand_in(Path("in"), "eve", classroom.UNSOLVED)
    status, told, _ = grade()
    assert status == 0
    assert "3 graded (2 of them before)" in told


def test_a_regrade_tells_what_changed(grade):
    grade()
    _, told, _ = grade("--student", "bob")
    assert "bob: 7 points, as before\n" in told
    classroom.hand_in(Path("in"), "bob", classroom.RIGHT)
    status, told, _ = grade("--student", "bob")
    assert status == 0
    assert "bob: 7 points → 11 points\n  E9.1: 3 → 4\n  E9.B: 0 → 3\n" in told
    assert [row["score"] for row in table("grades.csv")] == ["11", "11"]
    # A whole batch tells it in one line each.
    classroom.hand_in(Path("in"), "bob", classroom.UNSOLVED)
    _, told, _ = grade()
    assert "bob: 11 points → 0 points\n" in told
    assert "E9.1" not in told
    classroom.hand_in(Path("in"), "bob", b"")
    assert "bob: 0 points → unreadable\n" in grade()[1]


def test_a_regrade_alone_knows_one_student(grade):
    status, told, _ = grade("--student", "bob")
    assert status == 0
    assert [row["student_id"] for row in table("grades.csv")] == ["bob"]
    assert "no grade for: ada\n" in told


def test_other_questions_are_told_of_in_a_regrade(grade):
    grade()
    Path("solutions", classroom.ASSIGNMENT, "points.toml").write_text(
        "E9.B = 0\nE9.1 = 8\n"
    )
    _, told, _ = grade("--student", "ada")
    assert "  E9.1: 4 → 8\n  E9.B: no longer asked\n" in told


def test_late_hand_ins_lose_points(grade, course):
    shutil.rmtree("in")
    for student, hour in (("ada", 17), ("bob", 19)):
        path = classroom.hand_in(
            Path("in", "submitted", student),
            classroom.ASSIGNMENT,
            classroom.RIGHT,
        )
        stamp = f"2026-11-30 {hour}:00:00 UTC"
        (path.parent / "timestamp.txt").write_text(stamp)
    grade("--due", "2026-11-30T18:00Z", "--late", "10%/day, at most 50%")
    ada, bob = table("grades.csv")
    assert (ada["score"], ada["late_submission_penalty"]) == ("11", "0")
    assert (bob["score"], bob["late_submission_penalty"]) == ("9.9", "1.1")
    assert bob["duedate"].startswith("2026-11-30T18:00")
    # It stays so when one of them is graded anew.
    grade("--student", "ada")
    assert table("grades.csv")[1]["score"] == "9.9"


def test_an_lms_s_own_export_is_filled_in(grade):
    Path("export.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,90_small (12)\n"
        "    Points Possible,,,,,8\n"
        '"Lovelace, Ada",1,,ada,,\n"Babbage, Bob",2,,bob,,\n'
    )
    status, told, _ = grade("--gradebook", "export.csv")
    assert status == 0
    assert "filled-export.csv" in told
    *_, ada, bob = table("filled-export.csv")
    assert [ada["90_small (12)"], bob["90_small (12)"]] == ["11", "7"]


def test_one_of_several_columns_is_named(grade):
    Path("export.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,First (1),Second (2)\n"
        "    Points Possible,,,,,8,8\n"
        '"Lovelace, Ada",1,,ada,,,\n"Babbage, Bob",2,,bob,,,\n'
    )
    grade("--gradebook", "export.csv", "--column", "Second (2)")
    *_, ada, bob = table("filled-export.csv")
    assert [ada["Second (2)"], bob["Second (2)"]] == ["11", "7"]
    assert [ada["First (1)"], bob["First (1)"]] == ["", ""]


def test_a_zip_will_do(grade):
    with zipfile.ZipFile("class.zip", "w") as packed:
        for path in sorted(Path("in").rglob("*.ipynb")):
            packed.write(path, path.relative_to("in"))
    status, told, _ = grade(source="class.zip")
    assert status == 0 and "2 graded" in told


def test_the_assignment_is_what_most_notebooks_say(grade, capsys):
    for student in ("x", "y"):
        made = classroom.notebook(classroom.RIGHT)
        made["metadata"]["course"]["assignment"] = "02_regression"
        classroom.hand_in(Path("in"), student, json.dumps(made).encode())
    told = refused(capsys, "in", "--out", "out")
    assert "--assignment, got submissions of 02_regression, 90_small" in told
    shutil.rmtree("in/y")
    status, told, _ = grade()
    assert status == 2
    assert "  x: The notebook says that it is one of 02_regression." in told


def test_nobody_says_which_assignment_it_is(course, capsys):
    for student in ("ada", "bob"):
        made = {"nbformat": 4, "metadata": {}, "cells": []}
        classroom.hand_in(Path("in"), student, json.dumps(made).encode())
    told = refused(capsys, "in", "--out", "out")
    assert "must be named with --assignment" in told


@pytest.mark.parametrize(
    "words, told",
    [
        (["nowhere"], "nowhere"),
        (["in", "--assignment", "77_none"], "got 77_none"),
        (["in", "--jobs", "0"], "above 0, got '0'"),
        (["in", "-j", "many"], "got 'many'"),
        (["in", "--due", "soon"], "must be ISO 8601"),
        (["in", "--late", "10"], "must be percent per day"),
        (["in", "--late", "10%/day"], "--late must come with --due"),
        (["in", "-j", "2", "--scheduler", "tcp://h:1"], "with --scheduler"),
        (["in", "--gradebook", "none.csv"], "none.csv"),
        (["in", "--column", "Total"], "must come with --gradebook"),
        (["in", "--gradebook", "solutions"], "solutions"),
        (["in", "--fast"], "unrecognized arguments: --fast"),
        ([], "required: SUBMISSIONS"),
        (["in", "--allow-weak", "--student", "zoe"], "ada, bob, got zoe"),
    ],
)
def test_bad_arguments_are_one_sentence_and_status_1(
    course, capsys, words, told
):
    assert told in refused(capsys, *words)
    assert not Path("build").exists()


def test_a_gradebook_of_no_lms_is_refused_before_anything_is_run(
    course, capsys
):
    Path("wrong.csv").write_text("a,b\n1,2\n")
    told = refused(capsys, "in", "--out", "out", "--gradebook", "wrong.csv")
    assert "wrong.csv" in told
    assert not Path("out").exists()


def test_a_failing_model_solution_stops_in_one_sentence(course, capsys):
    model = classroom.notebook(classroom.PARTLY)
    path = Path("solutions", classroom.ASSIGNMENT, "small.ipynb")
    path.write_text(json.dumps(model))
    status = main(["grade", "in", "--out", "out", "--allow-weak"])
    told = capsys.readouterr().err
    assert status == 1
    assert "must get all points in the sandbox, got E9.1 3 of 4" in told
    assert told.count("\n") == 1


def test_without_a_sandbox_foreign_submissions_are_refused(
    course, capsys, monkeypatch
):
    said = "bubblewrap is missing (apt install bubblewrap)."
    monkeypatch.setattr(sandbox, "available", lambda: (False, said))
    told = refused(capsys, "in", "--out", "out")
    assert said in told and "--allow-weak" in told
    assert not Path("out").exists()


def test_the_secret_is_made_at_the_first_batch(grade, monkeypatch):
    monkeypatch.delenv("COURSE_SECRET")
    grade()
    assert len(Path("grading", "secret").read_text().strip()) == 64


def test_two_processes_do_it_and_leave_without_a_word_of_dask(course):
    pytest.importorskip("distributed")
    words = ["grade", "in", "--out", "out", "--allow-weak", "-j", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "course", *words],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert done.stderr == ""
    assert "2 graded" in done.stdout


def test_grading_loads_no_torch_where_no_question_needs_it(course):
    code = (
        "import sys\n"
        "from course.__main__ import main\n"
        "from course.grading import jobs, single\n"
        # What one worker does in a process of its own is done here.
        "single.results = lambda task, pending: (\n"
        "    (job, jobs.work(task, job)) for job in pending)\n"
        "assert main(['grade', 'in', '--out', 'out', '--allow-weak']) == 0\n"
        "assert not {'torch', 'IPython'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


class Terminal(io.StringIO):
    """A text file that says it is a terminal."""

    def isatty(self):
        """Say yes."""
        return True


def record(**changes):
    return Record("ada", "90_small", "", **changes)


def test_a_bar_counts_and_tells_the_time_left():
    screen = Terminal()
    with bar(4, file=screen) as tell:
        tell(record(), True)
        tell(record(status="not graded"), False)
        tell(record(attention=["Look."]), False)
    last = screen.getvalue().split("\r")[-1]
    assert "3/4" in last and "75%" in last
    assert "2 for a human" in last
    assert "<" in last  # time gone < time left


def test_there_is_no_bar_without_a_terminal():
    screen = io.StringIO()
    with bar(2, file=screen) as tell:
        tell(record(), False)
    with bar(2, shown=False, file=Terminal()) as tell:
        tell(record(), False)
    assert screen.getvalue() == ""
