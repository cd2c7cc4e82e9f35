"""Damaged hand-ins cost their owners as little as can be, others nothing."""

import pytest
from shut_in import needs_sandbox

from adversarial import handin
from adversarial.damaged import BROKEN, POINTS, WHOLE
from course.grading.records import GRADED, UNREADABLE


@needs_sandbox
@pytest.mark.parametrize("damage", WHOLE, ids=lambda d: d.name)
def test_right_answers_count_in_full_however_they_are_wrapped(graded, damage):
    record = graded.records[damage.name]
    assert (record.status, record.reason) == (GRADED, "")
    assert record.raw_points == POINTS
    assert damage.told in " ".join(record.notes)


@needs_sandbox
@pytest.mark.parametrize("damage", BROKEN, ids=lambda d: d.name)
def test_what_cannot_be_read_gets_nothing_and_a_sentence(graded, damage):
    record = graded.records[damage.name]
    assert record.status == UNREADABLE
    assert record.raw_points == 0
    assert len(record.questions) == len(handin.QUESTIONS)
    assert damage.told in record.reason
    assert len(record.reason) < 150
    assert "\n" not in record.reason
    page = graded.out / "feedback" / f"{damage.name}.html"
    assert page.is_file()
