"""What a quiz item is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One option of an item.

    Attributes
    ----------
    text : str
        What the student chooses, in plain text.
    feedback : str
        Why it is right or wrong; shown after it was chosen.
    misconception : str
        What someone who chooses it believes: a code of `MISCONCEPTIONS`,
        such as "M14", or a few words; empty for the right option.
    """

    text: str
    feedback: str
    misconception: str = ""


@dataclass(frozen=True)
class Item:
    """A question with one right option.

    Attributes
    ----------
    id : str
        Lecture and number, such as "Q2.1".
    stem : str
        The question; `code` stands in backticks.
    right : Option
        The right option.
    distractors : tuple of Option
        The others; each stands for one misconception.
    section : str
        Where the lecture explains it, such as "2.4".
    retrieval : bool
        Whether it calls back an earlier lecture.
    """

    id: str
    stem: str
    right: Option
    distractors: tuple
    section: str
    retrieval: bool = False

    @property
    def lecture(self):
        """Number of the lecture, such as "2"."""
        return self.id[1:].split(".")[0]
