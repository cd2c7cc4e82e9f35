"""The live slides of a notebook in JupyterLab: walked, measured, played."""

from __future__ import annotations

from dataclasses import dataclass

from . import checker

SCREEN = {"width": 1280, "height": 720}  # also 1920 × 1080 at 150 %
SMALLEST = 18  # pixels of the smallest text
MOST_STEPS = 600
STILL = 3  # equal looks in a row before a slide counts as standing still

# Everything in the cells of the slide, model answers opened. MathJax keeps a
# second copy of each formula for screen readers, which nobody sees.
MEASURE = """() => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  const cells = [...document.querySelectorAll(".jp-Cell.jp-deck-mod-visible")];
  cells.flatMap((c) => [...c.querySelectorAll("details")])
    .forEach((e) => { e.open = true; });
  const parts = cells.flatMap((c) => [c, ...c.querySelectorAll("*")])
    .filter((e) => !e.closest("mjx-assistive-mml, .jp-InputPrompt, "
      + ".jp-OutputPrompt, .jp-Collapser") && e.checkVisibility());
  const boxes = parts.map((e) => e.getBoundingClientRect())
    .filter((box) => box.width > 1 && box.height > 1);
  const words = parts.filter((e) => [...e.childNodes].some(
    (n) => n.nodeType === Node.TEXT_NODE && n.data.trim()));
  const sizes = words.map((e) => parseFloat(getComputedStyle(e).fontSize));
  return {
    active: notebook.activeCellIndex,
    cells: cells.map((c) => Number(c.dataset.windowedListIndex)),
    title: cells.map((c) => c.innerText).join(" ").trim().slice(0, 50),
    top: Math.min(...boxes.map((box) => box.top)),
    bottom: Math.max(...boxes.map((box) => box.bottom)),
    right: Math.max(...boxes.map((box) => box.right)),
    smallest: Math.min(...sizes),
  };
}"""
FIRST = "() => { probe.panel().content.activeCellIndex = 0; }"
START = "() => window.jupyterapp.commands.execute('deck:start')"
STOP = "() => window.jupyterapp.commands.execute('deck:stop')"


@dataclass(frozen=True)
class Slide:
    """What one step of the walk showed.

    Parameters
    ----------
    cells : tuple of int
        Numbers of the notebook's cells on it.
    title : str
        Its first words.
    height, right : float
        Room it takes, model answers open, and its right edge, in pixels.
    smallest : float
        The smallest text, in pixels.
    """

    cells: tuple
    title: str
    height: float
    right: float
    smallest: float


def walk(notebook, step=None):
    """Go through the slides by Space; return one `Slide` for each.

    Parameters
    ----------
    notebook : OpenNotebook
        All its cells are run.
    step : callable, optional
        ``step(slide)`` is called while the slide stands there.
    """
    page, before = notebook.page, notebook.page.viewport_size
    page.set_viewport_size(SCREEN)
    page.evaluate(FIRST)
    page.evaluate(START)
    slides, seen = [], set()
    try:
        for _ in range(MOST_STEPS):
            measured = _settled(notebook)
            place = measured["active"], tuple(measured["cells"])
            if place in seen:
                return slides
            seen.add(place)
            slides.append(_slide(measured))
            if step:
                step(slides[-1])
            page.keyboard.press("Space")
        raise RuntimeError(f"the slides did not end after {MOST_STEPS} steps")
    finally:
        page.evaluate(STOP)
        page.set_viewport_size(before)


def complaints(slides):
    """Say of each slide what a hall could not see or read."""
    said = []
    for number, slide in enumerate(slides, start=1):
        name = f"slide {number} ({slide.title!r}, cells {slide.cells})"
        if slide.height > SCREEN["height"]:
            said.append(f"{name}: {slide.height:.0f} pixels high")
        if slide.right > SCREEN["width"]:
            said.append(f"{name}: {slide.right:.0f} pixels wide")
        if slide.smallest < SMALLEST:
            said.append(f"{name}: text of {slide.smallest:.0f} pixels")
    return said


def cell(notebook, index):
    """Return a cell of the slide."""
    return notebook.page.locator(
        f'.jp-Cell[data-windowed-list-index="{index}"]'
    )


def slider_complaints(notebook, index):
    """Every slider of a slide's cell moves its picture, and not the slide."""
    said = []
    handles = checker.slider_handles(cell(notebook, index)).all()
    before = notebook.page.evaluate(MEASURE)["active"]
    for number, handle in enumerate(handles):
        for name, move in checker.MOVES:
            where = f"cell {index}, slider {number}, {name}"
            said += checker.move_complaints(
                notebook, index, handle, move, where
            )
            if notebook.page.evaluate(MEASURE)["active"] != before:
                said.append(f"{where}: another slide came")
    return said


def _settled(notebook):
    """Return what the page measures once it stands still."""
    looks = []
    while len(looks) < STILL or any(a != looks[-1] for a in looks[-STILL:]):
        notebook.pause(40)
        looks.append(notebook.page.evaluate(MEASURE))
        if len(looks) > 100:
            raise RuntimeError(f"a slide does not stand still: {looks[-1]}")
    return looks[-1]


def _slide(measured):
    return Slide(
        cells=tuple(measured["cells"]),
        title=measured["title"],
        height=measured["bottom"] - measured["top"],
        right=measured["right"],
        smallest=measured["smallest"],
    )
