"""When a hand-in came, as Moodle's grading worksheet tells it."""

import time

import classroom
import pytest
from test_gradebooks import CANVAS, GERMAN, GRADER, WORKSHEET

from course.__main__ import main
from course.grading import times
from course.grading.intake.submissions import Submission

EVENING = "2026-11-20T18:00:00+01:00"


@pytest.fixture(autouse=True)
def in_the_middle_of_europe(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "text, told",
    [
        ("Friday, 20 November 2026, 6:00 PM", EVENING),
        ("Friday, 20 November 2026, 06:00\u202fpm", EVENING),
        ("Friday, November 20, 2026, 6:00 PM", EVENING),
        ("Freitag, 20. November 2026, 18:00", EVENING),
        ("vendredi 20 novembre 2026, 18:00", EVENING),
        ("vendredi 20 novembre 2026, 18h00", EVENING),
        ("viernes, 20 de noviembre de 2026, 18:00", EVENING),
        ("Sunday, 1 March 2026, 12:05 AM", "2026-03-01T00:05:00+01:00"),
        ("Sunday, 1 March 2026, 12:05 PM", "2026-03-01T12:05:00+01:00"),
        ("Sonntag, 1. März 2026, 00:05", "2026-03-01T00:05:00+01:00"),
        ("Wednesday, 1 July 2026, 9:07 AM", "2026-07-01T09:07:00+02:00"),
    ],
)
def test_a_time_is_read_in_four_languages(text, told):
    assert times.parse(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "yesterday",
        "20/11/2026 18:00",
        "Friday, 20 November 2026",
        "Friday, 20 November, 18:00",
        "Friday, 31 November 2026, 18:00",
        "Friday, 20 November 2026, 25:00",
        "20 November 2026 – 21 December 2026, 18:00",
        "2026-11-20 18:00",
        "20 2026, 18:00",
        "20 May June 2026, 18:00",
    ],
)
def test_what_means_no_time_is_none(text):
    assert times.parse(text) == ""


def test_there_are_twelve_months_in_each_language():
    count = [list(times.MONTHS.values()).count(n) for n in range(1, 13)]
    assert sorted(set(times.MONTHS.values())) == list(range(1, 13))
    # Some languages share a name.
    assert min(count) >= 2 and max(count) == 4


def told(tmp_path, export, *found):
    path = tmp_path / "export.csv"
    path.write_text(export, "utf-8", newline="")
    return [one.submitted for one in times.with_times(list(found), path)]


ADA = Submission("ada", lms_id="12345")


def test_a_worksheet_tells_when_each_one_came(tmp_path):
    others = [Submission("grace", lms_id="12346"), Submission("zoe")]
    assert told(tmp_path, WORKSHEET, ADA, *others) == [EVENING, "", ""]
    named = Submission("x", name="Lovelace, Ada")
    assert told(tmp_path, WORKSHEET, named) == [EVENING]
    german = GERMAN.replace("Ja,-", 'Ja,"Freitag, 20. November 2026, 18:00"')
    assert told(tmp_path, german, ADA) == [EVENING]


def test_a_time_that_is_known_stays(tmp_path):
    known = Submission("ada", lms_id="12345", submitted="2026-11-19T08:00Z")
    assert told(tmp_path, WORKSHEET, known) == ["2026-11-19T08:00Z"]


@pytest.mark.parametrize("export", [CANVAS, GRADER, GERMAN])
def test_an_export_without_times_tells_none(tmp_path, export):
    assert told(tmp_path, export, ADA) == [""]


def test_who_came_late_loses_points(tmp_path, monkeypatch, capsys):
    classroom.write_course(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_SECRET", "a secret for tests")
    classroom.grade_here(monkeypatch)
    folder = tmp_path / "in"
    for name, number in (("Ada Lovelace", 12345), ("Grace Hopper", 12346)):
        student = f"{name}_{number}_assignsubmission_file_"
        classroom.hand_in(folder, student, classroom.RIGHT)
    (tmp_path / "export.csv").write_text(WORKSHEET, "utf-8", newline="")
    words = [
        "grade",
        "in",
        "--out",
        "out",
        "--allow-weak",
        "--late",
        "10%/day",
    ]
    words += ["--gradebook", "export.csv", "--due"]
    for due, score in (
        ("2026-11-20T17:59", "9.9"),
        ("2026-11-20T18:00", "11"),
    ):
        main([*words, due])
        capsys.readouterr()
        grades = (tmp_path / "out" / "grades.csv").read_text("utf-8-sig")
        ada, grace = grades.splitlines()[1:]
        assert ada.split(",")[2] == EVENING
        assert ada.split(",")[-2] == score
        assert grace.split(",")[2] == "" and grace.split(",")[-2] == "11"
