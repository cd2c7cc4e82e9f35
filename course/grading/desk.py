"""The desk of a batch: submissions lie here until there is a record of each.

Nothing about a student leaves it: a job is a number, bytes and a seed.
"""

import hashlib
from dataclasses import replace

from course.grading import lateness, seeds
from course.grading.grade import failed
from course.grading.jobs import Job
from course.grading.records import GRADED, NOT_GRADED, UNREADABLE, Record
from course.grading.sandbox import LIMITS_ONLY
from course.notebooks import NotebookError


class Desk:
    """Hands out jobs and keeps what comes of them.

    Parameters
    ----------
    submissions : list of Submission
        Each with a student's key of its own.
    task : Task
        What is asked.
    journal : Journal
        Gets every record.
    secret : bytes
        Secret of the course.
    fresh : bool
        Whether nothing in the journal is good enough.
    tell : callable
        `tell(record, resumed)` is told of each record.

    Attributes
    ----------
    before : dict of str to Record
        Earlier records of the students that were graded anew.
    done, resumed : int
        Submissions that have a record, and those that had one before.
    """

    def __init__(self, submissions, task, journal, secret, *, fresh, tell):
        self.submissions = submissions
        self.task = task
        self.journal = journal
        self.secret = secret
        self.fresh = fresh
        self.tell = tell
        self.before = {}
        self.done = self.resumed = 0

    def jobs(self):
        """Yield a `Job` for each submission that has to be graded.

        One that is known, or cannot be read, gets its record at once.
        """
        for number, submission in enumerate(self.submissions):
            try:
                data = submission.load()
            except NotebookError as fault:
                self._fail(number, UNREADABLE, str(fault))
                continue
            except (OSError, MemoryError) as fault:
                self._fail(number, NOT_GRADED, f"reading it failed: {fault}")
                continue
            seed = seeds.seed_of(self.secret, data)
            known = self.journal.records.get(submission.student)
            if known and self._holds(known, data, seed):
                self.resumed += 1
                self._count(known, resumed=True)
            else:
                yield Job(number, data, seed)

    def put(self, job, outcome):
        """Keep what came of a job.

        Parameters
        ----------
        job : Job
            One of those handed out.
        outcome : Record or str
            Its record; or one sentence on why it could not be graded.
        """
        if isinstance(outcome, str):
            self._fail(job.number, NOT_GRADED, outcome, job)
        else:
            self._keep(job.number, outcome)

    def _fail(self, number, status, reason, job=None):
        record = Record(
            student="",
            assignment=self.task.sheet.assignment,
            file="",
            digest=_digest(job.data) if job else "",
            seed=job.seed if job else 0,
            **failed(self.task.sheet, status, reason),
        )
        self._keep(number, record)

    def _keep(self, number, record):
        student = self.submissions[number].student
        record = replace(record, student=student)
        known = self.journal.records.get(student)
        # What could not be read stays so; the journal need not grow by it.
        if known != record:
            if known:
                self.before[student] = known
            self.journal.add(record, self.task.fingerprint)
        self._count(record, resumed=False)

    def _count(self, record, resumed):
        self.done += 1
        self.tell(record, resumed)

    def _holds(self, known, data, seed):
        """Whether an earlier record tells what grading again would tell."""
        return (
            not self.fresh
            and known.status == GRADED
            and known.digest == _digest(data)
            and known.seed == seed
            and self.journal.judges[known.student] == self.task.fingerprint
            and (self.task.allow_weak or known.isolation != LIMITS_ONLY)
        )


def dressed(record, submission, due, late):
    """Return a record with what the hand-in tells, and with its penalty.

    Parameters
    ----------
    record : Record
        What the grading told.
    submission : Submission
        Whose it is, and where it was found.
    due : datetime or None
        When it had to be in.
    late : Late or None
        What a day after that costs.
    """
    attention = list(record.attention)
    if submission.trouble and submission.trouble != record.reason:
        attention.append(submission.trouble)
    record = replace(
        record,
        name=submission.name,
        lms_id=submission.lms_id,
        file=submission.file,
        submitted=submission.submitted,
        attention=attention,
    )
    return lateness.with_penalty(record, due, late, marked=submission.late)


def _digest(data):
    return hashlib.sha256(data).hexdigest()
