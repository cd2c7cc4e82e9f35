"""What is in the journal need not be done again; seeds and penalties."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from course.grading import journal as journals
from course.grading import seeds
from course.grading.journal import NAME, Journal, JournalError
from course.grading.lateness import (
    Late,
    parse_due,
    parse_late,
    parse_time,
    with_penalty,
)
from course.grading.records import QuestionRecord, Record


def record(student="ada", **changes):
    questions = [
        QuestionRecord("E9.1", "One", 6.0, 8.0),
        QuestionRecord("E9.B", "More", 2.0, 3.0, bonus=True),
    ]
    content = {"file": "", "questions": questions, **changes}
    return Record(student, content.pop("assignment", "90_small"), **content)


def journal(folder):
    return Journal(folder, "90_small")


def test_records_are_there_again_the_last_of_each_student(tmp_path):
    with journal(tmp_path / "new") as first:
        first.add(record(seed=1), "a")
        first.add(record("bob"), "a")
        first.add(record(seed=2), "b")
    with journal(tmp_path / "new") as second:
        assert second.records == {"ada": record(seed=2), "bob": record("bob")}
        assert second.judges == {"ada": "b", "bob": "a"}


def test_a_record_is_in_the_file_before_the_next_one_is_made(tmp_path):
    with journal(tmp_path) as open_one:
        for count, student in enumerate(("ada", "bob"), start=1):
            open_one.add(record(student), "a")
            assert (tmp_path / NAME).read_bytes().count(b"\n") == count


def test_a_line_cut_short_is_gone_and_the_next_one_is_whole(tmp_path):
    with journal(tmp_path) as first:
        first.add(record(), "a")
        first.add(record("bob"), "a")
    path = tmp_path / NAME
    whole = path.read_bytes()
    for cut in (1, 20, len(whole) // 2 - 1):
        path.write_bytes(whole[:-cut])
        with journal(tmp_path) as second:
            assert list(second.records) == ["ada"]
            second.add(record("eve"), "a")
        with journal(tmp_path) as third:
            assert list(third.records) == ["ada", "eve"]


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b"{}", b'{"judge": "a", "record": {}}', b"\xff\x00"]
)
def test_a_damaged_line_costs_only_itself(tmp_path, line):
    with journal(tmp_path) as first:
        first.add(record(), "a")
    with open(tmp_path / NAME, "ab") as file:
        file.write(line + b"\n")
    with journal(tmp_path) as second:
        second.add(record("bob"), "a")
    with journal(tmp_path) as third:
        assert list(third.records) == ["ada", "bob"]


def test_records_of_other_assignments_are_passed_over(tmp_path):
    with Journal(tmp_path, "91_other") as first:
        first.add(record(assignment="91_other"), "a")
        first.set({"due": "never"})
    with journal(tmp_path) as second:
        assert second.records == {} and second.settings == {}
        second.set({"due": "today"})
    with journal(tmp_path) as third:
        assert third.settings == {"due": "today"}


def test_one_batch_at_a_time_writes_to_a_folder(tmp_path, monkeypatch):
    pytest.importorskip("fcntl")
    monkeypatch.setattr(journals, "PATIENCE", 0.1)
    with journal(tmp_path):
        with pytest.raises(JournalError, match="one batch at a time"):
            with journal(tmp_path):
                pass
    with journal(tmp_path) as free:
        free.add(record(), "a")


def test_a_batch_that_was_killed_frees_its_folder(tmp_path):
    code = (
        "import os, sys\n"
        "from course.grading.journal import Journal\n"
        "with Journal(sys.argv[1], '90_small') as journal:\n"
        "    journal.set({'due': 'today'})\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path])
    assert done.returncode == -9
    with journal(tmp_path) as after:
        assert after.settings == {"due": "today"}


def test_a_seed_comes_from_the_secret_and_the_bytes():
    one = seeds.seed_of(b"secret", b"notebook")
    assert one == seeds.seed_of(b"secret", b"notebook")
    assert one != seeds.seed_of(b"Secret", b"notebook")
    assert one != seeds.seed_of(b"secret", b"Notebook")
    # The first 48 bits of the HMAC, as any other tool works it out.
    assert one == 0x9D51B94C71C4


def test_the_secret_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", " of the winter course ")
    assert seeds.secret(tmp_path) == b"of the winter course"
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("COURSE_SECRET", "short")
    with pytest.raises(seeds.SecretError, match="at least 8 characters"):
        seeds.secret(tmp_path)


def test_the_secret_is_made_once_and_for_its_owner_alone(
    tmp_path, monkeypatch
):
    monkeypatch.delenv("COURSE_SECRET", raising=False)
    first = seeds.secret(tmp_path)
    assert len(first) == 64
    assert seeds.secret(tmp_path) == first
    (path,) = (tmp_path / "grading").iterdir()
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"\xff" * 20)
    with pytest.raises(seeds.SecretError, match="must be a text file"):
        seeds.secret(tmp_path)


DUE = datetime(2026, 11, 30, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "submitted, late, points",
    [
        ("2026-11-30T18:00:00+00:00", Late(10), 8),
        ("2026-11-30T18:00:01Z", Late(10), 7.2),
        ("2026-12-01T18:00:00+00:00", Late(10), 7.2),
        ("2026-12-01T18:00:01+00:00", Late(10), 6.4),
        ("2026-12-01T01:00:00+09:00", Late(10), 8),
        ("2026-12-20T18:00:00+00:00", Late(10, 50), 4),
        ("2026-12-20T18:00:00+00:00", Late(10), 0),
        ("2026-12-20T18:00:00+00:00", None, 8),
    ],
)
def test_each_day_begun_costs_its_share_bonus_included(
    submitted, late, points
):
    after = with_penalty(record(submitted=submitted), DUE, late)
    assert after.points == pytest.approx(points)
    assert after.raw_points == 8
    assert bool(after.notes) == (parse_time(submitted) > DUE)


def test_without_a_time_nothing_is_taken_off_and_it_is_told():
    after = with_penalty(record(), DUE, Late(10))
    assert after.points == 8
    assert after.notes == [
        "When it was handed in is not known; it counts as in time."
    ]
    assert with_penalty(record(), None, None) == record()


def test_what_only_the_lms_knows_to_be_late_is_for_a_human():
    after = with_penalty(record(), DUE, Late(10), marked=True)
    assert after.points == 8
    assert "marked it as late" in after.attention[0]


def test_no_penalty_where_nothing_was_graded():
    failed = record(status="not graded", submitted="2026-12-20T18:00:00Z")
    assert with_penalty(failed, DUE, Late(10)) == failed


@pytest.mark.parametrize(
    "text, late",
    [
        ("10%/day", Late(10, 100)),
        ("2.5 % / day", Late(2.5, 100)),
        ("10%/day, at most 50%", Late(10, 50)),
        ("10%/Day at most 50 %", Late(10, 50)),
        ("0%/day", Late(0, 100)),
    ],
)
def test_penalties_are_read(text, late):
    assert parse_late(text) == late


@pytest.mark.parametrize(
    "text", ["10", "10%", "-10%/day", "101%/day", "10%/day, 5", "", "x%/day"]
)
def test_other_penalties_are_refused_in_one_sentence(text):
    with pytest.raises(ValueError, match="percent per day") as told:
        parse_late(text)
    assert repr(text) in str(told.value)


def test_a_due_day_lasts_to_its_end():
    assert parse_due("2026-11-30T18:00:00Z") == DUE
    day = parse_due("2026-11-30")
    assert (day.hour, day.minute, day.second) == (23, 59, 59)
    assert day.tzinfo is not None
    assert parse_due("2026-11-30T00:00").hour == 0
    with pytest.raises(ValueError, match="must be ISO 8601"):
        parse_due("tomorrow")
