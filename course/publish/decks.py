"""Lectures as slides in single files that open anywhere: `make slides`.

Each file holds its pictures, its players, reveal.js and MathJax, and asks
for nothing outside.
"""

import re

from course.files import write_whole
from course.publish import PublishError, inside, lectures, npm
from course.publish.execute import executed, notebook_path
from course.publish.slides import arranged

TEMPLATES = inside("course/publish")
MAX_MEGABYTES = 25
STYLES = ("reveal.js/dist/reset.css", "reveal.js/dist/reveal.css")
SCRIPTS = ("reveal.js/dist/reveal.js", "reveal.js/plugin/notes/notes.js")
MATHJAX = "mathjax/es5/tex-svg.js"
# What the page shows first of all that an output offers.
FORMATS = ("text/html", "text/markdown", "text/plain")


def build(lecture, out="build/slides"):
    """Make the deck of a lecture and return its path.

    Parameters
    ----------
    lecture : str or Path
        Its name, such as ``"02_regression"``, or the path of a notebook.
    out : str or Path
        Folder of the decks; relative to the repository.

    Raises
    ------
    PublishError
        If the lecture cannot be executed or npm's packages are missing.
    """
    import nbformat

    source = executed(lecture)
    html = page(nbformat.read(source, as_version=4))
    target = inside(out) / f"{source.stem}.html"
    return write_whole(target, html.encode())


def add(commands):
    """Add the command `slides` to those of `python -m course`."""
    slides = commands.add_parser(
        "slides", help="make decks that open without Python and network"
    )
    slides.add_argument(
        "lectures",
        nargs="*",
        metavar="LECTURE",
        help="such as 02_regression; all of them if none is named",
    )
    slides.set_defaults(run=slides_command)


def slides_command(options):
    """Run `python -m course slides`."""
    wanted = options.lectures or lectures()
    for lecture in wanted:
        if not notebook_path(lecture).is_file():
            known = ", ".join(path.stem for path in lectures())
            raise PublishError(
                f"LECTURE must be one of {known}, got {lecture}"
            )
    for lecture in wanted:
        target = build(lecture)
        size = target.stat().st_size / 1e6
        print(f"{target}  {size:.1f} MB")
        if size > MAX_MEGABYTES:
            raise PublishError(
                f"a deck must be at most {MAX_MEGABYTES} MB, got {size:.1f}; "
                "give the sliders of its explorers fewer stops"
            )


def page(notebook):
    """Return an executed notebook as the HTML of its deck.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place.

    Raises
    ------
    PublishError
        If it cannot be a deck, or npm's packages are missing.
    """
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    config = Config()
    config.NbConvertBase.display_data_priority = list(FORMATS)
    exporter = HTMLExporter(
        config=config,
        template_name="deck",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    deck = {
        "title": arranged(notebook),
        "styles": "\n".join([*map(npm.text, STYLES), _own("deck.css")]),
        "mathjax": _own("mathjax.js") + _harmless(npm.text(MATHJAX)),
        "scripts": "\n".join(
            [*(_harmless(npm.text(name)) for name in SCRIPTS), _own("deck.js")]
        ),
    }
    html, _ = exporter.from_notebook_node(notebook, {"deck": deck})
    return html


def _own(name):
    return (TEMPLATES / "deck" / name).read_text(encoding="utf-8")


def _harmless(script):
    """Return a script without what would end it within a page."""
    return re.sub(r"<(?=/script|!--)", r"\\x3C", script)
