"""Find the students of a batch in a gradebook: surely, or not at all."""

import re
import unicodedata

from course.grading.reports import look


class Roster:
    """The students of a gradebook, by everything they are known by.

    Parameters
    ----------
    book : Gradebook
        The gradebook.
    """

    def __init__(self, book):
        self._book = book
        # Each key leads to the rows that bear it.
        self._ids, self._logins, self._boxes, self._names = {}, {}, {}, {}
        for row in book.students:
            self._note(self._ids, self._said(row, "identifier"), row, _number)
            for part in ("email", "number", "login"):
                self._note(self._logins, self._said(row, part), row)
            for part in ("email", "login"):
                box = self._said(row, part).partition("@")
                self._note(self._boxes, box[0] if box[1] else "", row)
            for name in self._names_of(row):
                self._names.setdefault(name, set()).add(row)

    def find(self, record):
        """Return the row of a record's student, and why there is none.

        The number that an LMS gave settles it; else the student's key is
        looked for among addresses, logins and ID numbers, then before the
        @ of addresses, and last the name.

        Parameters
        ----------
        record : Record
            A submission.

        Returns
        -------
        row : int or None
        trouble : str
            The reason, to stand after the student's name; empty if found.
        """
        student = record.student.strip().casefold()
        if record.lms_id.isdigit() and self._ids:
            return _only(self._ids.get(_number(record.lms_id)), "number")
        tries = [
            (self._logins.get(student), "ID"),
            (self._ids.get(student), "ID"),
            (self._boxes.get(student), "address"),
            (self._names.get(name_key(record.name)), "name"),
            (self._names.get(name_key(record.student)), "name"),
        ]
        for rows, what in tries:
            if rows:
                return _only(rows, what)
        return _only(None, "")

    def _note(self, keys, text, row, key=str.casefold):
        if key(text):
            keys.setdefault(key(text), set()).add(row)

    def _said(self, row, part):
        column = self._book.people.get(part)
        return "" if column is None else self._book.cell(row, column)

    def _names_of(self, row):
        """Yield the keys of a student's name, in all its orders."""
        name = self._said(row, "name")
        last, first = self._said(row, "last"), self._said(row, "first")
        if name and "," in name:
            last, first = name.split(",", 1)
        elif name:
            first, _, last = name.strip().rpartition(" ")
        together = _letters(last) + _letters(first)
        if together:
            yield tuple(sorted(together))
            # As Canvas names the files of a student.
            yield ("".join(together),)


def called(record):
    """Return how to name a record's student in a sentence."""
    student = look.clean(record.student, limit=100)
    name = look.clean(record.name, limit=100)
    return f"{name} ({student})" if name and name != student else student


def name_key(name):
    """Return a name without order of its parts, capitals or accents."""
    return tuple(sorted(_letters(name)))


def _letters(name):
    plain = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", bare)


def _number(text):
    """Return the number at the end of "Participant 12345" or "12345"."""
    match = re.search(r"\d+$", text)
    return match.group().lstrip("0") if match else ""


def _only(rows, what):
    if not rows:
        return None, "is not in the gradebook"
    if len(rows) > 1:
        return None, (
            f"is not filled in, because {len(rows)} rows bear that {what}"
        )
    return next(iter(rows)), ""
