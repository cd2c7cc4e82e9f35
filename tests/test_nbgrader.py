"""nbgrader works on the course and gives the points of the command line."""

import copy
import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import classroom
import pytest
import tiny_course as tiny
from shut_in import needs_sandbox

from course import notebooks, questions
from course.grading import batch, cluster, sandbox, sheet, single
from course.grading.intake import submissions
from course.grading.records import NOT_GRADED, Record

pytest.importorskip("nbgrader", reason="pip install nbgrader")

ROOT = Path(__file__).parents[1]
ASSIGNMENT = "02_regression"
SECRET = "a secret of these tests"
ESSAY = "E2-essay"
# nbgrader's own steps in place of the course's.
STOCK = '\ndel c["Autograde"]\n'

ESSAY_CELL = tiny.cell(
    "markdown",
    "Why? ### BEGIN SOLUTION\nBecause.\n### END SOLUTION",
    "essay",
    {
        "grade_id": ESSAY,
        "solution": True,
        "grade": True,
        "locked": False,
        "points": 2,
    },
)
# The named mistake "middle without ½", and a warning on stderr.
MISTAKEN = """
import warnings

def huber(r, delta):
    warnings.warn("careful")
    a = np.abs(np.asarray(r, dtype=float))
    return np.where(a <= delta, a**2, delta * a - delta**2 / 2)

def pseudo_huber(r, delta):
    r = np.asarray(r, dtype=float)
    return delta**2 * (np.sqrt(1 + (r / delta) ** 2) - 1)
"""
HOSTILE = """
import course

class Forged(float):
    passed = True

course.check = lambda *names: Forged(4)
print(4.0)

def huber(r, delta):
    raise ValueError("<script>alert(1)</script>\\x1b[31m")

def pseudo_huber(r, delta):
    return r
"""


def nbgrader(root, *words, path=None):
    """Run a command of nbgrader in a course, and return what it did."""
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=root,
        env={
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(root / "jupyter"),
            "PYTHONPATH": str(ROOT),
            "COURSE_SECRET": SECRET,
            "PATH": os.environ["PATH"] if path is None else path,
        },
        capture_output=True,
        text=True,
    )


