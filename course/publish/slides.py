"""Which cells of a lecture make a slide, and how they stand on it.

The slide types are those of Jupyter: `slide` opens a stack of slides,
`subslide` the next one of the stack, `fragment` appears when asked for,
`notes` are for the speaker, `skip` is for readers of the notebook only.
"""

import html
import re
from itertools import pairwise

from course.publish import PublishError
from course.publish.typography import glued

# Links to files of the repository lead nowhere from a deck.
FILE_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)[^)\s]+\)")
HEADING = re.compile(r"^(#{1,2}) +(.+?)\s*$", re.MULTILINE)
MINUTES = re.compile(r"^(## .+?) (· \d+ min)$", re.MULTILINE)
PICTURE = re.compile(r'<figure><img [^>]*?width="(\d+)"')
IMAGE = re.compile(r"<img\b[^>]*>")
WORDS = re.compile(r'\balt="[^"]*\w[^"]*"')
# Cells whose code is not the lesson.
FOLDED = {"explorer", "hide-input"}
# A picture this wide leaves room for a column of text beside it.
BESIDE = 820


def arranged(notebook):
    """Return a lecture's title, after preparing its cells for the template.

    Parameters
    ----------
    notebook : NotebookNode
        An executed lecture; changed in place.

    Raises
    ------
    PublishError
        If it has no title, or a picture has no alternative text.
    """
    notebook.cells = [
        cell for cell in notebook.cells if cell_type(cell) != "skip"
    ]
    title = place = _title(notebook)
    for cell in notebook.cells:
        _require_words(cell)
        shows_source = FOLDED.isdisjoint(cell.metadata.get("tags", ()))
        cell.metadata.deck = {
            "before": "",
            "after": "",
            "shows_source": shows_source,
        }
    for slide in slides(notebook.cells):
        for cell in slide:
            if cell.cell_type == "markdown":
                place = _place(title, cell.source) or place
                cell.source = _on_slide(cell.source)
        _put_pictures_beside_text(slide)
        _wrap_fragments_and_notes(slide)
        foot = f'<p class="place">{html.escape(place)}</p>'
        before = '<section class="page"><div class="content">'
        _wrap(slide, before, f"</div>{foot}</section>")
    for stack in stacks(notebook.cells):
        _wrap(stack, "<section>", "</section>")
    return title


def cell_type(cell):
    """Return a cell's slide type, `-` if it goes on with the slide."""
    return cell.metadata.get("slideshow", {}).get("slide_type") or "-"


def slides(cells):
    """Return the cells of each slide, a list of lists, in order."""
    return _split(cells, ("slide", "subslide"))


def stacks(cells):
    """Return the cells of each stack of slides, in order."""
    return _split(cells, ("slide",))


def _split(cells, openers):
    found = []
    for cell in cells:
        if not found or cell_type(cell) in openers:
            found.append([])
        found[-1].append(cell)
    return found


def _wrap(cells, before, after):
    """Put HTML around what cells and earlier calls have put there."""
    first, last = cells[0].metadata.deck, cells[-1].metadata.deck
    first["before"] = before + first["before"]
    last["after"] = last["after"] + after


def _wrap_fragments_and_notes(slide):
    for part in _split(slide, ("fragment", "notes")):
        if cell_type(part[0]) == "fragment":
            _wrap(part, '<div class="fragment">', "</div>")
        elif cell_type(part[0]) == "notes":
            _wrap(part[:1], '<aside class="notes">', "</aside>")


def _put_pictures_beside_text(slide):
    """Let a picture share its row with the text that follows it."""
    for cell, following in pairwise(slide):
        goes_on = cell_type(following) == "-"
        if not goes_on or following.cell_type != "markdown":
            continue
        for output in cell.get("outputs", ())[-1:]:
            page = output.get("data", {}).get("text/html", "")
            picture = PICTURE.match(page)
            if picture and int(picture[1]) <= BESIDE:
                output.metadata.deck_before = '<div class="beside">'
                following.metadata.deck["after"] = "</div>"


def _title(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for marks, text in HEADING.findall(cell.source):
                if marks == "#":
                    return text
    raise PublishError("a lecture must begin with a title, got none")


def _on_slide(source):
    """Return Markdown of a notebook as that of a slide."""
    source = FILE_LINK.sub(r"\1", source)
    return glued(MINUTES.sub(r"\1 <small>\2</small>", source))


def _place(title, source):
    """Return what stands at the foot of a section's slides, or None."""
    for marks, text in HEADING.findall(source):
        if marks == "##":
            # "2.4 Huber · 18 min": how long it takes is said once.
            return f"{title} · {text.split(' · ')[0]}"
    return None


def _require_words(cell):
    """Refuse pictures that say nothing to those who do not see them."""
    if cell.cell_type == "markdown":
        _check_images(cell.source, cell)
        if "![](" in cell.source:
            _refuse(cell)
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        page = data.get("text/html")
        drawn = [kind for kind in data if kind.startswith("image/")]
        if page is None and drawn:
            raise PublishError(
                "a figure must be shown with alternative text, by "
                f"lossviz.figures.show, got {drawn[0]} from: "
                f"{cell.source.splitlines()[-1]}"
            )
        _check_images(page or "", cell)


def _check_images(page, cell):
    for image in IMAGE.findall(page):
        if not WORDS.search(image):
            _refuse(cell)


def _refuse(cell):
    raise PublishError(
        "a picture must have alternative text, got none from: "
        f"{cell.source.splitlines()[-1]}"
    )
