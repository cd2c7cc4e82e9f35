"""Run a notebook once under nbval, and keep what its cells put out.

nbval fails on errors and lets warnings pass; so that a second run is not
needed to see them, this module is also a plugin for the pytest that runs
nbval (`-p nbval_record`): it saves the notebook with its new outputs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

CELL_LIMIT = 90  # seconds
COLOUR = re.compile(r"\x1b\[[\d;]*m")  # of IPython's tracebacks
NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Run:
    """What came of running a notebook.

    `notebook` carries the outputs; `report` is what pytest wrote.
    """

    passed: bool
    report: str
    notebook: nbformat.NotebookNode


@cache
def run(
    path: Path, course_check: str | None = None, root: Path | None = None
) -> Run:
    """Run a notebook under nbval, once per session.

    Parameters
    ----------
    path : Path
        The notebook; it is not changed.
    course_check : {"solved", "unsolved"}, optional
        What `check` demands in it (the variable `COURSE_CHECK`).
    root : Path, optional
        Where its modules are, if it is not a notebook of this repository.
    """
    with TemporaryDirectory() as folder:
        record = Path(folder) / path.name
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest"),
                *("--quiet", "--color=no", "-rN"),
                *("--nbval-lax", "--nbval-current-env"),
                f"--nbval-cell-timeout={CELL_LIMIT}",
                *("-p", "nbval_record", "-p", "no:cacheprovider"),
                f"--nbval-record={record}",
                *("--config-file", os.devnull, "--rootdir", path.parent),
                path,
            ],
            env=_environment(course_check, root),
            capture_output=True,
            text=True,
        )
        report = COLOUR.sub("", done.stdout + done.stderr)
        if not record.exists():
            raise RuntimeError(f"nbval did not run {path.name}:\n{report}")
        notebook = nbformat.read(record, as_version=4)
    return Run(done.returncode == 0, report, notebook)


def _environment(
    course_check: str | None, root: Path | None
) -> dict[str, str]:
    """Return the environment for a run: no network, no other settings."""
    import matplotlib.font_manager  # noqa: F401 (fills its font cache, aloud)

    ours = {
        "PYTHONPATH": os.pathsep.join(
            str(folder) for folder in (root, Path(__file__).parent) if folder
        ),
        "http_proxy": NOWHERE,
        "https_proxy": NOWHERE,
        "no_proxy": "127.0.0.1,localhost",
    }
    if course_check:
        ours["COURSE_CHECK"] = course_check
    others = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COURSE_", "NBGRADER_", "PYTEST_"))
    }
    return others | ours


def pytest_addoption(parser):
    """Name the file that takes the notebook with its outputs."""
    parser.addoption("--nbval-record", type=Path)


def pytest_runtest_teardown(item):
    """Put the outputs of a cell that nbval has run into the cell."""
    item.cell.outputs = item.test_outputs or []
    item.cell.execution_count = item.cell_num + 1


def pytest_sessionfinish(session):
    """Save the notebook."""
    notebooks = [item.parent.nb for item in session.items[:1]]
    for notebook in notebooks:
        nbformat.write(notebook, session.config.getoption("nbval_record"))
