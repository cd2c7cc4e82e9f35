"""What lines may not tear apart, and what stays as it is."""

import pytest

from course.publish import lectures
from course.publish.typography import APART, NO_BREAK, glued


@pytest.mark.parametrize(
    "source, whole",
    [
        ("depends on $x$.", "depends on <{$x$.}>"),
        ("too low ($r>0$) costs", "too low <{($r>0$)}> costs"),
        ("on the left ($x<1$), and", "on the left <{($x<1$),}> and"),
        ("without $\\theta$, so $n$", "without <{$\\theta$,}> so $n$"),
    ],
)
def test_a_formula_keeps_its_brackets_and_stops(source, whole):
    whole = whole.replace("<{", '<span class="whole">')
    assert glued(source) == whole.replace("}>", "</span>")


@pytest.mark.parametrize(
    "source",
    [
        "a formula $x$ among words",
        "in code, `f($x$).` and\n```\nprice ($3$), 5 min\n```",
        "displayed:\n\n$$a$$.\n\n$$b\n= 7 %$$,",
        "a price of \\$3 and \\$4.",
        "the $x$-axis, 90 minutes and 3 pointed",
    ],
)
def test_all_else_stays_as_it_is(source):
    assert glued(source) == source


def test_a_number_keeps_its_unit():
    assert glued("for 90 % take") == f"for 90{NO_BREAK}% take"
    assert glued("20 000 times") == f"20{NO_BREAK}000 times"
    assert glued("## 2.8 How sure · 15 min") == (
        f"## 2.8 How sure ·{NO_BREAK}15{NO_BREAK}min"
    )
    assert glued("## E2.6 · ★★ · 4 points").endswith(
        f"★★ ·{NO_BREAK}4{NO_BREAK}points"
    )


@pytest.mark.parametrize("path", lectures(), ids=lambda path: path.stem)
def test_lectures_lose_no_formula_and_no_code(path):
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    sources = [c.source for c in notebook.cells if c.cell_type == "markdown"]
    changed = 0
    for source in sources:
        after = glued(source)
        changed += after != source
        assert APART.findall(after) == APART.findall(source)
        bare = after.replace('<span class="whole">', "")
        bare = bare.replace(NO_BREAK, " ").replace("</span>", "")
        assert bare == source
    assert changed > len(sources) / 4
