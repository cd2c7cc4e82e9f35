"""One submission goes in, one record comes out."""

import json

import classroom
import pytest

from course import questions
from course.grading import grade as grading
from course.grading import sheet
from course.grading.grade import CanaryError, grade, prove
from course.grading.intake.begun import begun
from course.grading.sandbox import Limits, SandboxError, choose

ISOLATION = choose(allow_weak=True)


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    folder = classroom.write_course(tmp_path_factory.mktemp("course"))
    return sheet.load(classroom.ASSIGNMENT, folder)


def graded(asked, answers, **more):
    made = classroom.notebook(answers, **more)
    return grade_bytes(asked, json.dumps(made).encode())


def grade_bytes(asked, data, **more):
    return grade(data, asked, seed=5, isolation=ISOLATION, **more)


def points_of(record):
    return {question.id: question.points for question in record.questions}


def test_right_answers_get_all_points(asked):
    record = graded(asked, classroom.RIGHT)
    assert record.status == "graded"
    assert record.points == record.max_points + 3 == 11
    assert record.isolation == ISOLATION
    assert record.seed == 5
    assert len(record.digest) == 64
    assert not record.cells and not record.attention
    assert all(part.ok for q in record.questions for part in q.parts)


def test_a_notebook_as_handed_out_gets_nothing(asked):
    record = graded(asked, classroom.UNSOLVED)
    assert record.status == "graded"
    assert record.points == 0
    assert record.max_points == 8
    assert not any(question.started for question in record.questions)
    assert not any(question.parts for question in record.questions)


def test_parts_hints_and_mistakes_are_kept(asked):
    record = graded(asked, classroom.PARTLY)
    assert points_of(record) == {"E9.1": 3, "E9.2": 2, "E9.3": 2, "E9.B": 0}
    first, *_, bonus = record.questions
    assert [part.ok for part in first.parts] == [False, True]
    assert first.parts[0].message == "A value is wrong."
    assert (first.mistake, first.hint) == ("square", "Not squared.")
    assert bonus.bonus and not bonus.started


def test_code_as_handed_out_gets_nothing_though_part_of_it_is_right(asked):
    record = graded(
        asked, {**classroom.RIGHT, "E9-2": classroom.UNSOLVED["E9-2"]}
    )
    assert points_of(record)["E9.2"] == 0
    assert not record.questions[1].started


def test_other_points_scale_all_parts(asked):
    more = sheet.Sheet(
        asked.assignment, asked.model, (("E9.1", 6.0),), asked.own
    )
    record = grade_bytes(
        more, json.dumps(classroom.notebook(classroom.PARTLY)).encode()
    )
    first = record.questions[0]
    assert (first.points, first.max_points) == (4.5, 6)
    assert [part.max_points for part in first.parts] == [1.5, 4.5]
    assert record.max_points == 10


def test_shortcuts_are_flagged_in_helpers_too_and_keep_their_points(asked):
    answers = {
        **classroom.RIGHT,
        "E9-1": "def double(x):\n    return help_me(x)\n\n\n"
        "def halve(x):\n    return x / 2",
    }
    helper = "import numpy as np\n\n\ndef help_me(x):\n"
    record = graded(
        asked, answers, first=helper + "    return np.multiply(x, 2)"
    )
    assert record.questions[0].flags == ["multiply"]
    assert record.points == 11
    (sentence,) = record.attention
    assert sentence.startswith("E9.1 uses multiply, which does the work")


def test_an_answer_that_no_parser_accepts_was_started(asked):
    broken = "def double(x)\n    return x + x"
    record = graded(asked, {**classroom.RIGHT, "E9-1": broken})
    assert points_of(record) == {"E9.1": 0, "E9.2": 2, "E9.3": 2, "E9.B": 3}
    assert record.questions[0].started and record.questions[0].parts
    (cell,) = record.cells
    assert cell.reason == "It stopped with SyntaxError: expected ':' (line 1)."
    assert record.questions[0].hint == (
        "Cell 2, which holds this answer, did not run to its end. "
        f"{cell.reason}"
    )
    for nothing in ("", "  \n", "# to do", "import numpy as np"):
        record = graded(asked, {**classroom.RIGHT, "E9-1": nothing})
        assert not record.questions[0].started


def test_the_hint_is_about_the_answer_where_its_cell_got_far_enough(asked):
    wrong = classroom.PARTLY["E9-1"].replace("x / 2", "x")
    plain = graded(asked, {**classroom.RIGHT, "E9-1": wrong})
    stops = graded(asked, {**classroom.RIGHT, "E9-1": f"{wrong}\n\n1 / 0"})
    assert len(stops.cells) == 1
    assert stops.questions[0] == plain.questions[0]
    assert plain.questions[0].hint


def test_an_answer_that_is_gone_was_not_started(asked):
    answers = {k: v for k, v in classroom.RIGHT.items() if k != "E9-3"}
    record = graded(asked, answers)
    assert points_of(record) == {"E9.1": 4, "E9.2": 2, "E9.3": 0, "E9.B": 3}
    assert [q.started for q in record.questions] == [True, True, False, True]
    assert any("E9-3" in note for note in record.notes)


def test_an_answer_made_in_an_unusual_way_counts(asked):
    answers = {
        **classroom.RIGHT,
        "E9-1": "double = lambda x: 2 * x\nexec('def halve(x): return x / 2')",
        "E9-3": "globals()['seven'] = lambda x: 7.0",
    }
    assert graded(asked, answers).points == 11


