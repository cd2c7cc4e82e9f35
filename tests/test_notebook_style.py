"""Every lecture keeps the course's style, and each rule sees its breach."""

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import nbformat
import notebook_rules
import notebook_style
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook_style import Cell

from course import questions, quizzes

REPOSITORY = Path(__file__).parents[1]
LECTURES = sorted((REPOSITORY / "lectures").glob("*.ipynb"))
SOURCES = json.loads((Path(__file__).parent / "sources.json").read_text())
MINUTES = {"02_regression": 150}
# Measures that a lecture may miss, one at most, and why.
EXCEPTIONS: dict[str, dict[str, str]] = {}

each_lecture = pytest.mark.parametrize(
    "path", LECTURES, ids=lambda path: path.stem
)


@cache
def cells_of(path):
    return notebook_style.read(path)


def sections(path):
    """Return the text of each section by its number."""
    found, number = {}, None
    for cell in cells_of(path):
        number = (cell.named("section") or [number])[0]
        found[number] = f"{found.get(number, '')}\n{cell.source}"
    return found


def lecture_of(path):
    return path.stem.split("_")[0]


# --- the lectures -----------------------------------------------------------


@each_lecture
def test_measures_are_on_target(path):
    missed = notebook_style.misses(cells_of(path))
    assert missed.keys() == EXCEPTIONS.get(path.stem, {}).keys()
    assert len(missed) <= 1


@each_lecture
def test_rules_are_kept(path):
    assert notebook_rules.complaints(cells_of(path)) == []


@each_lecture
def test_minutes_of_the_sections_add_up(path):
    assert notebook_rules.minutes(cells_of(path)) == MINUTES[path.stem]


@each_lecture
def test_there_are_eight_predictions_at_least(path):
    tags = [tag for cell in cells_of(path) for tag in cell.tags]
    assert tags.count("poe-predict") >= 8


@each_lecture
def test_every_quiz_item_is_asked_once(path):
    text = "\n".join(c.source for c in cells_of(path) if "quiz" in c.tags)
    lecture = lecture_of(path).lstrip("0")
    assert sorted(re.findall(r'quiz\("(.+)"\)', text)) == quizzes.ids(lecture)


@each_lecture
def test_quiz_items_point_to_sections_of_the_lecture(path):
    lecture = lecture_of(path).lstrip("0")
    for name in quizzes.ids(lecture):
        assert quizzes.get(name).section in sections(path)


@each_lecture
def test_exercises_and_quizzes_serve_an_objective(path):
    lecture = lecture_of(path).lstrip("0")
    tasks = [i for i in questions.ids() if i.startswith(f"E{lecture}.")]
    for name in tasks + quizzes.ids(lecture):
        assert name in cells_of(path)[0].source


@each_lecture
def test_exercises_that_are_named_exist(path):
    for cell in cells_of(path):
        named = notebook_rules.EXERCISE.findall(cell.source)
        assert set(named) <= set(questions.ids()), cell.name


@each_lecture
def test_links_lead_to_files_of_the_course(path):
    for cell in cells_of(path):
        for target in re.findall(r"\]\((?!https?:)([^)]+)\)", cell.source):
            assert (path.parent / target).is_file(), target


@each_lecture
def test_errors_of_the_sources_are_all_taken_up(path):
    named = {n for cell in cells_of(path) for n in cell.named("register")}
    expected = {
        name
        for name, entry in SOURCES["register"].items()
        if entry["lecture"] == lecture_of(path)
    }
    assert named == expected


@each_lecture
def test_content_of_the_sources_has_its_place(path):
    text = sections(path)
    lecture = lecture_of(path).lstrip("0")
    for entry in SOURCES["content"]:
        if entry["in"].split(".")[0] == lecture:
            assert re.search(entry["seen"], text[entry["in"]]), entry["item"]


def test_no_function_is_defined_in_two_lectures():
    names = [
        name
        for path in LECTURES
        for cell in cells_of(path)
        if cell.kind == "code"
        for name in notebook_style.definitions(cell)
    ]
    assert len(names) == len(set(names))


# --- negative controls ------------------------------------------------------


def text(name, source, *tags, slide=None):
    return Cell(name, "markdown", source, tags, slide)


def code(name, source, *tags, slide=None, hidden=False):
    return Cell(name, "code", source, tags, slide, hidden)


BOX = "assert 1 == 1\nprint(2)  # wrong on purpose"
GOOD = [
    text(
        "title",
        "# Lecture 9: Losses\n\n1. **do** it (9.1; E9.1)\n\n**Contents:** 9.1",
        "objective",
        slide="slide",
    ),
    text(
        "section",
        '<a id="section-9.1"></a>\n\n## 9.1 Losses · 5 min\n\nIt is:\n\n'
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "section:9.1",
        slide="slide",
    ),
    code("recall", 'quiz("Q9.1")', "quiz", "retrieval"),
    text("worked", "**R1** R2 R3 R4", "worked", "family:recipe"),
    text("faded", "R3 again", "faded", "family:recipe"),
    code("predict", 'predict("What?", ["a", "b"])', "poe-predict"),
    code("explorer", "explorers.losses.lab()", "explorer"),
    text("explain", "<details>it is</details>", "poe-explain"),
    text("notes", "Reveal: 3. One-minute repair: count.", slide="notes"),
    text("refute", "Some say so. But no, because not.", "refute"),
    code("box", BOX, "torch-box", slide="slide"),
]


