"""Every equation that a lecture displays holds, and none goes unchecked."""

import inspect
import re
from pathlib import Path

import equations.regression  # noqa: F401 (registers its checks)
import nbformat
import pytest
from equations import CHECKS
from nbformat.v4 import new_markdown_cell, new_notebook

LECTURES = Path(__file__).parents[1] / "lectures"
DISPLAYED = re.compile(r"(?:<!-- eq:(\S+) -->\n)?\$\$(.+?)\$\$", re.DOTALL)


def displayed(notebook):
    """Return (id or None, LaTeX) of every displayed equation."""
    return [
        found.groups()
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for found in DISPLAYED.finditer(cell.source)
    ]


def complaints(equations, checks):
    """Say which equations and checks do not belong together."""
    found = [f"no id: {latex}" for name, latex in equations if name is None]
    names = [name for name, _ in equations if name is not None]
    found += [
        f"{name} occurs twice" for name in names if names.count(name) > 1
    ]
    found += [f"{name} has no check" for name in names if name not in checks]
    found += [f"{name} is displayed nowhere" for name in checks - set(names)]
    return found


def without_spaces(text):
    return "".join(text.split())


def all_displayed():
    paths = sorted(LECTURES.glob("*.ipynb"))
    return [
        pair for path in paths for pair in displayed(nbformat.read(path, 4))
    ]


@pytest.mark.parametrize("name", CHECKS)
def test_equation_holds(name):
    CHECKS[name]()


def test_every_displayed_equation_has_one_check_and_every_check_one_equation():
    assert complaints(all_displayed(), CHECKS.keys()) == []


def test_every_check_was_written_for_the_equation_as_displayed():
    for name, latex in all_displayed():
        checked = inspect.getdoc(CHECKS[name])
        assert without_spaces(checked) == without_spaces(latex), name


def test_lost_and_unchecked_equations_are_seen():
    source = "<!-- eq:a -->\n$$1$$ and $$2$$, then\n<!-- eq:b -->\n$$\n3\n$$"
    notebook = new_notebook(
        cells=[new_markdown_cell(source) for _ in range(2)]
    )
    assert set(complaints(displayed(notebook), {"a", "c"})) == {
        "no id: 2",
        "a occurs twice",
        "b occurs twice",
        "b has no check",
        "c is displayed nowhere",
    }
