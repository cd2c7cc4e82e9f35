"""Notebooks as pages of the site.

What is for other places stays out: the cell for Colab and the speaker's
notes. The pictures of players go into files of their own, so that a page
opens before they have come.
"""

import hashlib
import re
import tomllib

from course.publish import PublishError, inside, launch
from course.publish.typography import glued

SITE = inside("course/publish/site")
LEFT_OUT_TYPES = {"notes"}
# Cells whose code says nothing that their output does not say.
SILENT = {"explorer", "poe-predict", "quiz"}
OFFERS = {
    "lectures": "Read it here and move its explorers, or run it yourself:",
    "exercises": "These are the questions. To answer them and be checked:",
}
ANCHOR = re.compile(r'^<a id="([\w.-]+)"></a>$', re.MULTILINE)
SECTION_LINK = re.compile(r"\]\([^)\s]+\.ipynb#([\w.-]+)\)")
BADGE = re.compile(r"\[!\[([^\]]+)\]\([^)]+\)\]\(([^)]+)\)")
TITLE = re.compile(r"^# .+$", re.MULTILINE)
FILM = re.compile(
    r'<script type="application/json">(.*?)</script><script>.*?</script>',
    re.DOTALL,
)
PLAYER = '<figure class="player"'
PICTURE = re.compile(r'<img\b[^>]*? width="(\d+)"[^>]*>')
# A narrow page shows this much of a picture's width, and the rest when it is
# moved sideways: letters of 18 pixels keep 11.
LEAST = 0.6


def page(notebook, path, films):
    """Return a notebook as a page of the site.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, if it is a lecture; changed in place.
    path : str
        Where it lies in the course, such as
        ``"lectures/02_regression.ipynb"``.
    films : Path
        Folder for the pictures of its players.

    Raises
    ------
    PublishError
        If it has no title.
    """
    notebook.cells = [cell for cell in notebook.cells if _is_shown(cell)]
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = text(cell.source)
        else:
            _hide_code(cell)
            _put_films_apart(cell, films)
            _keep_legible(cell)
    _offer_to_run(notebook.cells, path)
    return notebook


def text(source):
    """Return Markdown of a notebook as that of the site."""
    # Sphinx finds its own marks from every page; the links in outputs find
    # those of HTML.
    source = ANCHOR.sub(r"\g<0>\n\n(\1)=", source)
    return glued(SECTION_LINK.sub(r"](#\1)", source))


def launchers(path):
    """Return links that open a notebook ready to run, as Markdown.

    Parameters
    ----------
    path : str
        Where it lies in the course.
    """
    # Badges are pictures from elsewhere; the words are ours.
    found = BADGE.findall(launch.badges(launch.address(inside(".")), path))
    return " · ".join(f"[{words}]({link})" for words, link in found)


def _is_shown(cell):
    kind = cell.metadata.get("slideshow", {}).get("slide_type")
    return cell.get("id") != launch.CELL_ID and kind not in LEFT_OUT_TYPES


def _hide_code(cell):
    tags = cell.metadata.get("tags", [])
    if SILENT.intersection(tags):
        cell.metadata["tags"] = [*tags, "remove-input"]


def _put_films_apart(cell, films):
    for output in cell.get("outputs", ()):
        shown = output.get("data", {}).get("text/html", "")
        if PLAYER in shown:
            output.data["text/html"] = _without_film(shown, films)


def _keep_legible(cell):
    """Let narrow pages move a picture sideways before it gets too small."""
    for output in cell.get("outputs", ()):
        shown = output.get("data", {}).get("text/html", "")
        if PICTURE.search(shown):
            output.data["text/html"] = PICTURE.sub(_movable, shown)


def _movable(picture):
    least = round(LEAST * int(picture[1]))
    return f'<div class="wide" style="--least: {least}px">{picture[0]}</div>'


def _without_film(player, folder):
    """Write a player's film into a file; return the player without it."""
    film = FILM.search(player)
    if film is None:
        raise PublishError("a player must hold its film, got none")
    name = hashlib.sha256(film[1].encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    script = f'course.film("{name}", {film[1]});\n'
    (folder / f"{name}.js").write_text(script, encoding="utf-8")
    named = player.replace(PLAYER, f'{PLAYER} data-film="{name}"')
    return FILM.sub("", named)


def _offer_to_run(cells, path):
    """Put links below the title that open the notebook ready to run."""
    kind = path.split("/")[0]
    note = f"{OFFERS[kind]} {launchers(path)}."
    for cell in cells:
        title = cell.cell_type == "markdown" and TITLE.search(cell.source)
        if title:
            end = title.end()
            cell.source = f"{cell.source[:end]}\n\n{note}{cell.source[end:]}"
            return
    raise PublishError(f"{path} must have a title, got none")


def toml(name):
    """Return what one of the site's own data files holds."""
    return tomllib.loads((SITE / name).read_text(encoding="utf-8"))
