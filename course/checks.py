"""`check("E2.1")`: how far an answer is, said at once and helpfully.

Two variables of the environment change what `check` does, so that the same
cell serves a student, the tests of the course and nbgrader:

`COURSE_CHECK`
    `solved`: raise unless the answer passes. `unsolved`: raise unless the
    answer is as shipped and earns nothing.
`NBGRADER_EXECUTION`
    Set by nbgrader. `autograde`: return the points as a number. `validate`:
    raise unless the answer passes.
"""

import contextlib
import io
import os
import sys
from pathlib import Path

from course.answers import Answer
from course.reports import NOT_STARTED, points_so_far
from course.reports import describe as _describe

SEEDS = (0, 1, 2)
EXERCISES = Path(__file__).resolve().parents[1] / "exercises"

# The last result of each question checked in this session.
results = {}


class CheckFailed(AssertionError):
    """An answer is not in the state that the environment asks for."""


def check(question_id):
    """Check the answer to one question and say how far it is.

    The functions are looked up where the notebook defines them. A fault in
    the answer never raises here.

    Parameters
    ----------
    question_id : str
        Such as ``"E2.1"``.

    Returns
    -------
    Report
        Shows "not started", "not right yet" with a hint, or "passed", and
        the points so far; true if passed. Under nbgrader: the points, a
        float.

    Raises
    ------
    UnknownQuestion
        If no question has this id.
    CheckFailed
        Only where the environment asks for it (see the module).
    """
    from course import questions

    question, others = questions.asked(question_id)
    report = examine(question, user_namespace())
    results[question.id] = report
    report.so_far = points_so_far(others, results)
    return _deliver(report, question)


def examine(question, namespace):
    """Check the answer to a question that stands in a namespace.

    Parameters
    ----------
    question : Question
        What is asked.
    namespace : mapping of str to object
        Where the answer's functions are.

    Returns
    -------
    Report
        Without the points so far.
    """
    answer = Answer(question, namespace)
    begun = answer.begun()
    if begun is False and _mode() != "unsolved":
        return _describe(question, answer, None)
    with _silence():
        result = _judged(question, answer)
    if begun is None:
        begun = not result.unwritten
    if begun is False and not result.passed:
        return _describe(question, answer, None)
    return _describe(question, answer, result)


def reset(question_id):
    """Offer the first state of an answer in a new cell.

    Nothing of the notebook is changed: the new cell stands below, ready to
    be copied over the answer.

    Parameters
    ----------
    question_id : str
        Such as ``"E2.1"``.

    Raises
    ------
    UnknownQuestion
        If no question has this id.
    """
    from course import questions, restore

    question, _ = questions.asked(question_id)
    folders = [Path.cwd(), EXERCISES / question.lecture]
    source = restore.first_state(question.id, folders) or question.shipped
    shell = _shell()
    if not source:
        print(
            f"The first state of {question.id} was not found; it is kept in "
            "the exercise notebook that came with the course."
        )
    elif shell is None:
        print(source)
    else:
        shell.set_next_input(source)
        print(
            f"The new cell below holds {question.id} as you first got it. "
            "Copy it over your answer to begin again."
        )


def seeds_of(question):
    """Return the seeds on which `check` judges an answer to a question."""
    return SEEDS[:1] if question.trains else SEEDS


def user_namespace():
    """Return the names of the notebook, or of the running script."""
    shell = _shell()
    return vars(sys.modules["__main__"]) if shell is None else shell.user_ns


def _shell():
    """Return the running IPython shell, or None."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _judged(question, answer):
    """Return the first result over a few seeds that is not all right."""
    from course.questions import local_call

    call = local_call(answer.functions)
    for seed in seeds_of(question):
        result = question.evaluate(call, seed=seed, source=answer.source)
        if not result.passed:
            break
    return result


@contextlib.contextmanager
def _silence():
    """Keep what the answer prints out of the check's own output."""
    # nbgrader gives no points to a cell that wrote to stderr.
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        yield


def _mode():
    """Return how to behave: "", "solved", "unsolved", or nbgrader's words."""
    mode = os.environ.get("NBGRADER_EXECUTION")
    if mode in ("autograde", "validate"):
        return mode
    mode = os.environ.get("COURSE_CHECK", "")
    if mode not in ("", "solved", "unsolved"):
        raise ValueError(
            f"COURSE_CHECK must be 'solved' or 'unsolved', got {mode!r}"
        )
    return mode


def _deliver(report, question):
    """Return what the caller gets, or raise, as the environment asks."""
    mode = _mode()
    untouched = report.state == NOT_STARTED
    if mode == "solved" and not report.passed:
        raise CheckFailed(str(report))
    if mode == "unsolved" and not untouched:
        raise CheckFailed(f"{question.id} must not be started, got: {report}")
    if mode == "validate" and not report.passed:
        # A bonus question may be left out without losing points.
        if not (question.bonus and untouched):
            raise CheckFailed(str(report))
    if mode in ("autograde", "validate"):
        return 0.0 if question.bonus else float(report.points)
    return report
