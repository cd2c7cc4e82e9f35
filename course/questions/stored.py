"""Questions whose cases and right values are read from files.

Students get these in place of the full ones. A stored question judges as the
full one does, on the few seeds that `check` uses, and knows every mistake by
the values it gives; it holds no reference, no answer and no way to draw new
cases. `course.student.cases` writes the files:

`questions.json`
    What each question is called, asks for and consists of.
`<id>.json`
    Its cases and all outcomes, for each seed; read at the first check.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from course.questions.base import Question
from course.questions.packing import unpack
from course.questions.trials import Trial

FOLDER = Path(__file__).resolve().parents[1] / "data"
INDEX = "questions.json"


@dataclass(frozen=True, eq=False)
class StoredTrial(Trial):
    """A trial whose mistakes are known by their outcomes alone.

    Attributes
    ----------
    known : list
        Pairs of a mistake and its outcomes on all cases in a row.
    """

    known: list

    @property
    def mistakes(self):
        """Pairs of a known mistake and its outcomes on all cases in a row."""
        return self.known


@dataclass(frozen=True, eq=False)
class StoredQuestion(Question):
    """A question with its trials in a file.

    Attributes
    ----------
    folder : Path
        Where the file is.
    """

    folder: Path = FOLDER

    def trial(self, seed):
        """Return the `Trial` of a seed.

        Raises
        ------
        ValueError
            If none is stored for it.
        """
        trials = _trials(self)
        if seed not in trials:
            known = ", ".join(map(str, trials))
            raise ValueError(f"seed must be one of {known}, got {seed}")
        return trials[seed]


def load(folder=FOLDER):
    """Return the questions stored in a folder, in order."""
    entries = json.loads(Path(folder, INDEX).read_text("utf-8"))
    return tuple(_question(unpack(entry), folder) for entry in entries)


def _question(known, folder):
    # Of the reference only the names of its functions are known.
    reference = dict.fromkeys(known.pop("functions"))
    return StoredQuestion(
        **known, reference=reference, right=(), folder=Path(folder)
    )


@lru_cache(maxsize=16)
def _trials(question):
    """Return the stored trials of a question, by seed."""
    path = question.folder / f"{question.id}.json"
    entries = json.loads(path.read_text("utf-8"))
    return {int(seed): _trial(question, entries[seed]) for seed in entries}


def _trial(question, entry):
    cases, wants = unpack(entry["cases"]), unpack(entry["wants"])
    flat = [want for row in wants for want in row]
    rows = zip(question.wrong, unpack(entry["mistakes"]), strict=True)
    known = [
        # An outcome that is right as well is stored once.
        (wrong, [mine or right for mine, right in zip(row, flat, strict=True)])
        for wrong, row in rows
    ]
    return StoredTrial(question, cases, wants, known)
