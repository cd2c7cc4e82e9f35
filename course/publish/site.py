"""The course as a web site: `make site`.

Sphinx makes it from pages that are written here: lectures with their
outputs, exercises without answers, the catalogue of losses, the reference.
No page asks for anything outside.
"""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec

from course.publish import (
    ROOT,
    PublishError,
    inside,
    lectures,
    npm,
    staging,
)
from course.publish.execute import executed

EXERCISES = ROOT / "exercises"
MATHJAX = "mathjax/es5/tex-svg.js"
NEEDED = ("sphinx", "myst_nb", "sphinx_book_theme", "nbformat")
PLAYER = ROOT / "lossviz" / "player.js"


def build(out="build/site", source="build/site-source"):
    """Make the site and return its first page.

    Parameters
    ----------
    out : str or Path
        Folder of the site, replaced as a whole; relative to the repository.
    source : str or Path
        Folder for what Sphinx reads.

    Raises
    ------
    PublishError
        If a lecture cannot be executed, Sphinx or npm's packages are
        missing, or Sphinx has anything to complain about.
    """
    out, source = inside(out), inside(source)
    _require(NEEDED)
    write(source)
    unfinished = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        _run_sphinx(source, unfinished)
        shutil.rmtree(out, ignore_errors=True)
        unfinished.rename(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return out / "index.html"


def write(source):
    """Write what Sphinx reads into an empty folder.

    Parameters
    ----------
    source : Path
        What it held before is removed.
    """
    from course.publish import catalogue, reference

    shutil.rmtree(source, ignore_errors=True)
    static = source / "_static"
    static.mkdir(parents=True)
    (static / "mathjax").mkdir()
    (static / "mathjax" / "tex-svg.js").write_text(
        npm.text(MATHJAX), encoding="utf-8"
    )
    (static / "player.js").write_text(_player(), encoding="utf-8")
    for name in ("access.js", "course.css"):
        shutil.copy(staging.SITE / name, static)
    shutil.copy(staging.SITE / "conf.py", source)
    for path in (staging.SITE / "pages").glob("*.md"):
        shutil.copy(path, source)
    catalogue.write(source / "catalogue")
    reference.write(source / "reference")
    pages = [_notebook(path, source) for path in lectures()]
    tasks = [_notebook(path, source) for path in exercises()]
    with open(source / "index.md", "a", encoding="utf-8") as index:
        index.write(contents(pages, tasks))


def exercises():
    """Return the paths of all exercises, in order."""
    return sorted(EXERCISES.glob("[0-9]*/*.ipynb"))


def contents(pages, tasks):
    """Return the table of contents as Markdown.

    Parameters
    ----------
    pages, tasks : list of str
        Lectures and exercises, by their paths in the course.
    """
    groups = {
        "Lectures": pages,
        "Exercises": tasks,
        "Look up": ["notation", "catalogue/index", "reference/index"],
    }
    trees = [
        f"```{{toctree}}\n:caption: {caption}\n:maxdepth: 1\n\n"
        f"{chr(10).join(names)}\n```\n"
        for caption, names in groups.items()
    ]
    return "\n" + "\n".join(trees)


def add(commands):
    """Add the command `site` to those of `python -m course`."""
    site = commands.add_parser("site", help="make the web site of the course")
    site.set_defaults(run=site_command)


def site_command(options):
    """Run `python -m course site`."""
    print(build())


def _notebook(path, source):
    """Write a notebook's page; return its path in the course."""
    import nbformat

    name = path.relative_to(ROOT)
    is_lecture = name.parts[0] == "lectures"
    notebook = nbformat.read(executed(path) if is_lecture else path, 4)
    films = source / "_static" / "films"
    notebook = staging.page(notebook, name.as_posix(), films)
    target = source / name
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    return name.as_posix().removesuffix(".ipynb")


def _player():
    """Return the script that moves players, each from its film's file."""
    script = (staging.SITE / "player.js").read_text(encoding="utf-8")
    return script.replace("PLAYER", PLAYER.read_text(encoding="utf-8").strip())


def _require(names):
    """Refuse to begin where a part is missing that pip can bring."""
    for name in names:
        if find_spec(name) is None:
            raise PublishError(
                f"the site needs {name}; "
                "`pip install 'lossviz[publishing]'` brings it"
            )


def _run_sphinx(source, out):
    """Run Sphinx, to which every warning is an error."""
    options = ["--fail-on-warning", "--keep-going", "--quiet", "--fresh-env"]
    doctrees = source.with_name(f"{source.name}-doctrees")
    line = [sys.executable, "-m", "sphinx", *options, "-b", "html"]
    line += ["-d", str(doctrees), str(source), str(out)]
    done = subprocess.run(
        line, cwd=ROOT, capture_output=True, text=True, check=False
    )
    # MyST-NB keeps copies of what notebooks show, beside the site.
    for rest in (doctrees, out.with_name("jupyter_execute")):
        shutil.rmtree(rest, ignore_errors=True)
    if done.returncode:
        raise PublishError(
            f"the site must be built without a warning, got: "
            f"{_first(done.stderr)}"
        )


def _first(stderr):
    """Return the first line that complains, or else the last of all."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    complaints = [line for line in lines if "WARN" in line or "ERR" in line]
    return [*complaints, *lines[-1:], "nothing"][0]
