"""The set-up: lock, environment.yml, bootstrap and the lab command."""

import json
import os
import socket
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from course import bootstrap, lab

ROOT = Path(__file__).parents[1]


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))


def pins():
    lines = (ROOT / "requirements.lock").read_text("utf8").splitlines()
    return dict(
        line.split("==") for line in lines if line and line[0] not in "#"
    )


def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text("utf8"))


def test_environment_installs_the_lock_and_nothing_beside_it():
    assert environment()["name"] == "lossviz"
    *conda, pip = environment()["dependencies"]
    assert [name.split("=")[0].rstrip("<>") for name in conda] == [
        "python",
        "pip",
    ]
    assert pip == {"pip": ["-r requirements.lock", "-e ."]}


def test_environment_has_a_python_that_the_project_accepts():
    python = environment()["dependencies"][0].split("=")[1]
    assert project()["project"]["requires-python"] == ">=3.11"
    assert tuple(map(int, python.split("."))) >= bootstrap.OLDEST_PYTHON


def test_lock_pins_every_requirement_of_the_project():
    groups = [
        project()["project"]["dependencies"],
        *project()["project"]["optional-dependencies"].values(),
    ]
    names = {Requirement(text).name for group in groups for text in group}
    assert names <= set(pins())


def test_lock_fits_every_build_of_torch():
    text = (ROOT / "requirements.lock").read_text("utf8")
    assert pins()["torch"] == "2.13.0"
    assert "--hash" not in text and "://" not in text and "nvidia" not in text


def test_installed_versions_are_those_of_the_lock():
    from importlib.metadata import version

    for name in ("numpy", "matplotlib", "ipywidgets", "jupyterlab", "nbval"):
        assert version(name) == pins()[name]
    assert version("torch").split("+")[0] == pins()["torch"]


def test_locked_versions_run_on_the_oldest_python_of_the_readme():
    # pip refuses what the metadata refuses; what is installed has both.
    needs = {
        canonicalize_name(distribution.name): (
            distribution.version,
            distribution.metadata.get("Requires-Python", ""),
        )
        for distribution in distributions()
    }
    pinned = {
        name: need
        for name, (version, need) in needs.items()
        if pins().get(name) == version
    }
    assert len(pinned) > 100
    assert [n for n in pinned if "3.11.0" not in SpecifierSet(pinned[n])] == []


@pytest.mark.parametrize("version", [(3, 9, 2), (3, 10, 14)])
def test_old_python_is_one_sentence_with_the_way_out(version):
    told = bootstrap.old_python(version)
    assert f"must be 3.11 or newer, got 3.{version[1]}" in told
    assert "make lab PYTHON=" in told and "\n" not in told


def test_new_python_and_pip_are_fine():
    assert bootstrap.old_python((3, 11, 0)) is None
    assert bootstrap.old_python((4, 0, 0)) is None
    assert bootstrap.old_pip((22, 3)) is None


@pytest.mark.parametrize(
    "version, found, way_out",
    [
        ((22, 2), "got 22.2", "-m pip install --upgrade pip"),
        ((0, 0), "got none", "apt install python3-pip"),
    ],
)
def test_old_pip_is_one_sentence_with_the_way_out(version, found, way_out):
    told = bootstrap.old_pip(version)
    assert "22.3 or newer" in told and found in told
    assert told.endswith(way_out) and "\n" not in told


def test_unreachable_index_is_one_sentence(tmp_path):
    environ = os.environ | {
        "PIP_INDEX_URL": "https://127.0.0.1:9/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "0",
        "PIP_FIND_LINKS": "",
        "PIP_EXTRA_INDEX_URL": "",
    }
    # The environment that runs the tests was made without a pip of its own.
    result = subprocess.run(
        [sys._base_executable, ROOT / "course" / "bootstrap.py"]
        + ["--venv", tmp_path / "venv"],
        env=environ,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "package index cannot be reached" in result.stderr


def test_other_trouble_of_pip_keeps_its_reason():
    shout = "import sys; sys.exit('ERROR: No space left on device')"
    told = bootstrap.run([sys.executable, "-c", shout])
    assert told == (
        "pip could not install the course: No space left on device"
    )


def test_environment_of_a_removed_python_is_made_anew(tmp_path):
    python = Path(bootstrap.make_venv(str(tmp_path / "venv")))
    python.unlink()
    python.symlink_to(tmp_path / "gone")
    assert not bootstrap.works(str(python))
    bootstrap.make_venv(str(tmp_path / "venv"))
    assert bootstrap.works(str(python))


@pytest.fixture
def listening():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("form", ["--port {}", "--port={}"])
def test_taken_port_is_one_sentence(listening, capsys, form):
    options = ["--no-browser", *form.format(listening).split()]
    assert lab.run(options) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"port {listening} must be free")
    assert f'ARGS="--port {listening + 1}"' in told and told.count("\n") == 1


def test_options_are_passed_on_to_jupyterlab():
    line = lab.command(["--no-browser", "--port", "8899"])
    assert line[-3:] == ["--no-browser", "--port", "8899"]
    assert "--ServerApp.port_retries=0" in line
    assert "--LabApp.default_url=/lab/tree/lectures" in line


def test_without_a_port_jupyterlab_may_look_for_one():
    assert lab.asked_port(["--no-browser"]) is None
    assert "--ServerApp.port_retries=0" not in lab.command([])


def test_citation_and_package_tell_the_same_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
    assert citation["version"] == project()["project"]["version"]


def test_workflow_runs_the_script_that_runs_the_tests():
    workflow = yaml.safe_load(
        (ROOT / ".github" / "workflows" / "test.yml").read_text("utf8")
    )
    steps = workflow["jobs"]["test"]["steps"]
    assert any(step.get("run") == ".ci/run" for step in steps)
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text("utf8").rstrip().endswith("make test")


def test_kernel_of_the_environment_runs_the_notebooks():
    for path in ROOT.glob("lectures/*.ipynb"):
        spec = json.loads(path.read_text("utf8"))["metadata"]["kernelspec"]
        assert spec["name"] == "python3"
