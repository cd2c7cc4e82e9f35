"""What is kept of a graded submission."""

import json

from course.grading.records import (
    CellRecord,
    PartRecord,
    QuestionRecord,
    Record,
)


def record(**changes):
    """Return a record with an ordinary and a bonus question."""
    part = PartRecord("its value", 3.0, 4.0, False, "`f` is wrong.")
    questions = [
        QuestionRecord("E2.1", "One", 3.0, 4.0, parts=[part], hint="Look."),
        QuestionRecord("E2.B", "Extra", 2.0, 5.0, bonus=True),
    ]
    cells = [CellRecord(4, "while True:", "It ran longer than 10 s.")]
    content = {"questions": questions, "cells": cells, **changes}
    return Record("ada", "02_regression", "ada/regression.ipynb", **content)


def test_bonus_points_count_but_are_not_asked_for():
    assert record().points == 5
    assert record().max_points == 4


def test_a_penalty_never_takes_more_than_there_is():
    assert record(late=1.5).points == 3.5
    assert record(late=9).points == 0


def test_a_record_survives_json():
    before = record(notes=["one"], late=0.5)
    after = Record.from_dict(json.loads(json.dumps(before.to_dict())))
    assert after == before
