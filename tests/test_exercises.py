"""The exercise notebooks: marks, points, statements and their numbers."""

import math
import re
from pathlib import Path

import notebook_style
import numpy as np
import pytest
import torch

from course import notebooks, questions, release
from course.questions import local_call
from lossviz import data, fits

ROOT = Path(__file__).parents[1]
ASSIGNMENTS = release.assignments(ROOT)

each_assignment = pytest.mark.parametrize("assignment", ASSIGNMENTS)
each_question = pytest.mark.parametrize("id", questions.ids())


def notebook(side, assignment):
    (path,) = (ROOT / side / assignment).glob("*.ipynb")
    return path, notebooks.read(path)


def cell(side, grade_id):
    question = questions.get(grade_id.removesuffix("-check").replace("-", "."))
    _, found = notebook(side, question.lecture)
    (cell,) = notebooks.find_cells(found, grade_id)
    return cell


def text_of(id):
    """The statement of a question: all text from its heading to the next."""
    _, found = notebook("solutions", questions.get(id).lecture)
    text = "\n\n".join(
        cell["source"]
        for cell in found["cells"]
        if cell["cell_type"] == "markdown"
    )
    (start,) = (m.start() for m in re.finditer(rf"(?m)^## {id} ", text))
    end = text.find("\n## ", start)
    return text[start:end]


@each_assignment
def test_the_exercises_are_those_made_from_the_solutions(assignment, tmp_path):
    (made,) = release.build(assignment, tmp_path, root=ROOT)
    path, _ = notebook("exercises", assignment)
    assert made.name == path.name
    assert made.read_bytes() == path.read_bytes()


@each_assignment
def test_every_question_is_asked_once_in_order(assignment):
    _, found = notebook("solutions", assignment)
    marked = [notebooks.grade_id(cell) for cell in found["cells"]]
    ids = [release.answer_id(id) for id in questions.ids(assignment)]
    asked = [mark for id in ids for mark in (id, f"{id}-check")]
    assert list(filter(None, marked)) == asked


@each_question
def test_the_check_cell_carries_the_points_and_nothing_but_the_check(id):
    question = questions.get(id)
    check = cell("solutions", f"{release.answer_id(id)}-check")
    assert check["source"] == f'check("{id}")'
    entry = check["metadata"]["nbgrader"]
    # Bonus points come on top: the notebook's maximum is without them.
    assert entry["points"] == (0 if question.bonus else question.points)
    assert entry["grade"] and entry["locked"] and not entry["solution"]


@each_question
def test_the_heading_tells_the_points(id):
    question = questions.get(id)
    kind = " bonus points" if question.bonus else " points"
    heading = text_of(id).splitlines()[0]
    assert heading.endswith(f" · {question.points}{kind}")
    assert re.search(r" · ★{1,4} · ", heading)


@each_question
def test_the_statement_names_every_function_with_its_arguments(id):
    text = text_of(id)
    for name, function in questions.get(id).reference.items():
        arguments = function.__code__.co_varnames
        arguments = arguments[: function.__code__.co_argcount]
        assert f"`{name}({', '.join(arguments)})`" in text


@each_question
def test_the_solution_gets_full_marks(id):
    question = questions.get(id)
    names = {"np": np, "torch": torch}
    exec(cell("solutions", release.answer_id(id))["source"], names)
    for seed in range(5):
        result = question.evaluate(
            local_call(names), seed=seed, source=question.shipped
        )
        assert result.points == question.points
        assert result.flags == ()


@each_question
def test_the_exercise_holds_no_solution(id):
    question = questions.get(id)
    answer = cell("exercises", release.answer_id(id))["source"]
    assert "SOLUTION" not in answer
    if question.shipped:
        assert answer == question.shipped
    else:
        stubs = answer.count("raise NotImplementedError()")
        assert stubs == len(question.functions)


@each_assignment
def test_only_the_number_of_functions_misses_the_style(assignment):
    path, _ = notebook("exercises", assignment)
    cells = notebook_style.read(path)
    # An exercise asks for functions: that is what it is for.
    assert set(notebook_style.misses(cells)) <= {"functions defined"}


def reference(id, name):
    return questions.get(id).reference[name]


def stated_numbers():
    """Numbers that the statements give, computed: `(id, text)`."""
    r = [-3, 0.5, 1]
    huber, pseudo = (
        reference("E2.1", "huber"),
        reference("E2.1", "pseudo_huber"),
    )
    yield "E2.1", "{:g}, {:g}, {:g}".format(*huber(r, 1))
    yield "E2.1", "{:.4f}, {:.4f}, {:.4f}".format(*pseudo(r, 1))

    slopes = reference("E2.2", "huber_grad")([1, 1, 1], [1.5, 1, -4], 2)
    yield "E2.2", "{:g}, {:g}, {:g}".format(*slopes).replace("-", "−")

    a, b = reference("E2.3", "fit_line_huber")(range(4), [1, 1.5, 2, 2.5], 1)
    yield "E2.3", f"a = {a:g}, b = {b:g}"
    x, y = data.line(np.random.default_rng(0))
    y, _ = data.add_outliers(y, count=3, shift=-8)
    yield "E2.3", f"finds about {fits.fit_line(x, y)[1]:.2f}"

    a, b = reference("E2.4", "fit_quantile")(range(5), [1, 2, 3, 4, 50], 0.5)
    yield "E2.4", f"a = {a:g}, b = {b:g}"

    values = [[0, 1], [2, 1], [0, math.log(4)]]
    tensors = [torch.tensor(v, dtype=torch.float64) for v in values]
    yield "E2.5", f"{reference('E2.5', 'hetero_nll')(*tensors):.4f}"
    yield "E2.5", f"{math.log(4) / 2:.4f}"

    assert reference("E2.6", "mse")([1, 2, 5], [3, 2, 2]) == 13 / 3
    yield "E2.6", "13/3"
    yield (
        "E2.6",
        "{:g} and {:g}".format(*reference("E2.6", "smooth_l1")([-3, 1], 2)),
    )

    column = [[1], [2], [3]], [1, 2, 5]
    assert reference("E2.7", "safe_mse")(*column) == 4 / 3
    yield "E2.7", "4/3"
    yield "E2.7", f"returns {np.mean(np.subtract(*column) ** 2):g}."

    R = [[1, 10], [3, 10]]
    yield "E2.8", f"{reference('E2.8', 'multi_output_nll')(R, [0, 2]):.4f}"
    best = reference("E2.8", "optimal_log_sigma")(R)
    yield "E2.8", "{:.4f} and {:.4f}".format(*best)

    von_mises_nll = reference("E2.B", "von_mises_nll")
    yield "E2.B", f"{von_mises_nll([0], [2], 0):.4f}"
    yield "E2.B", f"{von_mises_nll([1], [1], 1):.4f}"


def test_numbers_in_the_statements_are_right():
    stated = list(stated_numbers())
    assert {id for id, _ in stated} == set(questions.ids("02_regression"))
    assert [row for row in stated if row[1] not in text_of(row[0])] == []
