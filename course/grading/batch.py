"""A whole class is graded: proven first, resumable, nobody costs another.

What can go wrong is told apart. What a student handed in and nobody can read
gets 0 points and a sentence. Where we fail, the submission is "not graded",
and the next batch tries it again.
"""

import contextlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from course.grading import cluster, sandbox, seeds, single
from course.grading.desk import Desk, dressed
from course.grading.jobs import Task
from course.grading.journal import Journal
from course.grading.lateness import Late, parse_time
from course.grading.progress import bar
from course.grading.records import GRADED, NOT_GRADED
from course.grading.sandbox import Limits
from course.trouble import Trouble

ALL_GRADED, NOTHING_GRADED, NEEDS_A_HUMAN = 0, 1, 2


class BatchError(Trouble):
    """A batch cannot be run as it is asked for; one sentence says why."""


class Stopped(Trouble):
    """Somebody stopped the batch; one sentence says how far it came."""


@dataclass(frozen=True)
class Batch:
    """What came of a batch.

    Attributes
    ----------
    records : list of Record
        One for each submission, in their order.
    before : dict of str to Record
        Earlier records, without penalty, of the students graded anew.
    resumed : int
        How many records an earlier batch had made.
    due : datetime or None
        When the submissions had to be in.
    """

    records: list
    before: dict
    resumed: int = 0
    due: datetime | None = None

    @property
    def exit_code(self):
        """0 if all is graded, 2 if a human is needed, 1 if nothing is."""
        if all(record.status == NOT_GRADED for record in self.records):
            return NOTHING_GRADED
        needed = any(map(needs_a_human, self.records))
        return NEEDS_A_HUMAN if needed else ALL_GRADED


def needs_a_human(record):
    """Whether somebody must look at a record."""
    return record.status != GRADED or bool(record.attention)


def run(
    submissions,
    out,
    *,
    sheet,
    jobs=1,
    scheduler=None,
    due=None,
    late=None,
    resume=True,
    allow_weak=False,
    only=None,
    limits=None,
    root=".",
    progress=True,
):
    """Grade submissions, and keep a journal of it.

    Parameters
    ----------
    submissions : list of Submission
        As `course.grading.intake.submissions.find` gives them; those of
        another assignment are passed over.
    out : str or Path
        Folder of the journal; made if it is missing. What an earlier batch
        graded there, on the same sheet, is not graded again.
    sheet : Sheet
        What is asked.
    jobs : int
        Worker processes on this machine.
    scheduler : str, optional
        Address of a dask scheduler whose workers grade instead.
    due : datetime, optional
        When the submissions had to be in.
    late : Late, optional
        What a day after that costs.
    resume : bool
        Whether earlier records are used.
    allow_weak : bool
        Whether limits without a sandbox will do where there is none.
    only : str, optional
        Key, name or LMS number of a student: grade this one anew, and nobody
        else. Due date and penalty are those of the last batch unless given.
    limits : Limits, optional
        What a submission may use; the usual ones if omitted.
    root : str or Path
        The folder of the course, which holds its secret.
    progress : bool
        Whether a bar is shown, where standard error is a terminal.

    Returns
    -------
    Batch

    Raises
    ------
    Stopped
        If it was interrupted; every record made until then is kept.
    Trouble
        If it cannot go on, one sentence says why; the same holds.
    """
    if jobs < 1:
        raise BatchError(f"jobs must be at least 1, got {jobs}")
    mine = [s for s in submissions if s.assignment in ("", sheet.assignment)]
    mine = unique(mine)
    chosen = mine if only is None else [_named(mine, only)]
    if not chosen:
        raise BatchError(f"there is no submission of {sheet.assignment}")
    if scheduler is None:
        sandbox.choose(allow_weak)
    task = Task(
        sheet=sheet,
        fingerprint=sheet.fingerprint,
        batch=secrets.token_hex(8),
        allow_weak=allow_weak,
        limits=limits or Limits(),
    )
    secret = seeds.secret(root)
    with (
        Journal(out, sheet.assignment) as journal,
        bar(len(chosen), progress) as tell,
    ):
        if only is not None and due is None:
            due, late = _from_data(journal.settings)
        journal.set(_as_data(due, late))
        fresh = only is not None or not resume
        desk = Desk(chosen, task, journal, secret, fresh=fresh, tell=tell)
        try:
            _grade_all(desk, task, jobs, scheduler)
        except KeyboardInterrupt:
            raise Stopped(
                f"stopped: {desk.done} of {len(chosen)} are done and kept; "
                "run the same command again to go on"
            ) from None
        records = [
            dressed(journal.records[submission.student], submission, due, late)
            for submission in mine
            if submission.student in journal.records
        ]
    return Batch(records, desk.before, desk.resumed, due)


def unique(submissions):
    """Return the submissions with a student's key of its own for each.

    Feedback pages are named by the keys, and some systems take `Ada` and
    `ada` for one name.
    """
    taken, made = set(), []
    for submission in submissions:
        key, number = submission.student, 1
        while key.casefold() in taken:
            number += 1
            key = f"{submission.student}-{number}"
        taken.add(key.casefold())
        if number > 1:
            trouble = f"Another hand-in carries the key {submission.student}."
            told = f"{submission.trouble} {trouble}".strip()
            submission = replace(submission, student=key, trouble=told)
        made.append(submission)
    return made


def _named(submissions, student):
    """Return the submission of one student."""
    for kind in ("student", "lms_id", "name"):
        found = [s for s in submissions if getattr(s, kind) == student]
        if len(found) == 1:
            return found[0]
    known = [s.student for s in submissions]
    shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    raise BatchError(f"student must be one of {shown}, got {student}")


def _grade_all(desk, task, jobs, scheduler):
    """Grade what the desk has, and give it the outcomes."""
    pending = desk.jobs()
    first = next(pending, None)
    if first is None:
        return
    pending = chain([first], pending)
    with contextlib.ExitStack() as stack:
        if jobs == 1 and scheduler is None:
            found = single.results(task, pending)
        else:
            client = stack.enter_context(cluster.connect(jobs, scheduler))
            found = cluster.results(client, task, pending)
        # Closed at once, so that an interrupt leaves no worker behind.
        for job, outcome in stack.enter_context(contextlib.closing(found)):
            desk.put(job, outcome)


def _as_data(due, late):
    return {
        "due": due and due.isoformat(),
        "late": late and [late.percent, late.most],
    }


def _from_data(settings):
    due, late = settings.get("due"), settings.get("late")
    return due and parse_time(due), late and Late(*late)
