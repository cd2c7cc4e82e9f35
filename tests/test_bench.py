"""The benchmarks measure what they say; how fast that is, is theirs."""

import itertools
import math
from types import SimpleNamespace

import pytest

from bench import __main__ as bench
from bench import numerics, plot, ticks
from bench.__main__ import _table
from bench.ticks import _tick, _values
from bench.timing import Row, milliseconds
from lossviz import explorers
from lossviz.explorer import Choice, Slider
from lossviz.optimizers import METHODS

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


@pytest.fixture
def quick_parts(tmp_path, monkeypatch):
    """Let each part have one row at once, that of the second too slow."""
    for name, took in (("first", 1), ("second", 9)):
        rows = [Row(name, took, limit=8)]
        part = SimpleNamespace(rows=rows.copy)
        monkeypatch.setitem(bench.PARTS, name, part)
    for name in list(bench.PARTS)[:-2]:
        monkeypatch.delitem(bench.PARTS, name)
    monkeypatch.setattr(bench, "BUILD", tmp_path)
    return tmp_path


def test_all_parts_are_measured_and_kept(quick_parts, capsys):
    assert bench.main([]) == 1
    table = (quick_parts / "table.txt").read_text(encoding="utf-8")
    assert table.strip() == capsys.readouterr().out.strip()
    assert "first" in table and "second" in table
    assert (quick_parts / "plot.png").exists()


def test_a_part_is_measured_alone_and_only_printed(quick_parts, capsys):
    assert bench.main(["first"]) == 0
    out = capsys.readouterr().out
    assert "first" in out and "second" not in out
    assert not list(quick_parts.iterdir())


def test_a_part_that_is_not_there_is_named(quick_parts, capsys):
    with pytest.raises(SystemExit):
        bench.main(["third"])
    assert "PART must be one of first, second, got third" in (
        capsys.readouterr().err
    )


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
    monkeypatch.setattr(explorers.regression, "__all__", ["barron"])
    rows = {row.what: (row.limit, row.ratio) for row in ticks.rows()}
    assert rows == {
        "tick: barron, α": (8, 12),
        "tick: barron, c": (8, 12),
        "tick: least-squares surface, 201 × 201, slope": (15, None),
        "tick: small-network, loss ℓ": (15, None),
        "tick: small-network, weight decay λ": (15, None),
        "tick: small-network, hidden units": (15, None),
        "tick: small-network, seed": (15, None),
    }


def test_numbers_of_both_ways_are_compared_before_their_times(monkeypatch):
    monkeypatch.setattr(numerics, "SIDE", 5)
    monkeypatch.setattr(numerics, "STEPS", 10)
    rows = list(numerics.rows())
    assert len(rows) == 2 + len(METHODS)
    assert all(row.ratio for row in rows)
    monkeypatch.setattr(numerics, "_squared", lambda p, y: abs(p - y))
    with pytest.raises(AssertionError):
        next(numerics.rows())


def test_the_picture_has_a_bar_for_every_number_of_the_table(tmp_path):
    rows = [
        Row("import (other: none)", 7, limit=8),
        Row("path", 5, limit=math.inf, other=10, ratio=3),
        Row("x" * 99, 7, limit=8, other=100, ratio=12),
    ]
    figure = plot.draw(rows)
    times_faster, milliseconds_taken = (
        [bar.get_width() for bar in ax.patches] for ax in figure.axes
    )
    assert times_faster == pytest.approx([2, 100 / 7])
    assert milliseconds_taken == [7, 5, 7]
    colours = [bar.get_facecolor() for bar in figure.axes[1].patches]
    assert colours[0] == colours[2] != colours[1]
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names[:2] == ["import", "path"]
    assert len(names[2]) <= 60
    plot.save(rows, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 1000
