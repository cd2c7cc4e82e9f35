"""What is kept of a graded submission, as plain data.

Every table and page is made from these records and from nothing else, so
that `grades.json` is the whole truth about a batch.
"""

from dataclasses import asdict, dataclass, field

GRADED = "graded"
UNREADABLE = "unreadable"
NOT_GRADED = "not graded"


@dataclass(frozen=True)
class PartRecord:
    """How one part of a question went.

    Attributes
    ----------
    name : str
        The property that was checked.
    points, max_points : float
        Points won and points to be won.
    ok : bool
        Whether it holds.
    message : str
        One sentence if it does not. It may quote the student's own words
        (the text of an exception), so it is escaped wherever it is shown.
    """

    name: str
    points: float
    max_points: float
    ok: bool
    message: str = ""


@dataclass(frozen=True)
class QuestionRecord:
    """How one question went.

    Attributes
    ----------
    id, title : str
        The question, for example "E2.1" and "Huber and pseudo-Huber".
    points, max_points : float
        Points won and points to be won.
    bonus : bool
        Whether the points come on top of the others.
    started : bool
        Whether the answer differs from what was handed out.
    parts : list of PartRecord
        Empty where nothing was run.
    hint : str
        What to look at next; empty if all is well.
    mistake : str
        Name of the known mistake behind the hint, if one was recognised.
    flags : list of str
        Library calls for a human to look at; they cost no points.
    """

    id: str
    title: str
    points: float
    max_points: float
    bonus: bool = False
    started: bool = True
    parts: list = field(default_factory=list)
    hint: str = ""
    mistake: str = ""
    flags: list = field(default_factory=list)


@dataclass(frozen=True)
class CellRecord:
    """A cell that was left out, or that stopped.

    Attributes
    ----------
    number : int
        Its place in the notebook, counted from 1 over all cells.
    first_line : str
        The start of its source, for the student to find it by.
    reason : str
        What happened, in one sentence.
    """

    number: int
    first_line: str
    reason: str


@dataclass(frozen=True)
class Record:
    """A submission and how it went.

    Attributes
    ----------
    student : str
        Key of the student in the batch, unique in it.
    name : str
        The student's name where the hand-in tells it, else empty.
    lms_id : str
        The number that Moodle or Canvas knows the student by, else empty.
    assignment : str
        For example "02_regression".
    file : str
        Where the submission was found, relative to what was graded.
    digest : str
        SHA-256 of the submission's bytes, in hexadecimal.
    seed : int
        Seed of the cases it was judged on.
    submitted : str
        When it was handed in (ISO 8601), else empty.
    status : str
        "graded"; "unreadable" (0 points, and `reason` says why); or "not
        graded" (a fault of ours: no points are given or taken).
    reason : str
        One sentence where the status is not "graded".
    questions : list of QuestionRecord
        In the order of the assignment.
    cells : list of CellRecord
        Cells that were left out, or stopped.
    notes : list of str
        Oddities of the notebook: duplicate, split or missing cells.
    attention : list of str
        What a human should look at, one sentence each.
    isolation : str
        How the submission was shut in, for example "bubblewrap".
    late : float
        Points taken off for a late hand-in.
    seconds : float
        How long it took.
    """

    student: str
    assignment: str
    file: str
    name: str = ""
    lms_id: str = ""
    digest: str = ""
    seed: int = 0
    submitted: str = ""
    status: str = GRADED
    reason: str = ""
    questions: list = field(default_factory=list)
    cells: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    attention: list = field(default_factory=list)
    isolation: str = ""
    late: float = 0.0
    seconds: float = 0.0

    @property
    def raw_points(self):
        """Points of all questions, bonus included, before the penalty."""
        return sum(question.points for question in self.questions)

    @property
    def points(self):
        """Points of all questions, bonus included, after the penalty."""
        return max(0.0, self.raw_points - self.late)

    @property
    def max_points(self):
        """Points to be won, bonus left out."""
        return sum(q.max_points for q in self.questions if not q.bonus)

    def to_dict(self):
        """Return the record as plain data for `grades.json`."""
        return {
            **asdict(self),
            "points": self.points,
            "max_points": self.max_points,
        }

    @classmethod
    def from_dict(cls, data):
        """Return the record that `to_dict` made `data` of."""
        data = dict(data)
        for derived in ("points", "max_points"):
            data.pop(derived, None)
        data["questions"] = [_question(q) for q in data["questions"]]
        data["cells"] = [CellRecord(**cell) for cell in data["cells"]]
        return cls(**data)


def _question(data):
    parts = [PartRecord(**part) for part in data["parts"]]
    return QuestionRecord(**{**data, "parts": parts})
