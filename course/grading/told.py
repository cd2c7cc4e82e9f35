"""What a batch says on the screen when it is done."""

from collections import Counter
from statistics import mean

from course.grading.records import GRADED, NOT_GRADED, UNREADABLE

# More lines than this hide what they say; the overview has them all.
MOST_LINES = 10


def summary(batch):
    """Return lines on how a batch went and what needs a human.

    Parameters
    ----------
    batch : Batch
        What came of it.
    """
    records = batch.records
    count = Counter(record.status for record in records)
    told = [f"{count[GRADED]} graded"]
    if batch.resumed:
        told[0] += f" ({batch.resumed} of them before)"
    told += [f"{count[s]} {s}" for s in (UNREADABLE, NOT_GRADED) if count[s]]
    lines = [", ".join(told) + _mean(records)]
    needy = [(r.student, _why(r)) for r in records if _why(r)]
    if needy:
        lines.append(f"for a human: {len(needy)}")
        lines += [f"  {who}: {why}" for who, why in needy[:MOST_LINES]]
    if len(needy) > MOST_LINES:
        lines.append(f"  and {len(needy) - MOST_LINES} more in overview.html")
    weak = sorted({r.isolation for r in records if r.isolation})
    if weak not in ([], ["bubblewrap"]):
        lines.append(f"isolation: {', '.join(weak)}")
    return lines


def changes(batch, *, detailed=False):
    """Return lines on the grades that differ from earlier ones.

    Parameters
    ----------
    batch : Batch
        What came of it; penalties for late hand-ins are left out.
    detailed : bool
        Whether each question is told, and grades that stayed as well.
    """
    lines = []
    for record in batch.records:
        old = batch.before.get(record.student)
        if old is None:
            continue
        before, now = _grade(old), _grade(record)
        if before != now:
            lines.append(f"{record.student}: {before} → {now}")
        elif detailed:
            lines.append(f"{record.student}: {now}, as before")
        if detailed:
            lines += _questions(old, record)
    return lines


def without(submissions, batch):
    """Return a line on the students of whom there is no record.

    Parameters
    ----------
    submissions : list of Submission
        All that were found.
    batch : Batch
        What came of those of the assignment.
    """
    there = {record.student for record in batch.records}
    names = sorted({s.student for s in submissions} - there)
    if not names:
        return []
    more = f" and {len(names) - MOST_LINES} more" * (len(names) > MOST_LINES)
    return [f"no grade for: {', '.join(names[:MOST_LINES])}{more}"]


def _questions(old, record):
    before = {question.id: question for question in old.questions}
    lines = []
    for question in record.questions:
        was = before.get(question.id)
        if was is None:
            lines.append(f"  {question.id}: new, {question.points:g} points")
        elif was.points != question.points:
            lines.append(
                f"  {question.id}: {was.points:g} → {question.points:g}"
            )
    gone = set(before) - {question.id for question in record.questions}
    return lines + [f"  {id}: no longer asked" for id in sorted(gone)]


def _grade(record):
    if record.status == GRADED:
        return f"{record.raw_points:g} points"
    return record.status


def _mean(records):
    graded = [record for record in records if record.status == GRADED]
    if not graded:
        return ""
    points = mean(record.points for record in graded)
    whose = "" if len(graded) == len(records) else " of the graded"
    bonus = any(q.bonus and q.points for r in graded for q in r.questions)
    told = f"; mean{whose} {points:.1f} of {graded[0].max_points:g} points"
    return f"{told}, bonus included" if bonus else told


def _why(record):
    """Return why a human must look at a record, or ""."""
    return " ".join(filter(None, [record.reason, *record.attention]))
