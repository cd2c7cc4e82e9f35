"""Gradebooks of an LMS filled in: the right cells, and no other byte."""

import csv
import io

import made_up_class as made_up
import pytest
from made_up_class import record

from course.grading.records import NOT_GRADED, UNREADABLE
from course.grading.reports import gradebooks, tables
from course.grading.reports.csvfile import CsvFile
from course.grading.reports.gradebooks import GradebookError

# Headers as Moodle 4 and Canvas write them.

WORKSHEET = (
    '\ufeffIdentifier,"Full name","Email address",Status,Grade,'
    '"Maximum Grade","Grade can be changed","Last modified (submission)",'
    '"Last modified (grade)","Feedback comments"\r\n'
    '"Participant 12345","Ada Lovelace",ada@example.org,"Submitted for '
    'grading - ",,20.00,Yes,"Friday, 20 November 2026, 6:00 PM",-,\r\n'
    '"Participant 12346","Grace Hopper",grace@example.org,"No submission - '
    '",,20.00,Yes,-,-,\r\n'
    '"Participant 12347","Emmy ""E."" Noether",emmy@example.org,'
    '"Submitted,\r\ntwice",3.00,20.00,Yes,-,-,"Well done!"\r\n'
)
GERMAN = (
    'ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,'
    '"Bewertung kann geändert werden","Zuletzt geändert (Abgabe)",'
    '"Zuletzt geändert (Bewertung)","Feedback als Kommentar"\n'
    'Teilnehmer/in12345,"Ada Lovelace",ada@example.org,"Zur Bewertung '
    'abgegeben",,"20,00",Ja,-,-,\n'
)
FRENCH = (
    "Identifiant\tNom complet\tAdresse de courriel\tStatut\tNote\tNote "
    "maximale\tLa note peut être modifiée\tDernière modification (note)\t"
    "Feedback par commentaires\n"
    "Participant12345\tAda Lovelace\tada@example.org\tRemis\t\t20,00\tOui\t-"
    "\t\n"
)
SPANISH = (
    '"Identificador","Nombre completo","Dirección de correo","Estado",'
    '"Calificación","Calificación máxima","Última modificación '
    '(calificación)","Comentarios de retroalimentación"\n'
    '"Participante 12345","Ada Lovelace","","Enviado","","20,00","-",""\n'
)
GRADER = (
    '"First name","Last name","ID number",Institution,Department,'
    '"Email address","Assignment: Regression (Real)",'
    '"Assignment: Regression (Percentage)",'
    '"Assignment: Regression (Feedback)","Quiz: Warm up (Real)",'
    '"Course total (Real)","Last downloaded from this course"\n'
    "Ada,Lovelace,u1,,,ada@example.org,-,-,,8.00,8.00,1795219200\n"
    "Grace,Hopper,u2,,,grace@example.org,-,-,,9.00,9.00,1795219200\n"
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Warm up (4710),"
    "Regression (4711),Homework Current Score,Current Score,Final Score\n"
    ",,,,,,,Manual Posting,,,\n"
    "    Points Possible,,,,,,5.00,20.00,(read only),(read only),(read only)\n"
    '"Lovelace, Ada",301,u1,ada,Group 1,,4.00,,80.0,80.0,20.0\n'
    '"Hopper, Grace",302,u2,grace,"Group 1, Group 2",,5.00,EX,100.0,,\n'
    '"Student, Test",999,,8f0b,Group 1,,,,,,\n'
)


def filled(tmp_path, text, batch, encoding="utf-8", **options):
    """Return the filled gradebook's bytes and the sentences told."""
    export = tmp_path / "export.csv"
    export.write_bytes(text.encode(encoding))
    told = []
    path = gradebooks.fill(
        batch,
        export,
        tmp_path / "out" / "new.csv",
        tell=told.append,
        **options,
    )
    assert path == tmp_path / "out" / "new.csv"
    return path.read_bytes(), told


