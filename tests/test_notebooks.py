"""Every notebook of the course runs clean, and is kept clean."""

import re
from pathlib import Path

import nbformat
import nbval_record
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

REPOSITORY = Path(__file__).parents[1]
# what `check` demands of the notebooks in a folder
FOLDERS = {"lectures": None, "exercises": "unsolved", "solutions": "solved"}
NOTEBOOKS = [
    path
    for folder in FOLDERS
    for path in sorted((REPOSITORY / folder).rglob("*.ipynb"))
    if ".ipynb_checkpoints" not in path.parts
    and ".mine" not in path.name  # a student's own copy
]
MACHINE_PATH = re.compile(r"(?:/home|/Users|/root|/tmp)/|[A-Z]:\\+Users")

each_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=lambda path: str(path.relative_to(REPOSITORY))
)


def stderr_complaints(notebook):
    """Return what the cells of a notebook wrote to stderr."""
    return [
        f"cell {index}: {output.text}"
        for index, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    ]


def cleanness_complaints(notebook):
    """Return the traces that a run or a machine left in a notebook."""
    complaints = []
    for index, cell in enumerate(notebook.cells):
        if cell.get("outputs"):
            complaints.append(f"cell {index}: outputs are kept")
        if cell.get("execution_count") is not None:
            complaints.append(f"cell {index}: execution count is kept")
    for found in MACHINE_PATH.finditer(nbformat.writes(notebook)):
        complaints.append(f"machine path {found[0]}")
    return complaints


def _run(path):
    return nbval_record.run(
        path, FOLDERS[path.relative_to(REPOSITORY).parts[0]]
    )


def test_there_are_notebooks_of_every_kind():
    assert {
        path.relative_to(REPOSITORY).parts[0] for path in NOTEBOOKS
    } == set(FOLDERS)


@each_notebook
def test_it_is_a_valid_notebook_without_traces_of_a_run(path):
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert cleanness_complaints(notebook) == []


@pytest.mark.slow
@each_notebook
def test_it_passes_nbval(path):
    run = _run(path)
    if not run.passed:
        pytest.fail(run.report, pytrace=False)


@pytest.mark.slow
@each_notebook
def test_it_gives_no_warning(path):
    assert stderr_complaints(_run(path).notebook) == []


def test_traces_of_a_run_are_seen():
    kept = new_output("stream", name="stdout", text="2")
    cell = new_code_cell("open('/home/me/x')", outputs=[kept])
    cell.execution_count = 1
    assert cleanness_complaints(new_notebook(cells=[cell])) == [
        "cell 0: outputs are kept",
        "cell 0: execution count is kept",
        "machine path /home/",
    ]


@pytest.mark.slow
def test_errors_and_warnings_are_seen(tmp_path):
    sources = ["import warnings; warnings.warn('careless')", "1 / 0", "2"]
    path = tmp_path / "faulty.ipynb"
    nbformat.write(new_notebook(cells=list(map(new_code_cell, sources))), path)
    run = nbval_record.run(path)
    assert not run.passed and "ZeroDivisionError" in run.report
    (complaint,) = stderr_complaints(run.notebook)
    assert complaint.startswith("cell 0: ") and "careless" in complaint
    assert run.notebook.cells[2].outputs[0].data["text/plain"] == "2"


@pytest.mark.slow
def test_a_notebook_knows_what_check_demands(tmp_path):
    source = "import os; os.environ.get('COURSE_CHECK', 'nothing')"
    path = tmp_path / "demand.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source)]), path)
    for demand, seen in [("solved", "'solved'"), (None, "'nothing'")]:
        (cell,) = nbval_record.run(path, demand).notebook.cells
        assert cell.outputs[0].data["text/plain"] == seen
