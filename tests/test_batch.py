"""A class is graded: nobody costs another, and a stopped batch goes on."""

import contextlib
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import classroom
import pytest
from classroom import points_of, run

from course.grading import batch, jobs, sandbox
from course.grading.batch import BatchError, Stopped
from course.grading.grade import CanaryError
from course.grading.intake import submissions
from course.grading.intake.submissions import Submission
from course.grading.journal import NAME
from course.grading.lateness import Late, parse_time

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Stand in the folder of a small course."""
    classroom.enter(tmp_path, monkeypatch)
    classroom.grade_here(monkeypatch)
    return tmp_path


def by_student(done):
    return {record.student: record for record in done.records}


@pytest.fixture
def graded(monkeypatch):
    """Count how often a submission is graded."""
    seen = []
    work = jobs.work

    def counted(task, job):
        seen.append(job.number)
        return work(task, job)

    monkeypatch.setattr(jobs, "work", counted)
    return seen


def hand_in_three():
    folder = Path("in")
    classroom.hand_in(folder, "ada", classroom.RIGHT)
    classroom.hand_in(folder, "bob", classroom.PARTLY)
    classroom.hand_in(folder, "eve", classroom.UNSOLVED)


def test_a_class_is_graded(course):
    hand_in_three()
    done = run()
    assert points_of(done) == {"ada": 11, "bob": 7, "eve": 0}
    assert done.exit_code == 0
    assert {record.file for record in done.records} == {
        f"{who}/small.ipynb" for who in ("ada", "bob", "eve")
    }
    assert {record.status for record in done.records} == {"graded"}


def test_a_broken_file_costs_only_itself(course):
    hand_in_three()
    classroom.hand_in(Path("in"), "cid", b"{")
    classroom.hand_in(Path("in"), "dan", b"")
    (course / "in" / "fay").mkdir()
    (course / "in" / "fay" / "essay.docx").write_bytes(b"PK")
    done = run()
    found = by_student(done)
    assert len(found) == 6
    for student in ("cid", "dan", "fay"):
        assert found[student].status == "unreadable"
        assert found[student].reason
        assert found[student].points == 0
        assert found[student].max_points == 8
    assert found["ada"].points == 11
    assert done.exit_code == 2


def test_a_fault_of_ours_is_not_graded_and_tried_again(
    course, graded, monkeypatch
):
    classroom.break_sandbox(monkeypatch)
    hand_in_three()
    classroom.hand_in(Path("in"), "gus", classroom.FAULT)
    done = run()
    assert by_student(done)["gus"].status == "not graded"
    assert done.exit_code == 2
    run()
    assert graded == [0, 1, 2, 3, 3]


def test_only_faults_of_ours_mean_that_nothing_is_graded(course, monkeypatch):
    classroom.break_sandbox(monkeypatch)
    classroom.hand_in(Path("in"), "gus", classroom.FAULT)
    assert run().exit_code == 1


def test_what_was_graded_is_not_graded_again(course, graded):
    hand_in_three()
    first = run()
    second = run()
    assert graded == [0, 1, 2]
    assert second.records == first.records
    assert second.resumed == 3
    lines = Path("out", NAME).read_text().splitlines()
    assert len(lines) == 4  # the settings, and three records


def test_a_file_that_stays_broken_is_written_down_once(course):
    hand_in_three()
    classroom.hand_in(Path("in"), "cid", b"{")
    first = run()
    size = Path("out", NAME).stat().st_size
    assert run().records == first.records
    assert Path("out", NAME).stat().st_size == size


def test_without_a_sandbox_nothing_begins(course, monkeypatch):
    hand_in_three()
    monkeypatch.setattr(
        sandbox, "available", lambda: (False, "There is none.")
    )
    for number in (1, 2):
        with pytest.raises(sandbox.SandboxError, match="There is none."):
            run(jobs=number, allow_weak=False)
    assert not Path("out").exists()


def test_a_known_class_needs_no_proof(course, monkeypatch):
    hand_in_three()
    run()
    monkeypatch.setattr(jobs, "prove", lambda *_: pytest.fail("proved"))
    assert run().exit_code == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda: classroom.hand_in(Path("in"), "bob", classroom.RIGHT),
        lambda: Path("in", "bob", "small.ipynb").write_text(
            json.dumps(classroom.notebook(classroom.PARTLY), indent=1)
        ),
    ],
)
def test_a_new_hand_in_is_graded_and_the_old_grade_known(
    course, graded, change
):
    hand_in_three()
    run()
    change()
    done = run()
    assert graded == [0, 1, 2, 1]
    assert list(done.before) == ["bob"]
    assert done.before["bob"].points == 7


def test_other_points_are_graded_anew(course, graded):
    hand_in_three()
    run()
    Path("solutions", classroom.ASSIGNMENT, "points.toml").write_text(
        "E9.1 = 8\n"
    )
    done = run()
    assert graded == [0, 1, 2] * 2
    assert points_of(done) == {"ada": 15, "bob": 10, "eve": 0}


def test_another_secret_is_another_batch(course, graded, monkeypatch):
    hand_in_three()
    first = run()
    monkeypatch.setenv("COURSE_SECRET", "another secret")
    second = run()
    assert graded == [0, 1, 2] * 2
    pairs = zip(first.records, second.records, strict=True)
    assert all(a.seed != b.seed for a, b in pairs)


def test_fresh_grades_everybody_again(course, graded):
    hand_in_three()
    run()
    done = run(resume=False)
    assert graded == [0, 1, 2] * 2
    assert len(done.records) == 3
    assert sorted(done.before) == ["ada", "bob", "eve"]


def test_what_ran_without_a_sandbox_does_not_count_with_one(
    course, graded, monkeypatch
):
    hand_in_three()
    run()
    path = Path("out", NAME)
    how = sandbox.choose(allow_weak=True)
    path.write_text(path.read_text().replace(how, sandbox.LIMITS_ONLY))
    run()
    assert graded == [0, 1, 2]
    # Whatever there is on this machine, it is a sandbox now.
    monkeypatch.setattr(sandbox, "choose", lambda allow_weak: how)
    run(allow_weak=False)
    assert graded == [0, 1, 2] * 2


def test_one_student_is_graded_anew_and_the_others_kept(course, graded):
    hand_in_three()
    due, late = parse_time("2020-01-01T00:00Z"), Late(10, 50)
    when = "2020-01-02T00:00:00+00:00"
    found = [
        replace(one, submitted=when, name=one.student.title(), lms_id=f"{n}1")
        for n, one in enumerate(submissions.find("in"))
    ]
    run(found, due=due, late=late)
    for name in ("bob", "Bob", "11"):
        done = run(found, only=name)
        assert list(done.before) == ["bob"]
    assert graded == [0, 1, 2, 0, 0, 0]
    # The due date and the penalty are still those of the whole batch.
    assert points_of(done) == pytest.approx({"ada": 9.9, "bob": 6.3, "eve": 0})
    assert done.due == due


def test_an_unknown_student_is_one_sentence(course):
    hand_in_three()
    with pytest.raises(BatchError, match="ada, bob, eve, got zoe"):
        run(only="zoe")


def test_lateness_needs_no_new_grading(course, graded):
    hand_in_three()
    found = [
        replace(one, submitted="2020-01-02T00:00:00+00:00")
        for one in submissions.find("in")
    ]
    due = parse_time("2020-01-01T00:00Z")
    first = run(found, due=due, late=Late(50))
    second = run(found)
    assert points_of(first) == {"ada": 5.5, "bob": 3.5, "eve": 0}
    assert points_of(second) == {"ada": 11, "bob": 7, "eve": 0}
    assert graded == [0, 1, 2]


def test_what_the_hand_in_tells_is_in_the_record(course):
    hand_in_three()
    (ada, *_) = submissions.find("in")
    told = replace(
        ada,
        name="Ada Lovelace",
        lms_id="17",
        trouble="Two notebooks were handed in.",
    )
    done = run([told])
    (record,) = done.records
    assert (record.name, record.lms_id) == ("Ada Lovelace", "17")
    assert record.attention == ["Two notebooks were handed in."]
    assert done.exit_code == 2
    # The journal has it once, however often the batch is run.
    again = run([told])
    assert again.records == done.records


def test_a_worker_does_not_learn_whose_work_it_grades(course, monkeypatch):
    classroom.hand_in(Path("in"), "zuleika", classroom.RIGHT)
    (found,) = submissions.find("in")
    found = replace(found, name="Zuleika D", lms_id="4711")
    given = []
    work = jobs.work
    monkeypatch.setattr(
        jobs,
        "work",
        lambda *told: given.append(pickle.dumps(told)) or work(*told),
    )
    done = run([found])
    assert points_of(done) == {"zuleika": 11}
    (sent,) = given
    assert b"halve" in sent
    assert not any(word in sent for word in (b"uleika", b"4711", b"in/"))


def test_submissions_of_other_assignments_are_passed_over(course):
    for assignment in (classroom.ASSIGNMENT, "91_other"):
        path = classroom.hand_in(
            Path("in", "submitted", "ada"), assignment, classroom.RIGHT
        )
        assert path.exists()
    done = run()
    assert [record.file for record in done.records] == [
        f"submitted/ada/{classroom.ASSIGNMENT}/small.ipynb"
    ]
    shutil.rmtree(f"in/submitted/ada/{classroom.ASSIGNMENT}")
    with pytest.raises(
        BatchError, match=f"no submission of {classroom.ASSIGNMENT}"
    ):
        run()


def test_keys_are_made_unique():
    keys = ["ada", "Ada", "ada-2", "ADA", "bob"]
    made = batch.unique([Submission(key) for key in keys])
    assert [one.student for one in made] == [
        "ada",
        "Ada-2",
        "ada-2-2",
        "ADA-3",
        "bob",
    ]
    assert made[1].trouble == "Another hand-in carries the key Ada."
    assert not made[0].trouble and not made[4].trouble


def test_nothing_is_graded_if_the_model_solution_fails(course):
    hand_in_three()
    path = Path("solutions", classroom.ASSIGNMENT, "small.ipynb")
    path.write_text(json.dumps(classroom.notebook(classroom.PARTLY)))
    with pytest.raises(CanaryError, match="must get all points"):
        run()
    assert len(Path("out", NAME).read_text().splitlines()) == 1


def test_each_batch_proves_its_sandbox_once(course, monkeypatch):
    hand_in_three()
    proved = []
    prove = jobs.prove
    monkeypatch.setattr(
        jobs, "prove", lambda *a, **k: proved.append(1) or prove(*a, **k)
    )
    run()
    run(resume=False)
    assert len(proved) == 2


@pytest.mark.parametrize("number", [0, -1])
def test_there_must_be_a_worker(course, number):
    hand_in_three()
    with pytest.raises(BatchError, match=f"at least 1, got {number}"):
        run(jobs=number)


def test_an_interrupt_leaves_what_was_done(course, monkeypatch, graded):
    hand_in_three()
    work = jobs.work

    def interrupted(task, job):
        if job.number == 2:
            raise KeyboardInterrupt
        return work(task, job)

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "work", interrupted)
        with pytest.raises(Stopped, match="2 of 3 are done and kept"):
            run()
    done = run()
    assert graded == [0, 1, 2]
    assert done.resumed == 2
    assert points_of(done) == {"ada": 11, "bob": 7, "eve": 0}


def start_batch():
    """Start a real batch in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "course", "grade", "in", "--out", "out"]
        + ["--allow-weak"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background has it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for_records(process, count):
    """Wait until a running batch has so many records on the disk."""
    path = Path("out", NAME)
    while not path.exists() or path.read_bytes().count(b"digest") < count:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.01)
            pytest.fail(f"it ended: {process.stderr.read()}")


@pytest.mark.parametrize("killing", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_batch_goes_on_and_nothing_is_lost_or_doubled(
    course, graded, killing
):
    for number in range(8):
        classroom.hand_in(Path("in"), f"s{number}", classroom.RIGHT)
    process = start_batch()
    wait_for_records(process, 2)
    process.send_signal(killing)
    told = process.communicate()[1]
    lines = Path("out", NAME).read_text().splitlines()
    before = [line for line in lines if "digest" in line]
    assert 2 <= len(before) < 8
    if killing == signal.SIGINT:
        assert process.returncode == 130
        # The interrupt may come between the last record and its count.
        count = len(before)
        assert any(f"{n} of 8 are done" in told for n in (count, count - 1))
        assert "Traceback" not in told
    done = run()
    assert graded == list(range(len(before), 8))
    assert done.resumed == len(before)
    assert points_of(done) == {f"s{number}": 11 for number in range(8)}