def ada(**changes):
    return record(**{"student": "x", "name": "Ada Lovelace", **changes})


def test_a_moodle_worksheet_keeps_every_other_byte(tmp_path):
    after, told = filled(tmp_path, WORKSHEET, [ada(lms_id="12345")])
    comment = tables.comment(ada(), 20)
    expected = WORKSHEET.replace(
        '"Submitted for grading - ",,20.00,Yes,"Friday, 20 November 2026, '
        '6:00 PM",-,\r\n',
        '"Submitted for grading - ",17.5,20.00,Yes,"Friday, 20 November '
        f'2026, 6:00 PM",-,{comment}\r\n',
    )
    assert after.decode() == expected != WORKSHEET
    assert told == [
        "1 of 1 grades went into Grade of Moodle's grading worksheet."
    ]


def test_filling_twice_changes_nothing_more(tmp_path):
    batch = [ada(lms_id="12345")]
    once, _ = filled(tmp_path, WORKSHEET, batch)
    twice, _ = filled(tmp_path, once.decode(), batch)
    assert once == twice


def test_a_teachers_comment_stands_and_an_earlier_one_of_ours_does_not(
    tmp_path,
):
    batch = [ada(lms_id="12345"), ada(student="e", name="", lms_id="12347")]
    once, told = filled(tmp_path, WORKSHEET, batch)
    assert b"Well done!" in once
    assert "1 of the gradebook's comments stand as they were." in told
    batch[0] = ada(lms_id="12345", points=4)
    twice, _ = filled(tmp_path, once.decode(), batch)
    assert b"Graded automatically: 4 of 20" in twice
    assert b"17.5 of 20 points" not in twice


@pytest.mark.parametrize(
    "text", [GERMAN, FRENCH, SPANISH], ids=["German", "French", "Spanish"]
)
def test_other_languages_are_known_and_write_commas(tmp_path, text):
    after, told = filled(tmp_path, text, [ada(lms_id="12345")])
    before, new = text.splitlines()[1], after.decode().splitlines()[1]
    assert "17,5" in new and "17,5" not in before
    assert new.replace("17,5", "", 1).startswith(before[:30])
    assert len(told) == 1


def test_a_number_with_a_comma_is_quoted_where_commas_part_the_cells(tmp_path):
    after, _ = filled(tmp_path, GERMAN, [ada(lms_id="12345")])
    row = list(csv.reader(io.StringIO(after.decode())))[1]
    assert row[4:6] == ["17,5", "20,00"]
    assert row[9].startswith("Graded automatically: ")


def test_the_grader_report_gets_the_assignments_column(tmp_path):
    after, told = filled(tmp_path, GRADER, [ada(), record("u2", points=3)])
    table = list(csv.reader(io.StringIO(after.decode())))
    assert [row[6] for row in table[1:]] == ["17.5", "3"]
    assert table[1][8].startswith(
        "Graded automatically: 17.5 of 20 points including a bonus of 2. E"
    )
    assert "<br>" not in table[1][8]
    untouched = [0, 1, 2, 3, 4, 5, 7, 9, 10, 11]
    before = list(csv.reader(io.StringIO(GRADER)))
    for old, new in zip(before, table, strict=True):
        assert [old[c] for c in untouched] == [new[c] for c in untouched]
    assert len(told) == 1


def test_canvas_gets_the_assignments_column_and_nothing_else(tmp_path):
    after, told = filled(tmp_path, CANVAS, [ada(lms_id="301")])
    assert after.decode() == CANVAS.replace("4.00,,80.0", "4.00,17.5,80.0")
    assert told == [
        "1 of 1 grades went into Regression (4711) of Canvas's gradebook."
    ]


