"""What a late hand-in costs."""

import math
import re
from dataclasses import dataclass, replace
from datetime import datetime

from course.grading.records import GRADED

DAY = 24 * 60 * 60
LATE = re.compile(
    r"\s*(\d+(?:\.\d+)?)\s*%\s*/\s*day"
    r"(?:\s*,?\s*at\s+most\s+(\d+(?:\.\d+)?)\s*%)?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Late:
    """A penalty for each day, begun or whole, after the due date.

    Attributes
    ----------
    percent : float
        Of the points won, bonus included, for each day.
    most : float
        Percent that it never exceeds.
    """

    percent: float
    most: float = 100.0

    def __str__(self):
        return f"{self.percent:g}%/day, at most {self.most:g}%"

    def share(self, submitted, due):
        """Return the share of the points that a hand-in costs.

        Parameters
        ----------
        submitted, due : datetime
            Both with their zone.
        """
        seconds = (submitted - due).total_seconds()
        days = max(0, math.ceil(seconds / DAY))
        return min(days * self.percent, self.most) / 100


def parse_late(text):
    """Return the `Late` that a text such as "10%/day, at most 50%" means.

    Raises
    ------
    ValueError
        One sentence, if it means none.
    """
    match = LATE.fullmatch(text)
    numbers = [float(g or 100) for g in match.groups()] if match else []
    if not match or max(numbers) > 100:
        raise ValueError(
            "late must be percent per day, such as '10%/day' or "
            f"'10%/day, at most 50%', got {text!r}"
        )
    return Late(*numbers)


def parse_due(text):
    """Return the time that a due date means; a day means its last second.

    Raises
    ------
    ValueError
        One sentence, if it means none.
    """
    time = parse_time(text)
    whole_day = re.fullmatch(r"[\d-]+", text.strip())
    return time.replace(hour=23, minute=59, second=59) if whole_day else time


def parse_time(text):
    """Return the time that an ISO text means; without a zone, that of here.

    Raises
    ------
    ValueError
        One sentence, if it means none.
    """
    try:
        time = datetime.fromisoformat(text.strip())
        return time if time.tzinfo else time.astimezone()
    except (ValueError, OverflowError):
        raise ValueError(
            f"a time must be ISO 8601, such as 2026-11-30T23:59, got {text!r}"
        ) from None


def with_penalty(record, due, late, marked=False):
    """Return a record with what its lateness costs.

    Parameters
    ----------
    record : Record
        Without a penalty.
    due : datetime or None
        When it had to be in; None for any time.
    late : Late or None
        What a day costs; None for nothing.
    marked : bool
        Whether the LMS marked it as late, which may be all that is known.

    Returns
    -------
    Record
        With a note if it is late, or if nobody knows when it was handed in.
    """
    if record.status != GRADED:
        return record
    if marked and not record.submitted:
        note = (
            "The LMS marked it as late but does not tell by how much; no "
            "points were taken off."
        )
        return replace(record, attention=[*record.attention, note])
    if due is None:
        return record
    try:
        submitted = parse_time(record.submitted)
    except ValueError:
        note = "When it was handed in is not known; it counts as in time."
        return replace(record, notes=[*record.notes, note])
    if submitted <= due:
        return record
    share = late.share(submitted, due) if late else 0.0
    note = (
        f"Handed in {_duration(submitted - due)} after {due.isoformat()}: "
        f"{100 * share:g} % of the points are taken off."
    )
    return replace(
        record, late=share * record.raw_points, notes=[*record.notes, note]
    )


def _duration(span):
    hours = span.total_seconds() / 3600
    if hours < 1:
        return f"{max(1, round(60 * hours))} minutes"
    if hours < 48:
        return f"{hours:.0f} hours"
    return f"{hours / 24:.1f} days"