def without(name):
    return [cell for cell in GOOD if cell.name != name]


def edited(name, **changes):
    return [
        replace(cell, **changes) if cell.name == name else cell
        for cell in GOOD
    ]


def swapped(first, second):
    found = list(GOOD)
    i, j = (
        next(at for at, cell in enumerate(GOOD) if cell.name == name)
        for name in (first, second)
    )
    found[i], found[j] = found[j], found[i]
    return found


def section_with(old, new):
    return edited("section", source=GOOD[1].source.replace(old, new))


IDLE = [text(f"idle {i}", "Listen.") for i in range(20)]

BREACHES = {
    "title: must hold the title and the contents": edited(
        "title", source="# Lecture 9\n\n1. **do** it (9.1; E9.1)"
    ),
    "title: must hold the objectives": edited("title", tags=()),
    "section: '9.1 Losses · 5 min' skips a level": section_with("## ", "### "),
    "box: slide type '-'": edited("box", slide="-"),
    "box: unknown tag 'torch'": edited("box", tags=("torch",)),
    "refute: 127 words": edited("refute", source=GOOD[9].source + " a" * 120),
    "section: table without a blank line before it": section_with(
        "It is:\n\n", "It is:\n"
    ),
    "box: outputs or execution count are kept": edited("box", ran=True),
    "recall: hide-input and source_hidden disagree": edited(
        "recall", hidden=True
    ),
    "section: heading without minutes": section_with(" · 5 min", ""),
    "section: heading and section tag disagree": edited("section", tags=()),
    "section: no anchor for the links of the quiz": section_with("-9.1", ""),
    "box: 13 lines of code on one slide": edited(
        "box", source=BOX + "\nprint(2)" * 11
    ),
    "box: 2 figures on one slide": edited(
        "box", source=BOX + "\nshow(1)\nshow(2)"
    ),
    "explorer: no prediction within two cells before": without("predict"),
    "explorer: no explanation within two cells after": without("explain"),
    "predict: no observation within two cells after": without("explorer"),
    "predict: must be one call of predict": edited(
        "predict", source='predict("What?", [])\nprint("b")'
    ),
    "explain: no model answer to unfold": edited("explain", source="It is."),
    "explain: no speaker notes after it": without("notes"),
    "notes: notes without number to reveal and repair": edited(
        "notes", source="Be kind."
    ),
    "explorer: explorer without its tag": edited("explorer", tags=()),
    "explorer: must be one call of an explorer": edited(
        "explorer", source="explorers.losses.lab(3)"
    ),
    "explorer: needs exactly one question before it": edited(
        "predict", source='predict("What? Why?", ["a", "b"])'
    ),
    "the first quiz item must be tagged retrieval": edited(
        "recall", tags=("quiz",)
    ),
    "recall: must be one call of quiz": edited("recall", source="quiz"),
    "refute: must say some say … but … because": edited(
        "refute", source="Some say so. But no."
    ),
    "family recipe: must go from worked to faded to free": swapped(
        "worked", "faded"
    ),
    "family recipe: step R2 is missing": edited(
        "worked", source="**R1** R3 R4"
    ),
    "box: no agreement is asserted": edited(
        "box", source="print(2)  # wrong on purpose"
    ),
    "box: nothing is wrong on purpose": edited("box", source="assert 1 == 1"),
    "only 5 of 30 cells ask for work": GOOD + IDLE,
    "title: no section or no task for '1. **do** it (9.1)'": edited(
        "title", source="# Lecture 9\n\n1. **do** it (9.1)\n\n**Contents:**"
    ),
}


def test_a_good_notebook_is_not_complained_about():
    assert notebook_rules.complaints(GOOD) == []


@pytest.mark.parametrize("complaint", BREACHES)
def test_breach_is_seen(complaint):
    assert complaint in notebook_rules.complaints(BREACHES[complaint])


def test_a_cell_without_slide_type_is_seen(tmp_path):
    path = tmp_path / "plain.ipynb"
    cell = new_markdown_cell("Hi", id="plain")
    nbformat.write(new_notebook(cells=[cell]), path)
    found = notebook_rules.complaints(notebook_style.read(path))
    assert "plain: slide type 'missing'" in found


def test_every_rule_has_its_breach():
    seen = {
        check
        for cells in BREACHES.values()
        for check in notebook_rules.RULES
        if list(check(cells))
    }
    assert seen == set(notebook_rules.RULES)


def test_a_careless_notebook_misses_most_measures(tmp_path):
    plot = ["import numpy as np", "# history", "def f(x): return x"]
    plot += [f"ax.plot({i})" for i in range(30)] + ["x = " + "1 + " * 30 + "1"]
    cells = [new_code_cell("\n".join(plot)) for _ in range(8)]
    path = tmp_path / "careless.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("Hi"), *cells]), path)
    missed = notebook_style.misses(notebook_style.read(path))
    assert missed.keys() == notebook_style.TARGETS.keys() - {
        "lines of code",
        "share of comment lines",
    }
    assert missed["functions defined"] == 8
    assert missed["code cells in a row"] == 8