def test_canvas_with_split_names_is_known(tmp_path):
    text = CANVAS.replace("Student,", "LastName,FirstName,", 1)
    text = text.replace(",,,,,,,Man", ",,,,,,,,Man").replace(
        "    Points Possible,", "    Points Possible,,"
    )
    text = text.replace('"Lovelace, Ada"', "Lovelace,Ada")
    text = text.replace('"Hopper, Grace"', "Hopper,Grace")
    text = text.replace('"Student, Test"', "Student,Test")
    after, _ = filled(tmp_path, text, [ada()])
    assert after.decode() == text.replace("4.00,,80.0", "4.00,17.5,80.0")


def test_whoever_is_excused_in_canvas_stays_so(tmp_path):
    batch = [record("grace", lms_id="302")]
    after, told = filled(tmp_path, CANVAS, batch)
    assert after.decode() == CANVAS
    assert "grace is excused; the row is as it was." in told


def test_whoever_was_not_graded_keeps_what_stands_there(tmp_path):
    batch = [
        record("e", lms_id="12347", status=NOT_GRADED),
        record("g", lms_id="12346", status=UNREADABLE, reason="Not JSON."),
    ]
    after, told = filled(tmp_path, WORKSHEET, batch)
    assert b',3.00,20.00,Yes,-,-,"Well done!"' in after
    assert b'"No submission - ",0,20.00' in after
    assert "e is not graded; the row is as it was." in told


# Who is who


@pytest.mark.parametrize(
    "student, name",
    [
        ("ada@example.org", ""),
        ("ADA@Example.org", ""),
        ("u1", ""),
        ("ada", ""),
        ("x", "Ada Lovelace"),
        ("x", "LOVELACE, Áda"),
        ("lovelaceada", ""),
        ("x", "lovelace  ada"),
    ],
)
def test_students_are_known_by_address_id_or_name(tmp_path, student, name):
    after, told = filled(tmp_path, GRADER, [record(student, name=name)])
    assert b"ada@example.org,17.5," in after
    assert len(told) == 1


def test_who_is_not_found_is_told_in_a_sentence_each(tmp_path):
    batch = [ada(), record("zoe", name="Zoë Weiß"), record("\x1b[31mbob")]
    after, told = filled(tmp_path, GRADER, batch)
    assert b"17.5" in after
    assert sorted(told[:2]) == [
        "Zoë Weiß (zoe) is not in the gradebook.",
        "bob is not in the gradebook.",
    ]


def test_nobody_is_known_by_a_name_that_two_bear(tmp_path):
    text = GRADER.replace("Grace,Hopper,u2,,,grace", "Ada,Lovelace,u2,,,ada.l")
    after, told = filled(tmp_path, text, [ada()])
    assert after.decode() == text
    assert told[0] == (
        "Ada Lovelace (x) is not filled in, because 2 rows bear that name."
    )


def test_a_number_of_the_lms_settles_it_against_any_name(tmp_path):
    batch = [ada(lms_id="99999")]
    after, told = filled(tmp_path, WORKSHEET, batch)
    assert after.decode() == WORKSHEET
    assert told[0] == "Ada Lovelace (x) is not in the gradebook."


def test_two_submissions_never_share_a_row(tmp_path):
    batch = [ada(), record("u1", points=3)]
    after, told = filled(tmp_path, GRADER, batch)
    assert after.decode() == GRADER
    assert told[0] == (
        "u1, Ada Lovelace (x) are not filled in, because they share one row."
    )


# Which column


def test_the_column_can_be_named(tmp_path):
    after, _ = filled(tmp_path, CANVAS, [ada()], column="Warm up")
    assert after.decode() == CANVAS.replace(",4.00,,80.0", ",17.5,,80.0")


