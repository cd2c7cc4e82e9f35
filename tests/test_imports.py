"""What an import of the package loads, and what it leaves for later."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import lossviz

HEAVY = ["IPython", "ipywidgets", "matplotlib", "scipy", "sklearn", "torch"]


def loaded_after(statement: str) -> set[str]:
    """Return the modules a fresh interpreter holds after `statement`."""
    code = f"import sys\n{statement}\nprint(*sys.modules, sep='\\n')"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import lossviz",
        "import lossviz.losses, lossviz.validation",
        "from lossviz import explorers",
    ],
)
def test_importing_loads_numpy_and_nothing_heavier(statement):
    loaded = loaded_after(statement)
    assert "numpy" in loaded
    assert not loaded.intersection(HEAVY)


def test_a_part_is_loaded_when_it_is_first_used():
    loaded = loaded_after("import lossviz as lv; lv.plots")
    assert {"lossviz.plots", "matplotlib"} <= loaded


def test_dir_names_the_parts_without_loading_them():
    loaded = loaded_after(
        "import lossviz; assert {'plots', 'losses'} <= set(dir(lossviz))"
    )
    assert "lossviz.plots" not in loaded


def test_dir_and_all_name_every_part_and_nothing_else():
    files = Path(lossviz.__file__).parent.glob("[!_]*")
    parts = {f.stem for f in files if f.is_dir() or f.suffix == ".py"}
    assert set(lossviz.__all__) == {"__version__", *parts}
    seen = {name for name in dir(lossviz) if not name.startswith("__")}
    assert seen == parts
    assert "__doc__" in dir(lossviz)


def test_an_unknown_part_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'plotz'"):
        lossviz.plotz  # noqa: B018


def test_losses_name_torch_without_importing_it():
    loaded = loaded_after(
        "from lossviz.losses import LOSSES\n"
        "[(loss.torch, repr(loss)) for loss in LOSSES.values()]"
    )
    assert "torch" not in loaded


def test_the_version_is_the_one_that_is_installed():
    project = Path(__file__).parents[1] / "pyproject.toml"
    stated = tomllib.loads(project.read_text())["project"]["version"]
    assert lossviz.__version__ == stated
