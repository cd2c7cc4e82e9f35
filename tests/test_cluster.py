"""Many workers, of which some are lost."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import classroom
import pytest
from classroom import points_of

from course.grading import batch, cluster, sheet
from course.grading.cluster import ClusterError
from course.grading.journal import NAME
from course.grading.sandbox import Limits

pytest.importorskip("distributed")

# What dask says to those who are not let in.
REFUSED = ("OSError", "TypeError: TLS expects", "CommClosedError")
REPOSITORY = Path(__file__).parents[1]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Stand in the folder of a small course."""
    classroom.enter(tmp_path, monkeypatch)
    # Workers are started anew and must find the course.
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    return tmp_path


def hand_in(count, **others):
    """Let so many students hand in right answers, and others theirs."""
    for number in range(count):
        classroom.hand_in(Path("in"), f"s{number:02}", classroom.RIGHT)
    for student, answers in others.items():
        classroom.hand_in(Path("in"), student, answers)


def run(**more):
    return classroom.run(**{"jobs": 2} | more)


@pytest.fixture
def workers(monkeypatch):
    """Tell of the clients that are connected, as they are."""
    found = []
    connect = cluster.connect

    @contextlib.contextmanager
    def connected(*args):
        with connect(*args) as client:
            found.append(client)
            yield client

    monkeypatch.setattr(cluster, "connect", connected)
    return found


def test_two_processes_grade_as_one_does(course):
    hand_in(3, bob=classroom.PARTLY, eve=classroom.UNSOLVED, zoe=b"{")
    alone = run(jobs=1).records
    together = run(jobs=2, resume=False).records
    assert [r.student for r in together] == [r.student for r in alone]
    for one, other in zip(alone, together, strict=True):
        one, other = one.to_dict(), other.to_dict()
        one.pop("seconds"), other.pop("seconds")
        assert one == other


def test_workers_are_processes_and_listen_to_this_machine_only(
    course, workers, monkeypatch
):
    hand_in(4)
    pids, addresses = set(), set()
    put = batch.Desk.put

    def look(desk, job, outcome):
        (client,) = workers
        info = client.scheduler_info(n_workers=-1)
        pids.update(client.run(os.getpid).values())
        addresses.update([info["address"], *info["workers"]])
        put(desk, job, outcome)

    monkeypatch.setattr(batch.Desk, "put", look)
    assert run().exit_code == 0
    assert len(pids) == 2 and os.getpid() not in pids
    assert all("://127.0.0.1:" in one for one in addresses)
    # And they are gone.
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_nobody_else_on_the_machine_can_send_code(course):
    pytest.importorskip("cryptography")
    with cluster.connect(1) as client:
        address = client.scheduler.address
        assert address.startswith("tls://127.0.0.1:")
        for stranger in (address, address.replace("tls", "tcp")):
            error = refusal(stranger)
            assert any(word in error for word in REFUSED), error


