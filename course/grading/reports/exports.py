"""The gradebooks that an LMS exports, known by their header.

These are Moodle's grading worksheet of an assignment, Moodle's export of the
grader report, and Canvas's gradebook. Moodle writes its headers in the
reader's language: English, German, French and Spanish are understood.
"""

import re
from dataclasses import dataclass, field

from course.grading.reports.csvfile import DELIMITERS, CsvFile
from course.trouble import Trouble

WORKSHEET = "Moodle's grading worksheet"
GRADER = "Moodle's grader report"
CANVAS = "Canvas's gradebook"

# What Moodle calls its columns, by what they hold.
_MOODLE = {
    "identifier": "identifier; id; identifiant; identificador",
    "name": "full name; vollständiger name; nom complet; nombre completo",
    "first": "first name; vorname; prénom; nombre",
    "last": "last name; surname; nachname; nom; nom de famille; apellido(s)",
    "number": "id number; id-nummer; matrikelnummer; "
    "numéro d'identification; número de id",
    "login": "username; anmeldename; nom d'utilisateur; nombre de usuario",
    "email": "email address; e-mail-adresse; adresse de courriel; "
    "dirección de correo; dirección email",
    "grade": "grade; bewertung; note; calificación",
    "most": "maximum grade; bestwertung; note maximale; calificación máxima",
    "changed": "last modified (grade); zuletzt geändert (bewertung); "
    "dernière modification (note); última modificación (calificación)",
    "submitted": "last modified (submission); zuletzt geändert (abgabe); "
    "dernière modification (travail remis); última modificación (entrega)",
    "comment": "feedback comments; feedback als kommentar; "
    "feedback par commentaires; comentarios de retroalimentación",
}
_MOODLE_PARTS = {
    name: part for part, all in _MOODLE.items() for name in all.split("; ")
}
_PEOPLE = ("identifier", "name", "first", "last", "number", "login", "email")
_CANVAS_PARTS = {
    "student": "name",
    "lastname": "last",
    "firstname": "first",
    "id": "identifier",
    "sis user id": "number",
    "sis login id": "login",
}

# Columns that an LMS works out itself, or that hold no points.
_CANVAS_SUMS = re.compile(
    r"(current|final|override) (score|points|grade|status)"
)
_MOODLE_SUMS = re.compile(r"( total|gesamt)$|^total (du|del|de la|des) ")
_OTHER_SCALE = re.compile(
    r"\((percentage|letter|prozentsatz|buchstabe|pourcentage|lettre"
    r"|porcentaje|letra)\)$"
)
_FEEDBACK = re.compile(r"\((feedback|retroalimentación)\)$")
_SCALE = re.compile(r" *\([^()]*\)$")
_NUMBER = re.compile(r"\d+([.,]\d+)?")
_DECIMAL = re.compile(r"\d+[.,](\d{1,2}|\d{5})")
# Moodle's last column is the time of the export, in seconds since 1970.
_TIME = re.compile(r"\d{9,}")


class GradebookError(Trouble):
    """A gradebook that cannot be filled in; the message is one sentence."""


@dataclass
class Gradebook:
    """An LMS's export, and where everything stands in it.

    Attributes
    ----------
    kind : str
        What it is, as people call it.
    file : CsvFile
        Its cells.
    people : dict of str to int
        Column of "identifier", "name", "first", "last", "number", "login"
        and "email", as far as there are such columns.
    students : list of int
        Rows of students.
    grades : dict of int to str
        Columns for points, and their titles.
    comments : dict of int to int
        Column of the comment that goes with a column for points.
    most : dict of int to float
        Points to be won in a column, where the gradebook tells them.
    submitted : int or None
        Column of the time when a student handed in, where there is one.
    """

    kind: str
    file: CsvFile
    people: dict
    students: list
    grades: dict
    comments: dict = field(default_factory=dict)
    most: dict = field(default_factory=dict)
    submitted: int | None = None

    def cell(self, row, column):
        """Return what a cell says; a row may be shorter than the header."""
        cells = self.file.rows[row]
        return cells[column].strip() if column < len(cells) else ""

    @property
    def decimal_comma(self):
        """Whether its numbers are written with a comma."""
        rows = range(1, len(self.file.rows))
        cells = [self.cell(r, c) for r in rows for c in self._numeric]
        numbers = [cell for cell in cells if _DECIMAL.fullmatch(cell)]
        return bool(numbers) and all("," in number for number in numbers)

    @property
    def _numeric(self):
        """Columns that are not about the students themselves."""
        known = {*self.people.values(), *self.comments.values()}
        return set(range(len(self.file.rows[0]))) - known


