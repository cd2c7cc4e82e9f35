"""The bundle for students: whole, without answers, and as helpful."""

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import leaks
import nbval_record
import pytest
import yaml
from student_machine import reports

from course import notebooks, questions
from course.__main__ import main
from course.questions import local_call, stored
from course.questions.packing import PackingError, unpack
from course.student import bundle, cases

ROOT = Path(__file__).parents[1]
FULL = ROOT / "course" / "questions"

each_question = pytest.mark.parametrize("id", questions.ids())


@pytest.fixture(scope="module")
def zip_file(tmp_path_factory):
    """Return the zip that the command makes."""
    path = tmp_path_factory.mktemp("made") / "build" / "student.zip"
    assert main(["student", "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def unpacked(zip_file, tmp_path_factory):
    """Return the folder that a student unpacks the zip to."""
    folder = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(zip_file) as made:
        made.extractall(folder)
    (root,) = folder.iterdir()
    return root


@pytest.fixture(scope="module")
def files(unpacked):
    """Return the bundle's files: text by path."""
    return {
        path.relative_to(unpacked).as_posix(): path.read_text("utf-8")
        for path in unpacked.rglob("*")
        if path.is_file()
    }


def python(unpacked, *words):
    """Run Python with the bundle's modules in place of the repository's."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=unpacked,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# What is in it


def test_it_unpacks_to_one_folder_with_all_that_a_student_needs(files):
    tops = {name.partition("/")[0] for name in files}
    assert tops == {
        *("LICENSE", "Makefile", "README.md", "course", "environment.yml"),
        *("exercises", "lectures", "lossviz", "pyproject.toml"),
        "requirements.lock",
    }
    for folder in ("lectures", "exercises", "lossviz"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".ipynb") and ".mine" not in path.name:
                if ".ipynb_checkpoints" not in path.parts:
                    assert path.relative_to(ROOT).as_posix() in files


def test_the_same_course_gives_the_same_bytes(zip_file, tmp_path):
    again = tmp_path / "again.zip"
    bundle.write(again, bundle.collect())
    assert again.read_bytes() == zip_file.read_bytes()


def test_exercises_are_the_released_ones(files):
    for path in (ROOT / "exercises").rglob("*.ipynb"):
        if ".mine" not in path.name:
            name = path.relative_to(ROOT).as_posix()
            assert files[name] == path.read_text("utf-8")


def test_lectures_are_whole_but_for_the_speakers_notes(files):
    for path in (ROOT / "lectures").glob("*.ipynb"):
        full = notebooks.read(path)["cells"]
        theirs = notebooks.parse(files[f"lectures/{path.name}"].encode())
        notes = [cell for cell in full if cell not in theirs["cells"]]
        assert notes
        for cell in notes:
            assert cell["metadata"]["slideshow"]["slide_type"] == "notes"
        assert [cell for cell in full if cell not in notes] == theirs["cells"]
        assert "Speaker notes" not in files[f"lectures/{path.name}"]


def test_nothing_is_imported_that_is_not_in_it(files):
    assert leaks.absent(files) == set()
    more = {"a.py": "def f():\n    from course.questions import regression"}
    assert leaks.absent({**files, **more}) == {
        "course/questions/regression/__init__.py"
    }


# What is not in it


@pytest.fixture(scope="module")
def secrets():
    return leaks.secrets()


def test_no_answer_no_mistake_and_no_generator_is_in_any_file(files, secrets):
    assert len(secrets) > 1000
    assert leaks.found(files, secrets) == set()


@each_question
def test_a_leak_of_any_question_would_be_seen(id, secrets):
    question = questions.get(id)
    code = "\n".join(map(inspect.getsource, question.reference.values()))
    as_json = json.dumps({"cells": [code]})
    for leak in ({"a.py": code}, {"a.json": as_json}):
        assert leaks.found(leak, secrets)
    assert leaks.found({"a.py": question.right[0].source}, secrets)
    assert leaks.found({"a.py": question.wrong[1].source}, secrets)


def test_names_of_what_stays_behind(files):
    names = "\n".join(files)
    for word in ("grading", "solutions", "tests", "release", "nbgrader"):
        assert word not in names
    assert "questions/regression" not in names
    stay = re.compile(r"BEGIN SOLUTION|END SOLUTION")
    assert [name for name, text in files.items() if stay.search(text)] == []
    for packed in json.loads(files["course/data/questions.json"]):
        entry = unpack(packed)
        assert not {"reference", "right"} & set(entry)
        assert {part.cases for part in entry["parts"]} == {None}
        assert {wrong.source for wrong in entry["wrong"]} == {""}


# What its check says


@pytest.fixture(scope="module")
def there(unpacked):
    """Return what the bundle says of itself, in its own process."""
    script = Path(__file__).parent / "student_machine.py"
    return json.loads(python(unpacked, str(script), str(FULL)))


def test_every_module_of_it_can_be_imported(there, files):
    modules = [name for name in files if name.endswith(".py")]
    # All but the two packages themselves, which came first.
    assert there["modules"] == len(modules) - 2


@each_question
def test_check_says_of_every_known_answer_what_the_full_one_says(there, id):
    question = questions.get(id)
    told = [tuple(row) for row in there["told"][id]]
    assert told == reports(question, question)
    for wrong in question.wrong:
        assert f"Likely cause: {wrong.hint}" in dict(told)[wrong.name]
    for right in question.right:
        assert ": passed, " in dict(told)[right.name]


@pytest.fixture(scope="module")
def stored_questions(unpacked):
    found = stored.load(unpacked / "course" / "data")
    return {question.id: question for question in found}


@each_question
def test_a_stored_question_judges_as_the_full_one(stored_questions, id):
    full, theirs = questions.get(id), stored_questions[id]
    assert theirs.functions == full.functions
    for wrong in full.wrong[:3]:
        call = local_call(wrong.functions(full.reference))
        for seed in (0, 1, 2):
            source = "\n".join(full.forbidden)
            mine = full.evaluate(call, seed=seed, source=source)
            assert theirs.evaluate(call, seed=seed, source=source) == mine


def test_only_the_seeds_of_check_are_stored(stored_questions):
    with pytest.raises(ValueError, match="one of 0, 1, 2, got 7"):
        stored_questions["E2.1"].trial(7)
    slow = replace(questions.get("E2.2"), trains=True)
    assert list(json.loads(cases.files([slow])["E2.2.json"])) == ["0"]


def test_what_an_exception_of_the_reference_says_is_not_stored(files):
    assert "must have the same shape" not in files["course/data/E2.7.json"]
    assert "ValueError" in files["course/data/E2.7.json"]


def test_a_judge_that_stays_behind_is_refused_by_the_questions_name():
    def judge(cases, outcomes, wants):
        return None

    question = questions.get("E2.2")
    parts = (replace(question.parts[0], judge=judge), *question.parts[1:])
    with pytest.raises(PackingError, match="E2.2: .* must stand at the top"):
        cases.files([replace(question, parts=parts)])


def test_its_commands_are_those_of_students(unpacked):
    told = python(unpacked, "-m", "course", "--help")
    commands = re.findall(r"^    (\w+)", told, re.M)
    assert commands == ["lab", "reset"]


def test_an_answer_is_put_back_there(unpacked, tmp_path):
    copy = shutil.copytree(unpacked, tmp_path / "copy")
    path = copy / "exercises/02_regression/regression.ipynb"
    first = path.read_bytes()
    solve(path)
    python(copy, "-m", "course", "reset", str(path), "E2.1")
    cells = notebooks.read(path)["cells"]
    shipped = notebooks.parse(first)["cells"]
    pairs = zip(cells, shipped, strict=True)
    changed = [now["source"] for now, then in pairs if now != then]
    assert len(changed) == len(questions.ids("02_regression")) - 1


# Running it


def solve(path):
    """Put the model answers into an exercise of the bundle."""
    lecture, name = path.parent.name, path.name
    answers = {
        notebooks.grade_id(cell): cell["source"]
        for cell in notebooks.read(ROOT / "solutions" / lecture / name)[
            "cells"
        ]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }
    exercise = notebooks.read(path)
    for id, source in answers.items():
        (cell,) = notebooks.find_cells(exercise, id)
        cell["source"] = source
    notebooks.write(path, exercise)


def passes(path, root, demand=None):
    run = nbval_record.run(path, demand, root)
    if not run.passed:
        pytest.fail(run.report, pytrace=False)


@pytest.mark.slow
def test_exercises_run_unsolved(unpacked):
    for path in (unpacked / "exercises").rglob("*.ipynb"):
        passes(path, unpacked, "unsolved")


@pytest.mark.slow
def test_check_passes_a_solved_copy(unpacked, tmp_path):
    copy = shutil.copytree(unpacked, tmp_path / "copy")
    for path in (copy / "exercises").rglob("*.ipynb"):
        solve(path)
        passes(path, copy, "solved")


@pytest.mark.slow
def test_lectures_run(unpacked):
    for path in (unpacked / "lectures").glob("*.ipynb"):
        passes(path, unpacked)


# Setting it up


def test_it_asks_for_what_the_lectures_need_and_no_more(files):
    full = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    theirs = tomllib.loads(files["pyproject.toml"])
    del full["project"]["optional-dependencies"]
    assert theirs["project"] == full["project"]
    assert theirs["build-system"] == full["build-system"]
    assert theirs["tool"] == {"setuptools": full["tool"]["setuptools"]}
    for name in (theirs["project"]["readme"], "LICENSE"):
        assert name in files


def test_conda_gets_the_versions_of_the_lock_but_no_teachers_tools(files):
    full = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    theirs = yaml.safe_load(files["environment.yml"])
    *conda, pip = theirs["dependencies"]
    assert conda == full["dependencies"][:-1]
    assert pip == {"pip": ["-c requirements.lock", "-e ."]}
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert files["requirements.lock"] == lock


def test_make_lab_sets_up_first_and_then_opens_the_lectures(unpacked):
    done = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "lab"]
        + ["ARGS=--no-browser"],
        cwd=unpacked,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    set_up, *_, start = done.stdout.splitlines()
    assert set_up.startswith("python3 course/bootstrap.py --venv .venv")
    assert start.endswith("-m course lab --no-browser")


def test_the_readme_tells_how_to_install_and_what_to_hand_in(files):
    readme = files["README.md"]
    assert "{" not in readme
    for question in map(questions.get, questions.ids()):
        folder = f"exercises/{question.lecture}/"
        (path,) = (name for name in files if name.startswith(folder))
        assert f"| `{path}` |" in readme
    assert "| 9 | 35, 5 bonus |" in readme
    for heading in ("Install", "Work", "Hand in"):
        assert f"\n## {heading}\n" in readme
    for command in re.findall(r"^(make .*|python .*)$", readme, re.M):
        words = command.split()
        target = words[1]
        known = files["Makefile"] if words[0] == "make" else files
        assert target in known


# What cannot be bundled


@pytest.fixture
def course_copy(tmp_path):
    """Return a copy of what the bundle is made from."""
    folders = ("course", "lossviz", "lectures", "exercises", "solutions")
    for name in folders:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    for name in ("LICENSE", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copy(ROOT / "environment.yml", tmp_path)
    return tmp_path


def test_what_people_and_runs_leave_behind_stays_out(course_copy):
    before = bundle.collect(course_copy)
    for name in (
        *("lossviz/__pycache__/a.pyc", "lossviz/.notes.txt"),
        *("lectures/02_regression.mine.ipynb", "course/answers_of_2025.py"),
        "lectures/.ipynb_checkpoints/02_regression-checkpoint.ipynb",
        "exercises/02_regression/regression.E2-1.mine.py",
        *("grading/secret", "solutions/02_regression/notes.txt"),
    ):
        path = course_copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("secret")
    assert bundle.collect(course_copy) == before


OWN = """
from dataclasses import replace

from course import questions
from course.questions.judges import outcomes_agree

known = questions.get("E2.2")


def lenient(cases, outcomes, wants):
    return None


parts = [replace(part, judge=JUDGE) for part in known.parts]
QUESTIONS = [replace(known, id="M1", title="My own", parts=tuple(parts))]
"""


def beside(course_copy, name, text):
    path = course_copy / "solutions" / "02_regression" / name
    path.write_text(text, "utf-8")


def test_points_and_questions_of_an_instructor_reach_the_students(
    course_copy, tmp_path
):
    beside(course_copy, "points.toml", "E2.1 = 6\nE2.B = 0")
    beside(course_copy, "questions.py", OWN.replace("JUDGE", "outcomes_agree"))
    files = bundle.collect(course_copy)
    assert "| 9 | 40 |" in files["README.md"].decode()
    data = tmp_path / "data"
    data.mkdir()
    for name in files:
        if name.startswith("course/data/"):
            (data / name.rpartition("/")[2]).write_bytes(files[name])
    theirs = {question.id: question for question in stored.load(data)}
    assert list(theirs) == [*questions.ids(), "M1"]
    assert theirs["E2.1"].points == 6
    assert [p.points for p in theirs["E2.1"].parts][:2] == [0.75, 1.5]
    assert theirs["E2.B"].points == 0
    full = questions.get("E2.2")
    call = local_call(full.wrong[0].functions(full.reference))
    assert theirs["M1"].evaluate(call, seed=1).mistake == full.wrong[0].name


def test_a_judge_of_an_instructors_own_is_refused(course_copy):
    beside(course_copy, "questions.py", OWN.replace("JUDGE", "lenient"))
    with pytest.raises(PackingError, match="M1: .* got lenient of own_quest"):
        bundle.collect(course_copy)


def test_an_exercise_that_was_worked_in_is_refused(course_copy):
    path = course_copy / "exercises/02_regression/regression.ipynb"
    solve(path)
    with pytest.raises(bundle.BundleError, match="but was changed; move it"):
        bundle.collect(course_copy)
    path.unlink()
    with pytest.raises(bundle.BundleError, match="make them with: make ex"):
        bundle.collect(course_copy)


def test_a_zip_that_cannot_be_written_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "student.zip"
    assert main(["student", "--out", str(out)]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "Traceback" not in told
