"""Make the zip that a class gets: `make student`.

What goes in is named here, so that nothing new gets out by itself. Of
`course/questions/` the modules on top travel, which say how answers are
judged; the packages below, with the answers themselves, stay.
"""

import io
import re
import zipfile
from pathlib import Path

from course import notebooks, questions, release
from course.files import write_whole
from course.grading.asked import questions_of
from course.student import cases
from course.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
# The folder that the zip unpacks to.
NAME = "loss-functions"

# Modules of `course/` that students use.
MODULES = (
    "__init__",
    "__main__",
    "answers",
    "bootstrap",
    "checks",
    "files",
    "lab",
    "markup",
    "notebooks",
    "panel",
    "predict",
    "quiz",
    "reports",
    "restore",
    "trouble",
)
CATALOGUE = '''"""All questions of the course, read from their stored cases."""

from course.questions.stored import load

QUESTIONS = load()


def changed():
    """Return nothing: what an instructor changed is stored as well."""
    return []
'''
PROJECT_TABLES = ("[build-system]", "[project]", "[tool.setuptools")
# Zip's own zero, so that the same files always give the same bytes.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


class BundleError(Trouble, RuntimeError):
    """The bundle cannot be made; the message is one sentence."""


def add(commands):
    """Add the command `student` to those of `python -m course`."""
    student = commands.add_parser(
        "student", help="make the zip that a class gets, without answers"
    )
    student.add_argument(
        "--out", default="build/student.zip", metavar="FILE", type=Path
    )
    student.set_defaults(run=student_command)


def student_command(options):
    """Run `python -m course student`: write the bundle and say so."""
    files = collect()
    write(options.out, files)
    size = options.out.stat().st_size / 2**20
    print(f"made {options.out}: {len(files)} files, {size:.1f} MiB")


def collect(root=ROOT):
    """Return the files of the bundle: contents (bytes) by path (str).

    Parameters
    ----------
    root : str or Path
        The course.

    Raises
    ------
    BundleError
        If an exercise is missing or was worked in.
    PackingError
        If the cases of a question cannot be written down.
    """
    root = Path(root)
    exercises = _exercises(root)
    asked = _asked(root)
    made = {
        **_as_they_are(root),
        **_set_up(root, exercises, asked),
        **_lectures(root),
        **exercises,
    }
    for name, data in cases.files(asked).items():
        made[f"course/data/{name}"] = data
    made["course/questions/catalogue.py"] = CATALOGUE.encode()
    return dict(sorted(made.items()))


def write(path, files):
    """Write files into a zip; the same files give the same bytes.

    Parameters
    ----------
    path : str or Path
        The zip, replaced as a whole; its folder is made if it is missing.
    files : dict of str to bytes
        As `collect` returns them.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{NAME}/{name}", LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whatever made it
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, files[name], compresslevel=9)
    write_whole(path, packed.getvalue())


def without_notes(notebook):
    """Return a lecture without the cells that only its speaker reads."""
    kept = [
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("slideshow", {}).get("slide_type") != "notes"
    ]
    return {**notebook, "cells": kept}


def _as_they_are(root):
    """Return the modules, the licence and the lock."""
    chosen = [root / "course" / f"{name}.py" for name in MODULES]
    for folder in ("course/quizzes", "course/questions"):
        chosen += (root / folder).glob("*.py")
    chosen += _sources(root / "lossviz")
    chosen += [root / "LICENSE", root / "requirements.lock"]
    return {_name(path, root): path.read_bytes() for path in chosen}


def _sources(folder):
    """Return the files of a folder, without what people and runs left."""
    found = [path.relative_to(folder) for path in folder.rglob("*")]
    return [
        folder / path
        for path in sorted(found)
        if (folder / path).is_file()
        and not any(p.startswith((".", "__pycache__")) for p in path.parts)
        and ".mine" not in path.name
    ]


def _set_up(root, exercises, asked):
    """Return what installs and explains the bundle."""
    project = (root / "pyproject.toml").read_text("utf-8")
    environment = (root / "environment.yml").read_text("utf-8")
    # The lock names the teachers' tools too: it holds versions, no wishes.
    environment = environment.replace("- -r req", "- -c req")
    readme = (HERE / "README.md").read_text("utf-8")
    texts = {
        "Makefile": (HERE / "Makefile").read_text("utf-8"),
        "README.md": readme.replace(
            "{assignments}", _assignments(exercises, asked)
        ),
        "environment.yml": environment,
        "pyproject.toml": _students_project(project),
    }
    return {name: text.encode() for name, text in texts.items()}


def _students_project(text):
    """Return `pyproject.toml` without what teachers and tests need."""
    tables = re.split(r"(?m)^(?=\[)", text)
    kept = [table for table in tables if table.startswith(PROJECT_TABLES)]
    return "".join(kept).rstrip() + "\n"


def _assignments(exercises, asked):
    """Return the table of what there is to hand in."""
    rows = ["| file | questions | points |", "|---|---|---|"]
    for path in filter(lambda path: path.endswith(".ipynb"), exercises):
        lecture = path.split("/")[1]
        mine = [q for q in asked if q.lecture == lecture and q.points]
        points = sum(q.points for q in mine if not q.bonus)
        extra = sum(q.points for q in mine if q.bonus)
        told = f"{points:g}" + (f", {extra:g} bonus" if extra else "")
        rows.append(f"| `{path}` | {len(mine)} | {told} |")
    return "\n".join(rows)


def _asked(root):
    """Return the questions as the course's instructor has them, in order."""
    solutions = root / "solutions"
    return [
        question
        for assignment in release.assignments(root)
        for question in questions_of(assignment, solutions / assignment)
    ]


def _lectures(root):
    found = {}
    for path in _sources(root / "lectures"):
        data = path.read_bytes()
        if path.suffix == ".ipynb":
            data = notebooks.dump(without_notes(notebooks.read(path)))
        found[_name(path, root)] = data
    return found


def _exercises(root):
    found = {}
    for path in _sources(root / "exercises"):
        if path.suffix == ".ipynb" and not release.is_as_released(path):
            raise BundleError(
                f"{path} must be as `make exercises` wrote it, but was "
                "changed; move it away and make it again"
            )
        found[_name(path, root)] = path.read_bytes()
    for id in questions.ids():
        folder = f"exercises/{questions.get(id).lecture}/"
        if not any(name.startswith(folder) for name in found):
            raise BundleError(
                f"{folder} must hold the exercises, but has none; make them "
                "with: make exercises"
            )
    return found


def _name(path, root):
    return path.relative_to(root).as_posix()
