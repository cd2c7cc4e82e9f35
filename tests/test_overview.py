"""The page about a whole class: right numbers, and all that needs a human."""

import dataclasses
import re
import statistics
from collections import Counter
from urllib.parse import unquote

import made_up_class as made_up
import pytest
from made_up_class import record
from page_rules import Page, complaints
from test_pages import HOSTILE, everything

from course.grading.records import NOT_GRADED, UNREADABLE, QuestionRecord
from course.grading.reports import charts, look, overview, pages


@pytest.fixture(scope="module")
def batch():
    return made_up.records()


@pytest.fixture(scope="module")
def page(batch):
    return Page(overview.overview(batch))


def rows(source, heading):
    """Return the cells of the table below a heading."""
    part = source.split(f">{heading}</h", 1)[1].split("<h", 1)[0]
    body = part.split("<tbody>")[1].split("</tbody>")[0]
    lines = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    return [
        [Page(cell).text for cell in re.findall(r"<t[hd].*?</t[hd]>", line)]
        for line in lines
    ]


def asked(source, word):
    """Return what the list at the top says of a word."""
    return re.search(f"<dt>{re.escape(word)}</dt><dd>(.*?)</dd>", source)[1]


# Numbers


def test_the_page_keeps_all_rules(page):
    assert complaints(page.source) == []


def test_the_class_is_counted(batch, page):
    count = Counter(one.status for one in batch)
    assert asked(page.source, "Submissions") == "300"
    assert asked(page.source, "Graded") == str(count["graded"])
    assert asked(page.source, "Unreadable (0 points)") == str(
        count[UNREADABLE]
    )
    assert asked(page.source, "Not graded") == str(count[NOT_GRADED])
    late = sum(one.late > 0 for one in batch)
    assert asked(page.source, "Late, points taken off") == str(late)
    assert asked(page.source, "Isolation") == "bubblewrap"
    needy = sum(r.status != "graded" or bool(r.attention) for r in batch)
    assert asked(page.source, "Need a human") == str(needy)
    assert min(count.values()) > 0 and late > 0


def test_the_distribution_is_told_in_words_too(batch, page):
    won = [one.points for one in batch if one.status == "graded"]
    middle = statistics.median(won)
    assert f"won {middle:g} or more of 35 points" in page.text
    assert f"the lowest {min(won):g}, the highest {max(won):g}" in page.text
    drawn = page.all("svg")[0]["aria-label"]
    assert f"won {middle:g} or more" in drawn


def test_bonus_points_are_told_where_there_are_any():
    assert "or more of 20 points and a bonus of 5; the middle" in (
        Page(overview.overview([record()])).text
    )
    plain = record(questions=[QuestionRecord("E2.1", "One", 7.0, 20.0)])
    said = Page(overview.overview([plain])).text
    assert "or more of 20 points; the middle" in said and "bonus" not in said


def test_names_have_a_column_where_somebody_has_one():
    named = [record("ada", name="Ada Lovelace"), record("bob")]
    for batch, names in ((named, 1), ([record("bob")], 0)):
        page = overview.overview(batch)
        assert page.count(">Name</th>") == names


def test_questions_are_told_by_what_became_of_them(batch, page):
    table = {row[0]: row for row in rows(page.source, "Questions")}
    answers = [q for one in batch for q in one.questions if q.id == "E2.3"]
    states = Counter(map(pages.state_of, answers))
    assert table["E2.3"][4:] == [str(states[o]) for o in charts.OUTCOMES]
    mean = statistics.mean(q.points for q in answers)
    assert table["E2.3"][2:4] == [f"{mean:.2f}".rstrip("0"), "5"]
    assert "(bonus)" in table["E2.B"][1]
    assert len(table) == 9


