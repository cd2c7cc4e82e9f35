"""Run in the bundle for students: what it imports and what its check says.

The only argument is the folder of the full course's questions. They are put
on top of the bundle's own modules, so that its `check` can be asked about
every answer the teachers know. The reports go to stdout, as JSON.
"""

import importlib.util
import json
import pkgutil
import sys
from pathlib import Path

import course
import lossviz
from course import checks, questions

BUNDLE = Path.cwd()


def import_everything():
    """Import each module of the bundle; return how many there are."""
    found = 0
    for package in (course, lossviz):
        assert Path(package.__file__).is_relative_to(BUNDLE), package.__file__
        for module in pkgutil.walk_packages(
            package.__path__, f"{package.__name__}."
        ):
            importlib.import_module(module.name)
            found += 1
    return found


def full_questions(folder):
    """Return the teachers' questions, which stand in a folder."""
    questions.__path__.append(str(folder))
    spec = importlib.util.spec_from_file_location(
        "full_catalogue", folder / "catalogue.py"
    )
    catalogue = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(catalogue)
    return catalogue.QUESTIONS


def reports(question, full):
    """Return what `check` says of all answers known, as rows of text."""
    return [
        (
            variant.name,
            repr(checks.examine(question, variant.functions(full.reference))),
        )
        for variant in (*full.wrong, *full.right)
    ]


if __name__ == "__main__":
    modules = import_everything()
    told = {
        full.id: reports(questions.get(full.id), full)
        for full in full_questions(Path(sys.argv[1]))
    }
    json.dump({"modules": modules, "told": told}, sys.stdout)