def recognise(text, name="the file"):
    """Return the gradebook in a text; `name` stands in the message.

    Raises
    ------
    GradebookError
        If it is of no known kind.
    """
    for delimiter in DELIMITERS:
        file = CsvFile(text, delimiter)
        heads = [_plain(cell) for cell in file.rows[0]] if file.rows else []
        for read in (_worksheet, _canvas, _grader):
            book = read(file, heads)
            if book:
                return book
    raise GradebookError(
        f"{name} must be Moodle's grading worksheet, Moodle's export of "
        "grades or Canvas's export of its gradebook, as a CSV file with "
        "English, German, French or Spanish headers"
    )


def parse_number(text):
    """Return the number that a cell says, or None."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    return float(text.replace(",", "."))


def _plain(head):
    return " ".join(head.strip("\ufeff").split()).casefold()


def _where(heads, parts):
    """Return the first column of each part."""
    found = {}
    for column, head in enumerate(heads):
        part = parts.get(head)
        if part:
            found.setdefault(part, column)
    return found


def _worksheet(file, heads):
    where = _where(heads, _MOODLE_PARTS)
    # The three that Moodle itself asks for.
    if not {"identifier", "grade", "changed"} <= set(where):
        return None
    grade = where["grade"]
    book = _book(WORKSHEET, file, where, range(1, len(file.rows)))
    book.grades = {grade: file.rows[0][grade]}
    book.submitted = where.get("submitted")
    if "comment" in where:
        book.comments = {grade: where["comment"]}
    if "most" in where and book.students:
        most = parse_number(book.cell(book.students[0], where["most"]))
        book.most = {grade: most} if most is not None else {}
    return book


def _grader(file, heads):
    where = _where(heads, _MOODLE_PARTS)
    known = {"first", "last"} <= set(where) or "name" in where
    if not known or not {"email", "number", "login"} & set(where):
        return None
    book = _book(GRADER, file, where, range(1, len(file.rows)))
    titles = {}
    for column in range(max(book.people.values()) + 1, len(heads)):
        head, title = heads[column], _SCALE.sub("", heads[column])
        last = max(titles, default=None)
        if _FEEDBACK.search(head):
            # It follows the points that it is about.
            if last is not None and titles[last] == title:
                book.comments[last] = column
        elif not (_OTHER_SCALE.search(head) or _MOODLE_SUMS.search(title)):
            if not _is_time(book, column):
                titles[column] = title
    book.grades = {column: file.rows[0][column] for column in titles}
    return book


def _is_time(book, column):
    cells = {book.cell(row, column) for row in book.students} - {""}
    return bool(cells) and all(map(_TIME.fullmatch, cells))


def _canvas(file, heads):
    where = _where(heads, _CANVAS_PARTS)
    known = "name" in where or {"first", "last"} <= set(where)
    if not known or "identifier" not in where or "section" not in heads:
        return None
    rows = range(1, len(file.rows))
    above = [r for r in rows if "Points Possible" in "".join(file.rows[r][:1])]
    students = [
        r
        for r in rows
        if r not in above and any(file.rows[r][c] for c in where.values())
    ]
    book = _book(CANVAS, file, where, students)
    for column in range(heads.index("section") + 1, len(heads)):
        most = book.cell(above[0], column) if above else ""
        if parse_number(most) is not None:
            book.most[column] = parse_number(most)
        # An assignment has points or a number; the teacher's own columns and
        # Canvas's sums have neither.
        numbered = re.search(r"\(\d+\)$", heads[column])
        points = column in book.most or (numbered and not most)
        if points and not _CANVAS_SUMS.search(heads[column]):
            book.grades[column] = file.rows[0][column]
    return book


def _book(kind, file, where, students):
    people = {part: where[part] for part in _PEOPLE if part in where}
    filled = [r for r in students if any(c.strip() for c in file.rows[r])]
    return Gradebook(kind, file, people, filled, {})
