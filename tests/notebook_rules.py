"""Rules that a lecture notebook keeps, beside the measures.

Each of `RULES` takes the cells of a notebook and gives complaints:
sentences that name a cell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from notebook_style import Cell

# None continues a slide; a dash would hide the cell in live slides.
SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes", None}
PLAIN_TAGS = {
    "beyond",
    "exercise",
    "explorer",
    "faded",
    "free",
    "hide-input",
    "objective",
    "poe-explain",
    "poe-observe",
    "poe-predict",
    "quiz",
    "refute",
    "retrieval",
    "summary",
    "torch-box",
    "worked",
}
NAMED_TAGS = {"section", "register", "family", "pitfall", "misconception"}
ACTIVE_TAGS = PLAIN_TAGS & {
    "exercise",
    "explorer",
    "faded",
    "free",
    "poe-explain",
    "poe-observe",
    "poe-predict",
    "quiz",
}
FADING = ["worked", "faded", "free"]
HEADING = re.compile(r"(?m)^(#{1,6}) +(.+)$")
SECTION = re.compile(r"(?m)^## (\d+\.\d+) .*· (\d+) min( |$)")
EXERCISE = re.compile(r"\bE\d\.(?:\d|B)\b")
QUIZ = re.compile(r"\bQ\d\.\d\b")

RULES = []


def rule(check):
    """Add a check of all cells to the rules."""
    RULES.append(check)
    return check


@rule
def first_cell_says_what_the_lecture_is(cells):
    first = cells[0].source
    if not first.startswith("# ") or "**Contents" not in first:
        yield f"{cells[0].name}: must hold the title and the contents"
    if "objective" not in cells[0].tags:
        yield f"{cells[0].name}: must hold the objectives"


@rule
def headings_skip_no_level(cells):
    level = 0
    for cell in cells:
        if cell.kind != "markdown":
            continue
        for marks, title in HEADING.findall(cell.source):
            if len(marks) > level + 1:
                yield f"{cell.name}: {title!r} skips a level"
            level = len(marks)


@rule
def every_cell_has_a_slide_type(cells):
    for cell in cells:
        if cell.slide not in SLIDE_TYPES:
            yield f"{cell.name}: slide type {cell.slide!r}"


@rule
def tags_are_known(cells):
    for cell in cells:
        for tag in cell.tags:
            if tag not in PLAIN_TAGS and tag.split(":")[0] not in NAMED_TAGS:
                yield f"{cell.name}: unknown tag {tag!r}"


@rule
def text_cells_are_short(cells):
    for cell in cells:
        if cell.words > 120:
            yield f"{cell.name}: {cell.words} words"


@rule
def tables_follow_a_blank_line(cells):
    for cell in cells:
        if cell.kind == "markdown" and re.search(
            r"(?m)^[^|\n]+\n\|.*\n\|[ :|-]+\n", cell.source
        ):
            yield f"{cell.name}: table without a blank line before it"


@rule
def nothing_of_a_run_is_kept(cells):
    for cell in cells:
        if cell.ran:
            yield f"{cell.name}: outputs or execution count are kept"


@rule
def folded_code_says_so_twice(cells):
    for cell in cells:
        if cell.hidden != ("hide-input" in cell.tags):
            yield f"{cell.name}: hide-input and source_hidden disagree"


@rule
def sections_are_tagged_and_timed(cells):
    for cell in cells:
        if cell.kind != "markdown":
            continue
        numbered = re.findall(r"(?m)^## (\d+\.\d+)", cell.source)
        timed = [number for number, *_ in SECTION.findall(cell.source)]
        if numbered != timed:
            yield f"{cell.name}: heading without minutes"
        if numbered != cell.named("section"):
            yield f"{cell.name}: heading and section tag disagree"
        if numbered != re.findall(
            r'<a id="section-([^"]+)"></a>', cell.source
        ):
            yield f"{cell.name}: no anchor for the links of the quiz"


@rule
def slides_hold_twelve_lines_and_one_figure(cells):
    for slide in slides(cells):
        lines = sum(len(cell.lines) for cell in slide if not cell.hidden)
        figures = sum(_figures(cell) for cell in slide)
        if lines > 12:
            yield f"{slide[0].name}: {lines} lines of code on one slide"
        if figures > 1:
            yield f"{slide[0].name}: {figures} figures on one slide"


def slides(cells: list[Cell]) -> Iterator[list[Cell]]:
    """Cut the cells into slides, leaving out what is not shown."""
    slide: list[Cell] = []
    for cell in cells:
        if cell.slide in ("skip", "notes"):
            continue
        if cell.slide in ("slide", "subslide") and slide:
            yield slide
            slide = []
        slide.append(cell)
    yield slide


def _figures(cell: Cell) -> int:
    return len(re.findall(r"\bshow\(|\bexplorers\.", "\n".join(cell.lines)))


@rule
def predictions_come_before_and_explanations_after(cells):
    for at, cell in enumerate(cells):
        if not {"explorer", "poe-observe"} & set(cell.tags):
            continue
        if not _tagged("poe-predict", cells[max(at - 2, 0) : at]):
            yield f"{cell.name}: no prediction within two cells before"
        if not _tagged("poe-explain", cells[at + 1 : at + 3]):
            yield f"{cell.name}: no explanation within two cells after"


@rule
def every_prediction_is_observed(cells):
    for at, cell in enumerate(cells):
        after = cells[at + 1 : at + 3]
        if "poe-predict" in cell.tags and not (
            _tagged("poe-observe", after) or _tagged("explorer", after)
        ):
            yield f"{cell.name}: no observation within two cells after"


@rule
def predictions_only_ask(cells):
    for cell in cells:
        if "poe-predict" in cell.tags and not _is_call(cell, "predict"):
            yield f"{cell.name}: must be one call of predict"


@rule
def explanations_hide_a_model_answer_and_are_followed_by_notes(cells):
    for at, cell in enumerate(cells):
        if "poe-explain" not in cell.tags:
            continue
        if "<details>" not in cell.source or "</details>" not in cell.source:
            yield f"{cell.name}: no model answer to unfold"
        if not any(after.slide == "notes" for after in cells[at + 1 : at + 2]):
            yield f"{cell.name}: no speaker notes after it"


@rule
def notes_say_vote_number_and_repair(cells):
    for cell in cells:
        if cell.slide == "notes" and not re.search(
            r"Reveal: .+One-minute repair", cell.source, re.DOTALL
        ):
            yield f"{cell.name}: notes without number to reveal and repair"


@rule
def explorers_are_one_line_with_one_question(cells):
    for at, cell in enumerate(cells):
        if "explorer" not in cell.tags:
            if "explorers." in "\n".join(cell.lines):
                yield f"{cell.name}: explorer without its tag"
            continue
        if not re.fullmatch(r"explorers\.\w+\.\w+\(\)", cell.source):
            yield f"{cell.name}: must be one call of an explorer"
        asked = [c for c in cells[max(at - 2, 0) : at] if c.kind == "code"]
        if sum(c.source.count("?") for c in asked) != 1:
            yield f"{cell.name}: needs exactly one question before it"


@rule
def first_quiz_asks_for_an_earlier_lecture(cells):
    quizzes = [cell for cell in cells if "quiz" in cell.tags]
    if not quizzes or "retrieval" not in quizzes[0].tags:
        yield "the first quiz item must be tagged retrieval"
    for cell in quizzes:
        if not _is_call(cell, "quiz"):
            yield f"{cell.name}: must be one call of quiz"


@rule
def refutations_say_who_but_and_because(cells):
    for cell in cells:
        if "refute" in cell.tags and not re.search(
            r"Some say\b.+\bBut\b.+\bbecause\b", cell.source, re.DOTALL
        ):
            yield f"{cell.name}: must say some say … but … because"


@rule
def derivations_fade_and_recipes_name_their_steps(cells):
    families = sorted({f for cell in cells for f in cell.named("family")})
    for family in families:
        kin = [cell for cell in cells if family in cell.named("family")]
        order = [FADING.index(t) for c in kin for t in c.tags if t in FADING]
        if len(order) < len(kin) or order != sorted(order):
            yield f"family {family}: must go from worked to faded to free"
        text = "\n".join(cell.source for cell in kin)
        for label in ("**R1", "R2", "R3", "R4") if family == "recipe" else ():
            if label not in text:
                yield f"family {family}: step {label} is missing"


@rule
def torch_boxes_check_and_then_go_wrong(cells):
    for cell in cells:
        if "torch-box" not in cell.tags:
            continue
        if "assert " not in cell.source:
            yield f"{cell.name}: no agreement is asserted"
        if "# wrong on purpose" not in cell.source:
            yield f"{cell.name}: nothing is wrong on purpose"


@rule
def a_third_of_the_cells_ask_for_work(cells):
    shown = [cell for cell in cells if cell.slide not in ("notes", "skip")]
    active = [cell for cell in shown if ACTIVE_TAGS & set(cell.tags)]
    if len(active) < 0.35 * len(shown):
        yield f"only {len(active)} of {len(shown)} cells ask for work"


@rule
def objectives_point_to_sections_and_tasks(cells):
    for cell in cells:
        for line in re.findall(r"(?m)^\d\. .+$", cell.source):
            if "objective" not in cell.tags:
                continue
            tasks = EXERCISE.findall(line) + QUIZ.findall(line)
            if not tasks or not re.search(r"\d\.\d", line):
                yield f"{cell.name}: no section or no task for {line!r}"


def complaints(cells: list[Cell]) -> list[str]:
    """Return what all rules have to say."""
    return [complaint for check in RULES for complaint in check(cells)]


def minutes(cells: list[Cell]) -> int:
    """Sum the minutes of all section headings."""
    return sum(
        int(found[1])
        for cell in cells
        for found in SECTION.findall(cell.source)
    )


def _tagged(tag: str, cells: list[Cell]) -> bool:
    return any(tag in cell.tags for cell in cells)


def _is_call(cell: Cell, name: str) -> bool:
    body = ast.parse(cell.source).body
    return (
        len(body) == 1
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Call)
        and getattr(body[0].value.func, "id", None) == name
    )
