"""Attacks on the notebook itself: marks, points, checks and text."""

from adversarial import handin
from adversarial.attacks.base import Attack, in_cell, in_functions

HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>"
ANSI = "\x1b]0;title\x07\x1b[2J\x1b[31m"


def entries(notebook):
    """Return pairs of a cell with an nbgrader entry, and the entry."""
    return [
        (cell, cell["metadata"]["nbgrader"])
        for cell in notebook["cells"]
        if "nbgrader" in cell["metadata"]
    ]


def checks(notebook):
    return [cell for cell, entry in entries(notebook) if entry["grade"]]


def answers(notebook):
    return [cell for cell, entry in entries(notebook) if entry["solution"]]


def without_checks(notebook):
    gone = checks(notebook)
    notebook["cells"] = [c for c in notebook["cells"] if c not in gone]


def edited_checks(notebook):
    for cell in checks(notebook):
        cell["source"] = "4.0"


def own_checks(notebook):
    for cell in checks(notebook):
        cell["source"] = f"check = lambda *args: 40.0\n{cell['source']}"


def forged_outputs(notebook):
    for cell in checks(notebook):
        data = {"text/plain": ["4.0"], "text/html": ["passed · 4 points"]}
        result = {"output_type": "execute_result", "data": data}
        cell["outputs"] = [{**result, "metadata": {}, "execution_count": 1}]


def moved_marks(notebook):
    for cell, entry in entries(notebook):
        if entry["grade"]:
            notebook["cells"].append(handin.cell("4.0"))
            notebook["cells"][-1]["metadata"] = cell["metadata"]
            cell["metadata"] = {}


def renamed_marks(notebook):
    for _, entry in entries(notebook):
        entry["grade_id"] += "-mine"


def exchanged_marks(notebook):
    marked = [entry for _, entry in entries(notebook) if entry["solution"]]
    names = [entry["grade_id"] for entry in marked]
    for entry, name in zip(marked, names[1:] + names[:1], strict=True):
        entry["grade_id"] = name


def checks_as_text(notebook):
    for cell in checks(notebook):
        cell["cell_type"] = "markdown"


def doubled_checks(notebook):
    notebook["cells"] += checks(notebook)


def thousand_points(notebook):
    for _, entry in entries(notebook):
        entry |= {"points": 1000, "max_points": 0, "score": 1000}
    notebook["metadata"] |= {"points": 1000, "grade": "full"}


def answers_as_checks(notebook):
    for _, entry in entries(notebook):
        entry |= {"grade": True, "solution": False, "points": 1000}


def forged_first_states(notebook):
    for cell in answers(notebook):
        cell["metadata"]["course"] = {"first_state": cell["source"]}
    notebook["metadata"]["course"] |= {"released": "0" * 64, "points": 1000}


def other_assignment(notebook):
    notebook["metadata"]["course"] = {"assignment": "00_introduction"}
    notebook["metadata"]["name"] = "../../solutions/regression"


def odd_metadata(notebook):
    odd = [None, 3, "x", [], {"grade_id": None}, {"grade_id": [1]}, {}]
    cells = zip(notebook["cells"], odd * 20, strict=False)
    for cell, entry in cells:
        cell["metadata"] = {"nbgrader": entry, "course": entry, "tags": entry}
    notebook["metadata"] |= {"course": 7, "kernelspec": [], "nbgrader": HTML}


def as_handed_out(notebook):
    notebook["cells"] = handin.exercise()["cells"]


def hostile_text(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = HTML + ANSI + "\ud800"
    for cell, entry in entries(notebook):
        cell["id"] = HTML
        if entry["solution"]:
            copy = {**cell, "metadata": {"nbgrader": {**entry}}}
            copy["metadata"]["nbgrader"]["grade_id"] = HTML + ANSI + "\ud800"
            copy["source"] = f"# {HTML}{ANSI}\ud800\nraise {HTML!r}"
            notebook["cells"].append(copy)


def answers_nested_deeply(notebook):
    deep = ["1+" * 900 + "1", "-" * 900 + "1", "a" + ".b" * 2000, "(" * 90]
    for cell, text in zip(answers(notebook), deep * 3, strict=False):
        cell["source"] += f"\nanswer = lambda *args: {text}"
        cell["source"] = cell["source"].replace("-1.0", text)


def answers_of_megabytes(notebook):
    for cell in answers(notebook):
        cell["source"] += "\nx = [" + "0," * 100_000 + "]"


def answers_with_zero_bytes(notebook):
    for cell in answers(notebook):
        cell["source"] += "\nx = '\0'"


def thousands_of_cells(notebook):
    cell = handin.cell("raise ValueError('again')")
    notebook["cells"] += [cell] * 3000


ATTACKS = [
    Attack(change.__name__.replace("_", " "), change=change)
    for change in (
        *(without_checks, edited_checks, own_checks, forged_outputs),
        *(moved_marks, renamed_marks, exchanged_marks, checks_as_text),
        *(doubled_checks, thousand_points, answers_as_checks),
        *(forged_first_states, other_assignment, odd_metadata),
        *(as_handed_out, hostile_text, thousands_of_cells),
        *(answers_nested_deeply, answers_of_megabytes),
        answers_with_zero_bytes,
    )
] + [
    in_cell(
        "text for the pages",
        f"raise type({HTML!r}, (Exception,), {{}})("
        f"{HTML + ANSI!r} + '\\ud800' + '=cmd()')",
    ),
    in_functions(
        "text for the pages from every function",
        f"raise ValueError({HTML + ANSI!r} + '\\ud800')",
    ),
    in_cell("a line of a megabyte", f"x = '{'y' * 2**20}' + 1"),
    in_cell(
        "a class called like our own",
        """
import sys, types
for name in ("course", "course.grading", "course.grading.records"):
    sys.modules[name] = types.ModuleType(name)
class Record:
    points = 40
""",
    ),
]