def refusal(address):
    """Return what another process is told that wants to send code.

    It is a process of its own, as dask's client can wait for itself forever
    when a second one is refused.
    """
    program = (
        "import sys, distributed; distributed.Client(sys.argv[1], timeout=2)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, address],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0, "somebody else got in"
    return done.stderr.splitlines()[-1]


def test_a_worker_lost_in_the_middle_costs_nothing(
    course, workers, monkeypatch
):
    hand_in(10)
    killed = []
    put = batch.Desk.put

    def kill(desk, job, outcome):
        put(desk, job, outcome)
        if desk.done == 3:
            (client,) = workers
            # The one that is busy with a submission at this moment.
            busy = {w for w, keys in client.processing().items() if keys}
            pid = client.run(os.getpid, workers=[*busy][:1])
            killed.extend(pid.values())
            os.kill(killed[0], signal.SIGKILL)

    monkeypatch.setattr(batch.Desk, "put", kill)
    done = run(jobs=3)
    assert len(killed) == 1
    assert points_of(done) == {f"s{n:02}": 11 for n in range(10)}
    assert done.exit_code == 0
    assert Path("out", NAME).read_text().count('"digest"') == 10


@pytest.fixture
def deaths(course, monkeypatch):
    """Return a function that allows so many deaths and gives their folder."""

    def allow(count):
        folder = course / "deaths" / str(count)
        folder.mkdir(parents=True)
        monkeypatch.setenv("DEATHS", str(folder))
        return folder

    return allow


@pytest.mark.slow
def test_who_kills_every_worker_is_not_graded_and_alone_in_that(deaths):
    died = deaths(99)
    hand_in(6, s02=classroom.KILLER)
    done = run()
    points = points_of(done)
    lost = {r.student: r for r in done.records}["s02"]
    assert lost.status == "not graded"
    assert "its worker was lost each of 4 times" in lost.reason
    assert len(list(died.iterdir())) == 4
    assert lost.digest
    assert points == {f"s{n:02}": 0 if n == 2 else 11 for n in range(6)}
    assert done.exit_code == 2


@pytest.mark.slow
def test_who_was_set_aside_is_tried_alone(deaths):
    died = deaths(3)
    hand_in(2, bob=classroom.KILLER)
    done = run()
    assert points_of(done) == {"bob": 11, "s00": 11, "s01": 11}
    assert len(list(died.iterdir())) == 3


def test_workers_that_fail_the_proof_stop_the_batch(course):
    hand_in(3)
    folder = Path("solutions", classroom.ASSIGNMENT)
    model = classroom.hand_in(folder, "x", classroom.PARTLY)
    model.replace(folder / "small.ipynb")
    with pytest.raises(ClusterError, match="must get all points"):
        run()


def test_workers_of_another_version_grade_nothing(course, monkeypatch):
    hand_in(3)
    monkeypatch.setattr(sheet.Sheet, "fingerprint", "of another version")
    with pytest.raises(ClusterError, match="same version of the course"):
        run()


@pytest.fixture
def scheduler(course):
    """Run a scheduler with two workers, as on other machines."""
    with contextlib.ExitStack() as stack:
        port = free_port()
        address = f"tcp://127.0.0.1:{port}"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        options = ["--host", "127.0.0.1", "--no-dashboard"]
        command = [sys.executable, "-m", "dask"]
        processes = [
            subprocess.Popen(
                [*command, "scheduler", "--port", str(port), *options],
                **quiet,
            )
        ]
        stack.callback(stop, processes)
        for _ in range(2):
            processes.append(
                subprocess.Popen(
                    [*command, "worker", address, "--nthreads", "2", *options],
                    **quiet,
                )
            )
        yield address, processes


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def stop(processes):
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            # a worker whose scheduler is gone may look for it for long
            process.kill()
            process.wait()


@pytest.mark.slow
def test_any_scheduler_will_do(course, scheduler):
    address, _ = scheduler
    hand_in(4, bob=classroom.PARTLY)
    done = run(jobs=1, scheduler=address)
    right = {f"s{n:02}": 11 for n in range(4)}
    assert points_of(done) == {"bob": 7, **right}


@pytest.mark.slow
def test_a_scheduler_that_is_lost_loses_no_grade(
    course, scheduler, monkeypatch
):
    address, processes = scheduler
    hand_in(6)
    put = batch.Desk.put

    def kill(desk, job, outcome):
        put(desk, job, outcome)
        if desk.done == 2:
            processes[0].kill()
            processes[0].wait()

    with monkeypatch.context() as patch:
        patch.setattr(batch.Desk, "put", kill)
        with pytest.raises(ClusterError, match="the scheduler was lost"):
            run(jobs=1, scheduler=address)
    done = run()
    assert done.resumed >= 2
    assert points_of(done) == {f"s{n:02}": 11 for n in range(6)}


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{}", "nonsense://"])
def test_no_scheduler_is_one_sentence(course, monkeypatch, address):
    monkeypatch.setattr(cluster, "CONNECT", 0.5)
    hand_in(1)
    with pytest.raises(ClusterError, match="must be the address") as told:
        run(jobs=1, scheduler=address.format(free_port()))
    assert "\n" not in str(told.value)


def test_a_scheduler_without_workers_is_one_sentence(course, monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(cluster, "GATHER", 1.0)
    hand_in(1)
    settings = {"n_workers": 0, "dashboard_address": None}
    with LocalCluster(host="127.0.0.1", **settings) as empty:
        with pytest.raises(ClusterError, match="must have workers"):
            run(jobs=1, scheduler=empty.scheduler_address)


def test_limits_reach_the_workers(course):
    loop = {**classroom.RIGHT, "E9-2": "while True:\n    pass"}
    hand_in(0, ada=loop)
    done = run(limits=Limits(cell=0.5))
    assert [cell.number for cell in done.records[0].cells] == [4]
    assert points_of(done) == {"ada": 9}
