"""The commands of the course: `python -m course exercises`, and others."""

import argparse
import sys

from course import release, restore
from course.notebooks import NotebookError
from course.release import ReleaseError


class Parser(argparse.ArgumentParser):
    """A parser that answers bad arguments with one plain sentence."""

    def error(self, message):
        """Say what is wrong, and leave with status 2."""
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments=None):
    """Run one command.

    Parameters
    ----------
    arguments : list of str, optional
        The command and its options; those of the command line if omitted.

    Returns
    -------
    int
        0 if it went well, 1 after one sentence on standard error.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments[:1] == ["lab"]:
        # Its options are JupyterLab's, `--help` among them.
        return run_lab(arguments[1:])
    options = parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except (ReleaseError, NotebookError, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 1


def parser():
    """Return the parser of all commands."""
    whole = Parser(prog="python -m course", description=__doc__)
    commands = whole.add_subparsers(
        metavar="COMMAND", required=True, parser_class=Parser
    )
    commands.add_parser("lab", help="open JupyterLab on the lectures")

    make = commands.add_parser(
        "exercises", help="make exercises/ from solutions/"
    )
    make.add_argument(
        "assignments",
        nargs="*",
        metavar="ASSIGNMENT",
        help="such as 02_regression; all of them if none is named",
    )
    make.set_defaults(run=release.exercises_command)

    reset = commands.add_parser(
        "reset", help="put one answer of a notebook back to its first state"
    )
    reset.add_argument("notebook", metavar="NOTEBOOK")
    reset.add_argument("question", metavar="QUESTION", help="such as E2.1")
    reset.set_defaults(run=restore.reset_command)

    update = commands.add_parser(
        "update", help="take the newest course, keep your answers"
    )
    update.set_defaults(run=run_update)
    return whole


def run_lab(options):
    """Run `python -m course lab`."""
    from course import lab

    return lab.run(options)


def run_update(_options):
    """Run `python -m course update`."""
    from course import update

    return update.run()


if __name__ == "__main__":
    sys.exit(main())