@pytest.mark.parametrize(
    "titles",
    [
        ("Exercise 1: Lines", "Exercise 2: Regression"),
        ("Regression", "Regression, second part"),
        ("01 Regression", "02 Regression"),
    ],
)
def test_the_column_that_bears_the_name_is_taken(tmp_path, titles):
    head = "Student,ID,SIS Login ID,Section," + ",".join(
        f'"{title} ({n})"' for n, title in enumerate(titles, 1)
    )
    text = f'{head}\nPoints Possible,,,,20,20\n"Lovelace, Ada",1,ada,A,,\n'
    after, _ = filled(tmp_path, text, [ada()])
    first = titles[0] == "Regression"
    assert after.decode().endswith(",A,17.5,\n" if first else ",A,,17.5\n")


def test_several_assignments_fill_several_columns(tmp_path):
    text = CANVAS.replace("Warm up", "Classification")
    batch = [ada(), ada(assignment="03_classification", points=3)]
    after, _ = filled(tmp_path, text, batch)
    assert b"Group 1,,3,17.5,80.0" in after


def test_a_column_is_never_guessed(tmp_path):
    text = CANVAS.replace("Regression", "Second sheet")
    with pytest.raises(GradebookError) as caught:
        filled(tmp_path, text, [ada()])
    assert str(caught.value) == (
        "one column of export.csv must bear the name of 02_regression, got "
        "Warm up (4710), Second sheet (4711)"
    )


def test_sums_times_and_other_scales_are_no_columns_for_points(tmp_path):
    text = GRADER.replace("Regression", "Second sheet")
    with pytest.raises(GradebookError) as caught:
        filled(tmp_path, text, [ada()])
    assert str(caught.value).endswith(
        "got Assignment: Second sheet (Real), Quiz: Warm up (Real)"
    )
    text = CANVAS.replace("Final Score", "Override Score (2026)")
    text = text.replace("(read only)\n", "\n").replace("Regression", "Other")
    with pytest.raises(GradebookError, match="4710.*4711.$"):
        filled(tmp_path, text, [ada()])


def test_the_only_column_is_taken_whatever_its_name(tmp_path):
    text = CANVAS.replace("Warm up (4710)", "Remarks")
    text = text.replace(",5.00,20.00", ",,20.00").replace("Regression", "X")
    after, told = filled(tmp_path, text, [ada()])
    assert after.decode() == text.replace("4.00,,80.0", "4.00,17.5,80.0")
    # So that a wrong one is seen at once.
    assert told == ["1 of 1 grades went into X (4711) of Canvas's gradebook."]


def test_two_assignments_never_share_a_column(tmp_path):
    batch = [ada(), ada(assignment="03_regression")]
    with pytest.raises(GradebookError, match="a column of its own"):
        filled(tmp_path, CANVAS, batch)


def test_points_possible_is_nobody(tmp_path):
    batch = [record("x", name="Points Possible")]
    after, told = filled(tmp_path, CANVAS, batch)
    assert after.decode() == CANVAS
    assert told[0] == "Points Possible (x) is not in the gradebook."


def test_an_unreadable_file_of_no_known_assignment_is_told(tmp_path):
    batch = [
        ada(),
        ada(student="y", assignment="01_warm_up", points=3),
        record("bob", assignment="", status=UNREADABLE, reason="Empty."),
    ]
    after, told = filled(tmp_path, CANVAS, batch)
    assert b",3,17.5,80.0" in after
    assert told[0] == "bob handed in for no known assignment."


def test_an_unknown_column_is_refused(tmp_path):
    with pytest.raises(GradebookError, match="got 'Third'"):
        filled(tmp_path, CANVAS, [ada()], column="Third")


def test_a_worksheet_is_for_one_assignment(tmp_path):
    batch = [ada(), ada(assignment="03_classification")]
    with pytest.raises(GradebookError, match="worksheet of one assignment"):
        filled(tmp_path, WORKSHEET, batch)


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", '{"cells": []}', "\x00\x01", "Student,Grade\n"]
)
def test_another_file_is_refused_in_one_sentence(tmp_path, text):
    with pytest.raises(GradebookError) as caught:
        filled(tmp_path, text, [ada()])
    assert str(caught.value).startswith("export.csv must be Moodle's grading")
    assert not (tmp_path / "out").exists()


