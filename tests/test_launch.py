"""The course starts on Binder, Colab and Codespaces, without installing."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from course import notebooks
from course.publish import launch

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(
    path
    for folder in ("lectures", "exercises", "solutions")
    for path in (ROOT / folder).rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
)
OTHER = "https://github.com/ada/losses"


def colab_cell(path):
    cells = notebooks.read(path)["cells"]
    [place] = [i for i, c in enumerate(cells) if c.get("id") == "colab"]
    return place, cells


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.parent.name)
def test_every_notebook_begins_its_code_with_the_cell_for_colab(path):
    place, cells = colab_cell(path)
    assert cells[place]["source"] == launch.colab_source(launch.address(ROOT))
    assert all(cell["cell_type"] != "code" for cell in cells[:place])


def run_cell(colab):
    """Run the cell as IPython does; return the magics that it called."""
    script = (
        "import sys, types\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "shell.run_line_magic = lambda *words, **_: print('magic', *words)\n"
        f"if {colab}: sys.modules['google.colab'] = types.ModuleType('x')\n"
        f"result = shell.run_cell({launch.colab_source(OTHER)!r})\n"
        "result.raise_error()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_cell_does_nothing_anywhere_but_on_colab():
    assert run_cell(colab=False) == ""
    assert run_cell(colab=True) == (
        f"magic pip install --quiet --no-deps git+{OTHER}\n"
    )


def test_nothing_is_left_to_write():
    before = {path: path.read_bytes() for path in NOTEBOOKS}
    assert launch.write(ROOT) == []
    assert {path: path.read_bytes() for path in NOTEBOOKS} == before


def test_the_badges_open_the_first_lecture_of_the_release():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    release = launch.address(ROOT).removeprefix("https://github.com/")
    first = min((ROOT / "lectures").glob("*.ipynb")).name
    links = re.findall(
        r"\]\((https://(?:mybinder|colab|codespaces)\S+)\)", readme
    )
    assert len(links) == 3
    assert all(release in link for link in links)
    assert all(first in link for link in links[:2])


@pytest.fixture
def course(tmp_path):
    """A small course, with everything that tells its address."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.course]\nrelease = "https://github.com/a/b"\n'
    )
    marks = f"# Course\n\n{launch.START}\n{launch.END}\n\nText.\n"
    (tmp_path / "README.md").write_text(marks)
    for place in ("lectures/01_a.ipynb", "solutions/01_a/a.ipynb"):
        cells = [
            {
                "cell_type": kind,
                "id": kind,
                "metadata": {},
                "source": "x",
                **({"outputs": []} if kind == "code" else {}),
            }
            for kind in ("markdown", "code")
        ]
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}
        notebooks.write(tmp_path / place, {**notebook, "cells": cells})
    return tmp_path


def test_one_command_changes_the_address_everywhere(course, monkeypatch):
    from course.__main__ import main

    monkeypatch.chdir(course)
    assert main(["address"]) == 0
    assert main(["address", f"{OTHER}/"]) == 0
    told = [p for p in course.rglob("*.*") if p.is_file()]
    assert len(told) == 4
    for path in told:
        text = path.read_text()
        assert "ada/losses" in text and "/a/b" not in text
    text = (course / "README.md").read_text()
    assert text.startswith("# Course\n\n") and text.endswith("\n\nText.\n")
    place, cells = colab_cell(course / "lectures" / "01_a.ipynb")
    assert place == 1 and len(cells) == 3


@pytest.mark.parametrize("bad", ["ada/losses", "https://example.org/a/b", ""])
def test_a_wrong_address_is_one_sentence(course, bad, monkeypatch, capsys):
    (course / "pyproject.toml").write_text(
        f'[tool.course]\nrelease = "{bad}"\n'
    )
    from course.__main__ import main

    monkeypatch.chdir(course)
    assert main(["address"]) == 1
    told = capsys.readouterr().err
    assert told == (
        f"release must look like https://github.com/OWNER/NAME, got {bad}\n"
    )


@pytest.mark.slow
def test_binder_reads_the_environment_of_the_lock():
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    plan = done.stdout + done.stderr
    install = plan.index('pip install --no-cache-dir -r "binder/requirements')
    # The lock and the course are named from there: they must be copied first.
    assert plan.index("COPY --chown=0:0 src/ ") < install
    assert "python=3.11" in plan
    assert install < plan.index("RUN ./binder/postBuild")
    lines = (ROOT / "binder" / "requirements.txt").read_text().splitlines()
    assert "-r ../requirements.lock" in lines and "-e ." in lines
    assert os.access(ROOT / "binder" / "postBuild", os.X_OK)


def test_the_script_for_binder_runs():
    subprocess.run(
        ["bash", ROOT / "binder" / "postBuild"],
        env={**os.environ, "PATH": _with_python(os.environ["PATH"])},
        check=True,
    )


def _with_python(path):
    return os.pathsep.join([str(Path(sys.executable).parent), path])


def test_the_container_installs_by_the_courses_own_commands():
    text = (ROOT / ".devcontainer" / "devcontainer.json").read_text()
    settings = json.loads(text)
    python, script, *options = shlex.split(settings["postCreateCommand"])
    assert python == "python3" and (ROOT / script).is_file()
    subprocess.run(
        [sys.executable, ROOT / script, *options, "--help"],
        capture_output=True,
        check=True,
    )
    start = shlex.split(settings["postAttachCommand"])
    assert start[1:4] == ["-m", "course", "lab"]
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())
    version = settings["image"].rsplit(":", 1)[1]
    assert wanted["project"]["requires-python"] == f">={version}"