def test_a_cell_that_stops_is_left_out_and_told(asked):
    answers = {**classroom.RIGHT, "E9-2": "1 / 0"}
    record = graded(asked, answers)
    assert points_of(record)["E9.1"] == 4
    (cell,) = record.cells
    assert cell.number == 4
    assert "ZeroDivisionError" in cell.reason


def test_what_is_no_notebook_gets_0_points_and_a_sentence(asked):
    record = grade_bytes(asked, b'{"cells": 3}')
    assert record.status == "unreadable"
    assert "must be a notebook" in record.reason
    assert record.points == 0
    assert record.max_points == 8


def test_a_fault_in_our_code_is_not_the_student_s(asked, monkeypatch):
    def fail(*question):
        raise RuntimeError("there is a fault")

    monkeypatch.setattr(grading, "begun", fail)
    record = graded(asked, classroom.RIGHT)
    assert record.status == "not graded"
    assert (
        record.reason == "judging stopped with RuntimeError: there is a fault"
    )
    assert (record.points, record.max_points) == (0, 8)


def test_a_sandbox_that_does_not_start_is_not_the_student_s(
    asked, monkeypatch
):
    classroom.break_sandbox(monkeypatch)
    record = graded(asked, classroom.FAULT)
    assert record.status == "not graded"
    assert record.reason == "the sandbox is gone"
    assert graded(asked, classroom.RIGHT).points == 11


def test_a_fault_of_the_sandbox_is_not_the_student_s(asked, monkeypatch):
    class Broken:
        left_out = ()

        def __init__(self, cells, **settings):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *exception):
            pass

        def call(self, name, *args, **kwargs):
            raise SandboxError("the sandbox is gone")

    monkeypatch.setattr(grading, "Session", Broken)
    record = graded(asked, classroom.RIGHT)
    assert record.status == "not graded"
    assert record.reason == "the sandbox is gone"


def test_another_assignment_s_notebook_is_one_for_a_human(asked):
    made = classroom.notebook(classroom.UNSOLVED)
    made["metadata"]["course"]["assignment"] = "02_regression"
    record = grade_bytes(asked, json.dumps(made).encode())
    (sentence,) = record.attention
    assert "02_regression" in sentence


def test_cells_for_humans_are_told(asked):
    more = sheet.Sheet(
        asked.assignment,
        asked.model,
        own=asked.own,
        by_hand=(("E9-M", 3.0),),
    )
    record = grade_bytes(
        more, json.dumps(classroom.notebook(classroom.RIGHT)).encode()
    )
    assert record.attention == ["E9-M is to be graded by hand (3 points)."]


def test_the_same_seed_gives_the_same_record(asked):
    data = json.dumps(classroom.notebook(classroom.PARTLY)).encode()
    first, second = (grade_bytes(asked, data).to_dict() for _ in range(2))
    assert first.pop("seconds") > 0
    second.pop("seconds")
    assert first == second


def test_the_model_solution_proves_the_sandbox(asked):
    prove(asked, isolation=ISOLATION)


def test_a_model_solution_that_fails_stops_everything(asked):
    model = json.dumps(classroom.notebook(classroom.PARTLY)).encode()
    wrong = sheet.Sheet(asked.assignment, model, own=asked.own)
    with pytest.raises(CanaryError) as told:
        prove(wrong, isolation=ISOLATION)
    assert "E9.1 3 of 4, E9.B 0 of 3" in str(told.value)


def test_a_model_solution_that_is_none_stops_everything(asked):
    wrong = sheet.Sheet(asked.assignment, b"{}", own=asked.own)
    with pytest.raises(CanaryError, match="could not be graded"):
        prove(wrong, isolation=ISOLATION)


def test_limits_reach_the_submission(asked):
    loop = {**classroom.RIGHT, "E9-2": "while True:\n    pass"}
    data = json.dumps(classroom.notebook(loop)).encode()
    record = grade_bytes(asked, data, limits=Limits(cell=0.5))
    assert points_of(record)["E9.1"] == 4
    assert [cell.number for cell in record.cells] == [4]


BUGGY = questions.get("E2.7")


@pytest.mark.parametrize(
    "source, state",
    [
        (BUGGY.shipped, False),
        (f"# mine\n{BUGGY.shipped}\n\n# done", False),
        (BUGGY.shipped.replace("return", "return 0 *"), True),
        ("def safe_mse(pred, target):\n    pass", False),
        ("def safe_mse(pred, target):\n    'what it does'\n    ...", False),
        ("safe_mse = min", True),
        ("from lossviz import mse as safe_mse", True),
        ("class safe_mse:\n    pass", True),
        ("if True:\n    def safe_mse(pred, target):\n        pass", True),
        ("def other(pred):\n    return 1", True),
        ("while True:\n    pass", True),
        ("", None),
        ("import numpy as np", None),
        ("# nothing yet", None),
        (f"import numpy\nx = 5\n{BUGGY.shipped}", False),
        (f"{BUGGY.shipped}\ndef safe_mse(pred, target):\n    return 1", True),
    ],
)
def test_code_tells_whether_an_answer_was_begun(source, state):
    assert begun(BUGGY, source) is state
