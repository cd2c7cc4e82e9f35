"""The feedback page of one student: every point, and what to look at next."""

import hashlib
import html
import re
import unicodedata
from datetime import datetime
from pathlib import Path

from course.files import write_whole
from course.grading.records import GRADED, NOT_GRADED, UNREADABLE
from course.grading.reports import look
from course.reports import number

# Names that Windows keeps for its devices, whatever their ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_PLAIN = re.compile(r"\w[\w@+. -]*(?<![. ])")
_LONGEST = 80
_BYTES = 200

ISOLATION = {
    "bubblewrap": "It ran in a sandbox (bubblewrap): alone, without network "
    "and without the teacher's files, and with limits on time and memory.",
    "limits only": "It ran with limits on time and memory, but without a "
    "sandbox.",
}

# State of a question: sign, words and tone.
_SIGNS = {
    "all points": ("✓", "all points", "good"),
    "some points": ("◐", "some points", ""),
    "started, no points": ("✗", "not right yet", "bad"),
    "not started": ("○", "not started", "soft"),
}

_READING = (
    "A question is judged in parts. Each part asks for one property, and its "
    "points are won in full or not at all.",
    "Most parts try your code on values drawn at random for your file. The "
    "same file always meets the same values, and so gets the same points.",
    "A hint names the most likely cause or the next thing to look at. "
    "<code>check</code> in your notebook gives the same hints.",
    "A cell that was left out costs no points by itself; only what later "
    "needs its names can fail.",
)


def page_name(record, *, several=False):
    """Return the file name of a student's page, safe on any computer.

    Students whose keys differ in more than capitals never share one: a name
    that had to be changed ends with a mark of the whole name.

    Parameters
    ----------
    record : Record
        Whose page it is.
    several : bool
        Whether the batch is for several assignments; then each of them has a
        folder.
    """
    page = f"{_plain(record.student)}.html"
    if several:
        return f"{_plain(record.assignment or 'unknown')}/{page}"
    return page


def _plain(student):
    """Return a name if every computer takes it, else one with a mark."""
    whole = student.encode(errors="surrogatepass")
    if (
        _PLAIN.fullmatch(student)
        and not _DEVICES.fullmatch(student.casefold())
        and unicodedata.is_normalized("NFKC", student)
        and len(whole) <= _BYTES
    ):
        return student
    letters = unicodedata.normalize("NFKD", student[: 10 * _LONGEST])
    letters = letters.encode("ascii", "ignore").decode()
    letters = re.sub(r"[^A-Za-z0-9]+", "_", letters)[:_LONGEST].strip("_")
    mark = hashlib.sha256(whole).hexdigest()[:8]
    # No plain name has this sign, so none can pass for a marked one.
    return f"{letters or 'student'}~{mark}"


def write_feedback(record, folder, *, several=False):
    """Write the page of one student.

    Parameters
    ----------
    record : Record
        The submission and how it went.
    folder : str or Path
        Where the page is put, under its `page_name`; made if it is missing.
    several : bool
        Whether the batch is for several assignments.

    Returns
    -------
    Path
        The page.
    """
    place = Path(folder) / page_name(record, several=several)
    return write_whole(place, feedback(record).encode())


def feedback(record):
    """Return the page of one student as HTML.

    It holds nothing of what is hidden: no values, no references, no seed.
    """
    title = look.title_of(record.assignment)
    body = [f"<h1>Feedback: {look.words(title)}</h1>", _about(record)]
    if record.status == GRADED:
        body += [
            _score(record),
            _summary(record),
            *(_question(n, q) for n, q in enumerate(record.questions)),
        ]
    else:
        body.append(_no_grade(record))
    body += [_cells(record), _notes(record), _reading(record)]
    return look.page(f"Feedback: {title}, {record.student}", body)


def state_of(question):
    """Return how a question went, in a word or two."""
    if not question.started:
        return "not started"
    if question.points >= question.max_points - 1e-9:
        return "all points"
    return "some points" if question.points > 0 else "started, no points"


def _about(record):
    who = look.name(record.name or record.student)
    if record.name and record.name != record.student:
        who += f' <span class="soft">({look.name(record.student)})</span>'
    return look.facts(
        [
            ("Student", who),
            ("Assignment", look.words(record.assignment)),
            ("File", f"<bdi>{look.words(record.file)}</bdi>"),
            ("Handed in", look.words(_moment(record.submitted))),
        ]
    )


def _score(record):
    bonus = sum(q.points for q in record.questions if q.bonus)
    lines = [
        f'<p class="score">{number(record.points)} of '
        f"{number(record.max_points)} points</p>"
    ]
    if bonus:
        lines.append(f"<p>{_points(bonus)} of these are bonus.</p>")
    if record.late:
        lines.append(
            f"<p>{_points(record.raw_points)} were won, and "
            f"{number(record.late)} taken off because the file came late.</p>"
        )
    return "\n".join(lines)


