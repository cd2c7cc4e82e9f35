"""Grades as tables."""

import csv
import io

import made_up_class as made_up
import pytest
from made_up_class import record

from course.grading.records import NOT_GRADED, UNREADABLE
from course.grading.reports import tables

HEADER = (
    "assignment,duedate,timestamp,student_id,last_name,first_name,email,"
    "raw_score,late_submission_penalty,score,max_score"
)


def read(path):
    return list(csv.reader(io.StringIO(path.read_text())))


def rows(path):
    head, *body = read(path)
    return [dict(zip(head, row, strict=True)) for row in body]


# grades.csv


def test_grades_have_the_columns_of_nbgrader(tmp_path):
    batch = [record(name="Ada King Lovelace", submitted="2026-11-20T18:00")]
    path = tables.write_grades(
        batch, tmp_path / "grades.csv", due="2026-11-21"
    )
    assert path.read_text().splitlines() == [
        HEADER,
        "02_regression,2026-11-21,2026-11-20T18:00,ada,Lovelace,Ada King,,"
        "17.5,0,17.5,20",
    ]


def test_our_columns_are_those_nbgrader_exports():
    export = pytest.importorskip("nbgrader.plugins.export")
    import inspect

    source = inspect.getsource(export.CsvExportPlugin.export)
    listed = source.split("keys = [")[1].split("]")[0]
    assert ",".join(listed.replace('"', "").replace(",", "").split()) == HEADER


def test_a_penalty_stands_beside_the_points(tmp_path):
    path = tables.write_grades([record(late=1.75)], tmp_path / "grades.csv")
    row = rows(path)[0]
    assert row["raw_score"] == "17.5"
    assert row["late_submission_penalty"] == "1.75"
    assert row["score"] == "15.75"


def test_an_unreadable_file_has_no_points_of_the_full_number(tmp_path):
    batch = [record(), record("bob", status=UNREADABLE, reason="Empty.")]
    path = tables.write_grades(batch, tmp_path / "grades.csv")
    bob = rows(path)[1]
    assert (bob["score"], bob["max_score"]) == ("0", "20")


def test_an_unreadable_file_that_tells_no_assignment_counts_to_the_only_one():
    batch = [record(), record("bob", assignment="", status=UNREADABLE)]
    assert list(tables.by_assignment(batch)) == ["02_regression"]


def test_a_fault_of_ours_is_no_grade(tmp_path):
    batch = [record(), record("bob", name="bob", status=NOT_GRADED)]
    bob = rows(tables.write_grades(batch, tmp_path / "grades.csv"))[1]
    assert (bob["raw_score"], bob["score"]) == ("", "")
    # An empty cell would wipe out what the LMS has.
    for write in (tables.write_moodle, tables.write_canvas):
        (path,) = write(batch, tmp_path / "lms.csv")
        assert "bob" not in path.read_text()
        assert "17.5" in path.read_text()


def test_rows_stand_in_the_order_of_students_however_they_came(tmp_path):
    batch = made_up.records(50)
    first = tables.write_grades(batch, tmp_path / "a.csv").read_bytes()
    second = tables.write_grades(batch[::-1], tmp_path / "b.csv").read_bytes()
    assert first == second


# moodle.csv and canvas.csv


def test_moodle_knows_the_participant_by_number(tmp_path):
    batch = [record("s1", name="Ada Lovelace", lms_id="12345")]
    (path,) = tables.write_moodle(batch, tmp_path / "moodle.csv")
    row = rows(path)[0]
    assert row["Identifier"] == "Participant 12345"
    assert row["Full name"] == "Ada Lovelace"
    assert row["ID number"] == ""
    assert (row["Grade"], row["Maximum Grade"]) == ("17.5", "20")
    # Without this column Moodle refuses the worksheet.
    assert row["Last modified (grade)"] == "-"


@pytest.mark.parametrize(
    "student, column",
    [("ada@example.org", "Email address"), ("u4711", "ID number")],
)
def test_moodle_knows_others_by_address_or_id(tmp_path, student, column):
    (path,) = tables.write_moodle([record(student)], tmp_path / "moodle.csv")
    assert rows(path)[0][column] == student


def test_moodle_gets_the_hints_as_html(tmp_path):
    batch = [record(late=1)]
    (path,) = tables.write_moodle(batch, tmp_path / "moodle.csv")
    comment = rows(path)[0]["Feedback comments"]
    assert comment == (
        "Graded automatically: 16.5 of 20 points including a bonus of 2.<br>"
        "E2.1: 15.5 of 20. Try δ = 2.<br>E2.B: 2 of 5.<br>"
        "Taken off for coming late: 1.<br>"
        "The feedback page tells every part."
    )


def test_words_of_students_cannot_reach_a_comment_as_markup(tmp_path):
    batch = [
        record(status=UNREADABLE, reason="<script>alert(1)</script>\x1b[31m")
    ]
    (path,) = tables.write_moodle(batch, tmp_path / "moodle.csv")
    assert "<script>" not in path.read_text()
    assert "\x1b" not in path.read_text()


def test_canvas_gets_its_columns_and_the_points_possible(tmp_path):
    batch = [
        record("lovelaceada", name="Ada Lovelace", lms_id="301"),
        record("hopperg", name="Hopper, Grace"),
    ]
    title = {"02_regression": "Regression (4711)"}
    (path,) = tables.write_canvas(batch, tmp_path / "c.csv", titles=title)
    assert read(path) == [
        [*tables.CANVAS, "Regression (4711)"],
        ["Points Possible", "", "", "", "", "20"],
        ["Hopper, Grace", "", "", "hopperg", "", "17.5"],
        ["Lovelace, Ada", "301", "", "", "", "17.5"],
    ]


def test_each_of_several_assignments_has_a_file_of_its_own(tmp_path):
    batch = [record(), record(assignment="03_classification", points=4)]
    paths = tables.write_moodle(batch, tmp_path / "moodle.csv")
    assert [path.name for path in paths] == [
        "moodle-02_regression.csv",
        "moodle-03_classification.csv",
    ]
    assert [rows(path)[0]["Grade"] for path in paths] == ["17.5", "4"]


def test_a_batch_of_nobody_still_has_its_columns(tmp_path):
    (path,) = tables.write_moodle([], tmp_path / "moodle.csv")
    assert read(path) == [list(tables.MOODLE)]


# Formulas


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://example.org")',
        "+cmd|' /C calc'!A0",
        "-1+1",
        "@SUM(A1)",
        "\t=1+1",
        " =1+1",
        "\x00=1+1",
        "\u202e=1+1",
        "＝1+1",
    ],
)
def test_a_formula_is_disarmed(tmp_path, text):
    batch = [record(text, name=text)]
    for write in (
        lambda *a: [tables.write_grades(*a)],
        tables.write_moodle,
        tables.write_canvas,
    ):
        (path,) = write(batch, tmp_path / "table.csv")
        for row in read(path)[1:]:
            for cell in row:
                assert cell[:1] not in set("=+-@＝\t\r\n") or cell == "-"


@pytest.mark.parametrize("text", ["-5", "+5", "-2.5", "-2,5", "0", "-"])
def test_a_number_stays_a_number(text):
    assert tables.safe(text) == text


@pytest.mark.parametrize(
    "value, text",
    [
        (4, "4"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (10, "10"),
        (1234.56, "1234.56"),
    ],
)
def test_points_are_written_as_people_do(value, text):
    assert tables.points(value) == text
