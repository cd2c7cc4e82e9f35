"""Start the course without installing it: Binder, Colab, Codespaces.

All of them open the students' release of the course. Its address stands once,
in `pyproject.toml` under `tool.course`; the badges of the README and the
Colab cell of every notebook are written from it:

    python -m course address https://github.com/OWNER/NAME
"""

import re
import tomllib
from pathlib import Path
from urllib.parse import quote

from course import notebooks
from course.trouble import Trouble

CELL_ID = "colab"
START, END = "<!-- launch -->", "<!-- /launch -->"
# The address as GitHub's own pages show it.
ADDRESS = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+)")


class AddressError(Trouble):
    """The address cannot be used; the message is one sentence."""


def address(root="."):
    """Return the address of the students' release.

    Parameters
    ----------
    root : str or Path
        The folder of the course.

    Raises
    ------
    AddressError
        If `pyproject.toml` has none of the right form.
    """
    text = (Path(root) / "pyproject.toml").read_text(encoding="utf-8")
    return checked(tomllib.loads(text)["tool"]["course"]["release"])


def checked(release):
    """Return an address, if it is one of a repository on GitHub."""
    if not ADDRESS.fullmatch(release):
        raise AddressError(
            "release must look like https://github.com/OWNER/NAME, "
            f"got {release}"
        )
    return release


def badges(release, lecture):
    """Return the badges that open a lecture, as Markdown.

    Parameters
    ----------
    release : str
        Address of the students' release.
    lecture : str
        Path of its notebook, from the top of the release.
    """
    owner, name = ADDRESS.fullmatch(release).groups()
    repository = f"{owner}/{name}"
    rows = [
        (
            "Open in Binder",
            "https://mybinder.org/badge_logo.svg",
            f"https://mybinder.org/v2/gh/{repository}/HEAD"
            f"?urlpath={quote(f'lab/tree/{lecture}', safe='')}",
        ),
        (
            "Open in Colab",
            "https://colab.research.google.com/assets/colab-badge.svg",
            f"https://colab.research.google.com/github/{repository}"
            f"/blob/HEAD/{lecture}",
        ),
        (
            "Open in Codespaces",
            "https://github.com/codespaces/badge.svg",
            f"https://codespaces.new/{repository}",
        ),
    ]
    return "\n".join(
        f"[![{what}]({picture})]({link})" for what, picture, link in rows
    )


def colab_source(release):
    """Return the code that brings the course to Colab.

    What else the course needs is there already, torch among it; asking pip
    for this course's own versions would download it all again.
    """
    return (
        "# On Colab this brings the course; anywhere else it does nothing.\n"
        "import sys\n"
        "\n"
        'if "google.colab" in sys.modules:\n'
        f'    course = "git+{release}"\n'
        '    options = "install --quiet --no-deps"\n'
        '    get_ipython().run_line_magic("pip", f"{options} {course}")'
    )


def colab_cell(release, *, lecture):
    """Return the notebook cell with `colab_source`, left out of slides."""
    metadata = {
        "jupyter": {"source_hidden": True},
        "tags": ["hide-input"],
    }
    if lecture:
        metadata["slideshow"] = {"slide_type": "skip"}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": CELL_ID,
        "metadata": metadata,
        "outputs": [],
        "source": colab_source(release),
    }


def write(root="."):
    """Write badges and Colab cells from the address in the settings.

    Parameters
    ----------
    root : str or Path
        The folder of the course. Exercises follow with `make exercises`.

    Returns
    -------
    list of Path
        The files that changed.
    """
    root = Path(root)
    release = address(root)
    lectures = sorted((root / "lectures").glob("*.ipynb"))
    solutions = sorted((root / "solutions").glob("*/*.ipynb"))
    changed = [_write_badges(root / "README.md", release, lectures[0].name)]
    changed += [_write_cell(path, release, True) for path in lectures]
    changed += [_write_cell(path, release, False) for path in solutions]
    return list(filter(None, changed))


def _write_badges(readme, release, lecture):
    """Put the badges between their marks; return the path if it changed."""
    before = readme.read_text(encoding="utf-8")
    if START not in before or END not in before:
        raise AddressError(f"{readme.name} must have {START} and {END}")
    head, rest = before.split(START, 1)
    tail = rest.split(END, 1)[1]
    links = badges(release, f"lectures/{lecture}")
    after = f"{head}{START}\n{links}\n{END}{tail}"
    if after == before:
        return None
    readme.write_text(after, encoding="utf-8")
    return readme


def _write_cell(path, release, lecture):
    """Put the cell before the first code; return the path if it changed."""
    notebook = notebooks.read(path)
    before = notebook["cells"]
    cells = [cell for cell in before if cell.get("id") != CELL_ID]
    kinds = [cell["cell_type"] for cell in cells]
    place = kinds.index("code") if "code" in kinds else len(cells)
    cells.insert(place, colab_cell(release, lecture=lecture))
    if cells == before:
        return None
    notebooks.write(path, {**notebook, "cells": cells})
    return path


def add(commands):
    """Add the command `address`."""
    one = commands.add_parser(
        "address", help="tell badges and Colab where the course is published"
    )
    one.add_argument(
        "release",
        nargs="?",
        metavar="ADDRESS",
        help="https://github.com/OWNER/NAME; that of the settings if omitted",
    )
    one.set_defaults(run=command)


def command(options):
    """Run `python -m course address`."""
    root = Path.cwd()
    if options.release:
        _set(root / "pyproject.toml", checked(options.release.rstrip("/")))
    for path in write(root):
        print(f"wrote {path.relative_to(root)}")


def _set(settings, release):
    """Put another address into `pyproject.toml`."""
    text = settings.read_text(encoding="utf-8")
    line = f'release = "{release}"'
    new, found = re.subn(r'^release = ".*"$', line, text, flags=re.M)
    if found != 1:
        raise AddressError(
            f"{settings.name} must have one line `release = …`, got {found}"
        )
    settings.write_text(new, encoding="utf-8")
