"""A CSV file in which single cells are changed and all else stays as it was.

Python's reader forgets which cells stood in quotation marks, how lines ended
and what was blank; an LMS's export goes back to the LMS, so every byte that
need not change is kept.
"""

import codecs
import re
from pathlib import Path

DELIMITERS = (",", ";", "\t", ":", "|")
_QUOTE = '"'
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class CsvFile:
    """The cells of a CSV file.

    Attributes
    ----------
    rows : list of list of str
        What the cells say, without quotation marks.
    """

    def __init__(self, text, delimiter):
        self._delimiter = delimiter
        # Raw cells and the line end of each row.
        self._raw, self._ends = _split(text, delimiter)
        self.rows = [[_said(raw) for raw in row] for row in self._raw]

    def change(self, row, column, text):
        """Put `text` into a cell; a row that is too short grows."""
        cells, raws = self.rows[row], self._raw[row]
        missing = column + 1 - len(cells)
        cells.extend([""] * missing)
        raws.extend([""] * missing)
        if cells[column] != text:
            quoted = raws[column].lstrip().startswith(_QUOTE)
            cells[column] = text
            raws[column] = self._written(text, quoted)

    def text(self):
        """Return the whole file as text."""
        lines = map(self._delimiter.join, self._raw)
        return "".join(
            line + end for line, end in zip(lines, self._ends, strict=True)
        )

    def _written(self, text, quoted):
        special = re.search(r'["\r\n]|^\s|\s$', text)
        if quoted or special or self._delimiter in text:
            return _QUOTE + text.replace(_QUOTE, 2 * _QUOTE) + _QUOTE
        return text


def read_text(path):
    """Return the text of a file, its encoding, and its byte order mark.

    UTF-8 and UTF-16 are told by their bytes; anything else is taken for the
    Western European of Windows, in which spreadsheets like to save.
    """
    data = Path(path).read_bytes()
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            body = data[len(mark) :]
            return body.decode(encoding.removesuffix("-sig")), encoding, mark
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding, b""
        except UnicodeDecodeError:
            pass
    return data.decode("latin-1"), "latin-1", b""


def encoded(text, encoding, mark):
    """Return the bytes of a text in the form that `read_text` found.

    Signs that the encoding lacks are written as HTML does.
    """
    encoding = encoding.removesuffix("-sig")
    return mark + text.encode(encoding, "xmlcharrefreplace")


def _split(text, delimiter):
    """Split a text into rows of raw cells, and the end of each line."""
    rows, ends, row, start, quoted = [], [], [], 0, False
    at = 0
    while at < len(text):
        sign = text[at]
        if sign == _QUOTE and quoted:
            # Two of them stand for one.
            if text.startswith(_QUOTE, at + 1):
                at += 1
            else:
                quoted = False
        elif sign == _QUOTE and not text[start:at].strip(" "):
            quoted = True
        elif sign == delimiter and not quoted:
            row.append(text[start:at])
            start = at + 1
        elif sign in "\r\n" and not quoted:
            end = "\r\n" if text.startswith("\r\n", at) else sign
            rows.append([*row, text[start:at]])
            ends.append(end)
            row, start = [], at + len(end)
            at = start - 1
        at += 1
    if row or start < len(text):
        rows.append([*row, text[start:]])
        ends.append("")
    return rows, ends


def _said(raw):
    """Return what a raw cell says."""
    bare = raw.strip(" ")
    if len(bare) >= 2 and bare[0] == bare[-1] == _QUOTE:
        return bare[1:-1].replace(2 * _QUOTE, _QUOTE)
    return raw
