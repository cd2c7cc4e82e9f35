"""What a worker does: it proves its sandbox once, then grades job after job.

A worker is a process beside the batch, on this machine or on another one. All
it is given is a `Job`.
"""

import threading
from dataclasses import dataclass
from functools import lru_cache

from course.grading import sandbox
from course.grading.grade import CanaryError, grade, prove
from course.grading.sandbox import Limits
from course.grading.sheet import Sheet

# Judging silences the output of the whole process for a moment, so a worker
# with several threads grades in one of them at a time.
_ALONE = threading.Lock()


@dataclass(frozen=True)
class Task:
    """What all jobs of a batch have in common.

    Attributes
    ----------
    sheet : Sheet
        What is asked.
    fingerprint : str
        That of the sheet where the batch was started.
    batch : str
        Mark of the batch: each one proves its sandboxes anew.
    allow_weak : bool
        Whether limits without a sandbox will do.
    limits : Limits
        What a submission may use.
    """

    sheet: Sheet
    fingerprint: str
    batch: str
    allow_weak: bool
    limits: Limits


@dataclass(frozen=True)
class Job:
    """One submission; a worker does not learn whose it is.

    Attributes
    ----------
    number : int
        Its place in the batch.
    data : bytes
        The notebook.
    seed : int
        Seed of the cases it is judged on.
    """

    number: int
    data: bytes
    seed: int


def work(task, job):
    """Grade one submission.

    Parameters
    ----------
    task : Task
        What is asked.
    job : Job
        The submission.

    Returns
    -------
    Record
        Without the student's name.

    Raises
    ------
    SandboxError
        If this process cannot grade: there is no sandbox, or the model
        solution does not get all points in it.
    """
    with _ALONE:
        isolation = ready(task)
        return grade(
            job.data,
            task.sheet,
            seed=job.seed,
            limits=task.limits,
            isolation=isolation,
        )


@lru_cache(maxsize=4)
def ready(task):
    """Make sure that this process can grade; return how it shuts code in.

    Raises
    ------
    SandboxError
        If it cannot; one sentence says why.
    """
    if task.sheet.fingerprint != task.fingerprint:
        raise CanaryError(
            "every worker must have the same version of the course, got "
            "another one"
        )
    isolation = sandbox.choose(task.allow_weak)
    prove(task.sheet, limits=task.limits, isolation=isolation)
    return isolation