def test_known_mistakes_are_counted_the_most_frequent_first(batch, page):
    made = Counter(
        (q.id, q.mistake) for r in batch for q in r.questions if q.mistake
    )
    table = rows(page.source, "Known mistakes")
    assert {(row[0], row[1]): int(row[2]) for row in table} == made
    assert [int(row[2]) for row in table] == sorted(
        made.values(), reverse=True
    )
    id, mistake = made.most_common(1)[0][0]
    started = sum(q.started for r in batch for q in r.questions if q.id == id)
    share = 100 * made[id, mistake] / started
    assert table[0][3] == f"{share:.0f} %"
    assert (
        f"{id}: {mistake}, {made[id, mistake]}"
        in (page.all("svg")[2]["aria-label"])
    )


def test_the_page_does_not_depend_on_the_order_of_records(batch, page):
    assert overview.overview(batch[::-1]) == page.source


# What needs a human


def test_all_that_needs_a_human_is_listed_with_file_and_sentence(batch, page):
    listed = {
        (row[0], row[2], row[3])
        for row in rows(page.source, "To be looked at")
    }
    expected = {
        (one.student, one.file, sentence.replace("`", ""))
        for one in batch
        for sentence in one.attention
    }
    assert listed == expected and expected


def test_a_flag_that_no_sentence_tells_is_listed():
    question = QuestionRecord("E2.1", "One", 1.0, 1.0, flags=["huber_loss"])
    one = record(questions=[question])
    table = rows(overview.overview([one]), "To be looked at")
    assert table == [["ada", "ada/regression.ipynb", "E2.1 uses huber_loss."]]
    told = dataclasses.replace(one, attention=["E2.1: look at huber_loss."])
    assert len(rows(overview.overview([told]), "To be looked at")) == 1


@pytest.mark.parametrize(
    "status, heading",
    [(UNREADABLE, "Unreadable"), (NOT_GRADED, "Not graded")],
)
def test_what_was_not_graded_is_listed_with_its_reason(
    batch, page, status, heading
):
    listed = [(row[0], row[3]) for row in rows(page.source, heading)]
    assert listed == [
        (one.student, one.reason) for one in batch if one.status == status
    ]


def test_what_is_said_of_an_unreadable_file_is_listed_too():
    sentence = "There are two notebooks."
    one = record(status=UNREADABLE, reason="Empty.", attention=[sentence])
    source = overview.overview([one])
    assert rows(source, "To be looked at")[0][2] == sentence
    assert asked(source, "Need a human") == "1"


def test_nothing_to_do_is_said():
    source = overview.overview([record()])
    for heading in ("To be looked at", "Unreadable", "Not graded"):
        below = source.split(f"<h3>{heading}</h3>\n")[1]
        assert below.startswith("<p>None.</p>")


def test_everybody_is_listed_with_points_and_page(batch, page, tmp_path):
    table = rows(page.source.split(">Everybody<")[1], "Regression")
    assert len(table) == 300
    for one, row in zip(batch, table, strict=True):
        lost = one.status == NOT_GRADED
        points = "" if lost else f"{one.points:.2f}".rstrip("0").rstrip(".")
        assert row[0] == one.student and row[2:4] == [one.status, points]
    places = {unquote(a["href"]) for a in page.all("a")}
    written = {
        pages.write_feedback(one, tmp_path / "feedback").relative_to(tmp_path)
        for one in batch[:20]
    }
    assert {str(path) for path in written} <= places


def test_links_lead_to_the_pages_also_of_odd_names(tmp_path):
    batch = [
        record("Ada Lovelace_12"),
        record("a&b <c>"),
        record("ada", assignment="03_classification"),
    ]
    for several in (False, True):
        some = batch if several else batch[:2]
        places = {
            unquote(a["href"]) for a in Page(overview.overview(some)).all("a")
        }
        root = tmp_path / str(several)
        written = {
            pages.write_feedback(one, root / "feedback", several=several)
            for one in some
        }
        assert {str(path.relative_to(root)) for path in written} == places


# Odd batches


def test_a_missing_sandbox_is_told():
    weak = overview.overview([record(isolation="limits only"), record("bob")])
    assert "1 submission ran without a sandbox" in weak
    assert "without a sandbox" not in overview.overview([record()])


