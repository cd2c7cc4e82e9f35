"""When a hand-in came, as far as an LMS's export tells.

Moodle's grading worksheet does; its names of files do not, and nothing that
Canvas exports does.
"""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from course.grading.reports.csvfile import read_text
from course.grading.reports.exports import recognise
from course.grading.reports.people import Roster

# English, German, French and Spanish, from January on.
_MONTHS = """
january januar janvier enero
february februar février febrero
march märz mars marzo
april april avril abril
may mai mai mayo
june juni juin junio
july juli juillet julio
august august août agosto
september september septembre septiembre
october oktober octobre octubre
november november novembre noviembre
december dezember décembre diciembre
"""
MONTHS = {
    name: number
    for number, names in enumerate(_MONTHS.split("\n")[1:-1], start=1)
    for name in names.split()
}
CLOCK = re.compile(r"\b(\d{1,2})[:h](\d\d)(?:\s*([ap])\.?\s?m\.?)?", re.I)


def with_times(submissions, gradebook):
    """Return submissions with the times that an LMS's export tells.

    Whose time is known already keeps it; so does who is not surely found.

    Parameters
    ----------
    submissions : list of Submission
        As found.
    gradebook : str or Path
        The export.
    """
    text, *_ = read_text(gradebook)
    book = recognise(text, Path(gradebook).name)
    if book.submitted is None:
        return submissions
    roster = Roster(book)
    made = []
    for submission in submissions:
        row, _ = roster.find(submission)
        if row is not None and not submission.submitted:
            told = parse(book.cell(row, book.submitted))
            submission = replace(submission, submitted=told)
        made.append(submission)
    return made


def parse(text):
    """Return the time that Moodle tells in words, in ISO 8601.

    Moodle tells it in the zone of whoever exported, without naming it; here
    it is taken for this computer's.

    Parameters
    ----------
    text : str
        Such as "Friday, 20 November 2026, 6:00 PM", or what it is in German,
        French or Spanish.

    Returns
    -------
    str
        Empty if the text means no time.
    """
    clock = CLOCK.search(text)
    date = text[: clock.start()] if clock else ""
    words = re.findall(r"[^\W\d_]+", date.casefold())
    months = [MONTHS[word] for word in words if word in MONTHS]
    numbers = sorted(map(int, re.findall(r"\d+", date)))
    if len(months) != 1 or len(numbers) != 2:
        return ""
    hour, minute = int(clock[1]), int(clock[2])
    if clock[3]:
        hour = hour % 12 + 12 * (clock[3] in "pP")
    day, year = numbers
    try:
        time = datetime(year, months[0], day, hour, minute)
        return time.astimezone().isoformat()
    except (ValueError, OverflowError):
        return ""
