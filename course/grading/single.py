"""Jobs one after the other, in a process that may be lost.

What a grading process dies of, its memory used up above all, then costs one
submission and not the batch. As on many workers, that submission is tried
again, at last when all others are done; then it is given up.
"""

import contextlib
import multiprocessing
import os
import signal
import sys

from course.grading.cluster import LOSSES, LOST, REFUSALS, SILENCE
from course.grading.jobs import work
from course.grading.sandbox import SandboxError

# Seconds for the process to stop what it has begun.
STOP = 5.0


def results(task, jobs):
    """Grade jobs in one process, which is not this one.

    Parameters
    ----------
    task : Task
        What is asked.
    jobs : iterable of Job
        Taken one by one.

    Yields
    ------
    job : Job
        One that is done; those that lost the process come last.
    outcome : Record or str
        Its record; or one sentence on why it could not be graded.

    Raises
    ------
    SandboxError
        If the process cannot grade.
    """
    again = []
    with contextlib.closing(Worker(task)) as worker:
        for job in jobs:
            outcome = worker.outcome(job)
            if outcome is None:
                again.append(job)
            else:
                yield job, outcome
        for job in again:
            yield job, worker.outcome(job) or LOST


class Worker:
    """A process that grades, started when it is needed, and anew if lost.

    Parameters
    ----------
    task : Task
        What is asked.
    """

    def __init__(self, task):
        self.task = task
        self.graded = 0
        self.refusals = 0
        self._process = self._pipe = None

    def outcome(self, job):
        """Grade a job, more than once if the process is lost over it.

        Parameters
        ----------
        job : Job
            A submission.

        Returns
        -------
        Record or str or None
            Its record; or one sentence on why it could not be graded; or
            None if the process was lost each time.

        Raises
        ------
        SandboxError
            If the process cannot grade.
        """
        for _ in range(LOSSES):
            try:
                return self._told(self._ask(job))
            except (EOFError, OSError):
                self.close()
        return None

    def close(self):
        """Stop the process, and with it what it runs."""
        process, self._process = self._process, None
        if process is None:
            return
        self._pipe.close()
        process.terminate()
        process.join(STOP)
        process.kill()
        process.join()

    def _ask(self, job):
        """Return what the process replies to a job."""
        if self._process is None:
            self._start()
        self._pipe.send(job)
        if self._pipe.poll(SILENCE):
            return self._pipe.recv()
        self.close()
        return f"its worker has not answered for {SILENCE:g} s"

    def _start(self):
        # A fork would take along whatever this process is at.
        new = multiprocessing.get_context("spawn")
        mine, theirs = new.Pipe()
        # With this end closed here, mine is closed when the process ends.
        with theirs:
            process = new.Process(
                target=_serve, args=(theirs, self.task), daemon=True
            )
            process.start()
        self._process, self._pipe = process, mine

    def _told(self, reply):
        """Return a reply; raise one that means that nothing can be graded."""
        if not isinstance(reply, Exception):
            self.graded += 1
            return reply
        self.refusals += 1
        if not self.graded or self.refusals > REFUSALS:
            raise reply
        return f"its worker cannot grade: {reply}"


def _serve(pipe, task):
    """Reply to jobs until there are no more."""
    # An interrupt from the keyboard reaches all; the batch sees to it. What
    # is merely ignored here would stay so for submissions as well.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with contextlib.suppress(SystemExit):
        with contextlib.suppress(EOFError, OSError):
            while True:
                job = pipe.recv()
                try:
                    reply = work(task, job)
                except SandboxError as fault:
                    reply = fault
                pipe.send(reply)
        # from here on a signal may end the process at once
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # torch takes its time to tidy up, and would tell of a signal then.
    os._exit(0)
