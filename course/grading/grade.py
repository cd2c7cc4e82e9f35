"""One submission goes in, one record comes out.

A fault of the submission, whatever it is, ends up in the record as points
that were not won. A fault of ours never does: the record then says "not
graded".
"""

import hashlib
import time

from course import notebooks
from course.grading.intake import submissions
from course.grading.intake.begun import begun, is_no_code
from course.grading.records import (
    GRADED,
    NOT_GRADED,
    UNREADABLE,
    PartRecord,
    QuestionRecord,
    Record,
)
from course.grading.sandbox import Limits, SandboxError
from course.grading.session import Session
from course.notebooks import NotebookError

# The model solution is judged on cases of this seed.
CANARY_SEED = 0


class CanaryError(SandboxError):
    """The model solution did not get all points, so nothing can be graded."""


def grade(
    data, sheet, *, student="", seed, limits=None, isolation="bubblewrap"
):
    """Grade one submission.

    Parameters
    ----------
    data : bytes
        The notebook.
    sheet : Sheet
        What is asked.
    student : str
        Key of the student.
    seed : int
        Seed of the cases it is judged on.
    limits : Limits, optional
        What it may use; the usual ones if omitted.
    isolation : str
        How it is shut in; see `course.grading.sandbox.choose`.

    Returns
    -------
    Record
        With status "graded", "unreadable" or "not graded".
    """
    begin = time.perf_counter()
    about = {
        "student": student,
        "assignment": sheet.assignment,
        "file": "",
        "digest": hashlib.sha256(data).hexdigest(),
        "seed": seed,
        "isolation": isolation,
    }
    try:
        notebook = notebooks.parse(data)
        content = _judged(notebook, sheet, seed, limits, isolation)
    except NotebookError as fault:
        content = failed(sheet, UNREADABLE, str(fault))
    except SandboxError as fault:
        content = failed(sheet, NOT_GRADED, str(fault))
    except Exception as fault:
        # Most likely a question of ours that could not take an answer.
        content = failed(
            sheet,
            NOT_GRADED,
            f"judging stopped with {type(fault).__name__}: {fault}",
        )
    return Record(**about, **content, seconds=time.perf_counter() - begin)


def failed(sheet, status, reason):
    """Return what a record says of a submission that was not judged.

    Parameters
    ----------
    sheet : Sheet
        What was asked.
    status : str
        "unreadable" or "not graded".
    reason : str
        One sentence.

    Returns
    -------
    dict
        Fields of `Record`, the questions without points among them.
    """
    return {
        "status": status,
        "reason": reason,
        "questions": [_not_started(item) for item in sheet.items],
    }


def prove(sheet, *, limits=None, isolation="bubblewrap"):
    """Grade the model solution: it must get all points.

    Parameters
    ----------
    sheet : Sheet
        What is asked, and the model solution.
    limits, isolation
        As for `grade`.

    Raises
    ------
    CanaryError
        If it does not; one sentence says what it lacks.
    """
    record = grade(
        sheet.model,
        sheet,
        seed=CANARY_SEED,
        limits=limits,
        isolation=isolation,
    )
    if record.status != GRADED:
        raise CanaryError(
            f"the model solution of {sheet.assignment} could not be graded: "
            f"{record.reason}"
        )
    short = [q for q in record.questions if q.points < q.max_points]
    if short:
        lost = ", ".join(
            f"{q.id} {q.points:g} of {q.max_points:g}" for q in short
        )
        raise CanaryError(
            f"the model solution of {sheet.assignment} must get all points "
            f"in the sandbox, got {lost}: {_first_message(short)}"
        )


def _first_message(questions):
    told = [part.message for q in questions for part in q.parts if not part.ok]
    return told[0] if told else "its answer is as it was handed out"


def _judged(notebook, sheet, seed, limits, isolation):
    """Return the fields of the record that the judging fills."""
    asked = [item.question for item in sheet.items]
    cells, notes = submissions.code_cells(notebook, asked, sheet.marks)
    sources = [submissions.answer_source(notebook, q) for q in asked]
    states = [
        _begun(notebook, *pair) for pair in zip(asked, sources, strict=True)
    ]
    rows = list(zip(sheet.items, sources, states, strict=True))
    left_out = []
    if all(state is False for state in states):
        questions = [_not_started(item) for item in sheet.items]
    else:
        settings = {"limits": limits or Limits(), "isolation": isolation}
        with Session(cells, **settings) as session:
            questions = [
                _question(session, notebook, *row, seed) for row in rows
            ]
            left_out = list(session.left_out)
    return {
        "questions": questions,
        "cells": left_out,
        "notes": notes,
        "attention": _attention(notebook, sheet, questions),
    }


def _begun(notebook, question, source):
    state = begun(question, source)
    if state is None and is_no_code(notebook, question):
        # Somebody wrote it, for all that it cannot be run.
        return True
    return state


def _attention(notebook, sheet, questions):
    """Return what a human should look at."""
    told = [
        f"{q.id} uses {', '.join(q.flags)}, which "
        f"{'does' if len(q.flags) == 1 else 'do'} the work that the question "
        "asks for; its points stand until you change them."
        for q in questions
        if q.flags
    ]
    told += [
        f"{id} is to be graded by hand ({points:g} points)."
        for id, points in sheet.by_hand
    ]
    says = submissions.assignment_of(notebook)
    if says not in ("", sheet.assignment):
        told.append(f"The notebook says that it is one of {says}.")
    return told


def _question(session, notebook, item, source, state, seed):
    if state is False:
        return _not_started(item)
    question = item.question
    call, faults, missing = _watched(session.call)
    result = question.evaluate(call, seed=seed, source=source)
    hint = result.hint or ""
    if missing and not result.mistake:
        hint = _stopped(session, notebook, question) or hint
    if faults:
        raise faults[0]
    if state is None and not result.points:
        return _not_started(item)
    parts = [
        PartRecord(
            part.name,
            part.points * item.factor,
            part.max_points * item.factor,
            part.ok,
            part.message,
        )
        for part in result.parts
    ]
    return QuestionRecord(
        id=question.id,
        title=question.title,
        # Not the sum of the scaled parts, which may miss it by a hair.
        points=result.points * item.points / question.points,
        max_points=item.points,
        bonus=question.bonus,
        parts=parts,
        hint=hint,
        mistake=result.mistake or "",
        flags=list(result.flags),
    )


def _stopped(session, notebook, question):
    """Return why the answer's own cell did not run; empty if it did."""
    for cell in session.left_out:
        mark = notebooks.grade_id(notebook["cells"][cell.number - 1])
        if mark == notebooks.answer_id(question.id):
            return (
                f"Cell {cell.number}, which holds this answer, did not run "
                f"to its end. {cell.reason}"
            )
    return ""


def _watched(call):
    """Return the same call, and lists of what is found out by it.

    One is of the faults of ours in it: a question takes whatever a call
    raises for the student's doing. The other is of functions that are not
    there.
    """
    faults, missing = [], []

    def watched(*args, **kwargs):
        if faults:
            raise faults[0]
        try:
            return call(*args, **kwargs)
        except SandboxError as fault:
            faults.append(fault)
            raise
        except NameError as fault:
            if fault.name:
                missing.append(fault.name)
            raise

    return watched, faults, missing


def _not_started(item):
    question = item.question
    return QuestionRecord(
        id=question.id,
        title=question.title,
        points=0.0,
        max_points=item.points,
        bonus=question.bonus,
        started=False,
    )
