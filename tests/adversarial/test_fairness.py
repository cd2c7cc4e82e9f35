"""Right answers get full marks, whatever style they are written in."""

import pytest
from shut_in import needs_sandbox

from adversarial import handin, styles
from course.grading.records import GRADED


@needs_sandbox
@pytest.mark.parametrize("name", styles.STYLES)
def test_a_right_answer_gets_full_marks(graded, name):
    record = graded.records[name]
    assert (record.status, record.reason) == (GRADED, "")
    lost = [p for q in record.questions for p in q.parts if not p.ok]
    assert lost == []
    assert record.raw_points == handin.FULL


def test_there_are_enough_styles():
    assert len(styles.STYLES) >= 20
