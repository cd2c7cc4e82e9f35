"""Take the newest version of the course and keep a student's answers.

Git refuses to overwrite a notebook that was changed by hand, and leaves the
student stuck. So where both sides changed a notebook, the student's is kept
under a name of its own, `regression.mine.ipynb`, that git ignores and that no
command ever overwrites.
"""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]


def add(commands):
    """Add the command `update` to those of `python -m course`."""
    update = commands.add_parser(
        "update", help="take the newest course, keep your answers"
    )
    update.set_defaults(run=lambda options: run())


def run(root=ROOT):
    """Fetch and apply the newest version; return an exit status.

    Parameters
    ----------
    root : path, optional
        The clone to bring up to date.

    Returns
    -------
    int
        0 when the clone is up to date, 1 after one sentence on what to do.
    """
    root = Path(root)
    if git(root, "rev-parse", "--git-dir").returncode:
        return stop(f"{root} must be a git clone to be updated, got none")
    if git(root, "fetch").returncode:
        return stop("the newest version cannot be reached; nothing changed")
    if git(root, "rev-parse", "@{upstream}").returncode:
        return stop("this branch must follow one of a server, got none")
    kept = {}
    for path in filter(
        partial(changed_by_update, root), changed_notebooks(root)
    ):
        kept[path] = spare_name(root / path)
        shutil.copy2(root / path, kept[path])
        git(root, "checkout", "HEAD", "--", path)
    merge = git(root, "merge", "--ff-only", "@{upstream}")
    if merge.returncode:
        for path, copy in kept.items():
            copy.replace(root / path)
        return stop(
            "the newest version was not applied and nothing changed; git "
            f"says: {reason(merge.stderr)}"
        )
    for path, copy in kept.items():
        print(f"{path}: your answers are kept in {copy.name}")
    print("The course is up to date.")
    return 0


def git(root, *words):
    """Run git in `root`, quietly and in English."""
    return subprocess.run(
        ["git", "-C", root, *words],
        capture_output=True,
        text=True,
        env=os.environ | {"LC_ALL": "C"},
    )


def reason(message):
    """What git complains of, with the files it names, on one line."""
    lines = [line.strip() for line in message.strip().splitlines()]
    told = [line for line in lines if not line.startswith("hint:")]
    if told and told[-1] == "Aborting":
        told.pop()
    return " ".join(told).removeprefix("error: ").removeprefix("fatal: ")


def stop(sentence):
    print(sentence, file=sys.stderr)
    return 1


def changed_notebooks(root):
    """Notebooks under version control that were changed by hand."""
    names = git(root, "diff", "--name-only", "-z", "HEAD", "--", "*.ipynb")
    return [
        name
        for name in names.stdout.split("\0")
        if name and (root / name).is_file()
    ]


def changed_by_update(root, path):
    """Whether the newest version has another text of `path`."""
    words = ("diff", "--quiet", "HEAD", "@{upstream}", "--", path)
    return git(root, *words).returncode != 0


def spare_name(path):
    """A name beside `path` that no file has yet: `name.mine.ipynb`, …"""
    number = 1
    while True:
        mark = "mine" if number == 1 else f"mine{number}"
        spare = path.with_suffix(f".{mark}.ipynb")
        if not spare.exists():
            return spare
        number += 1
