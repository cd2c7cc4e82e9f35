"""Make the exercises from the solutions.

`nbgrader generate_assignment` does the making. The exercise then carries, in
its metadata under `course`, the name of its assignment and a hash of its
cells' sources: a file that no longer matches was worked in and is never
overwritten. Each answer cell keeps its first state in its own metadata, from
which `course.restore` puts it back.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from course import notebooks
from course.notebooks import NotebookError, answer_id
from course.trouble import Trouble

CONFIG = "nbgrader_config.py"


class ReleaseError(Trouble, RuntimeError):
    """The exercises cannot be made; the message is one sentence."""


def assignments(root):
    """Return the names of the assignments in `solutions/`, sorted.

    Raises
    ------
    ReleaseError
        If the folder has none.
    """
    found = sorted({p.parent.name for p in _solutions(root).glob("*/*.ipynb")})
    if not found:
        raise ReleaseError(
            "solutions/ must hold one folder per assignment; run this in the "
            "folder of the course"
        )
    return found


def build(assignment, target_dir, *, root="."):
    """Generate one assignment's exercises from its solutions.

    nbgrader works in a temporary copy of the course, under this repository's
    configuration and no other; the same solutions give the same bytes.

    Parameters
    ----------
    assignment : str
        A folder of `solutions/`, such as ``"02_regression"``.
    target_dir : str or Path
        Where the notebooks go; made if it is missing. Exercises that are
        there and were changed since their release are never overwritten.
    root : str or Path
        The course: the folder with `solutions/` and `nbgrader_config.py`.

    Returns
    -------
    list of Path
        The notebooks written.

    Raises
    ------
    ReleaseError
        If there is no such assignment, nbgrader is missing or fails, or an
        exercise was changed by hand. Nothing is written then.
    """
    if assignment not in assignments(root):
        raise ReleaseError(
            f"assignment must be one of {', '.join(assignments(root))}, "
            f"got {assignment}"
        )
    target = Path(target_dir)
    for source in (_solutions(root) / assignment).glob("*.ipynb"):
        refuse_changed(target / source.name)
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        made = _generate(assignment, Path(root), Path(folder))
        return [_place(new, target / new.name) for new in made]


def refuse_changed(path):
    """Raise a `ReleaseError` if `path` is there and was worked in."""
    path = Path(path)
    if path.exists() and not is_as_released(path):
        raise ReleaseError(
            f"{path} was changed since it was released and is kept; move it "
            "away or rename it, then run the command again"
        )


def is_as_released(path):
    """Whether the cells of an exercise are those of its release.

    Parameters
    ----------
    path : str or Path
        A notebook; outputs and the counts of execution do not matter.

    Returns
    -------
    bool
        False too for a file that is no notebook or never was a release.
    """
    try:
        notebook = notebooks.read(path)
    except NotebookError:
        return False
    released = notebooks.entry(notebook, "course").get("released")
    return released == released_hash(notebook)


def released_hash(notebook):
    """Return the SHA-256 of the types and sources of a notebook's cells."""
    digest = hashlib.sha256()
    for cell in notebook["cells"]:
        for text in (cell["cell_type"], cell["source"]):
            data = text.encode(errors="surrogatepass")
            digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def stamp(notebook, assignment):
    """Write the `course` metadata of a release into `notebook`.

    Parameters
    ----------
    notebook : dict
        Changed in place.
    assignment : str
        Its assignment, such as ``"02_regression"``.
    """
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["metadata"]["course"] = {"first_state": cell["source"]}
    notebook["metadata"]["course"] = {
        "assignment": assignment,
        "released": released_hash(notebook),
    }


def starting_code(grade_id):
    """Return the code that an answer cell is shipped with, or "".

    Parameters
    ----------
    grade_id : str or None
        The nbgrader id of the cell, such as ``"E2-7"``.
    """
    from course import questions

    for name in questions.ids():
        if answer_id(name) == grade_id:
            return questions.get(name).shipped
    return ""


def add(commands):
    """Add the command `exercises` to those of `python -m course`."""
    make = commands.add_parser(
        "exercises", help="make exercises/ from solutions/"
    )
    make.add_argument(
        "assignments",
        nargs="*",
        metavar="ASSIGNMENT",
        help="such as 02_regression; all of them if none is named",
    )
    make.set_defaults(run=exercises_command)


def exercises_command(options):
    """Run `python -m course exercises`: make all exercises, or those named."""
    root = Path.cwd()
    for assignment in options.assignments or assignments(root):
        target = root / "exercises" / assignment
        for path in build(assignment, target, root=root):
            print(f"made {path.relative_to(root)}")


def _solutions(root):
    return Path(root) / "solutions"


def _generate(assignment, root, folder):
    """Run nbgrader in `folder`; return the notebooks it made, sorted."""
    if importlib.util.find_spec("nbgrader") is None:
        raise ReleaseError(
            "nbgrader is needed to make exercises, but missing; install it "
            "with: python course/bootstrap.py --extras grading"
        )
    config = root / CONFIG
    if not config.is_file():
        raise ReleaseError(f"{config} must be there, but is missing")
    shutil.copy(config, folder)
    shutil.copytree(
        _solutions(root) / assignment, folder / "solutions" / assignment
    )
    nbgrader = [sys.executable, "-m", "nbgrader", "generate_assignment"]
    done = subprocess.run(
        [*nbgrader, "--no-db", assignment],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise ReleaseError(
            f"nbgrader could not make {assignment}: {_reason(done.stderr)}"
        )
    return sorted((folder / "exercises" / assignment).glob("*.ipynb"))


def _environment(folder):
    """Return an environment that hides the user's own Jupyter settings."""
    package_root = str(Path(__file__).resolve().parents[1])
    paths = [package_root, os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter"),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }


def _reason(log):
    """Return the line of nbgrader's log that says what went wrong."""
    raised = re.findall(r"^\s*[\w.]+(?:Error|Exception): (.+)$", log, re.M)
    logged = re.findall(r"\| ERROR\] (.+)$", log, re.M)
    return (raised or logged or ["it gave no reason"])[-1][:300]


def _place(new, path):
    notebooks.write(path, notebooks.read(new))
    return path
