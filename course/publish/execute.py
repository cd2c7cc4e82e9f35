"""Run a lecture once, for decks, site and browser tests alike.

The kernel sees ``COURSE_STATIC=1``, which makes explorers show themselves as
players that need no kernel. What came out is kept until the notebook, or code
that it may import, changes.
"""

import hashlib
import os
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

from course.files import write_whole
from course.notebooks import NotebookError, read
from course.publish import LECTURES, ROOT, PublishError, inside

CELL_SECONDS = 300
# What notebooks import; grading and publishing never reach their kernel.
SOURCES = ("lossviz", "course")
APART = ("course/publish", "course/grading")
LIBRARIES = ("ipywidgets", "matplotlib", "numpy", "scikit-learn", "torch")
WIDGET = "application/vnd.jupyter.widget-view+json"
KEPT = 3


def executed(lecture, build="build/executed"):
    """Return the path of an executed copy of a lecture.

    Parameters
    ----------
    lecture : str or Path
        Its name, such as ``"02_regression"``, or the path of a notebook.
    build : str or Path
        Where copies are kept; relative to the repository.

    Returns
    -------
    Path
        A notebook of the same file name, with outputs, but without widgets
        and progress bars.

    Raises
    ------
    PublishError
        If the notebook cannot be read or a cell fails.
    """
    import nbformat

    path = notebook_path(lecture)
    try:
        read(path)
    except NotebookError as error:
        raise PublishError(str(error)) from None
    build = inside(build)
    target = build / fingerprint(path) / path.name
    if not target.is_file():
        notebook = _lasting(_run(path))
        write_whole(target, f"{nbformat.writes(notebook)}\n".encode())
        _forget_old(build, path.name)
    return target


def notebook_path(lecture):
    """Return the path of the notebook that a name or a path stands for."""
    lecture = Path(lecture)
    return lecture if lecture.suffix else LECTURES / f"{lecture}.ipynb"


def fingerprint(path):
    """Return a name for all that decides what comes out of a notebook."""
    digest = hashlib.sha256(path.read_bytes())
    digest.update(Path(__file__).read_bytes())
    digest.update(sys.version.encode())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    for source in _sources():
        digest.update(source.as_posix().encode())
        digest.update((ROOT / source).read_bytes())
    return digest.hexdigest()[:16]


def _sources():
    """Return the files that notebooks may import or read, in order."""
    files = [
        path.relative_to(ROOT)
        for package in SOURCES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    return sorted(
        file for file in files if not file.as_posix().startswith(APART)
    )


def _run(path):
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import (
        CellExecutionError,
        CellTimeoutError,
        DeadKernelError,
    )

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        store_widget_state=False,
        # One text however slowly its parts were printed.
        coalesce_streams=True,
        # Only what a cell says counts, not what the kernel logs.
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute(env=os.environ | {"COURSE_STATIC": "1"})
    except CellExecutionError as error:
        raise PublishError(
            f"{path.name} must run to its end, but a cell raised "
            f"{error.ename}: {error.evalue}"
        ) from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise PublishError(
            f"{path.name} must run to its end, but: "
            f"{str(error).splitlines()[0]}"
        ) from None
    return notebook


def _lasting(notebook):
    """Leave out widgets, and what is nothing else: progress bars."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if not _is_bar(o)]
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET, None)
    return notebook


def _is_bar(output):
    """Tell whether an output says nothing to a page without a kernel."""
    data = output.get("data", {})
    return WIDGET in data and "text/html" not in data


def _forget_old(build, name):
    """Remove all but the newest few copies of a lecture."""
    copies = sorted(build.glob(f"*/{name}"), key=lambda p: p.stat().st_mtime)
    for copy in copies[:-KEPT]:
        shutil.rmtree(copy.parent, ignore_errors=True)