def write_course(root, more=""):
    """Write the real assignment, with an essay, and make its exercise."""
    folder = root / "solutions" / ASSIGNMENT
    shutil.copytree(ROOT / "solutions" / ASSIGNMENT, folder)
    made = notebooks.read(folder / "regression.ipynb")
    made["cells"].append(ESSAY_CELL)
    notebooks.write(folder / "regression.ipynb", made)
    settings = (ROOT / "nbgrader_config.py").read_text("utf-8")
    (root / "nbgrader_config.py").write_text(settings + more, "utf-8")
    done = nbgrader(root, "generate_assignment", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    return root


def released(root):
    """Return the exercise as it was handed out."""
    return notebooks.read(root / "exercises" / ASSIGNMENT / "regression.ipynb")


def one(notebook, id):
    """Return the only cell that carries a mark."""
    (cell,) = notebooks.find_cells(notebook, id)
    return cell


def place(notebook, id):
    return notebook["cells"].index(one(notebook, id))


def hand_in(root, student, work):
    """Put a notebook, or other bytes, where nbgrader looks for it."""
    path = root / "grading" / "submitted" / student / ASSIGNMENT
    path.mkdir(parents=True)
    data = work if isinstance(work, bytes) else notebooks.dump(work)
    (path / "regression.ipynb").write_bytes(data)


def solved(root):
    """Return the exercise with every answer, the essay too."""
    work = released(root)
    model = root / "solutions" / ASSIGNMENT / "regression.ipynb"
    for cell in notebooks.read(model)["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            id = notebooks.grade_id(cell)
            one(work, id)["source"] = cell["source"]
    one(work, ESSAY)["source"] = "It depends."
    return work


def answered(root, source):
    """Return the exercise with one answer."""
    work = released(root)
    one(work, "E2-1")["source"] = source
    return work


def split(root):
    """An answer cell split in two, as JupyterLab does it: one mark, twice.

    Somewhere else, a check cell is gone.
    """
    work = answered(root, "")
    first = one(work, "E2-1")
    second = copy.deepcopy(first) | {"id": "split"}
    wrong = MISTAKEN.replace("a**2,", "a**2 / 2,")
    first["source"], _, rest = wrong.partition("def pseudo_huber")
    second["source"] = f"def pseudo_huber{rest}"
    work["cells"].insert(place(work, "E2-1") + 1, second)
    work["cells"].remove(one(work, "E2-3-check"))
    return work


def copied(root):
    """Cells copied with their marks: the stub, a check, the essay."""
    work = answered(root, MISTAKEN)
    for id in ("E2-2", "E2-1-check", ESSAY):
        work["cells"].append(copy.deepcopy(one(work, id)) | {"id": f"c{id}"})
    work["cells"][-1]["source"] = "I wrote it in the copy."
    return work


def without_checks(root):
    """Every check cell deleted, and the answer in a cell of its own."""
    work = released(root)
    work["cells"] = [
        cell
        for cell in work["cells"]
        if not str(notebooks.grade_id(cell)).startswith("E2-")
    ]
    work["cells"].append(tiny.cell("code", MISTAKEN, "mine"))
    return work


def with_odd_marks(root):
    """Marks that nbgrader cannot read, and one that nobody released."""
    work = answered(root, MISTAKEN)
    marks = ["text", {"grade_id": ["E2-1"]}, {}, None]
    marks.append(one(work, "E2-3")["metadata"]["nbgrader"] | {"grade_id": "x"})
    for number, mark in enumerate(marks):
        cell = tiny.cell("code", "1", f"odd{number}")
        work["cells"].append(cell | {"metadata": {"nbgrader": mark}})
    old = one(work, "E2-4")["metadata"]["nbgrader"]
    old |= {"schema_version": 1, "grade": "perhaps", "points": "many"}
    return work


def hostile(root):
    """A wrong answer that forges `check`, check cells and points."""
    work = answered(root, HOSTILE)
    check = one(work, "E2-1-check")
    check["source"] = "100.0"
    check["metadata"]["nbgrader"]["points"] = 100
    check["outputs"] = [
        {
            "output_type": "execute_result",
            "data": {"text/plain": "4.0"},
            "execution_count": 1,
            "metadata": {},
        }
    ]
    return work


def crashing(root):
    """A cell that ends Python, before a good answer."""
    work = answered(root, MISTAKEN)
    work["cells"].insert(1, tiny.cell("code", "import os\nos._exit(3)", "end"))
    return work


def of_another_language(root):
    work = released(root)
    work["metadata"]["kernelspec"] = {
        "name": "ir",
        "display_name": "R",
        "language": "R",
    }
    work["metadata"]["language_info"] = {"name": "R"}
    work["cells"] = [tiny.cell("code", "x <- c(1, 2)", "r")]
    return work


CLASS = {
    "solved": solved,
    "unsolved": released,
    "mistaken": lambda root: answered(root, MISTAKEN),
    "split": split,
    "copied": copied,
    "without-checks": without_checks,
    "empty": lambda root: released(root) | {"cells": []},
    "odd-marks": with_odd_marks,
    "hostile": hostile,
    "crashing": crashing,
    "other-language": of_another_language,
}
# Points by the checks; the essay comes on top.
POINTS = {
    "solved": 40,
    "mistaken": 1.5,
    "split": 4,
    "copied": 1.5,
    "without-checks": 1.5,
    "odd-marks": 1.5,
    "crashing": 1.5,
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return a course whose class has handed in and was graded."""
    root = write_course(tmp_path_factory.mktemp("course"))
    for student, work in CLASS.items():
        hand_in(root, student, work(root))
    hand_in(root, "unreadable", b"{")
    done = nbgrader(root, "autograde", ASSIGNMENT)
    (root / "log").write_text(done.stderr)
    return root


@pytest.fixture
def gradebook(root):
    from nbgrader.api import Gradebook

    address = f"sqlite:///{root / 'grading' / 'gradebook.db'}"
    with Gradebook(address) as book:
        yield book


def found(gradebook, student):
    return gradebook.find_submission(ASSIGNMENT, student)


def graded(root, student):
    """Return a notebook as nbgrader has graded it."""
    return notebooks.read(
        root / "grading/autograded" / student / ASSIGNMENT / "regression.ipynb"
    )


def told(root, student, id="E2-1-check"):
    """Return what a check cell tells after grading."""
    return "".join(one(graded(root, student), id)["outputs"][0]["text"])


@pytest.mark.slow
@needs_sandbox
@pytest.mark.parametrize("student", CLASS)
def test_a_student_gets_the_points_that_are_due(gradebook, student):
    submission = found(gradebook, student)
    assert submission.score == POINTS.get(student, 0)
    # 35 points and the essay's 2; the bonus comes on top.
    assert submission.max_score == 37


@pytest.mark.slow
@needs_sandbox
def test_the_points_are_those_of_the_command_line(
    root, gradebook, tmp_path, monkeypatch
):
    monkeypatch.setenv("COURSE_SECRET", SECRET)
    done = batch.run(
        submissions.find(root / "grading"),
        tmp_path,
        sheet=sheet.load(ASSIGNMENT, root / "solutions" / ASSIGNMENT),
        progress=False,
    )
    points = {record.student: record.points for record in done.records}
    assert points.pop("unreadable") == 0
    assert points == {
        student: found(gradebook, student).score for student in CLASS
    }


@pytest.mark.slow
@needs_sandbox
def test_an_unreadable_file_costs_nobody_else_anything(root):
    log = (root / "log").read_text()
    failed = [line for line in log.splitlines() if "for student '" in line]
    assert len(failed) == 1 and failed[0].endswith("for student 'unreadable'")
    graded = {path.name for path in (root / "grading/autograded").iterdir()}
    assert graded == set(CLASS)


@pytest.mark.slow
@needs_sandbox
def test_nobody_is_told_what_only_programmers_can_mend(root):
    told = (root / "log").read_text().splitlines()
    assert not [line for line in told if "Warning:" in line]


@pytest.mark.slow
@needs_sandbox
def test_every_released_cell_keeps_its_mark_once(root):
    due = [notebooks.grade_id(cell) for cell in released(root)["cells"]]
    for student in CLASS:
        cells = graded(root, student)["cells"]
        marks = [notebooks.grade_id(cell) for cell in cells]
        assert list(filter(None, marks)) == list(filter(None, due))


@pytest.mark.slow
@needs_sandbox
def test_the_essay_waits_for_a_human_where_one_was_written(gradebook, root):
    waiting = [s for s in CLASS if found(gradebook, s).needs_manual_grade]
    assert waiting == ["solved", "copied"]
    essay = one(graded(root, "copied"), ESSAY)["source"]
    assert essay == "I wrote it in the copy."


@pytest.mark.slow
@needs_sandbox
def test_check_cells_tell_points_and_hints(root):
    mistake = questions.get("E2.1").wrong[4]
    assert mistake.name == "middle without ½"
    assert f"Likely cause: {mistake.hint}" in told(root, "mistaken")
    assert "✗ the example of the statement: `huber(" in told(root, "mistaken")
    assert told(root, "mistaken", "E2-2-check").startswith(
        "○ E2.2 Gradient of the Huber loss: not started, 0 of 3 points"
    )
    assert told(root, "solved").startswith("✓ E2.1 Huber and pseudo-Huber")
    assert "passed, 5 of 5 points" in told(root, "solved", "E2-B-check")
    assert "E2-1 stands in 2 cells" in told(root, "split")
    assert "`import os`" in told(root, "crashing")
    assert "<script>alert(1)" in told(root, "hostile")
    assert "\x1b" not in told(root, "hostile")
    assert "must be a Python notebook" in told(root, "other-language")


@pytest.mark.slow
@needs_sandbox
def test_feedback_and_exports_are_made(root, gradebook, tmp_path):
    essay = gradebook.find_grade(ESSAY, "regression", ASSIGNMENT, "solved")
    essay.manual_score = 2
    essay.needs_manual_grade = False
    gradebook.db.commit()
    done = nbgrader(root, "generate_feedback", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    for student in CLASS:
        page = root / "grading/feedback" / student / ASSIGNMENT
        text = (page / "regression.html").read_text("utf-8")
        assert "E2.1 Huber and pseudo-Huber" in text or student == "empty"
        assert "<script>alert(1)" not in text
        assert "\x1b" not in text
    table = tmp_path / "grades.csv"
    done = nbgrader(root, "export", "--to", str(table))
    assert done.returncode == 0, done.stderr
    with table.open(newline="") as lines:
        rows = {row["student_id"]: row for row in csv.DictReader(lines)}
    assert float(rows["solved"]["score"]) == 42
    assert float(rows["split"]["score"]) == 4
    assert float(rows["split"]["max_score"]) == 37


@pytest.mark.slow
def test_stock_nbgrader_gives_the_same_points_but_for_the_bonus(tmp_path):
    root = write_course(tmp_path, STOCK)
    students = ("solved", "unsolved", "mistaken")
    for student in students:
        hand_in(root, student, CLASS[student](root))
    done = nbgrader(root, "autograde", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    assert "full credit" not in done.stderr
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'grading' / 'gradebook.db'}") as book:
        scores = {s: found(book, s).score for s in students}
    assert scores == {"solved": 35, "unsolved": 0, "mistaken": 1.5}


@pytest.mark.slow
def test_without_bubblewrap_nobody_gets_a_zero_for_it(tmp_path):
    root = write_course(tmp_path / "course")
    hand_in(root, "mistaken", CLASS["mistaken"](root))
    weak = "--SandboxGrade.allow_weak=True"
    # Not even what nbgrader calls by name is to be found.
    done = nbgrader(root, "autograde", ASSIGNMENT, path="")
    assert done.returncode != 0
    assert "bubblewrap is missing" in done.stderr
    assert f"there is {weak}" in done.stderr
    made = root / "grading/autograded/mistaken" / ASSIGNMENT
    assert not made.exists()


@pytest.fixture
def step(tmp_path, monkeypatch):
    """Return a maker of grading steps in the folder of a small course."""
    from nbgrader.coursedir import CourseDirectory

    from course import nbgrader_plugin

    classroom.write_course(tmp_path)
    folders = {"source_directory": "solutions", "root": str(tmp_path)}
    course = CourseDirectory(**folders)
    monkeypatch.setattr(nbgrader_plugin, "_course", lambda step: course)
    monkeypatch.setenv("COURSE_SECRET", SECRET)
    yield nbgrader_plugin.SandboxGrade
    for worker in nbgrader_plugin._workers.values():
        worker.close()
    nbgrader_plugin._workers.clear()


def about(student):
    names = {"assignment": classroom.ASSIGNMENT, "notebook": "small"}
    return {"nbgrader": {"student": student, **names}}


@pytest.mark.parametrize("weak", [True, False])
def test_less_than_a_sandbox_is_a_setting(step, tmp_path, monkeypatch, weak):
    classroom.hand_in(
        tmp_path / "submitted" / "ada", classroom.ASSIGNMENT, classroom.RIGHT
    )
    asked = []

    def outcome(worker, job):
        asked.append(worker.task.allow_weak)
        return Record("", "", "", status=NOT_GRADED, reason="Why.")

    monkeypatch.setattr(single.Worker, "outcome", outcome)
    with pytest.raises(sandbox.SandboxError, match="Why."):
        step(allow_weak=weak).preprocess(None, about("ada"))
    assert asked == [weak]


@pytest.mark.parametrize("told", [None, "it was refused"])
def test_what_is_not_graded_gets_no_points(step, tmp_path, monkeypatch, told):
    classroom.hand_in(
        tmp_path / "submitted" / "ada", classroom.ASSIGNMENT, classroom.RIGHT
    )
    monkeypatch.setattr(single.Worker, "outcome", lambda *_: told)
    sentence = told or "its worker was lost each of 4 times"
    with pytest.raises(sandbox.SandboxError, match=sentence):
        step().preprocess(None, about("ada"))


def test_nobody_can_stop_the_process_of_nbgrader(step, tmp_path, monkeypatch):
    """In formgrader that is JupyterLab's."""
    students = {
        "ada": classroom.RIGHT,
        "bob": classroom.KILLER,
        "cid": classroom.PARTLY,
    }
    for student, answers in students.items():
        folder = tmp_path / "submitted" / student
        classroom.hand_in(folder, classroom.ASSIGNMENT, answers)
    died = tmp_path / "deaths" / "99"
    died.mkdir(parents=True)
    monkeypatch.setenv("DEATHS", str(died))
    grading = step(allow_weak=True)
    points = {}
    for student in students:
        try:
            record = grading._record(about(student)["nbgrader"])
            points[student] = record.points
        except sandbox.SandboxError as fault:
            points[student] = str(fault)
    assert points == {"ada": 11, "bob": cluster.LOST, "cid": 7}
    assert len(list(died.iterdir())) == 2 * cluster.LOSSES


def test_reading_the_settings_again_changes_nothing(tmp_path, monkeypatch):
    """As formgrader does for each click."""
    from nbgrader import converters, coursedir
    from traitlets.config import Config, PyFileConfigLoader

    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    monkeypatch.setenv("PATH", "")
    settings = Config()
    found = []
    for _ in range(3):
        loader = PyFileConfigLoader("nbgrader_config.py", path=str(tmp_path))
        settings.merge(loader.load_config())
        generate = converters.GenerateAssignment(config=settings)
        autograde = converters.Autograde(config=settings)
        course = coursedir.CourseDirectory(config=settings)
        found.append(
            [
                generate.preprocessors,
                autograde.sanitize_preprocessors,
                autograde.autograde_preprocessors,
                course.ignore,
                os.environ["PATH"],
            ]
        )
    assert found[0] == found[1] == found[2]
    names = [step.__name__ for step in found[0][0]]
    assert names[4:8] == [
        "ClearOutput",
        "ShipStartingCode",
        "SetPoints",
        "CheckCellMetadata",
    ]
    assert names[-1] == "StampRelease"


@pytest.mark.slow
def test_an_instructors_points_are_those_of_the_exercise(tmp_path):
    folder = tmp_path / "solutions" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "points.toml").write_text("E2.1 = 6\nE2.2 = 0\nE2.B = 3")
    (folder / "questions.py").write_text(
        "from dataclasses import replace\n"
        "from course import questions\n"
        'known = questions.get("E2.3")\n'
        'QUESTIONS = [replace(known, shipped="def my_start(): ...")]\n'
    )
    shutil.copy(ROOT / "solutions" / ASSIGNMENT / "regression.ipynb", folder)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    done = nbgrader(tmp_path, "generate_assignment", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    # Nobody gets to see what an instructor's own questions hold.
    (path,) = (tmp_path / "exercises").rglob("*.*")
    made = notebooks.read(path)
    points = {
        id: one(made, f"{id}-check")["metadata"]["nbgrader"]["points"]
        for id in ("E2-1", "E2-2", "E2-3", "E2-B")
    }
    assert points == {"E2-1": 6, "E2-2": 0, "E2-3": 5, "E2-B": 0}
    assert one(made, "E2-3")["source"] == "def my_start(): ..."


def test_nothing_but_the_plug_in_needs_nbgrader():
    users = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "course").rglob("*.py")
        if "import nbgrader" in path.read_text("utf-8")
        or "from nbgrader" in path.read_text("utf-8")
    ]
    assert users == ["course/nbgrader_plugin.py"]
