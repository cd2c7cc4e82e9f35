"""What `check` shows: a report as text and as HTML."""

import html
from dataclasses import dataclass, field

from course.markup import to_html

NOT_STARTED = "not started"
NOT_RIGHT = "not right yet"
PASSED = "passed"

# State: sign, colour of the bar. Sign and word tell the state without colour.
LOOKS = {
    NOT_STARTED: ("○", "#767676"),
    NOT_RIGHT: ("✗", "#D55E00"),
    PASSED: ("✓", "#009E73"),
}


@dataclass
class Report:
    """How far the answer to one question is; true if it passed.

    Attributes
    ----------
    id, title : str
        The question.
    state : str
        "not started", "not right yet" or "passed".
    points, max_points : float
        Points won and points to be won.
    advice : list of str
        What to do next; `code` stands in backticks.
    parts : list of (bool, str)
        Whether each part holds, and what it is about.
    so_far : str
        The points of all questions checked.
    """

    id: str
    title: str
    state: str
    points: float
    max_points: float
    advice: list = field(default_factory=list)
    parts: list = field(default_factory=list)
    so_far: str = ""

    @property
    def passed(self):
        """Whether the answer is right."""
        return self.state == PASSED

    def __bool__(self):
        return self.passed

    def __repr__(self):
        lines = [self._headline()]
        lines += [f"  {text}" for text in self.advice]
        lines += [f"  {_sign(ok)} {text}" for ok, text in self.parts]
        return "\n".join(filter(None, [*lines, self.so_far]))

    def _repr_html_(self):
        advice = [f"<p {_GAP}>{to_html(text)}</p>" for text in self.advice]
        parts = [_part_html(ok, text) for ok, text in self.parts]
        so_far = f"<p {_GAP}><small>{html.escape(self.so_far)}</small></p>"
        colour = LOOKS[self.state][1]
        return (
            f'<div style="border-left: 4px solid {colour}; margin: 0.3em 0; '
            'padding: 0.1em 0 0.1em 1em; max-width: 46em">'
            f"<p {_GAP}><strong>{html.escape(self._headline())}</strong></p>"
            + "".join(advice)
            + (f"<ul {_LIST}>{''.join(parts)}</ul>" if parts else "")
            + (so_far if self.so_far else "")
            + "</div>"
        )

    def _headline(self):
        sign = LOOKS[self.state][0]
        scored = f"{number(self.points)} of {number(self.max_points)} points"
        return f"{sign} {self.id} {self.title}: {self.state}, {scored}"


_GAP = 'style="margin: 0.4em 0"'
_LIST = 'style="list-style: none; margin: 0.4em 0; padding: 0"'


def describe(question, answer, result):
    """Return the report on an answer.

    Parameters
    ----------
    question : Question
        What was asked.
    answer : Answer
        What was answered.
    result : Result or None
        How it went; None for an answer that was not begun.
    """
    report = Report(
        id=question.id,
        title=question.title,
        state=NOT_STARTED,
        points=0.0,
        max_points=question.points,
        advice=[_first_step(answer)],
    )
    if result is not None:
        report.state = PASSED if result.passed else NOT_RIGHT
        report.points = result.points
        report.advice = _advice(answer, result)
        if not result.passed:
            report.parts = [_part(part) for part in result.parts]
    return report


def points_so_far(questions, reports):
    """Say how many of a lecture's points are won; bonus points stand apart.

    Parameters
    ----------
    questions : list of Question
        All questions of the lecture.
    reports : dict of str to Report
        The last report of each question that was checked, by id.
    """
    plain = [q for q in questions if not q.bonus]
    extra = [q for q in questions if q.bonus and q.id in reports]
    text = _tally(plain, reports, "points so far")
    if extra:
        text += f"; {_tally(extra, reports, 'bonus points')}"
    return text


def number(value):
    """Return points as text: 4, 2.5."""
    return f"{round(value, 2):g}"


def _tally(questions, reports, what):
    checked = [reports[q.id] for q in questions if q.id in reports]
    won = number(sum(report.points for report in checked))
    most = number(sum(question.points for question in questions))
    each = ", ".join(
        f"{r.id} {number(r.points)}/{number(r.max_points)}" for r in checked
    )
    return f"{won} of {most} {what}" + (f" ({each})" if each else "")


def _first_step(answer):
    """Say what to do about an answer that was not begun."""
    if answer.missing:
        names = " and ".join(f"`{name}`" for name in answer.missing)
        return f"Run the answer cell first: it defines {names}."
    if answer.question.shipped:
        return "The code is as you got it: find what is wrong with it."
    return "Write the answer in the cell above, run it, then check again."


def _advice(answer, result):
    """List what helps next: the likely mistake, the crash, the flags."""
    advice = []
    failed = [part.message for part in result.parts if not part.ok]
    crash = answer.crash_behind(failed)
    if crash:
        advice.append(f"Your code stopped. {crash}")
    if result.mistake:
        # A mistake known by name tells more than where the code stopped.
        advice.insert(0, f"Likely cause: {result.hint}")
    elif result.hint:
        advice.append(f"Hint: {result.hint}")
    if result.flags:
        names = ", ".join(f"`{name}`" for name in result.flags)
        advice.append(
            f"This exercise is about writing the loss yourself; yours uses "
            f"{names}. The points stand, and a teacher will look at it."
        )
    return advice


def _part(part):
    text = part.name
    if not part.ok and part.message:
        text = f"{part.name}: {part.message}"
    return part.ok, text


def _sign(ok):
    return "✓" if ok else "✗"


def _part_html(ok, text):
    state = "right" if ok else "not yet"
    return (
        '<li style="padding-left: 1.3em; text-indent: -1.3em">'
        f'<span role="img" aria-label="{state}">{_sign(ok)}</span> '
        f"{to_html(text)}</li>"
    )
