"""The feedback page of a student: complete, safe, and fit for everybody."""

import dataclasses
import re

import made_up_class as made_up
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_class import record
from page_rules import Page, complaints

from course.grading.records import (
    NOT_GRADED,
    UNREADABLE,
    CellRecord,
    PartRecord,
    QuestionRecord,
    Record,
)
from course.grading.reports import look, pages

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "picture": "<img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "end of page": "</p></td></table></main></style><h1>Full marks</h1>",
    "comment": "<!-- ]]> --> <![CDATA[ <?php",
    "entities": "&lt;b&gt; &#60;b&#62; &nbsp",
    "code": "`<b>bold</b>` ```",
    "link": "[here](javascript:alert(1)) javascript:alert(1)",
    "colours": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b1m",
    "direction": "\u202egnp.exe\u2066 \u200f\u2069 \u061c",
    "nothing": "\x00 a\x00b \x7f\x08\x08\x08",
    "half a letter": "\ud800 \udfff \ufffe",
    "lines": "one\r\ntwo\u2028three\x0bfour\x85five",
    "tower": "Z" + "\u0301" * 500 + "algo",
    "one long word": "W" * 1_000_000,
    "many orders": "\x1b[31m" * 200_000,
    "not said": "",
}
hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def everything(text):
    """Return a record that says `text` wherever a record says anything."""
    part = PartRecord(text, 0.0, 2.0, False, text)
    asked = {"parts": [part], "hint": text, "mistake": text, "flags": [text]}
    questions = [
        QuestionRecord(text, text, 0.0, 2.0, **asked),
        QuestionRecord("E2.2", text, 0.0, 2.0, bonus=True, hint="x"),
    ]
    return Record(
        student=text,
        assignment=text,
        file=text,
        name=text,
        lms_id=text,
        digest=text,
        seed=4711,
        submitted=text,
        reason=text,
        questions=questions,
        cells=[CellRecord(3, text, text)],
        notes=[text],
        attention=[text],
        isolation=text,
        late=0.5,
    )


def text_of(record):
    return Page(pages.feedback(record)).text


# What the page says


def test_the_page_tells_points_of_all_questions_and_parts():
    one = made_up.records(20)[3]
    said = text_of(one)
    assert f"{one.points:g} of 35 points" in said
    for question in one.questions:
        assert f"{question.id} {question.title}" in said
        for part in question.parts if question.started else ():
            assert part.name in said
    assert said.count("not yet") == sum(
        not part.ok for question in one.questions for part in question.parts
    )


def test_the_page_tells_what_happened_and_the_hint():
    part = PartRecord("its value", 0.0, 4.0, False, "`f` gave 2, not 3.")
    question = QuestionRecord(
        "E2.1", "One", 0.0, 4.0, parts=[part], hint="Look at `f`."
    )
    source = pages.feedback(record(questions=[question]))
    assert "<code>f</code> gave 2, not 3." in source
    assert "<strong>Hint:</strong> Look at <code>f</code>." in source
    known = dataclasses.replace(question, mistake="sign")
    assert "Likely cause: Look at f." in text_of(record(questions=[known]))


@pytest.mark.parametrize(
    "won, started, state",
    [
        (4.0, True, "all points"),
        (1.0, True, "some points"),
        (0.0, True, "started, no points"),
        (0.0, False, "not started"),
    ],
)
def test_states(won, started, state):
    question = QuestionRecord("E2.1", "One", won, 4.0, started=started)
    assert pages.state_of(question) == state


def test_sums_of_rounded_points_are_all_points():
    question = QuestionRecord("E2.1", "One", 0.1 + 0.2 + 0.7, 1.0)
    assert pages.state_of(question) == "all points"
    short = dataclasses.replace(question, points=0.1 * 3 + 0.7 - 1e-12)
    assert pages.state_of(short) == "all points"


def test_cells_that_did_not_run_are_named():
    cell = CellRecord(7, "while True:", "It ran longer than 10 s.")
    said = text_of(record(cells=[cell]))
    assert "Cells that did not run" in said
    assert "7 while True: It ran longer than 10 s." in said
    assert "Cells that did not run" not in text_of(record())


def test_notes_are_told():
    assert "Two cells define f." in text_of(
        record(notes=["Two cells define f."])
    )


def test_a_late_penalty_is_worked_out():
    said = text_of(record(late=1.75))
    assert "15.75 of 20 points" in said
    assert "17.5 points were won, and 1.75 taken off" in said
    assert "taken off" not in text_of(record())


def test_bonus_points_are_told():
    assert "2 points of these are bonus." in text_of(record())


def test_the_way_it_ran_is_told():
    assert "in a sandbox (bubblewrap)" in text_of(
        record(isolation="bubblewrap")
    )
    weak = text_of(record(isolation="limits only"))
    assert "without a sandbox" in weak and "bubblewrap" not in weak
    assert "gVisor" in text_of(record(isolation="gVisor"))


def test_an_unreadable_file_is_told_why():
    said = text_of(record(status=UNREADABLE, reason="It is empty"))
    assert "0 points" in said
    assert "could not be read. It is empty." in said


def test_a_fault_of_ours_takes_nothing():
    said = text_of(record(status=NOT_GRADED, reason="No memory."))
    assert "Not graded yet" in said and "no points are given or taken" in said
    assert "0 points" not in said and "of 20" not in said


