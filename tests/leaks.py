"""What must not get out with the bundle for students, and finding it there.

Files are a dictionary: text by path.
"""

import ast
import inspect
import json
import re
from pathlib import Path
from textwrap import dedent

from course import notebooks
from course.questions import catalogue

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "course" / "questions"


def absent(files):
    """Return the modules of this repository that files import in vain."""
    return {
        wanted
        for name, text in files.items()
        for code in _code_in(name, text)
        for wanted in _module_files(_imported(code))
        if (ROOT / wanted).exists() and wanted not in files
    }


def secrets():
    """Return the lines of code that answer a question or draw its cases.

    Those that `lossviz`, a lecture or an exercise has as well are none.
    """
    found = set().union(*map(_lines_of, _secret_sources()))
    return found.difference(*map(_lines_of, _public_sources()))


def found(files, secrets):
    """Return the secret lines that stand in any of the files."""
    texts = [_as_read(name, text) for name, text in files.items()]
    return secrets.intersection(set().union(*map(_lines_of, texts)))


def _secret_sources():
    """Return all code that answers a question, or draws its cases."""
    for path in QUESTIONS.glob("*/*.py"):
        yield path.read_text("utf-8")
    for question in catalogue.QUESTIONS:
        for function in question.reference.values():
            yield inspect.getsource(function)
        for variant in (*question.right, *question.wrong):
            if dedent(variant.source) != question.shipped:
                yield dedent(variant.source)
    for path in (ROOT / "solutions").rglob("*.ipynb"):
        for cell in notebooks.read(path)["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("solution"):
                yield cell["source"]


def _lines_of(code):
    """Return the lines that say something."""
    lines = (re.sub(r"#.*", "", line).strip() for line in code.splitlines())
    return {line for line in lines if len(line) >= 16}


def _strings_in(data):
    """Return all text in parsed JSON."""
    if isinstance(data, dict):
        data = [*data, *data.values()]
    if isinstance(data, list):
        return "\n".join(map(_strings_in, data))
    return data if isinstance(data, str) else ""


def _as_read(name, text):
    """Return a file's text as a person reads it, without JSON's escapes."""
    if name.endswith((".json", ".ipynb")):
        return _strings_in(json.loads(text))
    return text


def _public_sources():
    """Return all code that students have anyway."""
    yield from _texts(ROOT / "lossviz", "**/*.py")
    # How answers are judged; the answers are in folders below.
    yield from _texts(QUESTIONS, "*.py")
    for folder in ("exercises", "lectures"):
        for path in (ROOT / folder).rglob("*.ipynb"):
            yield from _code_in(path.name, path.read_text("utf-8"))


def _texts(folder, pattern):
    return [path.read_text("utf-8") for path in folder.glob(pattern)]


def _module_files(names):
    """Return the files that modules of these dotted names could stand in."""
    for name in names:
        path = name.replace(".", "/")
        yield from (f"{path}.py", f"{path}/__init__.py")


def _imported(code):
    """Return the dotted names that code imports, with every prefix."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    parts = [name.split(".") for name in names]
    return {".".join(p[: n + 1]) for p in parts for n in range(len(p))}


def _code_in(name, text):
    """Return the pieces of Python in a file."""
    if name.endswith(".py"):
        return [text]
    if not name.endswith(".ipynb"):
        return []
    cells = notebooks.parse(text.encode())["cells"]
    return [c["source"] for c in cells if c["cell_type"] == "code"]
