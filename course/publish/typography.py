"""What must stay together where a line ends.

A browser may break a line beside any formula, even before the full stop that
follows it, and between a number and its unit.
"""

import re

NO_BREAK = "\u00a0"
# Code and displayed formulas, which stay as they are.
APART = re.compile(r"(```.*?```|`[^`\n]+`|\$\$.*?\$\$)", re.DOTALL)
FORMULA = re.compile(
    r"(?P<before>\(?)(?<![\\$])\$(?P<formula>[^$\n]+)\$(?!\$)"
    r"(?P<after>[).,:;?!]*)"
)
UNIT = re.compile(r"(?<=\d) (?=(?:%|min\b|points?\b|000\b))")
# "· 7 min" behind a heading is one thing, too.
BEHIND_DOT = re.compile(rf"· (?=\d+{NO_BREAK})")


def glued(source):
    """Return Markdown in which nothing is torn apart that belongs together.

    Parameters
    ----------
    source : str
        Markdown with formulas between dollar signs.

    Examples
    --------
    >>> glued("a share ($q$).")
    'a share <span class="whole">($q$).</span>'
    """
    parts = APART.split(source)
    parts[::2] = [_glued(text) for text in parts[::2]]
    return "".join(parts)


def _glued(text):
    text = BEHIND_DOT.sub(f"·{NO_BREAK}", UNIT.sub(NO_BREAK, text))
    return FORMULA.sub(_whole, text)


def _whole(found):
    if not found["before"] and not found["after"]:
        return found[0]
    return f'<span class="whole">{found[0]}</span>'