# What a teacher should know


def test_another_number_of_points_is_told(tmp_path):
    text = WORKSHEET.replace("20.00", "100.00")
    after, told = filled(tmp_path, text, [ada(lms_id="12345")])
    assert b",17.5,100.00," in after
    assert told[0] == (
        "The gradebook counts 100 points for Grade, the assignment 20: the "
        "points are filled in as they are."
    )


def test_a_grade_above_moodles_maximum_is_told(tmp_path):
    batch = [ada(lms_id="12345", points=21)]
    _, told = filled(tmp_path, WORKSHEET, batch)
    assert told[0] == (
        "Moodle takes in no grade above its maximum of 20: raise it there, "
        "or lower the grade of Ada Lovelace (x)."
    )


# Bytes


@pytest.mark.parametrize(
    "text",
    [WORKSHEET[1:], GERMAN, GRADER, CANVAS, 'a,"b ""c"",\r\n",\r\n\r\n'],
    ids=["worksheet", "German", "grader", "canvas", "odd"],
)
def test_cells_are_read_as_python_reads_them(text):
    file = CsvFile(text, ",")
    expected = list(csv.reader(io.StringIO(text, newline="")))
    assert [row for row in file.rows if row != [""]] == [
        row for row in expected if row
    ]
    assert file.text() == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encoding_and_mark_stay(tmp_path, encoding):
    after, _ = filled(tmp_path, GERMAN, [ada(lms_id="12345")], encoding)
    kept = after.decode(encoding)
    assert after == kept.encode(encoding)
    assert "Vollständiger Name" in kept and "Try δ" in kept


def test_letters_that_a_western_file_lacks_are_written_as_html(tmp_path):
    after, _ = filled(tmp_path, GERMAN, [ada(lms_id="12345")], "cp1252")
    kept = after.decode("cp1252")
    assert "Vollständiger Name" in kept and "Try &#948; = 2" in kept


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_delimiter_stays(tmp_path, delimiter):
    plain = GRADER.replace(",", delimiter)
    after, _ = filled(tmp_path, plain, [ada()])
    assert f"ada@example.org{delimiter}17.5{delimiter}-".encode() in after


def test_quoting_and_a_missing_last_line_end_stay(tmp_path):
    text = (
        'Student,ID,"SIS Login ID",Section,"Regression (1)"\n'
        '"Lovelace, Ada",1, "ada" ,A,""\n'
        'Hopper,2,grace,"A ""B""\n, C",'
    )
    batch = [ada(), record("grace", points=3)]
    after, _ = filled(tmp_path, text, batch)
    expected = text.replace('A,""', 'A,"17.5"') + "3"
    assert after.decode() == expected


def test_a_row_that_is_too_short_grows(tmp_path):
    head = "Student,ID,SIS Login ID,Section,Notes,X (1)\n"
    text = head + '"Lovelace, Ada",1,ada,A\n'
    after, _ = filled(tmp_path, text, [ada()])
    assert after.decode() == text.rstrip("\n") + ",,17.5\n"


def test_a_whole_class_finds_its_rows(tmp_path):
    batch = made_up.records()
    head = '"Identifier","Full name","Grade","Last modified (grade)"\n'
    text = head + "".join(
        f'"Participant {number}","{name}","","-"\n'
        for _, name, number in reversed(made_up.students(300))
    )
    after, told = filled(tmp_path, text, batch)
    table = list(csv.reader(io.StringIO(after.decode())))
    grades = {row[0].split()[1]: row[2] for row in table[1:]}
    for one in batch:
        expected = (
            "" if one.status == NOT_GRADED else tables.points(one.points)
        )
        assert grades[one.lms_id] == expected
    assert len(told) == 1 + sum(one.status == NOT_GRADED for one in batch)
