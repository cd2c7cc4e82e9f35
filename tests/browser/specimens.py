"""Small notebooks, one without fault and one with a known fault per cell."""

from __future__ import annotations

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

EXPLORER = """\
import base64, io, time, warnings
import ipywidgets as widgets
from IPython.display import HTML, Javascript, display
from matplotlib.figure import Figure

def png(height):
    figure = Figure(figsize=(4, 2), dpi=100)
    axes = figure.add_subplot()
    axes.set(xlim=(0, 1), ylim=(0, 5))
    axes.axhline(height)
    target = io.BytesIO()
    figure.savefig(target, format="png")
    return base64.b64encode(target.getvalue()).decode()

def image(height, alt="a line at {height:g}", width=400):
    return (
        f'<img alt="{alt.format(height=height)}" width="{width}" '
        f'src="data:image/png;base64,{png(height)}">'
    )

def explorer(draw, label="height", connected=True):
    slider = widgets.FloatSlider(value=1, max=5, description=label)
    choice = widgets.ToggleButtons(options=["up", "down"], description="side")
    picture = widgets.HTML()
    def redraw(change=None):
        height = slider.value if choice.value == "up" else 5 - slider.value
        draw(picture, height)
    if connected:
        slider.observe(redraw, "value")
        choice.observe(redraw, "value")
    redraw()
    return widgets.VBox([slider, choice, picture])

def draw(picture, height):
    picture.value = image(height)

def question(reply):
    options = widgets.ToggleButtons(options=["up", "down"], value=None)
    options.add_class("course-options")
    button = widgets.Button(description="Check")
    answer = widgets.HTML()
    def say(_):
        text = reply(options.value)
        answer.value = f'<div class="course-feedback">{text}</div>'
    button.on_click(say)
    return widgets.VBox([options, button, answer])

def field(reply):
    text = widgets.Text(continuous_update=False)
    answer = widgets.HTML()
    def say(_):
        note = reply(text.value)
        answer.value = f'<div class="course-feedback">{note}</div>'
    text.observe(say, "value")
    return widgets.VBox([text, answer])
"""

SOUND = [
    "field(lambda text: f'Noted: {text}.')",
    "question(lambda option: f'So {option} it is.')",
    "explorer(draw)",
]

FAULTY = {
    "unconnected": "explorer(draw, connected=False)",
    "fails at the upper end": """\
def draw_below_five(picture, height):
    if height == 5:
        raise ValueError("too high")
    draw(picture, height)
explorer(draw_below_five)""",
    "warns at the lower end": """\
def draw_above_zero(picture, height):
    if height == 0:
        warnings.warn("too low")
    draw(picture, height)
explorer(draw_above_zero)""",
    "refuses the lower end": """\
def draw_or_refuse(picture, height):
    if height == 0:
        picture.value = '<p role="alert">Too low.</p>'
    else:
        draw(picture, height)
explorer(draw_or_refuse)""",
    "constant alternative text": """\
def draw_nameless(picture, height):
    picture.value = image(height, alt="a line")
explorer(draw_nameless)""",
    "blank between two pictures": """\
def clear_and_draw(picture, height):
    picture.value = ""
    time.sleep(0.05)
    draw(picture, height)
explorer(clear_and_draw)""",
    "jumps": """\
def draw_larger(picture, height):
    picture.value = image(height, width=300 + round(20 * height))
explorer(draw_larger)""",
    "cut label": "explorer(draw, label='a label that is far too long')",
    "mute question": "question(lambda option: '')",
    "one reply to all": "question(lambda option: 'Well.')",
    "mute field": "field(lambda text: '')",
    "too wide": "HTML('<p style=\"width: 1500px\">words</p>')",
    "picture without alternative text": "HTML(image(1, alt=''))",
    "plain figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "warns when run": "warnings.warn('careless')",
    "request to the outside": (
        'HTML(\'<img alt="a dot" src="https://example.org/dot.png">\')'
    ),
    "script fails": (
        "Javascript('setTimeout(() => { throw new Error(\"broken\") })')"
    ),
    "no slider": "widgets.Checkbox()",
    "no widget": "1 + 1",
    # the last one, since it ends the run
    "cell fails": "1 / 0",
    "not run": "1 + 1",
}
FORMULA = r"$$\left( x$$ and $$\fraction{1}{2}$$ and $x"


def write_sound(path):
    """Write a notebook about which nothing is to be complained."""
    _write(path, [EXPLORER, *SOUND], formula=r"$$\frac{1}{2}$$")


def write_faulty(path):
    """Write the faults; return the cell's number of each."""
    _write(path, [EXPLORER, *FAULTY.values()], formula=FORMULA)
    return {name: 2 + i for i, name in enumerate(FAULTY)} | {"formula": 0}


def _write(path, sources, formula):
    cells = [new_markdown_cell(formula), *map(new_code_cell, sources)]
    _save(path, cells)


def _save(path, cells, metadata=()):
    notebook = new_notebook(cells=cells)
    notebook.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    notebook.metadata.update(metadata)
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)


TALL = "\n\n".join(f"Line {number} of far too many." for number in range(30))
# The title of each slide is what is wrong with it.
SLIDES = {
    "sound": "Nothing.",
    "too tall": TALL,
    "too tall once opened": (
        f"<details><summary>Answer</summary>\n\n{TALL}\n\n</details>"
    ),
    "too wide": "<p style='width: 1500px; border: 1px solid'>words</p>",
    "too small": "<small style='font-size: 12px'>fine print</small>",
}


def write_slides(path, styles):
    """Write a deck with one slide for each of `SLIDES`.

    `styles` is the metadata by which the course's lectures set their type
    for a hall.
    """
    cells = [
        new_markdown_cell(
            f"## {title}\n\n{text}",
            metadata={"slideshow": {"slide_type": "slide"}},
        )
        for title, text in SLIDES.items()
    ]
    _save(path, cells, styles)
