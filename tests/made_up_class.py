"""A class of made-up students, and how their made-up submissions went."""

import random

from course import questions
from course.grading.records import (
    NOT_GRADED,
    UNREADABLE,
    CellRecord,
    PartRecord,
    QuestionRecord,
    Record,
)

ASSIGNMENT = "02_regression"

_FIRST = """Ada Björn Chiara Dmitri Émilie Fatima Grace Hiroshi Ines Jürgen
Katarzyna Lê Miguel Nuala Olúfẹ́mi Priya Quentin Rosa Søren Thandiwe Ulrike
Vikram Wei Ximena Yusuf Zoë""".split()
_LAST = """Abel Bäcker Çelik Dubois Eriksson Fernández García Hansen Ivanov
Jansen Kowalski Lovelace Müller Nguyễn O'Brien Petrović Quist Rossi Schäfer
Tanaka Usman Virtanen Weiß Xu Yamada Zhang""".split()

CELLS = [
    ("while True:", "It ran longer than 10 s."),
    ("import pandas as pd", "It stopped: ModuleNotFoundError: no 'pandas'."),
    ("fig, ax = plt.subplots()", "It stopped: NameError: no name 'plt'."),
]
NOTES = [
    "The answer to E2.3 stands in two cells; both were run.",
    "The check cell of E2.5 is missing; that costs nothing.",
    "The answer cell of E2.2 had lost its id; it was found by its function.",
]
MESSAGES = [
    "`huber` gave 2.5 where 3 was expected.",
    "`{f}` returned shape (12, 1) where shape (12,) was expected.",
    "`{f}` stopped: ValueError: operands could not be broadcast together "
    "with shapes (12,) (3,)",
    "`{f}` was stopped after 5 s.",
]


def students(count, seed=0):
    """Return (key, name, number) of students; no two share any of them."""
    draw = random.Random(seed)
    names = [f"{a} {b}" for a in _FIRST for b in _LAST]
    chosen = draw.sample(names, count)
    numbers = draw.sample(range(10_000, 99_999), count)
    return [
        (f"s{number}", name, str(number))
        for name, number in zip(chosen, numbers, strict=True)
    ]


def records(count=300, seed=0):
    """Return the records of a class; same seed, same class."""
    draw = random.Random(seed)
    return [_record(draw, *who) for who in sorted(students(count, seed))]


def record(student="ada", points=17.5, **changes):
    """Return a record of 17.5 of 20 points, 2 of them bonus."""
    questions = [
        QuestionRecord("E2.1", "One", points - 2, 20.0, hint="Try δ = `2`."),
        QuestionRecord("E2.B", "Extra", 2.0, 5.0, bonus=True),
    ]
    content = {
        "assignment": "02_regression",
        "file": f"{student}/regression.ipynb",
        "questions": questions,
        **changes,
    }
    if content.get("status", "graded") != "graded":
        content["questions"] = []
    return Record(student, **content)


def _record(draw, student, name, number):
    about = {
        "student": student,
        "name": name,
        "lms_id": number,
        "assignment": ASSIGNMENT,
        "file": f"{student}/regression.ipynb",
        "digest": f"{draw.getrandbits(256):064x}",
        "seed": draw.getrandbits(63),
        "submitted": f"2026-11-{draw.randint(10, 20)}T18:0{draw.randint(0, 9)}"
        ":00+01:00",
        "isolation": "bubblewrap",
        "seconds": draw.lognormvariate(-0.8, 0.5),
    }
    fate = draw.random()
    if fate < 0.02:
        return Record(
            **about,
            status=UNREADABLE,
            reason="regression.ipynb must be JSON, got a fault in line 214, "
            "column 7.",
        )
    if fate < 0.03:
        return Record(
            **about,
            status=NOT_GRADED,
            reason="The sandbox did not start: out of memory.",
        )
    skill = draw.betavariate(4, 1.6)
    answers = [
        _answer(draw, questions.get(id), skill)
        for id in questions.ids(ASSIGNMENT)
    ]
    attention = [
        f"{answer.id} uses `{flag}`: is the loss written by hand?"
        for answer in answers
        for flag in answer.flags
    ]
    if draw.random() < 0.02:
        attention.append("Two of the notebook's cells were left out.")
    won = sum(answer.points for answer in answers)
    return Record(
        **about,
        questions=answers,
        cells=_cells(draw),
        notes=draw.sample(NOTES, 1) if draw.random() < 0.1 else [],
        attention=attention,
        late=0.1 * won if draw.random() < 0.06 else 0.0,
    )


def _cells(draw):
    if draw.random() > 0.08:
        return []
    return [CellRecord(draw.randint(2, 40), *draw.choice(CELLS))]


def _answer(draw, question, skill):
    about = {
        "id": question.id,
        "title": question.title,
        "max_points": question.points,
        "bonus": question.bonus,
    }
    if draw.random() < (0.8 if question.bonus else 0.16 * (1.3 - skill)):
        return QuestionRecord(**about, points=0.0, started=False)
    if draw.random() < skill:
        parts = [_part(part, True, "") for part in question.parts]
        flags = ["huber_loss"] if draw.random() < 0.01 else []
        return QuestionRecord(
            **about, points=question.points, parts=parts, flags=flags
        )
    right = [draw.random() < 0.55 for _ in question.parts]
    if all(right):
        right[-1] = False
    message = draw.choice(MESSAGES).format(f=question.functions[0])
    parts = [
        _part(part, ok, message)
        for part, ok in zip(question.parts, right, strict=True)
    ]
    # The likelier mistakes stand first.
    known = int(draw.expovariate(0.6))
    hint, mistake = question.parts[right.index(False)].hint, ""
    if known < len(question.wrong):
        mistake = question.wrong[known].name
        hint = question.wrong[known].hint
    return QuestionRecord(
        **about,
        points=sum(part.points for part in parts),
        parts=parts,
        hint=hint,
        mistake=mistake,
    )


def _part(part, ok, message):
    won = part.points if ok else 0.0
    return PartRecord(part.name, won, part.points, ok, "" if ok else message)
