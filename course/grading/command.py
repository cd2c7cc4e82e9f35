"""`python -m course grade SUBMISSIONS`: from what was handed in to grades.

It ends with status 0 if all is graded, with 2 if a human must look at
something, with 1 if nothing was graded, and with 130 if it was interrupted.
"""

import argparse
import sys
from pathlib import Path

OUT = Path("build", "grades")
INTERRUPTED = 130


def add(commands):
    """Add the command `grade` to those of `python -m course`."""
    grade = commands.add_parser("grade", help="grade what a class handed in")
    _add_files(grade.add_argument)
    _add_rules(grade.add_argument)
    _keep_status(grade)
    grade.set_defaults(run=run, parser=grade)


def _add_files(add_option):
    """Add what says where things come from and go to."""
    add_option(
        "submissions",
        metavar="SUBMISSIONS",
        type=Path,
        help="folder with student/notebook.ipynb, nbgrader's submitted/, or "
        "the zip that Moodle or Canvas gives for bulk download",
    )
    add_option(
        "--out",
        metavar="DIR",
        type=Path,
        default=OUT,
        help=f"where the grades go ({OUT}); a batch that was stopped goes on",
    )
    add_option(
        "--assignment",
        metavar="NAME",
        help="such as 02_regression; what the notebooks say if left out",
    )
    add_option(
        "--gradebook",
        metavar="FILE",
        type=Path,
        help="the LMS's own export; a copy of it is filled in, and Moodle's "
        "worksheet tells when each hand-in came",
    )


def _add_rules(add_option):
    """Add what says how, and whom, to grade."""
    add_option(
        "-j",
        "--jobs",
        metavar="N",
        type=_told(_count),
        help="worker processes on this machine (1)",
    )
    add_option(
        "--scheduler",
        metavar="ADDRESS",
        help="a dask scheduler whose workers do the grading",
    )
    add_option(
        "--column",
        metavar="TITLE",
        help="the gradebook's column to fill, where several could be meant",
    )
    add_option(
        "--due",
        metavar="TIME",
        type=_told(_due),
        help="such as 2026-11-30 or 2026-11-30T18:00+01:00",
    )
    add_option(
        "--late",
        metavar="PENALTY",
        type=_told(_late),
        help="for each day begun, such as '10%%/day, at most 50%%'",
    )
    add_option(
        "--student",
        metavar="ID",
        help="grade this student anew, and show what changed",
    )
    add_option(
        "--allow-weak",
        action="store_true",
        help="grade without a sandbox where there is none: only for "
        "submissions that you trust",
    )
    add_option(
        "--fresh", action="store_true", help="grade everybody once more"
    )


def run(options):
    """Run `python -m course grade`.

    Parameters
    ----------
    options : argparse.Namespace
        As `add` defines them.

    Returns
    -------
    int
        The status to leave with.
    """
    # What they need takes its time, and other commands do without.
    from course.grading.batch import Stopped
    from course.grading.sandbox import SandboxError

    if options.late and not options.due:
        options.parser.error("--late must come with --due")
    if options.column and not options.gradebook:
        options.parser.error("--column must come with --gradebook")
    if options.scheduler and options.jobs:
        options.parser.error("--jobs must be left out with --scheduler")
    try:
        return _grade(options)
    except SandboxError as fault:
        print(fault, file=sys.stderr)
        return 1
    except Stopped as stop:
        print(stop, file=sys.stderr)
        return INTERRUPTED
    except KeyboardInterrupt:
        print("stopped: run the same command again", file=sys.stderr)
        return INTERRUPTED


def _grade(options):
    from course.grading import batch, outputs, sandbox, sheet, times
    from course.grading.assignment import name_of
    from course.grading.intake import submissions
    from course.grading.told import changes, summary, without

    if options.gradebook:
        outputs.check_gradebook(options.gradebook)
    found = submissions.find(options.submissions)
    if options.gradebook:
        found = times.with_times(found, options.gradebook)
    assignment = options.assignment or name_of(found)
    asked = sheet.load(assignment)
    how = f"scheduler: {options.scheduler}"
    if not options.scheduler:
        how = f"isolation: {sandbox.choose(options.allow_weak)}"
    print(f"{assignment}, {asked.max_points:g} points; {how}", flush=True)
    done = batch.run(
        found,
        options.out,
        sheet=asked,
        jobs=options.jobs or 1,
        scheduler=options.scheduler,
        due=options.due,
        late=options.late,
        resume=not options.fresh,
        allow_weak=options.allow_weak,
        only=options.student,
    )
    files = outputs.write(
        done.records,
        options.out,
        due=done.due,
        gradebook=options.gradebook,
        column=options.column,
    )
    lines = changes(done, detailed=bool(options.student)) + summary(done)
    print("\n".join([*lines, *without(found, done)]))
    print(f"{options.out}: {', '.join(f.name for f in files)}, feedback/")
    print(f"look first at {options.out / outputs.OVERVIEW}")
    return done.exit_code


def _count(text):
    if not text.isdecimal() or not int(text):
        raise ValueError(f"jobs must be a whole number above 0, got {text!r}")
    return int(text)


def _due(text):
    from course.grading.lateness import parse_due

    return parse_due(text)


def _late(text):
    from course.grading.lateness import parse_late

    return parse_late(text)


def _told(parse):
    """Return a type of argument whose faults are told in our own words."""

    def parsed(text):
        try:
            return parse(text)
        except ValueError as fault:
            raise argparse.ArgumentTypeError(str(fault)) from None

    return parsed


def _keep_status(parser):
    """Let bad arguments end with status 1: 2 has a meaning of its own."""
    parse = parser.parse_known_args

    def parse_all(arguments=None, namespace=None):
        found, rest = parse(arguments, namespace)
        if rest:
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
        return found, rest

    def refuse(message):
        parser.exit(1, f"{parser.prog}: {message}\n")

    parser.parse_known_args, parser.error = parse_all, refuse
