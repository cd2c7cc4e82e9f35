"""The pages that tell of `lossviz` what its docstrings say."""

import importlib
import pkgutil
from types import ModuleType

import lossviz


def modules():
    """Return the modules that have a page, by their names.

    Those below a package have none, if the package hands out what they
    hold.
    """
    found = {}
    for part in pkgutil.iter_modules(lossviz.__path__, "lossviz."):
        if part.name.rsplit(".", 1)[1].startswith("_"):
            continue
        module = importlib.import_module(part.name)
        found[part.name] = module
        found |= {
            inner.__name__: inner
            for inner in map(module.__dict__.get, module.__all__)
            if isinstance(inner, ModuleType)
        }
    return found


def write(folder):
    """Write a page for each module, and one that lists them.

    Parameters
    ----------
    folder : Path
        Where they go.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = modules()
    for name in known:
        (folder / f"{name}.rst").write_text(page(name), encoding="utf-8")
    (folder / "index.md").write_text(index(known), encoding="utf-8")


def page(name):
    """Return the page of a module, as reStructuredText."""
    return (
        f"{name}\n{'=' * len(name)}\n\n.. automodule:: {name}\n"
        "   :members:\n   :imported-members:\n"
    )


def index(known):
    """Return the page that lists modules, as Markdown."""
    rows = [
        f"| [`{name.removeprefix('lossviz.')}`]({name}.rst) "
        f"| {module.__doc__.splitlines()[0]} |"
        for name, module in known.items()
    ]
    toc = "\n".join(known)
    return (
        "# Reference of `lossviz`\n\n"
        "The module behind the lectures: what every function takes, returns "
        "and refuses.\n\n"
        f"| module | holds |\n|---|---|\n{chr(10).join(rows)}\n\n"
        f"```{{toctree}}\n:hidden:\n\n{toc}\n```\n"
    )
