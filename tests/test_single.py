"""One worker is a process of its own, which a submission may take down."""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import classroom
import psutil
import pytest
from classroom import points_of, run

from course.grading import batch, single
from course.grading.grade import CanaryError
from course.grading.journal import NAME
from course.grading.sandbox import Limits, SandboxError

ROOT = Path(__file__).parents[1]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Stand in the folder of a small course."""
    classroom.enter(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture
def deaths(course, monkeypatch):
    """Return a function that allows so many deaths and gives their folder."""

    def allow(count):
        folder = course / "deaths" / str(count)
        folder.mkdir(parents=True)
        monkeypatch.setenv("DEATHS", str(folder))
        return folder

    return allow


def hand_in(**answers):
    for student, given in answers.items():
        classroom.hand_in(Path("in"), student, given)


@pytest.fixture
def processes(monkeypatch):
    """Tell which processes are there whenever a grade comes in."""
    seen = []
    put = batch.Desk.put

    def look(desk, job, outcome):
        seen.append([one.pid for one in multiprocessing.active_children()])
        put(desk, job, outcome)

    monkeypatch.setattr(batch.Desk, "put", look)
    return seen


def test_one_process_grades_all_and_is_gone_then(course, processes):
    hand_in(ada=classroom.RIGHT, bob=classroom.PARTLY, eve=classroom.UNSOLVED)
    assert points_of(run()) == {"ada": 11, "bob": 7, "eve": 0}
    (pid,) = processes[0]
    assert processes == [[pid]] * 3
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_who_kills_every_process_is_not_graded_and_alone_in_that(deaths):
    died = deaths(99)
    hand_in(ada=classroom.RIGHT, bob=classroom.KILLER, eve=classroom.PARTLY)
    done = run()
    lost = {record.student: record for record in done.records}["bob"]
    assert lost.status == "not graded"
    assert "its worker was lost each of 4 times" in lost.reason
    assert lost.digest
    assert len(list(died.iterdir())) == 4
    assert points_of(done) == {"ada": 11, "bob": 0, "eve": 7}
    assert done.exit_code == 2


@pytest.mark.parametrize("count", [1, 3])
def test_who_lost_the_process_is_tried_again(deaths, count):
    died = deaths(count)
    hand_in(ada=classroom.RIGHT, bob=classroom.KILLER)
    done = run()
    assert points_of(done) == {"ada": 11, "bob": 11}
    assert len(list(died.iterdir())) == count
    assert Path("out", NAME).read_text().count('"digest"') == 2


def test_the_others_do_not_wait_for_who_lost_it_twice(deaths, monkeypatch):
    deaths(2)
    hand_in(ada=classroom.KILLER, bob=classroom.RIGHT)
    order = []
    put = batch.Desk.put

    def look(desk, job, outcome):
        order.append(job.number)
        put(desk, job, outcome)

    monkeypatch.setattr(batch.Desk, "put", look)
    run()
    assert order == [1, 0]


def test_a_process_that_hangs_is_given_up(course, monkeypatch):
    monkeypatch.setattr(single, "SILENCE", 0.0)
    hand_in(ada=classroom.RIGHT)
    (record,) = run().records
    assert record.status == "not graded"
    assert record.reason == "its worker has not answered for 0 s"


def test_a_process_that_fails_the_proof_stops_the_batch(course, processes):
    hand_in(ada=classroom.RIGHT)
    folder = Path("solutions", classroom.ASSIGNMENT)
    model = classroom.hand_in(folder, "x", classroom.PARTLY)
    model.replace(folder / "small.ipynb")
    with pytest.raises(CanaryError, match="must get all points"):
        run()
    assert processes == []
    assert multiprocessing.active_children() == []


def test_a_process_may_fail_the_proof_after_others_passed_it(
    course, monkeypatch
):
    """What was lost once may find a machine that is short of everything."""
    replies = ["record", *[SandboxError("no room")] * single.REFUSALS]
    monkeypatch.setattr(single.Worker, "_ask", lambda *_: replies.pop(0))
    jobs = range(len(replies))
    (_, first), *others = single.results(None, jobs)
    assert first == "record"
    assert {told for _, told in others} == {"its worker cannot grade: no room"}
    replies = ["record", *[SandboxError("no room")] * (single.REFUSALS + 1)]
    with pytest.raises(SandboxError, match="no room"):
        list(single.results(None, range(len(replies))))


def test_a_process_ends_without_more_ado(course):
    """What libraries do at the end takes time, and a signal may come then."""
    path = Path("solutions", classroom.ASSIGNMENT, "questions.py")
    path.write_text(
        "import atexit, multiprocessing, pathlib\n"
        "if multiprocessing.parent_process():\n"
        "    pathlib.Path('there').touch()\n"
        "    atexit.register(pathlib.Path('ado').touch)\n"
        f"{classroom.QUESTIONS}"
    )
    hand_in(ada=classroom.RIGHT)
    assert run().exit_code == 0
    assert Path("there").exists() and not Path("ado").exists()


def test_limits_reach_the_process(course):
    loop = {**classroom.RIGHT, "E9-2": "while True:\n    pass"}
    hand_in(ada=loop)
    done = run(limits=Limits(cell=0.5))
    assert [cell.number for cell in done.records[0].cells] == [4]
    assert points_of(done) == {"ada": 9}


def test_no_dask_is_needed(course):
    hand_in(ada=classroom.RIGHT)
    code = (
        "import sys\n"
        "sys.modules['distributed'] = sys.modules['dask'] = None\n"
        "from course.__main__ import main\n"
        "sys.exit(main(['grade', 'in', '--out', 'out', '--allow-weak']))"
    )
    path = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **path},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_interrupt_from_the_keyboard_leaves_nothing_running(course):
    stop = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"
    hand_in(ada={**classroom.RIGHT, "E9-2": stop})
    process = subprocess.Popen(
        [sys.executable, "-m", "course", "grade", "in", "--allow-weak"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever runs the tests in the background has it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    family = wait_for_a_stopped_one(process)
    # As a terminal does it, to all that it started.
    os.killpg(process.pid, signal.SIGINT)
    told = process.communicate()[1]
    assert told == (
        "stopped: 0 of 1 are done and kept; run the same command again to "
        "go on\n"
    )
    assert process.returncode == 130
    assert psutil.wait_procs(family, timeout=30)[1] == []


def wait_for_a_stopped_one(process):
    """Return all that a batch started, when a submission is stopped."""
    while process.poll() is None:
        family = psutil.Process(process.pid).children(recursive=True)
        with contextlib.suppress(psutil.Error):
            if any(p.status() == psutil.STATUS_STOPPED for p in family):
                return family
    pytest.fail(f"it ended: {process.stderr.read()}")
