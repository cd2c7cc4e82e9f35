"""The commands of the course: `python -m course exercises`, and others."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from course.trouble import Trouble

# Each adds commands of its own; the bundle for students has some of them.
MODULES = (
    "lab",
    "restore",
    "update",
    "release",
    "student.bundle",
    "grading.command",
    "publish.launch",
    "publish.decks",
    "publish.site",
)


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
        from course import lab

        return lab.run(arguments[1:])
    options = parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except (Trouble, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 1


def parser():
    """Return the parser of all commands."""
    whole = Parser(prog="python -m course", description=__doc__)
    commands = whole.add_subparsers(
        metavar="COMMAND", required=True, parser_class=Parser
    )
    for name in filter(_is_here, MODULES):
        import_module(f"course.{name}").add(commands)
    return whole


def _is_here(name):
    """Whether this course has the module `course.<name>`."""
    path = Path(__file__).parent.joinpath(*name.split("."))
    return path.with_suffix(".py").exists()


if __name__ == "__main__":
    sys.exit(main())
