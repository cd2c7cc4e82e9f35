"""What an attack is, and the notebook that is handed in for it."""

from collections.abc import Callable
from dataclasses import dataclass

from adversarial import handin


@dataclass(frozen=True)
class Attack:
    """A submission that tries to win points, or to stop the batch.

    Attributes
    ----------
    name : str
        What it does, in a few words; also the name of the student.
    cells : tuple of str
        Cells after the answers.
    first : tuple of str
        Cells before the answers.
    body : str
        The body of every function, see `handin.wrong_answers`.
    change : callable or None
        Changes the notebook in place.
    torch : bool
        Whether it goes for the question on tensors as well, whose answer is
        as handed out otherwise: to load torch takes longer than all else.
    """

    name: str
    cells: tuple = ()
    first: tuple = ()
    body: str = handin.WRONG
    change: Callable | None = None
    torch: bool = False

    def notebook(self):
        """Return the notebook."""
        answers = handin.wrong_answers(self.body)
        if not self.torch:
            del answers["E2-5"]
        made = handin.answered(answers)
        start = handin.light(made)
        made["cells"][start + 1 : start + 1] = map(handin.cell, self.first)
        made["cells"] += map(handin.cell, self.cells)
        if self.change:
            self.change(made)
        return made


def in_cell(name, source):
    """Return the attack of a cell after the answers."""
    return Attack(name, cells=(source,))


def in_first(name, source):
    """Return the attack of a cell before the answers."""
    return Attack(name, first=(source,))


def in_functions(name, body, setup="", **more):
    """Return the attack that all functions make when they are called."""
    return Attack(name, body=body, first=(setup,) if setup else (), **more)


def in_one(name, body, setup=""):
    """Return the attack that one function makes when it is called."""
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    source = f"if NAME == 'huber':\n{lines}return -1.0"
    return in_functions(name, source, setup)
