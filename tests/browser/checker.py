"""What must hold for a notebook in the browser, as lists of complaints.

Each function looks at one thing and returns one sentence per fault, so
that the same functions judge the lectures and the notebooks that are
wrong on purpose.
"""

from __future__ import annotations

import io
from functools import partial

from PIL import Image, ImageChops

GREY_LEVELS = 16  # a pixel has changed when it differs by more
PIXELS = 20  # a picture has changed when more pixels have


def has_changed(before, after):
    """Tell whether two PNG pictures differ to the eye (None: no picture)."""
    if before is None or after is None:
        return before is not after
    first, second = (
        Image.open(io.BytesIO(png)).convert("L") for png in (before, after)
    )
    if first.size != second.size:
        return True
    difference = ImageChops.difference(first, second).histogram()
    return sum(difference[GREY_LEVELS + 1 :]) > PIXELS


def is_blank(png):
    """Tell whether a picture has a single colour."""
    darkest, lightest = Image.open(io.BytesIO(png)).convert("L").getextrema()
    return lightest - darkest <= GREY_LEVELS


def run_complaints(notebook):
    """Every code cell ran, without an error and without a word on stderr."""
    complaints = []
    for index, cell in enumerate(notebook.cells()):
        if cell["type"] != "code" or not cell["source"].strip():
            continue
        if cell["count"] is None:
            complaints.append(f"cell {index}: not run")
        complaints += [
            f"cell {index}: {fault}"
            for fault in map(output_fault, cell["outputs"])
            if fault
        ]
    return complaints


def output_fault(output):
    """Return what is wrong with one output of a cell, or None."""
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}"
    if output["output_type"] == "stream" and output["name"] == "stderr":
        return f"on stderr: {''.join(output['text'])}"
    return None


def text_complaints(notebook, index):
    """Pictures have alternative text, formulas are set, labels are whole."""
    seen = notebook.ask("look", index)
    faults = [f"not rendered: {part}" for part in seen["missing"]]
    faults += [f"formula not set: {error}" for error in seen["errors"]]
    faults += ["picture without alternative text"] * seen["nameless"]
    faults += [f"label {label!r} is cut off" for label in seen["cut"]]
    faults += [f"too wide: {part}" for part in seen["wide"]]
    return [f"cell {index}: {fault}" for fault in faults]


def control_count_complaints(notebook, index, *, sliders, choices):
    """The cell shows as many controls as its explorer declares."""
    cell = shown_widgets(notebook, index)
    if cell is None:
        return [f"cell {index}: no widget appeared"]
    complaints = []
    for name, expected, found in [
        ("sliders", sliders, slider_handles(cell).count()),
        ("choices", choices, choice_boxes(cell).count()),
    ]:
        if found != expected:
            complaints.append(
                f"cell {index}: {found} {name} where {expected} are declared"
            )
    return complaints


def shown_widgets(notebook, index):
    """Scroll to a cell; return it once its widgets are there, or None."""
    cell = notebook.show(index)
    if not notebook.ask("declaresWidgets", index):
        return None
    return cell if notebook.wait_until("hasWidgets", index) else None


def slider_handles(cell):
    """Return the handles of a cell's sliders."""
    return cell.locator(".widget-slider .noUi-handle")


def choice_boxes(cell):
    """Return the rows of buttons of a cell's choices."""
    return cell.locator(".widget-toggle-buttons")


def slider_complaints(notebook, index):
    """Every slider of a cell answers to mouse and keyboard, to both ends.

    First each is moved; then all go to their lower end, one after the
    other, and all to their upper end, so that the corners are seen too.
    """
    cell = shown_widgets(notebook, index)
    if cell is None:
        return [f"cell {index}: no widget appeared"]
    handles = slider_handles(cell).all()
    complaints = []
    for number, handle in enumerate(handles):
        for name, move in MOVES:
            where = f"cell {index}, slider {number}, {name}"
            complaints += move_complaints(notebook, index, handle, move, where)
    for key in ("Home", "End"):
        for number, handle in enumerate(handles):
            where = f"cell {index}, slider {number}, {key}"
            complaints += end_complaints(notebook, index, handle, key, where)
    return complaints


def position(handle):
    """Return where a slider's handle stands: 0 left end, 1 right end."""
    knob, track = handle.bounding_box(), _track(handle)
    return (knob["x"] + knob["width"] / 2 - track["x"]) / track["width"]


def _track(handle):
    ancestor = "xpath=ancestor::*[contains(@class, 'noUi-base')]"
    return handle.locator(ancestor).bounding_box()


def drag(notebook, handle):
    """Drag a slider's handle by mouse towards the farther end."""
    knob, track = handle.bounding_box(), _track(handle)
    y = knob["y"] + knob["height"] / 2
    share = 0.85 if position(handle) < 0.5 else 0.15
    mouse = notebook.page.mouse
    mouse.move(knob["x"] + knob["width"] / 2, y)
    mouse.down()
    mouse.move(track["x"] + share * track["width"], y, steps=12)
    mouse.up()


def press_arrows(notebook, handle):
    """Move a slider by five key presses towards the farther end."""
    key = "ArrowRight" if position(handle) < 0.5 else "ArrowLeft"
    handle.focus()
    for _ in range(5):
        notebook.page.keyboard.press(key)