def test_a_fault_of_ours_is_told():
    one = record("bob", status=NOT_GRADED, reason="No memory.")
    source = overview.overview([record(), one])
    assert "1 submission could not be graded because of a fault" in source


@pytest.mark.parametrize(
    "batch",
    [
        [],
        [record()],
        [record(questions=[])],
        [record(points=2)],
        [record(status=UNREADABLE, reason="Empty.")],
        [record(status=NOT_GRADED, reason="Full disk.")],
        [record(), record(assignment="03_classification")],
        [record(), record("bob", assignment="", status=UNREADABLE)],
    ],
    ids=str.split(
        "nobody one nothing_asked nothing_won unreadable fault two unknown"
    ),
)
def test_odd_batches_have_a_page(batch):
    assert complaints(overview.overview(batch)) == []


def test_several_assignments_are_told_apart():
    batch = [record(), record(assignment="03_classification", points=9)]
    page = Page(overview.overview(batch))
    assert [text for level, text in page.headings if level < 3] == [
        "Overview: Regression, Classification",
        "Regression",
        "Classification",
        "Needs a human",
        "Everybody",
    ]


@pytest.mark.parametrize("status", ["graded", UNREADABLE, NOT_GRADED])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_a_student_wrote_cannot_act(text, status):
    def shown(said):
        one = dataclasses.replace(everything(said), status=status)
        return overview.overview([one])

    source = shown(text)
    assert complaints(source) == []
    assert len(source) < 300_000
    if look.clean(text):
        tags = [t for t in Page(source).shape if not _drawn(t[0])]
        plain = [t for t in Page(shown("word")).shape if not _drawn(t[0])]
        assert tags == plain


def _drawn(tag):
    """Tell whether a tag stands for strokes of a drawing."""
    return tag in ("path", "use", "g", "defs", "text", "tspan")


def test_the_page_is_written(tmp_path):
    path = overview.write([record()], tmp_path / "new" / "overview.html")
    assert path.read_text() == overview.overview([record()])


# Plots


def test_every_submission_stands_in_one_bar(monkeypatch):
    seen = {}
    keep = charts._svg
    monkeypatch.setattr(
        charts,
        "_svg",
        lambda fig, *words: seen.update(fig=fig) or keep(fig, *words),
    )
    values = [0, 0, 1, 9.75, 10, 12]
    charts.points(values, 10, alt="Points.", name="x")
    bars = seen["fig"].axes[0].patches
    assert sum(bar.get_height() for bar in bars) == len(values)
    for value in values:
        assert any(
            bar.get_x() <= value <= bar.get_x() + bar.get_width()
            and bar.get_height()
            for bar in bars
        )


def test_shares_of_a_question_add_up(monkeypatch):
    seen = {}
    monkeypatch.setattr(
        charts, "_svg", lambda fig, *words: seen.update(fig=fig)
    )
    count = dict(zip(charts.OUTCOMES, (5, 3, 1, 1), strict=True))
    charts.outcomes([("E1", count)], alt="Shares.", name="x")
    bars = seen["fig"].axes[0].patches
    assert [round(bar.get_width()) for bar in bars] == [50, 30, 10, 10]
    assert [round(bar.get_x()) for bar in bars] == [0, 50, 80, 90]


def test_a_plot_takes_the_colours_of_its_page():
    drawn = charts.counts(
        [("One $x", 3), ("<b>&", 1)], alt='Say "two" & <x>', name="x"
    )
    assert "currentColor" in drawn and "var(--full)" in drawn
    assert not re.search(r"#[0-9a-f]{6}\b", drawn)
    assert 'aria-label="Say &quot;two&quot; &amp; &lt;x&gt;"' in drawn
    assert "<b>" not in drawn and "<style" not in drawn
    assert "<!--" not in drawn


def test_a_plot_is_the_same_whenever_it_is_drawn():
    assert charts.counts([("One", 3)], alt="A.", name="x") == charts.counts(
        [("One", 3)], alt="A.", name="x"
    )
