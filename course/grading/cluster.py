"""Jobs on many workers: processes of this machine, or any dask scheduler.

One submission at most waits at a worker, so that a worker which is lost
takes nothing else along. Its submission is tried again, at last alone, with
nobody beside it to blame; one that still loses its worker is given up.
"""

import contextlib
import logging
import tempfile
from collections import deque

from course.grading.jobs import work
from course.trouble import Trouble

# A worker may be lost this often under a submission before it is set aside,
# and as often again when it is tried alone.
LOSSES = 2
LOST = (
    f"its worker was lost each of {2 * LOSSES} times that it was tried, the "
    "last ones with nothing else running"
)
# Workers that cannot grade before the batch is stopped.
REFUSALS = 3
# Seconds in which some submission must be done, or else no worker is left.
SILENCE = 900.0
# Seconds for a scheduler to answer, and for its first worker to be there.
CONNECT = 5.0
GATHER = 20.0


class ClusterError(Trouble):
    """The workers cannot be used; one sentence says why."""


@contextlib.contextmanager
def connect(workers=1, scheduler=None):
    """Give a client of worker processes, started here or elsewhere.

    Parameters
    ----------
    workers : int
        How many to start on this machine.
    scheduler : str, optional
        Address of a running scheduler to use instead, for example
        "tcp://10.0.0.5:8786".

    Raises
    ------
    ClusterError
        If nothing answers at the address, or there is no dask.
    """
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise ClusterError(
            "more than one worker needs dask; install it with: python "
            "course/bootstrap.py --extras grading"
        ) from None
    _hush()
    if scheduler is None:
        settings = {"distributed.scheduler.allowed-failures": LOSSES - 1}
        with dask.config.set(settings), _local(workers) as cluster:
            with Client(cluster) as client:
                yield client
        return
    try:
        client = Client(scheduler, timeout=CONNECT)
    except (OSError, ValueError) as fault:
        raise ClusterError(
            f"scheduler must be the address of a dask scheduler, got "
            f"{scheduler}: {_sentence(fault)}"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=GATHER)
        except OSError:
            raise ClusterError(
                f"scheduler must have workers, got none at {scheduler} "
                f"within {GATHER:g} s"
            ) from None
        yield client


def _keys():
    """Return fresh keys for this cluster alone, if they can be made.

    Without them, whoever has an account on this machine could send its
    workers code to run.
    """
    from distributed.security import Security

    try:
        return Security.temporary()
    except ImportError:  # cryptography is missing
        return None


def _hush():
    """Keep what dask has to say to its developers off the screen."""
    for handler in logging.getLogger("distributed").handlers:
        handler.setLevel(logging.CRITICAL)


@contextlib.contextmanager
def _local(workers):
    from distributed import LocalCluster

    with (
        tempfile.TemporaryDirectory(prefix="course-workers-") as folder,
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            # Nobody looks at a dashboard; the rest stays on this machine.
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            memory_limit=0,
            local_directory=folder,
            security=_keys(),
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster


def results(client, task, jobs):
    """Grade jobs on the workers of a client.

    Parameters
    ----------
    client : distributed.Client
        As `connect` gives it.
    task : Task
        What is asked.
    jobs : iterable of Job
        Taken one by one as workers get free.

    Yields
    ------
    job : Job
        One that is done, in no order.
    outcome : Record or str
        Its record; or one sentence on why it could not be graded.

    Raises
    ------
    ClusterError
        If no worker can grade, or all are lost.
    """
    crew = _Crew(client, task)
    for job in jobs:
        # The next job is read while the others run.
        done = crew.next() if crew.is_full() else None
        crew.submit(job)
        if done:
            yield done
    while crew.running:
        done = crew.next()
        if done:
            yield done
    while crew.again:
        crew.submit(crew.again.popleft())
        yield crew.last()


class _Crew:
    """What runs at the moment, and what is to be tried again."""

    def __init__(self, client, task):
        self.client = client
        self.task = task
        self.running = {}
        self.again = deque()
        self.graded = 0
        self.refusals = 0

    def is_full(self):
        """Whether each worker has something to do."""
        if self.client.status != "running":
            raise self._lost(self.client.status)
        try:
            workers = len(self.client.nthreads())
        except Exception as fault:
            raise self._lost(fault) from None
        return len(self.running) >= max(1, workers)

    def submit(self, job):
        # Keys must differ: what ran once under a key is not run again.
        future = self.client.submit(work, self.task, job, pure=False)
        self.running[future] = job

    def next(self):
        """Return the next job and its outcome; None if it must run again."""
        job, outcome, fault = self._wait()
        if fault is None:
            return job, outcome
        self.again.append(job)
        return None

    def last(self):
        """Return a job that was tried before, whatever comes of it."""
        job, outcome, fault = self._wait()
        return job, outcome if fault is None else fault

    def _wait(self):
        """Return a job that ended with its record, or else with a fault."""
        from distributed import wait

        try:
            done = wait(list(self.running), SILENCE, "FIRST_COMPLETED").done
        except TimeoutError:
            raise ClusterError(
                f"no worker has answered for {SILENCE:g} s; start workers "
                "and run the same command again to go on"
            ) from None
        except Exception as fault:
            raise self._lost(fault) from None
        future = next(iter(done))
        job = self.running.pop(future)
        if future.status == "finished":
            outcome = self._fetched(future)
            self.graded += 1
            return job, outcome, None
        if future.status != "error":
            raise self._lost(future.status)
        return job, None, self._fault(future.exception())

    def _fetched(self, future):
        try:
            return future.result()
        except Exception as fault:
            raise self._lost(fault) from None

    def _fault(self, fault):
        """Return one sentence on a job that brought no record."""
        from distributed import KilledWorker

        if isinstance(fault, KilledWorker):
            return LOST
        self.refusals += 1
        if not self.graded or self.refusals > REFUSALS:
            raise ClusterError(
                f"a worker cannot grade: {_sentence(fault)}"
            ) from None
        return f"its worker cannot grade: {_sentence(fault)}"

    def _lost(self, fault):
        return ClusterError(
            f"the scheduler was lost ({_sentence(fault)}); run the same "
            "command again to go on"
        )


def _sentence(fault):
    text = " ".join(str(fault).split())
    return text or type(fault).__name__