def _summary(record):
    rows = [
        (
            f'<a href="#{_anchor(n)}">{look.words(q.id)}</a>',
            look.words(q.title) + (" (bonus)" if q.bonus else ""),
            _state(q),
            number(q.points),
            number(q.max_points),
        )
        for n, q in enumerate(record.questions)
    ]
    won, most = number(record.raw_points), number(record.max_points)
    foot = ("All questions", "", "", won, most)
    heads = {"Question": "fixed", "About": "wide", "Result": ""}
    heads |= {"Points": "num", "Of": "num"}
    caption = "All questions at a glance; bonus questions come on top."
    if not any(q.bonus for q in record.questions):
        caption = "All questions at a glance."
    return "<h2>Points</h2>\n" + look.table(caption, heads, rows, foot=foot)


def _question(n, question):
    title = f"{look.words(question.id)} {look.words(question.title)}"
    won = number(question.points), number(question.max_points)
    bonus = ", bonus" if question.bonus else ""
    return "\n".join(
        [
            f'<section class="question">\n<h2 id="{_anchor(n)}">{title}</h2>',
            f"<p>{_state(question)}, {won[0]} of {won[1]} points{bonus}</p>",
            _advice(question),
            _parts(question),
            "</section>",
        ]
    )


def _advice(question):
    boxes = []
    if question.hint:
        lead = "Likely cause" if question.mistake else "Hint"
        hint = look.words(question.hint, limit=look.TEXT)
        boxes.append(f'<p class="box"><strong>{lead}:</strong> {hint}</p>')
    if question.flags:
        used = ", ".join(look.words(f"`{flag}`") for flag in question.flags)
        boxes.append(
            f'<p class="box"><strong>For the teacher to see:</strong> your '
            f"answer uses {used}. The points stand.</p>"
        )
    return "\n".join(boxes)


def _parts(question):
    if not question.started:
        return "<p>The answer is as you got it.</p>"
    if not question.parts:
        return "<p>No part of it could be run.</p>"
    rows = [
        (
            look.words(part.name),
            _outcome(part),
            number(part.points),
            number(part.max_points),
        )
        for part in question.parts
    ]
    heads = {"Part": "wide", "Result": "wide", "Points": "num", "Of": "num"}
    caption = f"The parts of {look.words(question.id)}"
    return look.table(caption, heads, rows)


def _no_grade(record):
    reason = look.words(record.reason, limit=look.TEXT).rstrip(".") + "."
    if record.status == UNREADABLE:
        return (
            '<p class="score">0 points</p>\n<div class="box alert">'
            f"<p>Your file could not be read. {reason}</p></div>"
        )
    assert record.status == NOT_GRADED, record.status
    return (
        '<p class="score">Not graded yet</p>\n<div class="box">'
        "<p>This is a fault on our side: no points are given or taken, and "
        f"your file will be graded again. {reason}</p></div>"
    )


def _outcome(part):
    if part.ok:
        return _sign("✓", "right", "good")
    said = f": {look.words(part.message)}" if part.message else ""
    return _sign("✗", "not yet", "bad") + said


def _cells(record):
    if not record.cells:
        return ""
    rows = [
        (
            str(cell.number),
            f"<code>{html.escape(look.clean(cell.first_line, limit=80))}"
            "</code>",
            look.words(cell.reason),
        )
        for cell in record.cells
    ]
    heads = {"Cell": "num", "Begins with": "wide", "What happened": "wide"}
    caption = (
        "These cells stopped or were left out, counted from 1 at the top of "
        "your notebook; all others were run."
    )
    return "<h2>Cells that did not run</h2>\n" + look.table(
        caption, heads, rows
    )


def _notes(record):
    if not record.notes:
        return ""
    return "<h2>About your notebook</h2>\n" + look.bullets(
        look.words(note) for note in record.notes
    )


def _reading(record):
    lines = list(_READING) if record.status == GRADED else []
    if record.isolation:
        how = ISOLATION.get(record.isolation, "It ran this way:")
        if record.isolation not in ISOLATION:
            how += f" {look.words(record.isolation)}."
        lines.append(f"{how} A program did the grading.")
    if record.digest:
        lines.append(
            "If you think that something is wrong, tell your teacher, and "
            "name your file's fingerprint: "
            f"<code>{look.words(record.digest[:12])}</code>."
        )
    if not lines:
        return ""
    return "<h2>How to read this page</h2>\n" + look.bullets(lines)


def _moment(text):
    """Return a time of ISO 8601 as people write it, anything else as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.strftime("%Y-%m-%d, %H:%M") + (
        f" {moment.tzname()}" if moment.tzinfo else ""
    )


def _points(value):
    return f"{number(value)} point{'' if value == 1 else 's'}"


def _anchor(n):
    return f"question-{n + 1}"


def _sign(sign, text, tone):
    look = f' class="{tone}"' if tone else ""
    return f'<span{look}><span aria-hidden="true">{sign}</span> {text}</span>'


def _state(question):
    state = state_of(question)
    return _sign(*_SIGNS[state])
