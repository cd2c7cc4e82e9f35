"""The benchmarks measure what they say; how fast that is, is theirs."""

import itertools

import pytest

from bench import ticks
from bench.__main__ import _table
from bench.ticks import _explorer_rows, _moving_surface, _tick, _values
from bench.timing import Row, milliseconds
from lossviz import explorers
from lossviz.explorer import Choice, Slider

CONTROLS = [
    Slider("x", "x", 0, 1, 0.5),
    Slider("n", "n", 1, 3, 2),
    Slider("c", "c", 0.1, 10, 1.0, log=True),
    Choice("a", "a", ["one", "two"], "one"),
    Choice("b", "b", {"One": 1, "Two": 2, "Three": 3}, 1),
]


@pytest.mark.parametrize("control", CONTROLS)
def test_every_value_is_new_and_taken_by_the_control(control):
    values = _values(control, 20)
    assert len(values) == 20
    assert all(a != b for a, b in itertools.pairwise(values))
    assert all(control.validate(value) == value for value in values)


@pytest.mark.parametrize(
    "row, passed",
    [
        (Row("a", 7, limit=8), True),
        (Row("a", 9, limit=8), False),
        (Row("a", 7, limit=8, other=100, ratio=12), True),
        (Row("a", 7, limit=8, other=70, ratio=12), False),
    ],
)
def test_a_row_passes_only_if_both_targets_are_met(row, passed):
    assert row.passed is passed
    assert row.cells()[-1] == ("PASS" if passed else "FAIL")


def test_the_table_has_a_line_for_each_row_in_even_columns():
    rows = [Row("short", 1, 2), Row("a longer name", 1, 2, 30, 12)]
    head, *lines = _table(rows).splitlines()
    assert len(lines) == len(rows)
    assert {len(line.rstrip()) for line in lines} == {len(lines[0])}
    assert "30" in lines[1]


def test_the_first_call_is_left_out():
    seen = []
    assert len(milliseconds(seen.append, range(5))) == 4
    assert seen == list(range(5))


def test_an_explorer_whose_picture_does_not_follow_is_found_out():
    explorer = explorers.regression.huber_lab()
    explorer.app()
    explorer.draw = None
    with pytest.raises(RuntimeError, match="huber-lab: δ is stuck"):
        _tick(explorer, 0)


def test_every_control_gets_a_row_with_the_right_target(monkeypatch):
    monkeypatch.setattr(ticks, "OURS", 5)
    monkeypatch.setattr(ticks, "OTHERS", 4)
    rows = list(_explorer_rows(explorers.regression.barron()))
    assert [row.what for row in rows] == ["tick: barron, α", "tick: barron, c"]
    assert {(row.limit, row.ratio) for row in rows} == {(8, 12)}
    (row,) = _explorer_rows(_moving_surface())
    assert (row.limit, row.ratio) == (15, None)
