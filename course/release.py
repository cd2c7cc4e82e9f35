"""Make the exercises from the solutions, and restore a single answer.

`nbgrader generate_assignment` does the making. The exercise then carries, in
its metadata under `course`, the name of its assignment and a hash of its
cells' sources: a file that no longer matches was worked in and is never
overwritten. Each answer cell keeps its first state in its own metadata, so
that it can be restored from the notebook alone, wherever that file went.
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
from course.notebooks import NotebookError

CONFIG = "nbgrader_config.py"


class ReleaseError(RuntimeError):
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
    entry = notebook["metadata"].get("course")
    return isinstance(entry, dict) and (
        entry.get("released") == released_hash(notebook)
    )


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


def answer_id(question_id):
    """Return the nbgrader id of a question's answer: E2.1 → E2-1."""
    return question_id.replace(".", "-")


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


def first_state(question_id, folders):
    """Return the first state of an answer, found in a folder's notebooks.

    Parameters
    ----------
    question_id : str
        Such as ``"E2.1"``.
    folders : sequence of str or Path
        Searched in this order; files that are no notebooks are passed over.

    Returns
    -------
    str or None
        The source as released, or None where no notebook knows it.
    """
    wanted = answer_id(question_id)
    for folder in folders:
        for path in sorted(Path(folder).glob("*.ipynb")):
            try:
                cells = notebooks.find_cells(notebooks.read(path), wanted)
            except NotebookError:
                continue
            states = [s for s in map(_stored_state, cells) if s is not None]
            if states:
                return states[0]
    return None


def reset_answer(path, question_id):
    """Put one answer of an exercise back to its first state.

    Parameters
    ----------
    path : str or Path
        The student's notebook.
    question_id : str
        Such as ``"E2.1"``.

    Returns
    -------
    Path
        A new file beside the notebook that keeps the replaced text.

    Raises
    ------
    NotebookError
        If the file is no notebook, or does not hold the answer as released.
    """
    path = Path(path)
    notebook = notebooks.read(path)
    wanted = answer_id(question_id)
    cells = notebooks.find_cells(notebook, wanted)
    states = [s for s in map(_stored_state, cells) if s is not None]
    if not states:
        known = ", ".join(_answers(notebook)) or "none"
        raise NotebookError(
            f"question must be an answer of {path.name} ({known}), got "
            f"{question_id}"
        )
    backup = _unused(path.with_name(f"{path.stem}.{wanted}.mine.py"))
    old = "\n\n".join(cell["source"] for cell in cells) + "\n"
    backup.write_bytes(old.encode(errors="replace"))
    _restore(notebook, cells, states[0])
    notebooks.write(path, notebook)
    return backup


def exercises_command(options):
    """Run `python -m course exercises`: make all exercises, or those named."""
    root = Path.cwd()
    for assignment in options.assignments or assignments(root):
        target = root / "exercises" / assignment
        for path in build(assignment, target, root=root):
            print(f"made {path.relative_to(root)}")


def reset_command(options):
    """Run `python -m course reset`: restore one answer of a notebook."""
    backup = reset_answer(options.notebook, options.question)
    print(
        f"{options.question} is back in its first state; what you had is in "
        f"{backup}; if the notebook is open, choose File → Reload Notebook "
        "from Disk"
    )


def _solutions(root):
    return Path(root) / "solutions"


def _generate(assignment, root, folder):
    """Run nbgrader in `folder`; return the notebooks it made, sorted."""
    if importlib.util.find_spec("nbgrader") is None:
        raise ReleaseError(
            "nbgrader is needed to make exercises, but missing; install it "
            'with: pip install "nbgrader>=0.9.6"'
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
    path.parent.mkdir(parents=True, exist_ok=True)
    notebooks.write(path, notebooks.read(new))
    return path


def _stored_state(cell):
    entry = cell["metadata"].get("course")
    state = entry.get("first_state") if isinstance(entry, dict) else None
    return state if isinstance(state, str) else None


def _answers(notebook):
    """Return the ids of the questions whose first state a notebook keeps."""
    kept = [c for c in notebook["cells"] if _stored_state(c) is not None]
    names = [notebooks.grade_id(cell) or "" for cell in kept]
    return list(dict.fromkeys(name.replace("-", ".") for name in names))


def _restore(notebook, cells, source):
    """Put `source` into the first of `cells`, and drop its split-off rest."""
    first, *rest = cells
    first["source"] = source
    if first["cell_type"] == "code":
        first["outputs"], first["execution_count"] = [], None
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if not any(cell is other for other in rest)
    ]


def _unused(path):
    """Return `path`, or the first numbered name that is not taken."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