def test_a_time_is_written_for_people():
    said = text_of(record(submitted="2026-11-20T18:05:33+01:00"))
    assert "2026-11-20, 18:05 UTC+01:00" in said
    assert "yesterday" in text_of(record(submitted="yesterday"))


def test_nothing_hidden_is_told():
    one = record(seed=918273645, digest="ab12" * 16, attention=["Copied?"])
    source = pages.feedback(one)
    assert "918273645" not in source
    assert "ab12" * 3 in source and "ab12" * 4 not in source
    assert "Copied?" not in source


# What it must be


@pytest.mark.parametrize("n", range(0, 300, 23))
def test_pages_of_a_class_keep_all_rules(n):
    one = made_up.records()[n]
    assert complaints(pages.feedback(one)) == []


@pytest.mark.parametrize("status", [UNREADABLE, NOT_GRADED])
def test_pages_without_a_grade_keep_all_rules(status):
    one = record(status=status, reason="Why.")
    assert complaints(pages.feedback(one)) == []


@pytest.mark.parametrize("status", ["graded", UNREADABLE, NOT_GRADED])
@hostile
def test_what_a_student_wrote_cannot_act(text, status):
    one = dataclasses.replace(everything(text), status=status)
    source = pages.feedback(one)
    plain = pages.feedback(
        dataclasses.replace(everything("word"), status=status)
    )
    found = [c for c in complaints(source) if c != "empty heading"]
    assert found == []
    assert len(source) < 100_000
    if look.clean(text):
        assert Page(source).shape == Page(plain).shape


def test_a_tower_of_accents_is_cut_down():
    assert look.clean("Z" + "\u0301" * 500 + "é") == "Z" + "\u0301" * 3 + "é"


def test_text_is_cleaned_to_one_line():
    assert look.clean(" a\n\tb\x1b[1;31mc\x00d\u202e ") == "a bcd"
    assert look.clean("x" * 500) == "x" * 299 + "…"


def test_the_style_has_no_loose_ends():
    used = set(re.findall(r"var\(--(\w+)\)", pages.feedback(record())))
    assert used <= set(look.LIGHT) == set(look.DARK)


def _luminance(colour):
    values = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        for v in values
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colours", [look.LIGHT, look.DARK])
def test_text_stands_out_from_its_ground(colours):
    for ground in ("ground", "card", "alert"):
        for ink in ("ink", "soft", "link", "good", "bad"):
            one, other = _luminance(colours[ink]), _luminance(colours[ground])
            high, low = max(one, other), min(one, other)
            # WCAG 2.2, level AA, text of ordinary size.
            assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)


# The file


def test_the_page_is_written_under_the_students_name(tmp_path):
    path = pages.write_feedback(record("ada.lovelace@x.org"), tmp_path / "new")
    assert path == tmp_path / "new" / "ada.lovelace@x.org.html"
    assert path.read_text() == pages.feedback(record("ada.lovelace@x.org"))
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_each_of_several_assignments_has_a_folder(tmp_path):
    path = pages.write_feedback(record(), tmp_path, several=True)
    assert path == tmp_path / "02_regression" / "ada.html"


NAMES = [
    "../../etc/passwd",
    "..",
    ".",
    "",
    "/etc/passwd",
    "C:\\Windows\\x",
    "con",
    "NUL",
    "aux.txt",
    "lpt1",
    ".hidden",
    "-rf",
    "a/b",
    "a\\b",
    "a\x00b",
    "a\nb",
    "a" * 5000,
    "e\u0301",
    "\ud800",
    "ad\u202egnp",
    'a:b|c?d*e<f>"g',
    "trailing ",
    "ﬁ",
]


@pytest.mark.parametrize("student", NAMES)
def test_no_name_leads_out_of_the_folder(tmp_path, student):
    folder = tmp_path / "feedback"
    path = pages.write_feedback(record(student), folder)
    assert path.resolve().parent == folder.resolve()
    assert list(tmp_path.iterdir()) == [folder]
    assert re.fullmatch(r"[\w~]+\.html", path.name, re.ASCII), path.name
    assert "~" in path.name and len(path.name) < 120


@pytest.mark.parametrize(
    "one, other",
    [
        ("a b", "a_b"),
        ("é", "e"),
        ("e\u0301", "é"),
        ("學?", "生?"),
        ("a/b", "a\\b"),
        ("a" * 200, "a" * 201),
    ],
)
def test_no_two_students_share_a_page(one, other):
    names = [pages.page_name(record(s)).casefold() for s in (one, other)]
    assert names[0] != names[1]


@given(st.text(), st.text())
def test_names_of_pages_are_safe_and_differ(one, other):
    first, second = (pages.page_name(record(s)) for s in (one, other))
    assert re.fullmatch(r"\w[\w@+. ~-]*\.html", first)
    if one.casefold() != other.casefold():
        assert first.casefold() != second.casefold()


@pytest.mark.parametrize(
    "student", ["ada", "Ada Lovelace_12345", "a.b@x.org", "Zoë Weiß", "學生"]
)
def test_a_safe_name_stays(student):
    assert pages.page_name(record(student)) == f"{student}.html"


def test_a_plain_name_cannot_pass_for_a_marked_one():
    marked = pages.page_name(record("a/b")).removesuffix(".html")
    assert pages.page_name(record(marked.lower())) != f"{marked}.html".lower()
