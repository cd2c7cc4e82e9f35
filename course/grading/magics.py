"""Notebook cells as plain Python: what only IPython understands is set aside.

Student cells hold `%matplotlib inline`, `!pip install`, `%%time` and the
like. None of it matters to an answer, so a line that is no Python but looks
like IPython's is replaced, and everything else is left alone.
"""

import ast
import re

ALLOW_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
# Cell magics whose body is Python that the rest of the notebook may need.
TRANSPARENT = ("capture", "prun", "time", "timeit")
# The same for lines: `%time a = f(x)`.
_RUN_LINE = re.compile(r"%(?:time|timeit|prun)\b((?:\s+-\w+(?:\s+\d+)?)*)\s*")
_ASSIGNED = re.compile(r"([\w.,\s]+?)\s*=\s*[%!]")
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")


class Shell:
    """Stands in for IPython's shell: takes every call and does nothing."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None


def to_python(source):
    """Return a cell's source as Python.

    Parameters
    ----------
    source : str
        As it stands in the notebook.

    Returns
    -------
    str
        With as many lines, so that a message about line 3 is right. What is
        no Python for other reasons is returned as it is.
    """
    magic = _CELL_MAGIC.match(source)
    if magic:
        if magic.group(1) not in TRANSPARENT:
            return ""
        blank = "\n" * source[: magic.end()].count("\n")
        source = blank + "\n" + source[magic.end() :].partition("\n")[2]
    lines = source.split("\n")
    # Each round repairs one line; a line is never repaired twice.
    for _ in lines:
        fault = _fault("\n".join(lines))
        if fault is None or not 1 <= fault <= len(lines):
            break
        repaired = _repaired(lines[fault - 1])
        if repaired is None:
            break
        lines[fault - 1] = repaired
    return "\n".join(lines)


def _fault(source):
    """Return the number of the first line that is no Python, or None."""
    try:
        compile(source, "<cell>", "exec", ALLOW_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return error.lineno
    except (ValueError, RecursionError, MemoryError):
        pass
    return None


def _repaired(line):
    """Return Python in place of a line of IPython's, or None."""
    code = line.lstrip()
    indent = line[: len(line) - len(code)]
    assigned = _ASSIGNED.match(code)
    run = _RUN_LINE.match(code)
    if run:
        return indent + (code[run.end() :] or "pass")
    if code.startswith(("%", "!", "?")) or code.rstrip().endswith("?"):
        return indent + "pass"
    if assigned:
        return f"{indent}{assigned.group(1)} = None"
    return None