MOVES = [("mouse", drag), ("keyboard", press_arrows)]


def move_complaints(notebook, index, handle, move, where):
    """A moved slider changes value, picture and alternative text smoothly."""
    before = notebook.ask("state", index)
    picture = notebook.screenshot(index)
    # (aria-valuenow is rounded to one decimal)
    value = handle.get_attribute("aria-valuetext")
    notebook.ask("startWatch", index)
    move(notebook, handle)
    notebook.ask("settle", index)
    seen = notebook.ask("stopWatch")
    after = notebook.ask("state", index)
    complaints = []
    if handle.get_attribute("aria-valuetext") == value:
        complaints.append("the slider did not move")
    if not has_changed(picture, notebook.screenshot(index)):
        complaints.append("the picture did not change")
    if after["alt"] == before["alt"]:
        complaints.append("the alternative text did not change")
    complaints += smoothness_faults(seen) + notebook.ask("messages", index)
    return [f"{where}: {complaint}" for complaint in complaints]


def smoothness_faults(seen):
    """Say whether a watched picture went blank or changed its place."""
    faults = []
    if seen["blank"]:
        faults.append(f"{seen['blank']} of {seen['frames']} frames blank")
    if len(seen["places"]) > 1:
        faults.append(f"the picture jumped: {', '.join(seen['places'])}")
    return faults


def end_complaints(notebook, index, handle, key, where):
    """At the end of its range a slider shows a picture and no message."""
    handle.focus()
    notebook.page.keyboard.press(key)
    notebook.ask("settle", index)
    complaints = list(notebook.ask("messages", index))
    if abs(position(handle) - {"Home": 0, "End": 1}[key]) > 0.01:
        complaints.append("the end of the range was not reached")
    return [
        f"{where}: {complaint}"
        for complaint in complaints + still_faults(notebook, index)
    ]


def still_faults(notebook, index):
    """Say what is wrong with the picture that a cell shows now."""
    state = notebook.ask("state", index)
    if not state["drawn"]:
        return ["there is no picture"]
    faults = []
    if not (state["alt"] or "").strip():
        faults.append("the picture has no alternative text")
    if is_blank(notebook.screenshot(index)):
        faults.append("the picture is blank")
    return faults


def choice_complaints(notebook, index):
    """Every option of every choice changes the picture cleanly.

    Each is chosen by mouse, and the first one again by keyboard.
    """
    cell = shown_widgets(notebook, index)
    if cell is None:
        return [f"cell {index}: no widget appeared"]
    complaints = []
    for number, box in enumerate(choice_boxes(cell).all()):
        where = f"cell {index}, choice {number}"
        chosen = box.locator("button.mod-active").inner_text()
        names = box.locator("button").all_inner_texts()
        for option in [name for name in names if name != chosen]:
            complaints += option_complaints(
                notebook, index, box, option, _click, where
            )
        complaints += option_complaints(
            notebook, index, box, chosen, _press_space, where
        )
    return complaints


def _click(button):
    button.click()


def _press_space(button):
    button.focus()
    button.page.keyboard.press("Space")


def option_complaints(notebook, index, box, option, choose, where):
    """A chosen option gives another picture, and no message."""
    before = notebook.screenshot(index)
    choose(box.locator("button").get_by_text(option, exact=True))
    notebook.ask("settle", index)
    complaints = still_faults(notebook, index)
    if not has_changed(before, notebook.screenshot(index)):
        complaints.append("the picture did not change")
    complaints += notebook.ask("messages", index)
    return [f"{where}, {option!r}: {complaint}" for complaint in complaints]


def keyboard_complaints(notebook, index, *, presses=60):
    """From the selected cell, the Tab key alone leads to a control."""
    if shown_widgets(notebook, index) is None:
        return [f"cell {index}: no widget appeared"]
    notebook.page.keyboard.press("Escape")
    for _ in range(presses):
        notebook.page.keyboard.press("Tab")
        if notebook.ask("hasFocusOnControl", index):
            return []
    return [f"cell {index}: no control after {presses} presses of Tab"]


def question_complaints(notebook, index):
    """Every option, or a typed number, gets a reply of its own."""
    cell = shown_widgets(notebook, index)
    if cell is None:
        return [f"cell {index}: no widget appeared"]
    replies = []
    for answer in _answers(cell):
        answer()
        notebook.ask("settle", index)
        said = cell.locator(".course-feedback").all_inner_texts()
        replies.append(" ".join(said).strip())
    if not replies:
        return [f"cell {index}: nothing to choose and nothing to type"]
    return [
        f"cell {index}, answer {number}: no reply of its own"
        for number, reply in enumerate(replies)
        if not reply or reply in replies[:number]
    ]


def _answers(cell):
    """Return functions that answer a question, each in another way."""
    fields = cell.locator(".widget-text input").all()
    if fields:
        return [partial(_type_number, field) for field in fields]
    options = cell.locator(".course-options").first.locator("button").all()
    return [partial(_choose, cell, option) for option in options]


def _type_number(field):
    field.fill("0.5")
    field.press("Enter")


def _choose(cell, option):
    _press_space(option)
    for button in cell.locator(".widget-button").all():
        button.click()
