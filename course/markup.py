"""Text to HTML, safely: everything is escaped, `code` becomes code."""

import html
import re


def to_html(text):
    """Return `text` as HTML, with backticks turned into code.

    Parameters
    ----------
    text : str
        Any text, also one that a student wrote.
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(str(text)))


def to_plain(text, *, limit=200):
    """Return `text` on one line of printable characters, cut to a length."""
    line = " ".join(str(text).split())
    line = "".join(mark for mark in line if mark.isprintable())
    return line if len(line) <= limit else line[: limit - 1] + "…"
